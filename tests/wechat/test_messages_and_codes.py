"""Subscribe messages and mini-program codes."""

import io

import pytest
import zxingcpp
from PIL import Image

from backend.wechat.client import MiniProgram
from backend.wechat.faults import BadField, Misconfigured, NotGranted, UnknownOpenid
from backend.wechat.standin.messages import FIELD_TYPES
from tests.wechat.conftest import LI, WANG, WeChat

PROGRESS = {
    "thing1": "城乡居民最低生活保障申请",
    "character_string2": "SD-260410-0007-K",
    "phrase3": "办理中",
    "time4": "2026年4月10日 09:00",
}


async def accept(wechat: WeChat, *, times: int = 1) -> None:
    await wechat.pull("POST", f"people/{WANG.openid}/accept", template_id="demo-progress", times=times)


async def test_a_message_reaches_the_phone_with_chinese_intact(mini: MiniProgram, wechat: WeChat) -> None:
    await accept(wechat)
    await mini.send_subscribe(WANG.openid, "demo-progress", fields=PROGRESS, page="pages/case/case?id=7")
    assert await wechat.pull("GET", "outbox") == [
        {
            "at": "2026-04-10T01:00:00Z",
            "openid": WANG.openid,
            "template_id": "demo-progress",
            "page": "pages/case/case?id=7",
            "build": "formal",
            "fields": PROGRESS,
        }
    ]
    async with wechat.http.get(f"{wechat.url}/") as shown:
        text = await shown.text()
    assert "城乡居民最低生活保障申请" in text
    assert "王阿姨" in text


async def test_each_acceptance_is_good_for_one_message_of_one_person(
    mini: MiniProgram, wechat: WeChat
) -> None:
    await accept(wechat, times=2)
    with pytest.raises(NotGranted):
        await mini.send_subscribe(LI.openid, "demo-progress", fields=PROGRESS)
    for _ in range(2):
        await mini.send_subscribe(WANG.openid, "demo-progress", fields=PROGRESS)
    with pytest.raises(NotGranted):
        await mini.send_subscribe(WANG.openid, "demo-progress", fields=PROGRESS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thing1", "二十一个字的事项名称一定会被微信拒绝掉的呀"),
        ("thing1", ""),
        ("character_string2", "办件编号"),
        ("phrase3", "六个字的状态"),
        ("phrase3", "OK"),
        ("time4", "明天上午"),
    ],
)
async def test_a_field_that_breaks_its_type_is_named_and_costs_no_acceptance(
    mini: MiniProgram, wechat: WeChat, field: str, value: str
) -> None:
    await accept(wechat)
    with pytest.raises(BadField) as refused:
        await mini.send_subscribe(WANG.openid, "demo-progress", fields={**PROGRESS, field: value})
    assert refused.value.field == field
    await mini.send_subscribe(WANG.openid, "demo-progress", fields=PROGRESS)


async def test_a_field_the_template_lacks_is_named(mini: MiniProgram, wechat: WeChat) -> None:
    await accept(wechat)
    with pytest.raises(BadField) as refused:
        await mini.send_subscribe(WANG.openid, "demo-progress", fields={**PROGRESS, "thing9": "备注"})
    assert refused.value.field == "thing9"


