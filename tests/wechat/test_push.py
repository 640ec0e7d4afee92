"""Events WeChat sends us: their signature, and the bad habits the stand-in copies."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from backend.wechat.push import check_push_signature, push_signature
from backend.wechat.standin.world import DEMO_PUSH_TOKEN
from tests.wechat.conftest import WANG, WeChat

VECTOR = "f464b24fc39322e44b38aa78f5edd27bd1441696"


class Township:
    """Receives events; answers the address check only if the signature is right for its token."""

    def __init__(self) -> None:
        self.token = DEMO_PUSH_TOKEN
        self.url = ""
        self.received: list[dict[str, object]] = []
        self.answers: list[int] = []

    async def check(self, request: web.Request) -> web.Response:
        return web.Response(text=request.query["echostr"] if self._genuine(request) else "")

    async def receive(self, request: web.Request) -> web.Response:
        assert self._genuine(request)
        self.received.append(msgspec.json.decode(await request.read()))
        return web.Response(text="success", status=self.answers.pop(0) if self.answers else 200)

    def _genuine(self, request: web.Request) -> bool:
        query = request.query
        return check_push_signature(
            query["signature"], token=self.token, timestamp=query["timestamp"], nonce=query["nonce"]
        )


@pytest.fixture
async def township() -> AsyncIterator[Township]:
    township = Township()
    app = web.Application()
    app.router.add_get("/push", township.check)
    app.router.add_post("/push", township.receive)
    async with TestServer(app) as server:
        township.url = f"http://127.0.0.1:{server.port}/push"
        yield township


def popup(*template_ids: str) -> dict[str, object]:
    return {
        "kind": "subscribe_msg_popup_event",
        "openid": WANG.openid,
        "template_ids": list(template_ids),
    }


def test_the_signature_is_the_one_wechat_documents() -> None:
    assert push_signature("AAAAA", "1714036504", "1514711492") == VECTOR
    assert check_push_signature(VECTOR, token="AAAAA", timestamp="1714036504", nonce="1514711492")


@pytest.mark.parametrize(
    ("signature", "token", "timestamp", "nonce"),
    [
        (VECTOR, "AAAAB", "1714036504", "1514711492"),
        (VECTOR, "AAAAA", "1714036505", "1514711492"),
        (VECTOR, "AAAAA", "1714036504", "1514711493"),
        (VECTOR[:-1] + "7", "AAAAA", "1714036504", "1514711492"),
        (VECTOR.upper(), "AAAAA", "1714036504", "1514711492"),
        ("", "AAAAA", "1714036504", "1514711492"),
        ("签名", "AAAAA", "1714036504", "1514711492"),
    ],
)
def test_anything_else_is_not_from_wechat(signature: str, token: str, timestamp: str, nonce: str) -> None:
    assert not check_push_signature(signature, token=token, timestamp=timestamp, nonce=nonce)


async def test_one_entry_comes_as_an_object_and_several_as_an_array(
    wechat: WeChat, township: Township
) -> None:
    sent = [popup("demo-progress"), popup("demo-progress", "demo-pickup")]
    assert await wechat.pull("POST", "push", url=township.url, events=sent) == {
        "verified": True,
        "statuses": [200, 200],
    }
    single, several = township.received
    assert single["FromUserName"] == WANG.openid
    assert single["List"] == {
        "TemplateId": "demo-progress",
        "SubscribeStatusString": "accept",
        "PopupScene": "0",
    }
    assert isinstance(several["List"], list)
    assert len(several["List"]) == 2


async def test_events_come_twice_and_late_when_ordered(wechat: WeChat, township: Township) -> None:
    first, second = popup("demo-progress"), popup("demo-pickup")
    await wechat.pull("POST", "push", url=township.url, events=[first, second], copies=2, late=True)
    entries = [event["List"] for event in township.received]
    assert [entry["TemplateId"] for entry in entries if isinstance(entry, dict)] == [
        "demo-pickup",
        "demo-pickup",
        "demo-progress",
        "demo-progress",
    ]


async def test_the_receivers_refusal_is_reported(wechat: WeChat, township: Township) -> None:
    township.answers = [500]
    sent = [popup("demo-progress")]
    assert await wechat.pull("POST", "push", url=township.url, events=sent) == {
        "verified": True,
        "statuses": [500],
    }


async def test_an_address_with_another_token_gets_no_events(wechat: WeChat, township: Township) -> None:
    township.token = "another"
    answer = await wechat.pull("POST", "push", url=township.url, events=[popup("demo-progress")])
    assert answer == {"verified": False, "statuses": []}
    assert township.received == []


async def test_events_go_to_this_machine_only(wechat: WeChat) -> None:
    order = {"url": "https://example.com/push"}
    async with wechat.http.post(f"{wechat.url}/_standin/push", json=order) as answer:
        assert answer.status == 400
        assert await answer.json() == {"error": "模拟微信只向本机推送。"}
