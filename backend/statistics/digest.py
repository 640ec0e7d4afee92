"""Makes the figures of cases: of those that moved, of new ones, and of all open ones when the calendar changed.

A move only leaves a mark in its own transaction; the work is done here, away from anybody who waits.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from backend.cases import deadlines
from backend.cases.records import CaseRecord
from backend.cases.service import CaseMoved
from backend.hall.calendar import Calendar
from backend.statistics import store
from backend.statistics.figure import Figure, figure_of
from backend.statistics.store import Mark

BATCH: Final = 100
REPEATED_WITHIN: Final = timedelta(days=90)
OVERLAP_MS: Final = 60_000
"""Ids are made some moments before their case is written: so far back new cases are looked for again."""
_MS_DIGITS: Final = 12
"""An id begins with its milliseconds as so many hex digits (UUIDv7)."""


class Histories(Protocol):
    """The cases, many at a time."""

    async def histories(self, case_ids: Sequence[str]) -> list[CaseRecord]: ...
    async def ids_after(self, case_id: str, *, limit: int, only_open: bool = False) -> list[str]: ...
    async def asked_before(self, case_ids: Sequence[str], *, within: timedelta) -> set[str]: ...


class WorkingCalendar(Protocol):
    def calendar(self) -> Calendar: ...


class Digest:
    """Keeps the figures beside the cases."""

    def __init__(self, cases: Histories, hall: WorkingCalendar) -> None:
        self._cases = cases
        self._hall = hall
        self._turn = asyncio.Lock()

    async def follow(self, moved: CaseMoved) -> None:
        """To be told of every move, inside its transaction."""
        await store.mark_due(moved.case.id, moved.case.tenant_id, moved.case.version)

    async def catch_up(self) -> int:
        """Make every figure that is missing or old; returns how many were made."""
        async with self._turn:
            done = await store.mark()
            made = await self._after_calendar(done)
            made += await self._new(done.last_id)
            while due := await store.due(BATCH):
                made += await self._make([case_id for case_id, _ in due])
        return made

    async def rebuild(self) -> int:
        """Make every figure anew; returns how many."""
        async with self._turn:
            await store.set_mark(Mark("", ""))
            made, last = 0, ""
            while ids := await self._cases.ids_after(last, limit=BATCH):
                made += await self._make(ids)
                last = ids[-1]
            await store.set_mark(Mark(last, self._hall.calendar().version))
        return made

    async def _after_calendar(self, done: Mark) -> int:
        """Days of open cases lie elsewhere in another calendar."""
        version = self._hall.calendar().version
        if done.calendar_version == version:
            return 0
        made, last = 0, ""
        while ids := await self._cases.ids_after(last, limit=BATCH, only_open=True):
            made += await self._make(ids)
            last = ids[-1]
        await store.set_mark(Mark(done.last_id, version))
        return made

    async def _new(self, last_id: str) -> int:
        version = self._hall.calendar().version
        made, last = 0, _before(last_id)
        while ids := await self._cases.ids_after(last, limit=BATCH):
            known = await store.known(ids)
            made += await self._make([each for each in ids if each not in known])
            last = ids[-1]
            await store.set_mark(Mark(last, version))
        return made

    async def _make(self, case_ids: Sequence[str]) -> int:
        records = await self._cases.histories(case_ids)
        repeated = await self._cases.asked_before(case_ids, within=REPEATED_WITHIN)
        await store.put([self._figure(record, repeat=record.case.id in repeated) for record in records])
        if gone := set(case_ids) - {record.case.id for record in records}:
            await store.forget(gone)
        return len(records)

    def _figure(self, record: CaseRecord, *, repeat: bool) -> Figure:
        calendar = self._hall.calendar()
        timers = deadlines.timers(record.events, record.case.terms, calendar)
        return figure_of(record, timers, calendar=calendar, repeat=repeat)


def _before(case_id: str) -> str:
    """An id some minutes older than this one."""
    if not case_id:
        return ""
    return f"{max(0, int(case_id[:_MS_DIGITS], 16) - OVERLAP_MS):0{_MS_DIGITS}x}"