async def test_a_page_a_template_and_a_person_must_exist(mini: MiniProgram, wechat: WeChat) -> None:
    await accept(wechat)
    with pytest.raises(Misconfigured) as refused:
        await mini.send_subscribe(WANG.openid, "demo-progress", fields=PROGRESS, page="/pages/case/case")
    assert refused.value.errcode == 41030
    with pytest.raises(Misconfigured) as refused:
        await mini.send_subscribe(WANG.openid, "no-such-template", fields=PROGRESS)
    assert refused.value.errcode == 40037
    with pytest.raises(UnknownOpenid):
        await mini.send_subscribe(WANG.service_openid, "demo-progress", fields=PROGRESS)
    assert await wechat.pull("GET", "outbox") == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("thing", "二十个字以内的事项名称", "字" * 21),
        ("number", "12.5", "12,5"),
        ("number", "1" * 32, "1" * 33),
        ("letter", "ABC", "AB1"),
        ("symbol", "#*", "a#"),
        ("character_string", "A" * 32, "A" * 33),
        ("time", "15:01", "15点"),
        ("time", "2019年10月1日 15:01", "2019年10月1日"),
        ("date", "2019-10-01", "10-01"),
        ("amount", "100元", "一百元"),
        ("amount", "¥100.50", "¥100.505"),
        ("phone_number", "+86-0766-66888866", "1" * 18),
        ("car_number", "湘D12345", "湘D1234567"),
        ("name", "古力娜扎·买买提", "王" * 11),
        ("name", "A" * 20, "A" * 21),
        ("phrase", "等待补正", "等待补正材料"),
    ],
)
def test_field_types_have_wechats_limits(kind: str, good: str, bad: str) -> None:
    assert FIELD_TYPES[kind].fullmatch(good)
    assert not FIELD_TYPES[kind].fullmatch(bad)


async def test_a_mini_program_code_is_a_picture_of_its_scene(mini: MiniProgram) -> None:
    code = await mini.unlimited_code("c=01J9Z3K7Q5M2X8V4T6W0", "pages/case/case", width=300)
    picture = Image.open(io.BytesIO(code.body))
    assert (code.media_type, picture.format, picture.size) == ("image/png", "PNG", (300, 300))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [
        "pages/case/case?scene=c=01J9Z3K7Q5M2X8V4T6W0"
    ]


@pytest.mark.parametrize(
    ("scene", "page", "width", "errcode"),
    [
        ("a" * 33, "pages/case/case", 430, 40169),
        ("", "pages/case/case", 430, 40169),
        ("a%20b", "pages/case/case", 430, 40129),
        ("办件", "pages/case/case", 430, 40129),
        ("a", "/pages/case/case", 430, 41030),
        ("a", "pages/case/case?id=1", 430, 41030),
        ("a", "pages/none/none", 430, 41030),
        ("a", "pages/case/case", 279, 40097),
        ("a", "pages/case/case", 1281, 40097),
    ],
)
async def test_a_refused_code_comes_as_json_and_is_our_fault(
    mini: MiniProgram, scene: str, page: str, width: int, errcode: int
) -> None:
    with pytest.raises(Misconfigured) as refused:
        await mini.unlimited_code(scene, page, width=width)
    assert refused.value.errcode == errcode


@pytest.mark.parametrize("scene", ["a" * 32, "!#$&'()*+,/:;=?@-._~`"])
async def test_a_scene_may_use_all_it_is_allowed(mini: MiniProgram, scene: str) -> None:
    assert (await mini.unlimited_code(scene, "pages/case/case")).body.startswith(b"\x89PNG")


async def test_a_code_is_drawn_after_a_refused_token_too(mini: MiniProgram, wechat: WeChat) -> None:
    await mini.unlimited_code("a", "pages/case/case")
    await wechat.pull("DELETE", "token")
    assert (await mini.unlimited_code("a", "pages/case/case")).body.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("method", "path", "body", "errcode"),
    [
        ("GET", "/cgi-bin/stable_token", b"", 43002),
        ("POST", "/sns/jscode2session", b"{}", 43001),
        ("POST", "/cgi-bin/stable_token", b"", 44002),
        ("POST", "/cgi-bin/stable_token", b"{", 47001),
        ("POST", "/cgi-bin/stable_token", b"grant_type=client_credential", 47001),
        ("POST", "/wxa/getwxacodeunlimit", b'{"scene":"a"}', 41001),
    ],
)
async def test_a_badly_made_call_is_refused_the_way_wechat_does(
    wechat: WeChat, method: str, path: str, body: bytes, errcode: int
) -> None:
    async with wechat.http.request(method, wechat.url + path, data=body) as answer:
        assert answer.status == 200
        assert (await answer.json())["errcode"] == errcode
