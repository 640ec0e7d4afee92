"""The roster at work: who answers for a window at a moment, leave and hand-overs, and that no change empties a window.

Every change is judged on the roster the database has, while that roster is held: two leaves at once cannot both pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china, minute_in_china, period_of
from api_spec.errors import ErrorCode
from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault
from backend.hall import handing, rules, store, store_duty
from backend.hall.handing import Counted, HandOver, StandIn
from backend.hall.hours import WHOLE_HALL, HoursException, Opening
from backend.hall.roster import Clerk, Duty, DutyChange, HalfDay, Leave, Pair, Roster
from backend.ids import new_id

LOOK_AHEAD_DAYS: Final = 14
HAND_OVERS_SHOWN: Final = 50


class Hours(Protocol):
    """The hall: when windows are open, and its memory read anew."""

    def opening(self, tenant_id: str, window_id: str, *, day: date) -> Opening: ...
    async def load(self) -> None: ...
    async def declare_exception(
        self, exception: HoursException, *, actor: Actor, at: datetime
    ) -> Opening: ...


class WindowBook(Protocol):
    """Where the windows of a township are listed: the catalogue."""

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One half day at one window. `is_gap`: open with nobody due."""

    half: HalfDay
    is_open: bool
    duty: Duty
    note: str

    @property
    def is_gap(self) -> bool:
        return self.is_open and self.duty.clerk is None


