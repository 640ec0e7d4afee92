"""A township whose short messages go to a gateway that stands in for a real one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from api_spec.messages.notices import TemplatePurpose
from backend.actors import system
from backend.demo.standins import sms
from backend.notices.fields import TYPES
from backend.notices.service import Template
from backend.wechat.standin.people import DEMO_PEOPLE
from tests.support.township import Caller, Clock, Town, open_town


@dataclass(frozen=True, slots=True)
class Post:
    """The township and everything its notices leave by."""

    town: Town
    gateway: sms.SmsStandin

    async def send(self) -> int:
        return await self.town.office.notices.send_round(self.town.clock())

    async def wechat(self, method: str, path: str, json: object = None) -> Any:
        async with self.town.wechat.request(method, f"/_standin/{path}", json=json) as answer:
            assert answer.status in (200, 204), await answer.text()
            return await answer.json() if answer.status == 200 else None

    async def allow(self, citizen: Caller, number: int, purpose: str, *, times: int = 1) -> None:
        """The person taps 允许: WeChat knows it, and the mini-program reports it."""
        template = f"demo-{purpose}"
        openid = DEMO_PEOPLE[number - 1].openid
        await self.wechat("POST", f"people/{openid}/accept", {"template_id": template, "times": times})
        for _ in range(times):
            told = await citizen.post(
                "/v1/notices/grants", {"results": [{"template_id": template, "result": "accept"}]}
            )
            assert told.status == 200, told.json

    async def agree(self, citizen: Caller) -> None:
        """Consent to messages."""
        notices = (await citizen.get("/v1/notices")).json["items"]
        version = next(each["version"] for each in notices if each["purpose"] == "notices")
        given = await citizen.post("/v1/me/consents", {"purpose": "notices", "version": version})
        assert given.status == 201, given.json


async def use_demo_templates(town: Town) -> None:
    for purpose in TemplatePurpose:
        names = tuple(f"{each}{number}" for number, each in enumerate(TYPES[purpose], 1))
        await town.office.notices.set_template(
            Template(purpose=purpose, template_id=f"demo-{purpose.value}", names=names),
            actor=system(town.tenant_id),
            at=town.clock(),
        )


@pytest.fixture
async def post(town_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    clock = Clock()
    standin = sms.SmsStandin(clock)
    async with TestServer(standin.app()) as server:
        gateway = {
            "sms_url": str(server.make_url("/send")),
            "sms_account": sms.ACCOUNT,
            "sms_secret": sms.SECRET,
            "sms_sign": "三都便民",
        }
        async with open_town(town_url, tmp_path, clock=clock, **gateway) as town:
            await use_demo_templates(town)
            yield Post(town, standin)
