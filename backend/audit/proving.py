"""Proves that nothing was altered or taken away: the log, every history, the anchors; and makes the anchor of each day.

The log is proved on from where it was proved last; the whole of everything is proved once a day and on demand.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from api_spec.china_time import day_in_china
from api_spec.vocabulary import Term
from backend.actors import Actor, system
from backend.audit import store, store_anchors, store_seals
from backend.audit.anchors import NO_HASH, SETTLING, Anchor, broken_anchors, digest_of, period, sealed
from backend.audit.chain import START, AuditAction, first_break
from backend.audit.histories import History, SealedRows, Search
from backend.audit.service import Audit
from backend.audit.store_anchors import Check
from backend.db import in_transaction
from backend.instants import whole_ms

STEP: Final = 500
"""Entries of the log proved at a time: some milliseconds, for nobody else is served meanwhile."""
ANCHOR_ENTRIES: Final = 100_000

log = structlog.get_logger("township")


class Kept(Term):
    """What can be tampered with."""

    LOG = "audit_log", "审计日志"
    CASE = "case", "办件经过"
    ERRAND = "errand", "代办经过"
    CARD = "supervision_card", "监察牌经过"
    ANCHOR = "anchor", "每日凭证"
    CASE_ROW = "case_row", "办件登记"
    CASE_DAYS = "case_days", "办件到期日"
    CASE_TASK = "case_task", "办件里的待办"
    ERRAND_ROW = "errand_row", "代办登记"
    ERRAND_DAYS = "errand_days", "代办到期日"
    MONEY_ENTRY = "money_entry", "代收款账"
    DOCUMENT = "document", "文书"
    OCCASION = "review_occasion", "评价机会"
    REVIEW = "review", "评价"
    BAD_REVIEW = "bad_review", "差评处理"
    COMPLAINT = "complaint", "投诉"
    BOX_OPENING = "box_opening", "开箱记录"
    ENQUIRY = "enquiry", "咨询"
    APPOINTMENT = "appointment", "预约"
    HALL_TICKET = "hall_ticket", "取号"
    TASK = "task", "整改任务"
    FEE = "fee", "收费记录"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold. `number`: the first entry, event or anchor that does not; 0: not known."""

    what: Kept
    subject_id: str
    number: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """How far the log was proved. `broken`: the first entry that does not hold."""

    up_to: int
    broken: int | None
    whole_at: datetime | None


