"""The daily comparison at the village: said on the first page, and no trouble for a township that does not know it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from api_spec import coding, sync
from api_spec.errors import ErrorCode
from api_spec.sync import CheckAnswer, CheckStatus, ExchangeRequest
from tests.village_node.browser import Browser
from tests.village_node.conftest import Time, start
from tests.village_node.township import Township, _problem
from village_node.station import Station
from village_node.sync.line import Reply
from village_node.sync.township import Failed


async def test_a_difference_is_said_on_the_first_page_until_it_is_gone(
    clerk: Browser, station: Station
) -> None:
    comparison = station.sync.comparison
    found = CheckAnswer(status=CheckStatus.DIFFERS, differs=("2026-04",), resend=True)
    await comparison.heard(found, township_ms=1, at_ms=1)
    home = (await clerk.get("/")).text
    assert "2026-04 收的件已重新从镇里取" in home
    assert "镇里缺几件传过的件，已全部重传" in home
    await comparison.heard(CheckAnswer(status=CheckStatus.LATER), township_ms=2, at_ms=2)
    assert "每天和镇里核对" in (await clerk.get("/")).text
    await comparison.heard(CheckAnswer(status=CheckStatus.ALIKE), township_ms=3, at_ms=3)
    assert "每天和镇里核对" not in (await clerk.get("/")).text


async def test_a_township_that_refuses_the_comparison_is_asked_again_a_day_later(
    tmp_path: Path, township: Township
) -> None:
    refused: list[bool] = []

    async def older(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if path == sync.EXCHANGE_PATH:
            request = sync.decode(coding.unpack(body, headers["Content-Encoding"]), ExchangeRequest)
            refused.append(request.check is not None)
            if request.check is not None:
                return _problem(400, ErrorCode.BODY_INVALID, {})
        return await township(method, path, headers, body)

    time = Time()
    node = await start(tmp_path, older, time)
    for _ in range(4):
        try:
            await node.sync.until_quiet()
        except Failed:
            continue
    assert refused.count(True) == 1
    township.time = (datetime.fromisoformat(township.time) + timedelta(days=1, minutes=1)).isoformat()
    for _ in range(4):
        try:
            await node.sync.until_quiet()
        except Failed:
            continue
    assert refused.count(True) == 2
    assert refused[-1] is False
    await node.close()
