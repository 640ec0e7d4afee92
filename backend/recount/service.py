"""Takes a holiday notice over and reckons every open case and errand anew under it; catches up on what was missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from api_spec.china_time import day_in_china
from backend.actors import Actor, system
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.db import in_transaction
from backend.hall.calendar import Calendar, SpecialDay
from backend.hall.calendar_changes import CalendarChange, taken_over
from backend.recount import store
from backend.recount.counting import Dated, DateMove, DueChange

BATCH = 25
"""Rows reckoned at a time: some milliseconds, for nobody else is served meanwhile."""

LISTED = 20
"""How many a preview names."""


class CalendarBook(Protocol):
    """The hall: the calendar in use, and changing it."""

    def calendar(self) -> Calendar: ...
    async def load(self) -> None: ...
    async def take_over(self, change: CalendarChange, *, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a recount of one kind of register found or did."""

    kind: str
    looked_at: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a notice would do: to the calendar, and to how many open cases and errands of a township.

    Args:
        moves: the first of those whose last day moves, with the kind of their register.
    """

    change: CalendarChange
    counted: tuple[Counted, ...]
    moves: tuple[tuple[str, DateMove], ...]

    @property
    def unlisted(self) -> int:
        """How many more move than are listed."""
        return sum(one.moved for one in self.counted) - len(self.moves)


class Recount:
    """Keeps the rows' last days with the calendar."""

    def __init__(
        self,
        hall: CalendarBook,
        audit: Audit,
        registers: Sequence[Dated],
        *,
        tenant_ids: Callable[[], Sequence[str]],
    ) -> None:
        self._hall = hall
        self._audit = audit
        self._registers = tuple(registers)
        self._tenant_ids = tenant_ids

    async def preview(self, notice: Sequence[SpecialDay], *, actor: Actor) -> Preview:
        """What taking a notice over would change; nothing is written."""
        change = taken_over(self._hall.calendar(), notice)
        counted, first_moves = [], list[tuple[str, DateMove]]()
        for register in self._registers:
            ids = await register.open_ids(actor.tenant_id)
            moved = 0
            for first in range(0, len(ids), BATCH):
                moves = await register.moves(ids[first : first + BATCH], change.calendar)
                told = [move for move in moves if move.is_told]
                moved += len(told)
                first_moves += [(register.kind, move) for move in told[: LISTED - len(first_moves)]]
            counted.append(Counted(kind=register.kind, looked_at=len(ids), moved=moved))
        return Preview(change=change, counted=tuple(counted), moves=tuple(first_moves))

    async def take_over(
        self, notice: Sequence[SpecialDay], *, actor: Actor, at: datetime
    ) -> tuple[CalendarChange, tuple[Counted, ...]]:
        """Make a notice count from now on, and reckon everything open anew; safe to repeat."""
        await self._hall.load()
        change = taken_over(self._hall.calendar(), notice)
        async with in_transaction():
            await self._hall.take_over(change, at=at)
            await self._audit.record(
                AuditAction.CHANGE_CALENDAR,
                actor=actor,
                at=at,
                subject_kind="calendar",
                subject_id=change.calendar.version,
                days=len(change.notice),
                changed=len(change.changes),
            )
        await self._hall.load()
        counted: tuple[Counted, ...] = ()
        for tenant_id in self._tenant_ids():
            done = await self.recount(tenant_id, at=at)
            counted = done if tenant_id == actor.tenant_id else counted
        return change, counted

    async def run(self, at: datetime) -> None:
        """One round: every township whose rows were reckoned with another calendar, and all of them once a day."""
        version = self._hall.calendar().version
        for tenant_id in self._tenant_ids():
            known = await store.applied(tenant_id)
            if known is None or known[0] != version or day_in_china(known[1]) != day_in_china(at):
                await self.recount(tenant_id, at=at)

    async def recount(self, tenant_id: str, *, at: datetime) -> tuple[Counted, ...]:
        """Reckon everything open in a township anew; what comes out the same is left alone."""
        calendar = self._hall.calendar()
        counted = tuple(
            [await self._recount(register, tenant_id, calendar, at) for register in self._registers]
        )
        async with in_transaction():
            if any(one.moved for one in counted):
                await self._audit.record(
                    AuditAction.RECOUNT,
                    actor=system(tenant_id),
                    at=at,
                    subject_kind="calendar",
                    subject_id=calendar.version,
                    **_figures(counted),
                )
            await store.apply(tenant_id, calendar.version, at=at)
        return counted

    async def astray(self, tenant_id: str) -> Sequence[tuple[str, str]]:
        """Kind and id of everything open whose kept days are not the ones to be reckoned: somebody altered them.

        Nothing is said while a changed calendar has not been taken over into the rows yet.
        """
        calendar = self._hall.calendar()
        known = await store.applied(tenant_id)
        if known is None or known[0] != calendar.version:
            return ()
        found: list[tuple[str, str]] = []
        for register in self._registers:
            ids = await register.open_ids(tenant_id)
            for first in range(0, len(ids), BATCH):
                batch = ids[first : first + BATCH]
                doubtful = {move.subject_id for move in await register.moves(batch, calendar)}
                found += [
                    (register.kind, move.subject_id)
                    for move in await register.moves(sorted(doubtful), calendar)
                ]
        return found

    async def changes_of(self, tenant_id: str, kind: str, subject_id: str) -> Sequence[DueChange]:
        """What a changed calendar did to one case or errand, oldest first."""
        return await store.changes_of(tenant_id, kind, subject_id)

    async def _recount(self, register: Dated, tenant_id: str, calendar: Calendar, at: datetime) -> Counted:
        ids = await register.open_ids(tenant_id)
        moved = 0
        for first in range(0, len(ids), BATCH):
            moves = await register.moves(ids[first : first + BATCH], calendar)
            written = await self._write(register, tenant_id, moves, calendar, at) if moves else ()
            if written:
                await register.told(tenant_id, [move.subject_id for move in written])
            moved += len(written)
        return Counted(kind=register.kind, looked_at=len(ids), moved=moved)

    async def _write(
        self,
        register: Dated,
        tenant_id: str,
        moves: Sequence[DateMove],
        calendar: Calendar,
        at: datetime,
    ) -> Sequence[DateMove]:
        """Rows and what is kept of them; whoever moves a case meanwhile reckons it with today's calendar anyway."""
        async with in_transaction():
            written = await register.write(moves, calendar)
            for move in written:
                if move.is_told:
                    await store.keep(tenant_id, register.kind, move, calendar=calendar.version, at=at)
        return written


def _figures(counted: Sequence[Counted]) -> dict[str, Any]:
    """How many were looked at and how many moved, for the audit log."""
    looked_at = {f"{one.kind}_looked_at": one.looked_at for one in counted}
    return looked_at | {f"{one.kind}_moved": one.moved for one in counted}
