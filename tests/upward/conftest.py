"""A township connected to a strict stand-in of a platform, with national codes for two of its items."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestServer

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.demo.standins import platform
from tests.support.applications import counter_application
from tests.support.township import Caller, Clock, Town, open_town

CODE = "11430481MB0R05447F"
TASKS = {
    "SD-003": f"{CODE}5430131056W00",
    "SD-001": f"{CODE}5430131057W00",
    "SD-008": f"{CODE}5430131058W00",
    "SD-027": f"{CODE}5430131059W00",
}


@dataclass(frozen=True, slots=True)
class Line:
    """The township and the platform above it."""

    town: Town
    above: platform.PlatformStandin

    async def send(self) -> int:
        return await self.town.office.upward.send_round(self.town.clock())

    async def take(self, code: str = "SD-003", *, number: int = 1, at: str = "social") -> str:
        window = await self.town.staff(at)
        taken = await window.post("/v1/staff/cases", counter_application(self.town, code, number=number))
        assert taken.status == 201, taken.json
        return str(taken.json["case_id"])

    async def act(self, who: str, case_id: str, version: int, **command: Any) -> dict[str, Any]:
        clerk: Caller = await self.town.staff(who)
        answer = await clerk.post(
            f"/v1/staff/cases/{case_id}/actions", {"version": version, "command": command}
        )
        assert answer.status == 200, answer.json
        return dict(answer.json)


async def give_codes(town: Town) -> None:
    """The director takes the 31-character codes into the catalogue and publishes it."""
    catalogue, director = (
        town.office.catalogue,
        Actor(id="director", roles=frozenset({Role.DIRECTOR}), tenant_id=town.tenant_id, name="演示主任"),
    )
    items = [
        msgspec.structs.replace(item, national_code=TASKS[item.code], version=item.version + 1)
        for item in catalogue.shelf(town.tenant_id).pack.items
        if item.code in TASKS
    ]
    await catalogue.import_items(town.tenant_id, items, by=director, at=town.clock())
    ids = [item.id for item in items]
    await catalogue.confirm(town.tenant_id, ids, by=director, at=town.clock())
    await catalogue.publish(town.tenant_id, ids, by=director, at=town.clock())


@pytest.fixture(params=["older"])
async def line(town_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    clock = Clock()
    above = platform.PlatformStandin(clock, profile=request.param)
    async with TestServer(above.app()) as server:
        connected = {
            "upward_url": str(server.make_url("/rows")),
            "upward_secret": platform.SECRET,
            "upward_profile": request.param,
        }
        async with open_town(town_url, tmp_path, clock=clock, **connected) as town:
            await give_codes(town)
            yield Line(town, above)