class Proving:
    """What proves a township's records; changes nothing but anchors and how far it came."""

    def __init__(
        self,
        audit: Audit,
        histories: Sequence[History],
        *,
        rows: Sequence[SealedRows],
        astray: Callable[[str], Awaitable[Sequence[tuple[str, str]]]],
        tenant_ids: Callable[[], Sequence[str]],
    ) -> None:
        """`astray`: kind and id of every open case and errand whose kept last day is not the one to be reckoned."""
        self._audit = audit
        self.histories = tuple(histories)
        self._rows = tuple(rows)
        self._astray = astray
        self._tenant_ids = tenant_ids

    async def log_state(self, tenant_id: str, *, at: datetime, whole: bool = False) -> LogState:
        """Prove the log, from where it was proved last or from its beginning; keeps how far it held."""
        known = await store_anchors.find_check(tenant_id)
        start = None if whole else known
        number, before = (start.number, start.hash) if start else (0, START)
        whole_at = known.whole_at if known else None
        if start and start.number and await store.find_hash(tenant_id, start.number) != start.hash:
            return LogState(up_to=0, broken=start.number, whole_at=whole_at)
        while True:
            head = await store.head(tenant_id)  # first: whatever it names is among the entries read after it
            links = await store.links_after(tenant_id, number, limit=STEP)
            if not links and head == (number, before):
                break
            broken = first_break(links, number=number, before=before) if links else number + 1
            if broken is not None:
                return LogState(up_to=number, broken=broken, whole_at=whole_at)
            number, before = links[-1].entry.number, links[-1].hash
        whole_at = at if start is None else whole_at
        await store_anchors.keep_check(tenant_id, Check(number, before, at, whole_at))
        return LogState(up_to=number, broken=None, whole_at=whole_at)

    async def findings(self, tenant_id: str, *, at: datetime) -> list[Finding]:
        """Everything of a township that does not hold, from the very beginning."""
        state = await self.log_state(tenant_id, at=at, whole=True)
        found = [] if state.broken is None else [_of_the_log(state.broken)]
        for history in self.histories:
            found += [
                Finding(Kept(history.kind), one.subject_id, one.seq, "经过被改动或缺了一条")
                for one in await history.breaks(tenant_id)
            ]
        for table in self._rows:
            found += [
                Finding(Kept(table.kind), one.subject_id, 0, "登记被改动、被删或缺了经过")
                for one in await table.breaks(tenant_id)
            ]
        found += [
            Finding(Kept(f"{kind}_days"), subject_id, 0, "登记的到期日和按经过推算的不一样")
            for kind, subject_id in await self._astray(tenant_id)
        ]
        return [*found, *await self._anchor_findings(tenant_id)]

    async def seal(self, tenant_id: str, *, at: datetime) -> int:
        """Seal every row as it stands that has no seal yet; how many that were.

        A clock set back puts no seal into a day that is anchored already.
        """
        sealed, last = 0, next(iter(await store_anchors.latest(tenant_id)), None)
        open_since, _ = period(last.day if last else None, day_in_china(at))
        for table in self._rows:
            async for seals in table.unsealed(tenant_id):
                await store_seals.add(tenant_id, seals, at=max(at, open_since))
                sealed += len(seals)
        return sealed

    async def anchor(self, tenant_id: str, *, at: datetime) -> Anchor | None:
        """The anchor up to yesterday; None where there is one, or nothing to hold yet, or the day has not settled."""
        day = day_in_china(at - SETTLING) - timedelta(days=1)
        before = next(iter(await store_anchors.latest(tenant_id)), None)
        if before is not None and before.day >= day:
            return None
        made = await self._made(tenant_id, before, day, at)
        if made is None:
            return None
        async with in_transaction():
            if not await store_anchors.add(made):
                return None
            await self._audit.record(
                AuditAction.ANCHOR,
                actor=system(tenant_id),
                at=at,
                subject_kind="anchor",
                subject_id=str(made.number),
                hash=made.hash,
            )
        return made

    async def run(self, at: datetime) -> None:
        """One round: seals for what is new, the day's anchor, and with it the proof of everything."""
        for tenant_id in self._tenant_ids():
            await self.seal(tenant_id, at=at)
            if await self.anchor(tenant_id, at=at) is None:
                continue
            found = await self.findings(tenant_id, at=at)
            await self.note(tenant_id, found, at=at)

    async def note(
        self, tenant_id: str, found: Sequence[Finding], *, at: datetime, by: Actor | None = None
    ) -> None:
        """Write down that everything was proved and how much does not hold; the log of the program says it aloud."""
        for one in found[:100]:
            log.error(
                "records were tampered with", what=one.what, subject_id=one.subject_id, number=one.number
            )
        await self._audit.record(
            AuditAction.VERIFY,
            actor=by or system(tenant_id),
            at=at,
            subject_kind="audit",
            subject_id=tenant_id,
            findings=len(found),
        )

    async def anchors(self, tenant_id: str, *, before: int | None = None, limit: int = 50) -> list[Anchor]:
        """Newest first."""
        return await store_anchors.latest(tenant_id, before=before, limit=limit)

    async def find_anchor(self, tenant_id: str, number: int) -> Anchor | None:
        return await store_anchors.find(tenant_id, number)

    async def _made(self, tenant_id: str, before: Anchor | None, day: date, at: datetime) -> Anchor | None:
        """The anchor of a day over everything since the one before; None if nothing has ever been written."""
        digest, histories, events = await self._covered(tenant_id, before, day)
        _, until = period(None, day)
        if (
            before is None
            and not events
            and not await store.search(Search(tenant_id=tenant_id, until=until, limit=1))
        ):
            return None
        number, entry = await store.head(tenant_id)
        unsealed = Anchor(
            tenant_id=tenant_id,
            number=before.number + 1 if before else 1,
            day=day,
            log_number=number,
            log_hash=entry.hex(),
            histories=histories,
            events=events,
            digest=digest,
            prev_hash=before.hash if before else NO_HASH,
            made_at=whole_ms(at),
        )
        return replace(unsealed, hash=sealed(unsealed))

    async def _covered(self, tenant_id: str, before: Anchor | None, day: date) -> tuple[str, int, int]:
        since, until = period(before.day if before else None, day)
        traces = [
            trace for history in self.histories for trace in await history.traces(tenant_id, since, until)
        ] + await store_seals.traces(tenant_id, since, until)
        return digest_of(traces), len({(one.kind, one.subject_id) for one in traces}), len(traces)

    async def _anchor_findings(self, tenant_id: str) -> list[Finding]:
        told = await self._told(tenant_id)  # first: whatever it tells of is among the anchors read after it
        anchors = await store_anchors.all_of(tenant_id)
        found = [_of_an_anchor(number, "凭证被改动或缺了一份") for number in broken_anchors(anchors)]
        before: Anchor | None = None
        for one in anchors:
            digest, *_ = await self._covered(tenant_id, before, one.day)
            if digest != one.digest:
                found.append(_of_an_anchor(one.number, "这一天的经过或登记和存凭证时不一样"))
            entry = await store.find_hash(tenant_id, one.log_number) if one.log_number else START
            if entry is None or entry.hex() != one.log_hash:
                found.append(_of_an_anchor(one.number, "存凭证时的审计日志被改动"))
            before = one
        known = {str(one.number): one.hash for one in anchors}
        return found + [
            _of_an_anchor(int(number), "日志里有这份凭证，现在没有了或不一样")
            for number, hash_ in told
            if known.get(number) != hash_
        ]

    async def _told(self, tenant_id: str) -> list[tuple[str, str | None]]:
        """Number and hash of every anchor the log tells of."""
        entries = await self._audit.search(
            Search(tenant_id=tenant_id, action=AuditAction.ANCHOR.value, limit=ANCHOR_ENTRIES)
        )
        return [(entry.subject_id, entry.facts.get("hash")) for entry in entries]


def _of_the_log(number: int) -> Finding:
    return Finding(Kept.LOG, "", number, "从这一条起被改动或缺了")


def _of_an_anchor(number: int, why: str) -> Finding:
    return Finding(Kept.ANCHOR, "", number, why)
