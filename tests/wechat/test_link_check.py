"""The check files of 扫普通链接二维码打开小程序: served where WeChat looks, by setting only."""

from pathlib import Path

import pytest

from backend.settings import BadSettings, load
from tests.support.township import open_town

CHECKS = "Ab3dEf9xyZ.txt:0a1b2c3d MP_verify_Q7.txt:Q7"


async def test_wechat_finds_its_file_at_the_root_and_beside_the_progress_pages(
    town_url: str, tmp_path: Path
) -> None:
    async with open_town(town_url, tmp_path, wechat_link_check=CHECKS) as town:
        for path in ("/Ab3dEf9xyZ.txt", "/c/Ab3dEf9xyZ.txt"):
            answer = await town.anyone.get(path)
            assert (answer.status, answer.text) == (200, "0a1b2c3d")
            assert answer.headers["Content-Type"].startswith("text/plain")
        assert (await town.anyone.get("/MP_verify_Q7.txt")).text == "Q7"
        assert (await town.anyone.get("/other.txt")).status == 404


@pytest.mark.parametrize("text", ["Ab3dEf9xyZ.txt", "../secret.txt:x", "a.html:x", "a.txt:<b>"])
def test_what_is_no_check_file_keeps_the_township_from_starting(text: str) -> None:
    with pytest.raises(BadSettings, match="BMT_WECHAT_LINK_CHECK"):
        load({"BMT_MODE": "test", "BMT_WECHAT_LINK_CHECK": text})
