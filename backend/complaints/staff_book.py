"""Who works here, as complaints and enquiries need to know it: names and roles of today, for routing and for choosing."""

from datetime import date, datetime
from typing import Final, Protocol

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from backend.complaints.machine import Person
from backend.faults import Fault
from backend.people.accounts import Member

MOST: Final = 500


class Accounts(Protocol):
    """People."""

    async def member(self, tenant_id: str, staff_id: str) -> Member: ...
    async def members(self, tenant_id: str, *, after: str, limit: int) -> list[Member]: ...


class StaffBook:
    """The staff of a township."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def everybody(self, tenant_id: str, *, at: datetime) -> list[Person]:
        """Everybody with a post today, by name."""
        found = await self._accounts.members(tenant_id, after="", limit=MOST)
        people = [_person(member, day_in_china(at)) for member in found if not member.account.disabled_at]
        return sorted((person for person in people if person.roles), key=lambda person: person.name)

    async def person(self, tenant_id: str, staff_id: str, *, at: datetime) -> Person:
        """Raises Fault(FORM_INVALID): no such member of staff."""
        try:
            return _person(await self._accounts.member(tenant_id, staff_id), day_in_china(at))
        except Fault as fault:
            if fault.code is not ErrorCode.STAFF_NOT_FOUND:
                raise
            raise Fault(ErrorCode.FORM_INVALID) from None


def _person(member: Member, day: date) -> Person:
    held = [post for post in member.posts if post.is_held(day)]
    return Person(
        id=member.account.id,
        name=member.account.name,
        roles=frozenset(post.role for post in held),
        department_id=next((post.department_id for post in held if post.department_id), ""),
    )
