"""One case of a running township, walked over HTTP by the people of the office."""

from dataclasses import dataclass
from typing import Any

from tests.support.applications import counter_application
from tests.support.township import Answer, Town


@dataclass
class Walk:
    """A case and the version its people look at."""

    town: Town
    case_id: str
    number: str
    version: int = 1

    async def attempt(self, login: str, action: str, **command: Any) -> Answer:
        """One move, whatever comes of it."""
        caller = await self.town.staff(login)
        return await caller.post(
            f"/v1/staff/cases/{self.case_id}/actions",
            {"version": self.version, "command": {"action": action, **command}},
        )

    async def go(self, login: str, action: str, **command: Any) -> dict[str, Any]:
        """One move that succeeds; gives the case as that person sees it."""
        answer = await self.attempt(login, action, **command)
        assert answer.status == 200, (action, answer.json)
        self.version = answer.json["version"]
        return dict(answer.json)

    async def refused(self, login: str, action: str, **command: Any) -> Answer:
        """One move that is refused."""
        answer = await self.attempt(login, action, **command)
        assert answer.status >= 400, (action, answer.json)
        return answer

    async def see(self, login: str) -> dict[str, Any]:
        answer = await (await self.town.staff(login)).get(f"/v1/staff/cases/{self.case_id}")
        assert answer.status == 200, answer.json
        self.version = answer.json["version"]
        return dict(answer.json)

    async def public(self) -> str:
        """What anyone who holds the code reads."""
        view = await self.see("director")
        return (await self.town.anyone.get(f"/c/{view['tracking_code']}")).text

    async def to_review(self, window: str) -> None:
        await self.go(window, "accept")
        await self.go(window, "first_review", note="材料属实，建议批准。")


async def taken(town: Town, code: str, window: str, *, number: int = 1, **more: Any) -> Walk:
    """A case taken in at a window with every paper; `more` changes what is handed in."""
    body = {**counter_application(town, code, number=number), **more}
    answer = await (await town.staff(window)).post("/v1/staff/cases", body)
    assert answer.status == 201, answer.json
    return Walk(town, answer.json["case_id"], answer.json["case_number"])
