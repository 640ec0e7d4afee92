"""Events for other programs: subscribed on a page, signed, without personal data, tried again, ended when dead."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from backend.outbox import signing
from tests.support.applications import counter_application
from tests.support.township import Caller, Town


@dataclass
class Receiver:
    """Somebody's server: keeps what came, answers as told."""

    url: str = ""
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.append((headers, await request.read()))
        return web.Response(status=self.status)

    def events(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(body) for _, body in self.came]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/hook"))
        yield made


async def subscribe(town: Town, url: str) -> str:
    """The secret as the page shows it, this once."""
    admin = await town.staff("admin")
    made = await admin.send("/staff/webhooks", {"url": url, "types": "case.moved"})
    assert made.status == 200
    secret = unescape(made.text.split('<p class="code">')[1].split("<")[0])
    assert secret not in (await admin.page("/staff/webhooks")).text
    return secret


async def accept(town: Town, code: str = "SD-003", *, number: int = 1) -> str:
    window: Caller = await town.staff("social")
    case_id = str(
        (await window.post("/v1/staff/cases", counter_application(town, code, number=number))).json["case_id"]
    )
    moved = await window.post(
        f"/v1/staff/cases/{case_id}/actions", {"version": 1, "command": {"action": "accept"}}
    )
    assert moved.status == 200, moved.json
    return case_id


async def test_a_move_is_told_as_a_signed_event_that_names_nobody(town: Town, receiver: Receiver) -> None:
    secret = await subscribe(town, receiver.url)
    case_id = await accept(town)
    await town.office.webhooks.send_round(town.clock())
    ping, moved = sorted(receiver.events(), key=lambda event: event["type"], reverse=True)
    assert ping["type"] == "cn.bianmintong.ping"
    assert moved == {
        "specversion": "1.0",
        "id": f"{case_id}-2",
        "source": f"https://sandu.test/townships/{town.tenant_id}",
        "type": "cn.bianmintong.case.moved",
        "subject": f"cases/{case_id}",
        "time": "2026-04-10T04:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "case_id": case_id,
            "item_code": "SD-003",
            "action": "accept",
            "before": "submitted",
            "state": "accepted",
            "version": 2,
        },
    }
    for headers, body in receiver.came:
        assert headers["content-type"] == "application/cloudevents+json"
        assert signing.is_genuine(signing.secret_key(secret), headers, body, at=town.clock())
        assert not signing.is_genuine(signing.secret_key(secret), headers, body + b" ", at=town.clock())
        assert "演示" not in body.decode()
        assert "13800000050" not in body.decode()
    await town.office.webhooks.send_round(town.clock())
    assert len(receiver.came) == 2


async def test_an_address_that_fails_is_tried_again_told_of_and_ended_after_five_days(
    town: Town, receiver: Receiver
) -> None:
    await subscribe(town, receiver.url)
    receiver.status = 500
    await town.office.webhooks.send_round(town.clock())
    admin = await town.staff("admin")
    assert "推不过去，正在重试" in (await admin.page("/staff/webhooks")).text
    town.clock.advance(timedelta(hours=2))
    receiver.status = 204
    await town.office.webhooks.send_round(town.clock())
    town.forget_sign_ins()
    admin = await town.staff("admin")
    assert "正在重试" not in (await admin.page("/staff/webhooks")).text

    receiver.status = 500
    await accept(town)
    await town.office.webhooks.send_round(town.clock())
    town.clock.advance(timedelta(days=5, hours=1))
    await town.office.webhooks.send_round(town.clock())
    town.forget_sign_ins()
    admin = await town.staff("admin")
    assert "已经自动停用" in (await admin.page("/staff/webhooks")).text
    came = len(receiver.came)
    receiver.status = 204
    await accept(town, number=2)
    await town.office.webhooks.send_round(town.clock())
    assert len(receiver.came) == came


@pytest.mark.parametrize(
    "url", ["http://example.org/hook", "ftp://example.org", "https://a:b@example.org/", "hook"]
)
async def test_only_an_https_address_without_a_password_is_taken(town: Town, url: str) -> None:
    admin = await town.staff("admin")
    refused = await admin.send("/staff/webhooks", {"url": url, "types": "case.moved"})
    assert refused.status == 422
    assert "https 开头" in refused.text
    assert "演示环境还接受本机的 http 地址" in refused.text
    assert (await (await town.staff("director")).page("/staff/webhooks")).status == 403
