"""The way upward: rows written with the moves they tell, sent in batches, answered one by one, never lost in silence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from api_spec.china_time import day_in_china, moment
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.cases.service import CaseMoved
from backend.catalogue.values import Shelf
from backend.db import in_transaction, is_storage_trouble
from backend.ids import new_id
from backend.instants import whole_ms
from backend.outbox import rules
from backend.outbox.service import Counted, Line, Outbox, Outcome, Parcel, ParcelState, Stored
from backend.reviews.review import Rated
from backend.upward import facts, mapping, store
from backend.upward.facts import Fact, Table
from backend.upward.mapping import TASK_CODE_LENGTH, Sender
from backend.upward.platform import Platform, PlatformBusy, PlatformFault, Receipt, UpRow
from backend.upward.profiles import Profile

__all__ = ["Platform", "Report", "Upward"]

BATCH: Final = 100
MOST_BATCHES: Final = 50
ACCEPTED: Final = "accepted:"
NO_CODE: Final = "no_task_code"
NO_CODE_PAUSE: Final = timedelta(hours=6)
REVIEW_PLACE: Final = 2_000_000_000
"""A rating comes after everything else of its case."""
COUNTED: Final = timedelta(days=30)
LATE: Final = timedelta(hours=24)
"""A row that waits longer is stuck, and said to be."""

log = structlog.get_logger("township")


class Items(Protocol):
    """What is asked of the catalogue."""

    @property
    def tenant_ids(self) -> Sequence[str]: ...

    def shelf(self, tenant_id: str) -> Shelf: ...


class Names(Protocol):
    """What is asked of people."""

    async def staff_names(self, tenant_id: str, staff_ids: Sequence[str]) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How the way upward stands.

    Args:
        oldest: since when the oldest row waits; None if none does.
        no_code: items in use that have no 31-character code and so cannot be reported.
    """

    configured: bool
    profile: str
    counts: Sequence[Counted]
    oldest: datetime | None
    is_stuck: bool
    no_code: Sequence[str]

    def total(self, *states: ParcelState) -> int:
        return sum(each.total for each in self.counts if each.state in states)


