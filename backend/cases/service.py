"""Cases: file, show, move. Loads through the one door, asks the machine, records, tells the others."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import msgspec

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, CaseState, TimerKind
from backend.actors import Actor, system
from backend.cases import deadlines, history, machine, store, store_filing, store_holds, store_tasks
from backend.cases.case import OPEN_STATES, Case, Event, EventFacts
from backend.cases.changes import CaseChange, CaseMoved, change_of
from backend.cases.check import examine
from backend.cases.commands import Settlement
from backend.cases.completing import completed
from backend.cases.filing import Applicant, Contents, FiledCase, Filing, Mandate, write_contents
from backend.cases.handling import Handling
from backend.cases.intake_desk import IntakeDesk
from backend.cases.machine import Command
from backend.cases.masking import masked_name
from backend.cases.merging import merged
from backend.cases.partners import Appointed, Items, WorkingDays
from backend.cases.records import CaseRecord, dues
from backend.cases.store_filing import NewCase, Raced
from backend.cases.store_queue import Count, QueueFilter
from backend.cases.tasks import late_pledge
from backend.cases.trail import trail
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.group_commit import GroupCommit
from backend.instants import whole_ms
from backend.vault import Vault

__all__ = [
    "Applicant",
    "CaseChange",
    "CaseMoved",
    "Cases",
    "Command",
    "Contents",
    "Count",
    "FiledCase",
    "Filing",
    "Mandate",
    "NewCase",
    "QueueFilter",
    "Raced",
    "Settlement",
]

OnChange = Callable[[Sequence[CaseChange]], Awaitable[None]]
OnMove = Callable[[CaseMoved], Awaitable[None]]
AfterCommit = Callable[[Sequence[str]], None]

CLOCK_BATCH = 200
TRIES = 3


class Cases(Handling):
    """All cases. Open it (`async with`) while the database is open: filing shares commits through one task."""

    def __init__(
        self,
        items: Items,
        hall: WorkingDays,
        vault: Vault,
        people: Appointed,
        *,
        desk: IntakeDesk | None = None,
    ) -> None:
        super().__init__(items, hall, people, desk or IntakeDesk(items, hall, vault))
        self._filing: GroupCommit[NewCase, FiledCase] = GroupCommit(self.add_many)
        self._on_change: list[OnChange] = []
        self._on_move: list[OnMove] = []
        self._after_commit: list[AfterCommit] = []

    async def __aenter__(self) -> Self:
        await self._filing.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._filing.__aexit__(exc_type, exc_val, exc_tb)

    def on_change(self, callback: OnChange) -> None:
        """`callback` is awaited inside the transaction of every change; it may only touch the database."""
        self._on_change.append(callback)

    def on_move(self, callback: OnMove) -> None:
        """`callback` is awaited inside the transaction of every move of a case that is there already, not of its
        filing; it may only touch the database.
        """
        self._on_move.append(callback)

    def after_commit(self, callback: AfterCommit) -> None:
        """`callback` is given the tracking codes of changed cases once that is durable, to drop what was cached."""
        self._after_commit.append(callback)

    def committed(self, tracking_codes: Sequence[str]) -> None:
        """Tell the caches; also to be called after the COMMIT of a transaction that used `file_many`."""
        for callback in self._after_commit:
            callback(tracking_codes)

    def check(self, filing: Filing) -> list[Wrong]:
        """Everything wrong with an application; the same for every channel."""
        return list(examine(filing, today=day_in_china(filing.received_at)).wrong)

    async def file(self, filing: Filing, *, at: datetime) -> FiledCase:
        """File one application; those that arrive together share a commit.

        Raises:
            Fault: ITEM_NOT_OFFERED, FORM_INVALID with every mistake, IDEMPOTENCY_CONFLICT.
        """
        new = await self.desk.prepare(filing, at=at)
        for _ in range(TRIES):
            try:
                filed = await self._filing.submit(new)
            except Raced:
                continue
            if filed.created:
                self.committed([filed.tracking_code])
            return filed
        raise Fault(ErrorCode.BUSY)

    async def file_many(self, filings: Sequence[Filing], *, at: datetime) -> list[FiledCase | Fault]:
        """File what a node brings, inside the caller's transaction; a Fault stands for each that cannot be filed.

        After its COMMIT the caller hands the tracking codes to `committed`.

        Raises:
            Raced: only on PostgreSQL; roll back and send again.
        """
        ready = await self.desk.prepare_many(filings, at=at)
        filed = iter(await self.add_many([one for one in ready if isinstance(one, NewCase)]))
        return [next(filed) if isinstance(one, NewCase) else one for one in ready]

    async def prepare_many(self, filings: Sequence[Filing], *, at: datetime) -> list[NewCase | Fault]:
        """All of filing that needs no transaction; `add_many` does the rest inside one."""
        return await self.desk.prepare_many(filings, at=at)

    async def act(
        self, case_id: str, command: Command, *, actor: Actor, at: datetime, version: int | None = None
    ) -> m.CaseView:
        """Make one move; see `act_in_turn`."""
        return await self.act_in_turn(case_id, [command], actor=actor, at=at, version=version)

    async def act_in_turn(
        self,
        case_id: str,
        commands: Sequence[Command],
        *,
        actor: Actor,
        at: datetime,
        version: int | None = None,
    ) -> m.CaseView:
        """Make several moves at once, wholly or not at all; each is an event of its own.

        Args:
            version: the case the person was looking at; None takes it as it is.

        Raises:
            Fault: CASE_NOT_FOUND, CASE_MOVED, OUT_OF_SCOPE, and what `machine.step` raises.
        """
        record = await store.load(case_id, actor, called=True)
        if version is not None and version != record.case.version:
            raise Fault(ErrorCode.CASE_MOVED, version=record.case.version)
        case, events = record.case, list[Event]()
        visited = any(command.facts.visit for command in commands)
        departments = await self.departments(actor.tenant_id) if visited else {}
        today = day_in_china(at)
        for command in commands:
            late = self._late(record, [*record.events, *events], at) | late_pledge(case, today)
            whole = completed(command, case, departments=departments, today=today)
            step = machine.step(case, whole, actor, late=late)
            await self._refuse_out_of_scope(case, step, actor, at)
            await self.refuse_held(case, step, actor)
            event = history.event(case, step, actor_id=actor.id, at=whole_ms(at))
            case = history.applied(case, event)
            events.append(event)
        return await self._view(await self._record(record, case, events), actor, at)

    async def settle(
        self, case_id: str, how: Settlement, *, actor: Actor, at: datetime, version: int | None = None
    ) -> m.CaseView:
        """Settle an 即办件 at the counter: every step an event, all in one commit. Raises as `act_in_turn`."""
        terms = (await store.load(case_id, actor)).case.terms
        return await self.act_in_turn(case_id, how.commands(terms), actor=actor, at=at, version=version)

    async def amend(
        self,
        case_id: str,
        *,
        actor: Actor,
        at: datetime,
        applicant: Applicant | None = None,
        mandate: Mandate | None = None,
        answers: Mapping[str, Any] | None = None,
        base: Contents | None = None,
    ) -> None:
        """Put right what was written, until acceptance; what is None stays, answers are replaced one by one.

        Args:
            base: what the writer had before them, where others may have changed it since: both merge field by field.

        Raises:
            Fault: CASE_NOT_FOUND, ACTION_NOT_ALLOWED after acceptance, NOT_YOUR_ACTION, FORM_INVALID, CASE_MOVED,
                also where somebody else changed the same field since `base`.
        """
        record = await store.load(case_id, actor)
        old = self.desk.opened(case_id, record.sealed)
        seen = base or old
        wanted = Contents(
            applicant=applicant or seen.applicant,
            mandate=mandate or seen.mandate,
            answers={**seen.answers, **(answers or {})},
        )
        new = await self._examined(record, merged(seen, old, wanted) if base else wanted, actor, at)
        plain = write_contents(new)
        facts = EventFacts(content=self.desk.fingerprint(plain))
        step = machine.step(record.case, Command(action=CaseAction.AMEND, facts=facts), actor)
        event = history.event(record.case, step, actor_id=actor.id, at=whole_ms(at))
        changed = replace(record, sealed=self.desk.seal(case_id, plain))
        await self._record(changed, history.applied(record.case, event), [event], resealed=new)

    async def run_clock(self, tenant_id: str, *, at: datetime) -> int:
        """What the clock decides by itself: deemed acceptance and deemed withdrawal; returns how many cases moved.

        Source: 行政许可法 32 for the first; the notice, or the applicant's own pledge, names the day of the second.
        """
        today = day_in_china(at)
        moved = 0
        for state, action in (
            (CaseState.SUBMITTED, CaseAction.DEEM_ACCEPTED),
            (CaseState.NEED_FIX, CaseAction.DEEM_WITHDRAWN),
        ):
            late = await store.late_cases(state, tenant_id, before=today, limit=CLOCK_BATCH)
            moved += await self._by_clock(late, action, tenant_id, at)
        missed = await store_tasks.missed_pledges(tenant_id, today=today, limit=CLOCK_BATCH)
        return moved + await self._by_clock(missed, CaseAction.DEEM_WITHDRAWN, tenant_id, at)

    async def archive(self, tenant_id: str, *, quiet_for: timedelta, at: datetime) -> int:
        """Archive what has ended and has not moved since; returns how many cases."""
        ended = await store.quiet_cases(machine.CLOSED, tenant_id, before=at - quiet_for, limit=CLOCK_BATCH)
        return await self._by_clock(ended, CaseAction.ARCHIVE, tenant_id, at)

    async def _by_clock(
        self, case_ids: Sequence[str], action: CaseAction, tenant_id: str, at: datetime
    ) -> int:
        """Make one move in each case as the system; whoever was quicker is left alone."""
        moved = 0
        for case_id in case_ids:
            try:
                await self.act(case_id, Command(action=action), actor=system(tenant_id), at=at)
            except Fault as refused:
                if refused.code is not ErrorCode.CASE_MOVED:
                    raise
            else:
                moved += 1
        return moved

    async def add_many(self, new: Sequence[NewCase]) -> list[FiledCase | Fault]:
        """Write prepared applications down, inside the caller's transaction; for the rest see `file_many`."""
        filed = await store_filing.add_many(new)
        changes = [
            change_of(
                msgspec.structs.replace(one.entry, case_number=answer.case_number),
                one.case,
                one.trail,
                one.dues,
                applicant=one.applicant,
            )
            for one, answer in zip(new, filed, strict=True)
            if isinstance(answer, FiledCase) and answer.created
        ]
        await self._announce(changes)
        return filed

    async def _record(
        self,
        record: CaseRecord,
        case: Case,
        events: Sequence[Event],
        *,
        resealed: Contents | None = None,
    ) -> CaseRecord:
        """Write the events, tell the others inside the transaction, and the caches after it."""
        history_now = (*record.events, *events)
        timers = deadlines.timers(history_now, case.terms, self._hall.calendar())
        days = dues(case.state, timers)
        contents = resealed or self.desk.opened(case.id, record.sealed)
        applicant = contents.applicant
        public = trail(history_now, case.terms, surname=masked_name(applicant))
        change = change_of(
            record.entry,
            case,
            public,
            days,
            applicant=applicant.name,
            days_late=deadlines.days_late(
                days.promise_on, day_in_china(events[-1].at), self._hall.calendar()
            ),
        )
        moved = CaseMoved(
            entry=record.entry,
            before=record.case,
            case=case,
            events=history_now,
            new=tuple(events),
            timers=timers,
            contents=contents,
        )
        async with in_transaction():
            await store.record(record, events, days, public)
            if resealed is not None:
                await store.reseal(
                    case.id,
                    record.sealed,
                    document_index=self.desk.document_index(applicant.document_number),
                    phone_index=self.desk.phone_index(applicant.phone),
                )
            await store_tasks.follow(record.case, case, at=events[-1].at)
            if case.state not in OPEN_STATES:
                await store_holds.end_all([case.id], at=events[-1].at)
            await self._announce([change])
            for callback in self._on_move:
                await callback(moved)
        self.committed([record.entry.tracking_code])
        return replace(record, case=case, events=history_now)

    async def _announce(self, changes: Sequence[CaseChange]) -> None:
        if changes:
            for callback in self._on_change:
                await callback(changes)

    async def _examined(self, record: CaseRecord, new: Contents, actor: Actor, at: datetime) -> Contents:
        """`new` in its one written form, checked against the catalogue the case was filed with."""
        entry = record.entry
        item = await self._items.item_in(entry.pack_sha, record.case.terms.item_id)
        situation = next((s.code for s in item.situations if s.name == record.case.terms.situation), "")
        examined = examine(
            Filing(
                tenant_id=entry.tenant_id,
                item=item,
                pack_sha=entry.pack_sha,
                situation=situation,
                applicant=new.applicant,
                mandate=new.mandate,
                answers=new.answers,
                channel=entry.channel,
                filed_by=actor,
                rid=entry.rid,
                received_at=entry.received_at,
            ),
            today=day_in_china(at),
        )
        examined.refuse_wrong()
        return examined.contents

    def _late(self, record: CaseRecord, events: Sequence[Event], at: datetime) -> frozenset[TimerKind]:
        timers = deadlines.timers(events, record.case.terms, self._hall.calendar())
        return deadlines.late(timers, day_in_china(at))

    async def _refuse_out_of_scope(self, case: Case, step: machine.Step, actor: Actor, at: datetime) -> None:
        """An approval rests on a dated appointment that covers the item (plan, clause 29)."""
        if step.before is not CaseState.REVIEWING or step.action is not CaseAction.DECIDE:
            return
        if not await self._people.covers(actor.id, case.terms.item_id, role=step.role, day=day_in_china(at)):
            raise Fault(ErrorCode.OUT_OF_SCOPE, item=case.terms.item_code)
