"""The days of open cases reckoned anew under another calendar. A case's history stays its events: none is added."""

from collections.abc import Awaitable, Callable, Sequence

from backend.cases import deadlines, store_recount
from backend.cases.deadlines import NO_DAY
from backend.cases.records import Dues, dues
from backend.cases.service import CaseChange, Cases
from backend.cases.store_recount import Kept
from backend.hall.calendar import Calendar
from backend.recount.counting import DateMove

TellVillages = Callable[[Sequence[CaseChange]], Awaitable[None]]


class CaseDates:
    """Cases as recounting sees them.

    Args:
        tell: told of cases that changed though nobody moved them.
    """

    kind = "case"

    def __init__(self, cases: Cases, *, tell: TellVillages) -> None:
        self._cases = cases
        self._tell = tell

    async def open_ids(self, tenant_id: str) -> Sequence[str]:
        return await store_recount.open_ids(tenant_id)

    async def moves(self, ids: Sequence[str], calendar: Calendar) -> Sequence[DateMove]:
        found = await store_recount.kept(ids)
        return [_move(one, new) for one in found if (new := _reckoned(one, calendar)) != one.dues]

    async def write(self, moves: Sequence[DateMove], calendar: Calendar) -> Sequence[DateMove]:
        found = await store_recount.kept([move.subject_id for move in moves])
        new = {one.record.case.id: _reckoned(one, calendar) for one in found}
        return [
            move
            for move in moves
            if move.subject_id in new
            and await store_recount.write(move.subject_id, move.version, new[move.subject_id])
        ]

    async def told(self, tenant_id: str, ids: Sequence[str]) -> None:
        entries = [one.record.entry for one in await store_recount.kept(ids)]
        self._cases.committed([entry.tracking_code for entry in entries])
        changes = [await self._cases.change_now(tenant_id, entry.rid) for entry in entries]
        await self._tell([change for change in changes if change is not None])


def _reckoned(one: Kept, calendar: Calendar) -> Dues:
    case = one.record.case
    return dues(case.state, deadlines.timers(one.record.events, case.terms, calendar))


def _move(one: Kept, new: Dues) -> DateMove:
    old = one.dues
    return DateMove(
        subject_id=one.record.case.id,
        number=one.record.entry.case_number,
        version=one.record.case.version,
        due_before=None if old.due_on == NO_DAY else old.due_on,
        due_after=None if new.due_on == NO_DAY else new.due_on,
        was_provisional=old.provisional,
        provisional=new.provisional,
    )
