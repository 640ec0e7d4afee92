"""Items that should be in the hall by now, posts that end soon, and posts whose scan is missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.organisation.service import Organisation
from backend.people.service import People
from backend.to_do import ToDo

SOON: Final = timedelta(days=30)
CENTRE: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
ADMIN: Final = frozenset({Role.SYSTEM_ADMIN})


class OrganisationToDo:
    """What stands on paper and does not hold, or soon will not."""

    def __init__(self, organisation: Organisation, people: People) -> None:
        self._organisation = organisation
        self._people = people

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        entries = await self._entries(who, at) if who.has(CENTRE) else []
        return [*entries, *(await self._posts(who, at) if who.has(ADMIN) else [])]

    async def _entries(self, who: Actor, at: datetime) -> list[ToDo]:
        today = day_in_china(at)
        late = [each for each in await self._organisation.entries(who.tenant_id) if each.is_overdue(today)]
        if not late:
            return []
        due = min(each.due_on for each in late)
        return [ToDo(what=f"{len(late)} 项事项逾期没有进驻大厅", href="/staff/hall-entries", due=due)]

    async def _posts(self, who: Actor, at: datetime) -> list[ToDo]:
        today = day_in_china(at)
        posts = await self._people.staff.to_look_after(who.tenant_id, today, until=today + SOON)
        unscanned = [each for each in posts if each.paper == ""]
        ending = [each for each in posts if each.valid_to is not None and each.valid_to <= today + SOON]
        found = []
        for what, some in (("到期", ending), ("缺任命文书扫描件", unscanned)):
            found += [
                ToDo(
                    what=f"任职{what}：{each.role.zh}",
                    about=each.document,
                    href=f"/staff/people/{each.staff_id}",
                    due=each.valid_to if some is ending else None,
                )
                for each in some
            ]
        return found
