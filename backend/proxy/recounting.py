"""The days of open errands reckoned anew under another calendar. An errand's history stays its events: none is added."""

from collections.abc import Awaitable, Callable, Sequence

from backend.hall.calendar import Calendar
from backend.proxy import deadlines, store_recount
from backend.proxy.deadlines import NO_DAY, Dues
from backend.proxy.records import ErrandChange
from backend.proxy.service import Proxy
from backend.proxy.store_recount import Kept
from backend.recount.counting import DateMove

TellVillages = Callable[[Sequence[ErrandChange]], Awaitable[None]]


class ErrandDates:
    """Errands as recounting sees them.

    Args:
        tell: told of errands that changed though nobody moved them.
    """

    kind = "errand"

    def __init__(self, proxy: Proxy, *, tell: TellVillages) -> None:
        self._proxy = proxy
        self._tell = tell

    async def open_ids(self, tenant_id: str) -> Sequence[str]:
        return await store_recount.open_ids(tenant_id)

    async def moves(self, ids: Sequence[str], calendar: Calendar) -> Sequence[DateMove]:
        found = await store_recount.kept(ids)
        return [_move(one, new) for one in found if (new := _reckoned(one, calendar)) != one.dues]

    async def write(self, moves: Sequence[DateMove], calendar: Calendar) -> Sequence[DateMove]:
        found = await store_recount.kept([move.subject_id for move in moves])
        new = {one.record.errand.id: _reckoned(one, calendar) for one in found}
        return [
            move
            for move in moves
            if move.subject_id in new
            and await store_recount.write(move.subject_id, move.version, new[move.subject_id])
        ]

    async def told(self, tenant_id: str, ids: Sequence[str]) -> None:
        entries = [one.record.entry for one in await store_recount.kept(ids)]
        self._proxy.committed([entry.tracking_code for entry in entries])
        changes = [await self._proxy.change_now(tenant_id, entry.rid) for entry in entries]
        await self._tell([change for change in changes if change is not None])


def _reckoned(one: Kept, calendar: Calendar) -> Dues:
    return deadlines.dues(one.record.events, one.record.errand.terms.promise, calendar)


def _move(one: Kept, new: Dues) -> DateMove:
    old = one.dues
    return DateMove(
        subject_id=one.record.errand.id,
        number=one.record.entry.number,
        version=one.record.errand.version,
        due_before=None if old.due_on == NO_DAY else old.due_on,
        due_after=None if new.due_on == NO_DAY else new.due_on,
        was_provisional=old.provisional,
        provisional=new.provisional,
    )