class Duties:
    """The rosters of every township, kept in memory by the hall and written through."""

    def __init__(self, hall: Hours, windows: WindowBook) -> None:
        self._hall = hall
        self._windows = windows
        self._rosters: Mapping[str, Roster] = {}
        self._leaves: Mapping[str, Sequence[Leave]] = {}

    async def load(self) -> None:
        """Read every roster into memory."""
        parts: dict[str, tuple[list[Pair], list[DutyChange], list[Leave]]] = {}
        for tenant_id, pair in await store.pairs():
            parts.setdefault(tenant_id, ([], [], []))[0].append(pair)
        for tenant_id, change in await store.duty_changes():
            parts.setdefault(tenant_id, ([], [], []))[1].append(change)
        for tenant_id, leave in await store_duty.leaves():
            parts.setdefault(tenant_id, ([], [], []))[2].append(leave)
        self._rosters = {tenant_id: Roster(*found) for tenant_id, found in parts.items()}
        self._leaves = {tenant_id: found[2] for tenant_id, found in parts.items()}

    def roster(self, tenant_id: str) -> Roster:
        return self._rosters.get(tenant_id) or Roster((), ())

    def leaves(self, tenant_id: str, *, since: date) -> Sequence[Leave]:
        """Leaves that are not over before `since`, the nearest first."""
        return [leave for leave in self._leaves.get(tenant_id, ()) if leave.last.day >= since]

    def responsible(self, tenant_id: str, window_id: str, *, at: datetime) -> Clerk | None:
        """Whom new work and reminders of a window go to: who is due there now, or when it opens next.

        None: nobody is due within the next two weeks.
        """
        roster, today, minute = self.roster(tenant_id), day_in_china(at), minute_in_china(at)
        for ahead in range(LOOK_AHEAD_DAYS + 1):
            day = today + timedelta(days=ahead)
            opening = self._hall.opening(tenant_id, window_id, day=day)
            for period in DayPeriod:
                closes = max((s.closes for s in opening.spans if s.period is period), default=0)
                if closes <= (minute if ahead == 0 else 0):
                    continue
                clerk = roster.duty(window_id, day, period=period).clerk
                if clerk is not None:
                    return clerk
        return None

    def standing_in(self, tenant_id: str, staff_id: str, *, at: datetime) -> Sequence[StandIn]:
        """The windows where this person does the other one's work now."""
        day = day_in_china(at)
        return [
            StandIn(pair.window_id, handing.other_of(pair, Clerk(staff_id, "")))
            for pair in self.roster(tenant_id).windows_of(staff_id, day)
            if pair.a.staff_id != staff_id
            and (clerk := self.responsible(tenant_id, pair.window_id, at=at)) is not None
            and clerk.staff_id == staff_id
        ]

    def week(self, tenant_id: str, window_id: str, *, first: date, days: int) -> Sequence[Shift]:
        """Every half day of a window, also those it is closed."""
        roster = self.roster(tenant_id)
        shifts: list[Shift] = []
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            opening = self._hall.opening(tenant_id, window_id, day=day)
            shifts += [
                Shift(
                    half=HalfDay(day, period),
                    is_open=handing.is_open(opening, period),
                    duty=roster.duty(window_id, day, period=period),
                    note=opening.note,
                )
                for period in DayPeriod
            ]
        return shifts

    async def set_pair(self, pair: Pair, *, actor: Actor) -> None:
        """Name A and B of a window from a day on.

        Raises:
            Fault: NOT_ALLOWED, OUT_OF_SCOPE, NOT_FOUND (no such window here).
        """
        await self.refuse_planning(actor, pair.window_id)
        await store.put_pairs(actor.tenant_id, [pair])
        await self._hall.load()

    async def change_duty(self, change: DutyChange, *, actor: Actor, at: datetime) -> Duty:
        """Say who sits at a window for half a day.

        Raises:
            Fault: NOT_ALLOWED, OUT_OF_SCOPE, NOT_FOUND (no such window here); ROSTER_GAP: it is open then and
                nobody would be there: close it with a public note first.
        """
        await self.refuse_planning(actor, change.window_id)
        async with in_transaction():
            await store_duty.hold(actor.tenant_id)
            before = await store_duty.roster(actor.tenant_id)
            self._refuse_empty(actor.tenant_id, change, before)
            await store.put_duty_change(actor.tenant_id, change, by=actor.id, at=at)
        await self._hall.load()
        return self.roster(actor.tenant_id).duty(change.window_id, change.day, period=change.period)

    async def close_half_day(
        self, window_id: str, half: HalfDay, *, note: str, actor: Actor, at: datetime
    ) -> Opening:
        """Close a window for half a day, with the reason people read; the other half stays as it is.

        Raises:
            Fault: as `declare_exception` of the hall.
        """
        opening = self._hall.opening(actor.tenant_id, window_id, day=half.day)
        left = tuple(span for span in opening.spans if span.period is not half.period)
        closing = HoursException(window_id=window_id, day=half.day, reason=note, spans=left)
        return await self._hall.declare_exception(closing, actor=actor, at=at)

    async def plan_leave(
        self, staff_id: str, first: HalfDay, last: HalfDay, *, reason: LeaveReason, actor: Actor, at: datetime
    ) -> Leave:
        """Put somebody off duty; the other of each of their pairs is due in every half day of it.

        Raises:
            Fault: FORM_INVALID; NOT_FOUND, they sit at no window; NOT_ALLOWED, OUT_OF_SCOPE; ROSTER_GAP, the other
                one is away too.
        """
        leave = Leave(id=new_id(), staff_id=staff_id, first=first, last=last, reason=reason)
        handing.check_leave(leave, today=day_in_china(at))
        halves = list(handing.half_days(leave))
        for window_id in self._served(actor.tenant_id, staff_id, halves):
            await self.refuse_planning(actor, window_id)
        async with in_transaction():
            await store_duty.hold(actor.tenant_id)
            before = await store_duty.roster(actor.tenant_id)
            mine = [
                (pair.window_id, half) for half in halves for pair in before.windows_of(staff_id, half.day)
            ]
            for window_id in {window_id for window_id, _ in mine}:
                await store_duty.drop_changes(window_id, [half for at_, half in mine if at_ == window_id])
            await store_duty.add_leave(actor.tenant_id, leave, by=actor.id, at=at)
            after = await store_duty.roster(actor.tenant_id)
            handing.refuse_gaps(handing.new_gaps(before, after, mine, openings=self._openings(actor)))
        await self._hall.load()
        return leave

    async def end_leave(self, leave_id: str, *, actor: Actor, at: datetime) -> Leave:
        """Take a leave back: A is due again.

        Raises:
            Fault: NOT_FOUND; NOT_ALLOWED, OUT_OF_SCOPE.
        """
        there = next((each for each in self._leaves.get(actor.tenant_id, ()) if each.id == leave_id), None)
        if there is None:
            raise Fault(ErrorCode.NOT_FOUND, leave_id=leave_id)
        for window_id in self._served(actor.tenant_id, there.staff_id, handing.half_days(there)):
            await self.refuse_planning(actor, window_id)
        ended = await store_duty.end_leave(actor.tenant_id, leave_id, by=actor.id, at=at)
        await self._hall.load()
        if ended is None:
            raise Fault(ErrorCode.NOT_FOUND, leave_id=leave_id)
        return ended

    async def hand_over(
        self,
        window_id: str,
        *,
        giver_id: str,
        counted: Counted,
        papers: str,
        note: str,
        whole_day: bool,
        actor: Actor,
        at: datetime,
    ) -> HandOver:
        """Give a window to the other of its pair, at once: for the rest of this half day, or of the day.

        Args:
            giver_id: who sits there, as the caller saw it.

        Raises:
            Fault: NOT_FOUND no such window or no pair; NOT_ALLOWED; ROSTER_CHANGED somebody else sits there by now;
                ROSTER_GAP the other one is away.
        """
        await self._window(actor.tenant_id, window_id)
        day, period = day_in_china(at), period_of(minute_in_china(at))
        async with in_transaction():
            await store_duty.hold(actor.tenant_id)
            before = await store_duty.roster(actor.tenant_id)
            pair, now = before.pair(window_id, day), before.duty(window_id, day, period=period).clerk
            if pair is None:
                raise Fault(ErrorCode.NOT_FOUND, window_id=window_id)
            handing.refuse_handing(actor, pair)
            if now is None or now.staff_id != giver_id:
                raise Fault(ErrorCode.ROSTER_CHANGED, window_id=window_id)
            taker = handing.other_of(pair, now)
            place = DutyPlace.B if taker == pair.b else DutyPlace.A
            for each in DayPeriod if whole_day else (period,):
                if HalfDay(day, each).order < HalfDay(day, period).order:
                    continue
                if before.leave(taker.staff_id, day, period=each) is not None:
                    raise Fault(ErrorCode.ROSTER_GAP, window_id=window_id, day=day, period=each)
                change = DutyChange(window_id=window_id, day=day, period=each, place=place, note=note)
                await store.put_duty_change(actor.tenant_id, change, by=actor.id, at=at)
            done = HandOver(
                id=new_id(),
                window_id=window_id,
                giver=now,
                taker=taker,
                counted=counted,
                papers=papers,
                note=note,
                at=at,
            )
            await store_duty.add_hand_over(actor.tenant_id, done)
        await self._hall.load()
        return done

    async def hand_overs(self, tenant_id: str) -> Sequence[HandOver]:
        """The latest of the township, newest first."""
        return await store_duty.hand_overs(tenant_id, limit=HAND_OVERS_SHOWN)

    async def unseen(self, staff_id: str) -> Sequence[HandOver]:
        """What was handed to this person and not looked at yet."""
        return await store_duty.unseen(staff_id)

    async def mark_seen(self, hand_over_id: str, *, actor: Actor, at: datetime) -> None:
        """The taker has looked. Nothing depends on it: the hand-over holds already.

        Raises:
            Fault: NOT_FOUND.
        """
        if not await store_duty.mark_seen(actor.id, hand_over_id, at=at):
            raise Fault(ErrorCode.NOT_FOUND, hand_over_id=hand_over_id)

    async def refuse_planning(self, actor: Actor, window_id: str) -> None:
        """Raises Fault: NOT_FOUND (no such window here), NOT_ALLOWED, OUT_OF_SCOPE."""
        card = None if window_id == WHOLE_HALL else await self._window(actor.tenant_id, window_id)
        rules.refuse_planning(actor, card)

    async def _window(self, tenant_id: str, window_id: str) -> WindowCard:
        for card in await self._windows.windows(tenant_id):
            if card.id == window_id:
                return card
        raise Fault(ErrorCode.NOT_FOUND, window_id=window_id)

    def _served(self, tenant_id: str, staff_id: str, halves: Iterable[HalfDay]) -> set[str]:
        """Raises Fault(NOT_FOUND): they sit at no window then."""
        roster = self.roster(tenant_id)
        served = {
            pair.window_id
            for day in {half.day for half in halves}
            for pair in roster.windows_of(staff_id, day)
        }
        if not served:
            raise Fault(ErrorCode.NOT_FOUND, staff_id=staff_id)
        return served

    def _refuse_empty(self, tenant_id: str, change: DutyChange, before: Roster) -> None:
        """Raises Fault(ROSTER_GAP)."""
        opening = self._hall.opening(tenant_id, change.window_id, day=change.day)
        if not handing.is_open(opening, change.period):
            return
        pair = before.pair(change.window_id, change.day)
        b_away = pair and before.leave(pair.b.staff_id, change.day, period=change.period)
        if change.place is DutyPlace.NOBODY or (b_away and change.place is DutyPlace.B):
            raise Fault(
                ErrorCode.ROSTER_GAP, window_id=change.window_id, day=change.day, period=change.period
            )

    def _openings(self, actor: Actor) -> handing.Openings:
        return lambda window_id, day: self._hall.opening(actor.tenant_id, window_id, day=day)
