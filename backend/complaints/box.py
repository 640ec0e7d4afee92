"""The complaint box in the hall: opened by two, its letters counted; each letter is then a complaint (plan, clause 51)."""

from datetime import date, datetime
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.routes.complaints import BOX_KEEPERS
from backend.actors import Actor
from backend.complaints import store
from backend.complaints.complaint import BoxOpening
from backend.complaints.staff_book import StaffBook
from backend.faults import Fault, Wrong
from backend.ids import new_id

SHOWN: Final = 200


class ComplaintBox:
    """The log of its openings."""

    def __init__(self, staff: StaffBook) -> None:
        self._staff = staff

    async def open(
        self, *, day: date, witness_id: str, letters: int, note: str, actor: Actor, at: datetime
    ) -> None:
        """Write down an opening.

        Raises:
            Fault: NOT_ALLOWED; FORM_INVALID: no second person, or a day to come.
        """
        if not actor.has(BOX_KEEPERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if witness_id in ("", actor.id):
            raise _wrong("witness", "开箱要两个人，请选另一位同事。")
        if day > day_in_china(at):
            raise _wrong("day", "开箱日期不能晚于今天。")
        await self._staff.person(actor.tenant_id, witness_id, at=at)
        opening = BoxOpening(
            id=new_id(),
            day=day,
            opened_by=actor.id,
            witness_id=witness_id,
            letters=letters,
            note=note,
            at=at,
        )
        await store.add_opening(opening, tenant_id=actor.tenant_id)

    async def openings(self, actor: Actor) -> list[BoxOpening]:
        """The latest first.

        Raises:
            Fault: NOT_ALLOWED.
        """
        if not actor.has(BOX_KEEPERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        return await store.openings(actor.tenant_id, limit=SHOWN)


def _wrong(field: str, sentence: str) -> Fault:
    return Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(field, "invalid", sentence)])