class Upward:
    """What the platform above is told, of all townships.

    Args:
        platform: None where none is connected: rows are kept, and shown as waiting.
    """

    def __init__(
        self,
        outbox: Outbox,
        audit: Audit,
        items: Items,
        names: Names,
        *,
        platform: Platform | None,
        profile: Profile,
    ) -> None:
        self._outbox = outbox
        self._audit = audit
        self._items = items
        self._names = names
        self.platform = platform
        self.profile = profile

    # Writing

    async def case_moved(self, moved: CaseMoved) -> None:
        """To be registered with `Cases.on_move`."""
        rows = facts.facts_of(moved)
        await self._outbox.put(
            [_parcel(moved.entry.tenant_id, fact, stream=moved.case.id, place=place) for place, fact in rows]
        )

    async def rated(self, rated: Rated) -> None:
        """To be registered with `Reviews.on_rated`; of a window contact only the rating itself goes up.

        It goes on the day the office may read it, and is shown here with that day: who keeps this desk must not learn the
        minute somebody rated.
        """
        case_id = rated.subject_id if rated.kind == "case" else ""
        fact = Fact(
            table=Table.REVIEW,
            item_id=rated.item_id,
            case_id=case_id,
            at=rated.at,
            department_id=rated.department_id,
            level=rated.level,
            review_id=rated.review_id,
        )
        if rated.item_id:
            parcel = _parcel(rated.tenant_id, fact, stream=case_id, place=REVIEW_PLACE)
            released = moment(rated.shown_on, 0)
            await self._outbox.put([replace(parcel, made_at=released, due_at=released)])

    async def tasks_round(self, at: datetime) -> int:
        """Tell of every published item that has a code, once a version; how many rows are new."""
        added = 0
        for tenant_id in self._items.tenant_ids:
            rows = [
                Fact(
                    table=Table.TASK,
                    item_id=item.id,
                    item_name=item.name,
                    item_kind=item.kind,
                    item_version=item.version,
                    at=at,
                    days=item.promise.days,
                )
                for item in self._items.shelf(tenant_id).pack.items
                if len(item.national_code) == TASK_CODE_LENGTH
            ]
            added += await self._outbox.put([_parcel(tenant_id, fact, stream="", place=0) for fact in rows])
        return added

    # Sending

    async def send_round(self, at: datetime) -> int:
        """Send everything that is due, a batch at a time; how many rows were settled."""
        if self.platform is None:
            return 0
        clock = self._outbox.clock(at)
        settled = 0
        for _ in range(MOST_BATCHES):
            now = clock()
            taken = await self._outbox.take(Line.UPWARD, at=now, limit=BATCH)
            if not taken:
                break
            settled += await self._send(self.platform, taken, now)
        return settled

    async def _send(self, platform: Platform, taken: Sequence[Stored], at: datetime) -> int:
        rows: dict[str, UpRow] = {}
        outcomes: dict[str, Outcome] = {}
        for stored in taken:
            try:
                row = await self._row(stored)
            except Exception as error:
                if is_storage_trouble(error):
                    raise
                log.exception("a row could not be composed", parcel=stored.id)
                outcomes[stored.id] = rules.ended(stored, ParcelState.DEAD, "not_composed")
                continue
            if row is None:
                outcomes[stored.id] = _no_code(stored, at)
            else:
                rows[stored.id] = row
        waiting = [stored for stored in taken if stored.id in rows]
        outcomes |= await self._handed(platform, waiting, rows, at) if rows else {}
        return sum([await self._outbox.settle(stored, outcomes[stored.id], at=at) for stored in taken])

    async def _handed(
        self, platform: Platform, waiting: Sequence[Stored], rows: dict[str, UpRow], at: datetime
    ) -> dict[str, Outcome]:
        try:
            receipts = {each.guid: each for each in await platform.send(new_id(), list(rows.values()), at=at)}
        except PlatformBusy as busy:
            return {each.id: self._again(each, str(busy), at) for each in waiting}
        except PlatformFault as fault:
            return {each.id: self._again(each, f"refused_batch:{fault}", at) for each in waiting}
        return {each.id: self._by_receipt(each, receipts.get(each.id), at) for each in waiting}

    def _by_receipt(self, stored: Stored, receipt: Receipt | None, at: datetime) -> Outcome:
        if receipt is None:
            return self._again(stored, "no_receipt", at)
        if receipt.accepted:
            return rules.sent(stored, receipt=f"{ACCEPTED}{receipt.code}")
        refused = rules.ended(stored, ParcelState.DEAD, f"refused:{receipt.code}")
        return replace(refused, receipt=receipt.reason)

    def _again(self, stored: Stored, reason: str, at: datetime) -> Outcome:
        return rules.again(stored, reason, at=at, chance=self._outbox.random())

    async def _row(self, stored: Stored) -> UpRow | None:
        """None: the item has no code yet."""
        parcel = stored.parcel
        fact = facts.read(parcel.secret)
        pack = self._items.shelf(parcel.tenant_id).pack
        task_code = next((item.national_code for item in pack.items if item.id == fact.item_id), "")
        if len(task_code) != TASK_CODE_LENGTH:
            return None
        number = await self._number(parcel.tenant_id, fact, task_code) if fact.case_id else ""
        names = await self._names.staff_names(parcel.tenant_id, [fact.handler_id]) if fact.handler_id else {}
        sender = Sender(
            org_code=task_code[:18],
            org_name=next((each.name for each in pack.departments if each.id == fact.department_id), ""),
            handler=names.get(fact.handler_id, ""),
        )
        fields = mapping.fields_of(fact, self.profile, sender, task_code=task_code, number=number)
        return UpRow(
            guid=stored.id, table=fact.table.value, fields=fields, again=stored.receipt.startswith(ACCEPTED)
        )

    async def _number(self, tenant_id: str, fact: Fact, task_code: str) -> str:
        """The case's 办件编号, given now if it has none."""
        if known := await store.project_no(fact.case_id):
            return known
        day = day_in_china(fact.at)
        async with in_transaction():
            number = mapping.project_no(task_code, day, serial=await store.next_serial(task_code, day))
            return await store.keep_number(tenant_id, fact.case_id, number)

    # The desk

    async def report(self, tenant_id: str, *, at: datetime) -> Report:
        """How it stands: what waits since when, what was refused, and which items cannot be reported at all."""
        counted = await self._outbox.counts(tenant_id, Line.UPWARD, since=at - COUNTED)
        counts = [each for each in counted if each.oldest <= at]
        waiting = [each.oldest for each in counts if each.state is ParcelState.WAITING]
        oldest = min(waiting, default=None)
        items = self._items.shelf(tenant_id).pack.items
        return Report(
            configured=self.platform is not None,
            profile=self.profile.label,
            counts=counts,
            oldest=oldest,
            is_stuck=oldest is not None and at - oldest > LATE,
            no_code=[item.code for item in items if len(item.national_code) != TASK_CODE_LENGTH],
        )

    async def page(self, tenant_id: str, states: Sequence[ParcelState], *, before: str = "") -> list[Stored]:
        """Newest first, and with what is not to be known yet (`Parcel.made_at` to come)."""
        return await self._outbox.page(tenant_id, Line.UPWARD, states, before=before)

    async def retry(self, parcel_id: str, *, actor: Actor, at: datetime) -> None:
        """Send a refused row again. Raises Fault: NOT_FOUND, ACTION_NOT_ALLOWED."""
        await self._outbox.retry(actor.tenant_id, Line.UPWARD, parcel_id, at=at)
        await self._record(actor, at, parcel_id, step="retry")

    async def cancel(self, parcel_id: str, *, actor: Actor, at: datetime) -> None:
        """Give a row up, so that later ones of its case may go. Raises Fault: NOT_FOUND, ACTION_NOT_ALLOWED."""
        await self._outbox.end(
            actor.tenant_id, Line.UPWARD, parcel_id, ParcelState.CANCELLED, reason="by_desk", at=at
        )
        await self._record(actor, at, parcel_id, step="cancelled")

    async def replay(self, since: datetime, until: datetime, *, actor: Actor, at: datetime) -> int:
        """Send a period once more, as far as it is kept; how many rows that are."""
        again = await self._outbox.replay(actor.tenant_id, Line.UPWARD, since=since, until=until, at=at)
        await self._record(actor, at, "period", step="replay", rows=str(again))
        return again

    async def _record(self, actor: Actor, at: datetime, subject_id: str, **facts_: str) -> None:
        await self._audit.record(
            AuditAction.SEND_AGAIN,
            actor=actor,
            at=at,
            subject_kind="upward",
            subject_id=subject_id,
            **facts_,
        )


def _parcel(tenant_id: str, fact: Fact, *, stream: str, place: int) -> Parcel:
    about = fact.review_id or fact.case_id or fact.item_id
    shown = fact.case_id and fact.table is not Table.REVIEW  # which case was rated is not for the desk to see
    which = str(fact.item_version) if fact.table is Table.TASK else str(place)
    return Parcel(
        tenant_id=tenant_id,
        line=Line.UPWARD,
        kind=fact.table.value,
        key=f"{fact.table.value}:{about}:{which}",
        made_at=whole_ms(fact.at),
        due_at=whole_ms(fact.at),
        stream=stream,
        place=place,
        about_kind="case" if shown else "",
        about_id=fact.case_id if shown else "",
        facts={"number": fact.case_number} if fact.case_number else {},
        secret=facts.write(fact),
    )


def _no_code(stored: Stored, at: datetime) -> Outcome:
    return rules.later(stored, at + NO_CODE_PAUSE, reason=NO_CODE)
