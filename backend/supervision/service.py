"""Supervision: judges every move of a case, reads the day's limits, asks the other desks, and keeps what becomes of it.

Cards, spot checks, improvement tasks and fees have desks of their own; here they are joined to the cases they are about.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, Protocol

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Role
from backend.actors import Actor, system
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.cases.changes import CaseMoved
from backend.cases.deadlines import Calendar
from backend.cases.dossier import Dossier, WatchedCase
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.register.event_chain import ChainBroken
from backend.supervision import card, conduct, limits, publicity, store_cards, store_checks, store_rules
from backend.supervision.desk import LIFTED_NOTE, CardDesk
from backend.supervision.fees import Fees
from backend.supervision.limits import Watch
from backend.supervision.rulebook import ALWAYS_ON, MOST_THRESHOLD, RULES, Choice, Rulebook
from backend.supervision.spot_checks import SpotChecks
from backend.supervision.store_cards import CardFilter
from backend.supervision.store_checks import Closed
from backend.supervision.store_rules import Scan
from backend.supervision.tasks import NewTask, Tasks
from backend.supervision.watching import Finding, Watched

__all__ = ["CardFilter", "Finding", "NewTask", "Supervision", "Watched"]

BATCH: Final = 200
MOST_REMINDERS: Final = 2_000
REMINDERS: Final = tuple(code for code, rule in RULES.items() if rule.lifts)
BEGINNING: Final = (date.min, "")
ENDS: Final = frozenset(
    {
        A.ACCEPT,
        A.REQUEST_FIX,
        A.REFUSE,
        A.DEEM_ACCEPTED,
        A.DECIDE,
        A.SIGN,
        A.DECIDE_ABOVE,
        A.WITHDRAW,
        A.VOID,
        A.START_SPECIAL,
        A.REPORT_UP,
        A.EXTEND,
    }
)
"""After these a reminder may have nothing left to remind of."""


class CaseBook(Protocol):
    """What supervision needs of cases."""

    async def dossier(self, case_id: str, *, actor: Actor) -> Dossier: ...

    async def to_watch(
        self, tenant_id: str, *, today: date, since: date, after: tuple[date, str], limit: int
    ) -> list[WatchedCase]: ...


class Shelves(Protocol):
    """What supervision needs of the catalogue."""

    @property
    def tenant_ids(self) -> tuple[str, ...]: ...
    async def item(self, tenant_id: str, item_id: str) -> Item: ...
    async def item_in(self, pack_sha: str, item_id: str) -> Item: ...


class WorkingDays(Protocol):
    """What supervision needs of the hall."""

    def calendar(self) -> Calendar: ...


class Supervision:
    """电子监察 of every township."""

    def __init__(
        self,
        cases: CaseBook,
        shelves: Shelves,
        hall: WorkingDays,
        audit: Audit,
        *,
        seeds: Callable[[int], bytes],
    ) -> None:
        self._cases = cases
        self._shelves = shelves
        self._hall = hall
        self._audit = audit
        self._watched: list[Watched] = []
        self._begun: set[str] = set()
        self.cards = CardDesk(cases)
        self.checks = SpotChecks(self.cards, seeds)
        self.fees = Fees(self.cards, cases, shelves)
        self.tasks = Tasks()

    def watch(self, watched: Watched) -> None:
        """Ask this feature, too, in every round."""
        self._watched.append(watched)

    async def follow(self, moved: CaseMoved) -> None:
        """Judge the moves just made; for `Cases.on_move`, inside their transaction."""
        at, tenant_id = moved.new[-1].at, moved.case.tenant_id
        book = await store_rules.rulebook(tenant_id)
        calendar = self._hall.calendar()
        past = moved.events[: -len(moved.new)]
        seen = Watch(case=moved.case, events=moved.events, timers=moved.timers)
        findings = [
            *conduct.judge(moved.before, past, moved.new, calendar=calendar, book=book),
            *limits.judge(seen, day_in_china(at), calendar=calendar, book=book),
        ]
        await self.cards.put(tenant_id, _named(findings, moved.entry.case_number), at=at)
        if any(one.action in ENDS for one in moved.new):
            await self._lift_spent(seen, at)
        await self._note_closed(moved)

    async def run(self, at: datetime) -> None:
        """One round for every township; the first after a start reads the day's limits again, whoever read them before."""
        for tenant_id in self._shelves.tenant_ids:
            await self.scan(tenant_id, at=at, anew=tenant_id not in self._begun)
            self._begun.add(tenant_id)

    async def scan(self, tenant_id: str, *, at: datetime, anew: bool = False) -> int:
        """Read the limits a day brings near, once a day, and ask the other desks; gives how many cards are new.

        Args:
            anew: also if the day was read already: cases may have been brought in since.

        A round that is cut off goes on where it stopped; two at once find the same and make each card once.

        Raises:
            ExceptionGroup: some desk could not be asked; the others were.
        """
        new = await self._scan_cases(tenant_id, at, anew=anew)
        book = await store_rules.rulebook(tenant_id)
        broken: list[Exception] = []
        for watched in self._watched:
            try:
                found = await watched.findings(tenant_id, at)
            except Exception as trouble:  # noqa: BLE001 - one desk in trouble must not silence the others
                broken.append(trouble)
                continue
            new += len(
                await self.cards.put(tenant_id, [each for each in found if book.is_on(each.rule)], at=at)
            )
        if broken:
            raise ExceptionGroup("supervision could not ask every desk", broken)
        return new

    async def _scan_cases(self, tenant_id: str, at: datetime, *, anew: bool) -> int:
        today, calendar = day_in_china(at), self._hall.calendar()
        scan = await store_rules.find_scan(tenant_id) or Scan(day=date.min, since=date.min)
        if scan.day > today or (scan.day == today and scan.is_done and not anew):
            return 0
        if scan.day != today:
            since = scan.day if scan.is_done else scan.since
            scan = Scan(day=today, since=min(since, limits.last_reminded(today, calendar)))
        elif scan.is_done:
            scan = replace(scan, place="", is_done=False)
        new, book = 0, await store_rules.rulebook(tenant_id)
        while not scan.is_done:
            page = await self._cases.to_watch(
                tenant_id, today=today, since=scan.since, after=_place(scan.place), limit=BATCH
            )
            found = [
                finding for each in page for finding in _judged(each, today, calendar=calendar, book=book)
            ]
            end = page[-1].place if page else BEGINNING
            scan = replace(
                scan, place=f"{end[0].isoformat()}.{end[1]}" if page else "", is_done=len(page) < BATCH
            )
            async with in_transaction():
                new += len(await self.cards.put(tenant_id, found, at=at))
                await store_rules.put_scan(tenant_id, scan)
        await self._sweep(tenant_id, at)
        return new

    async def _sweep(self, tenant_id: str, at: datetime) -> None:
        """Once a day, reminders that outlived their reason: a day moved, or somebody was quicker than the scan."""
        clock, today = system(tenant_id), day_in_china(at)
        for found in await store_cards.open_of(tenant_id, REMINDERS, limit=MOST_REMINDERS):
            try:
                case = await self._cases.dossier(found.subject_id, actor=clock)
            except (Fault, ChainBroken):
                continue
            if found.state in card.LIFTABLE and limits.is_spent(
                found.rule, found.occurrence, case.timers, today
            ):
                async with in_transaction():
                    await self.cards.lift([found], note=LIFTED_NOTE, at=at)

    async def _lift_spent(self, seen: Watch, at: datetime) -> None:
        """Take away reminders of steps that were done in time."""
        today = day_in_china(at)
        spent = [
            each
            for each in await store_cards.about(seen.case.tenant_id, SubjectKind.CASE, seen.case.id)
            if RULES[each.rule].lifts
            and each.state in card.LIFTABLE
            and limits.is_spent(each.rule, each.occurrence, seen.timers, today)
        ]
        await self.cards.lift(spent, note=LIFTED_NOTE, at=at)

    async def _note_closed(self, moved: CaseMoved) -> None:
        if publicity.ended(moved):
            try:
                item = await self._shelves.item(moved.case.tenant_id, moved.case.terms.item_id)
            except Fault:
                item = None
            await store_checks.put_closed(publicity.closed_of(moved, item))
        elif publicity.taken_back(moved):
            await store_checks.drop_closed(moved.case.id)

    async def published(
        self, tenant_id: str, *, since: date, after: tuple[date, str] | None = None, limit: int = 20
    ) -> list[Closed]:
        """Finished cases that may be shown to everybody, latest first."""
        return await store_checks.published(tenant_id, since=since, after=after, limit=limit)

    async def set_rule(
        self, code: RuleCode, *, is_on: bool, threshold: int | None, actor: Actor, at: datetime
    ) -> None:
        """Switch a rule on or off, or change from how much on it is a finding; written into the audit log.

        Raises:
            Fault: NOT_ALLOWED anybody but the supervisor; FORM_INVALID a rule that is always on, or a threshold out
                of range.
        """
        if not actor.has({Role.SUPERVISOR}):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if wrong := _wrong_choice(code, is_on=is_on, threshold=threshold):
            raise Fault(ErrorCode.FORM_INVALID, wrong=[wrong])
        async with in_transaction():
            choice = Choice(is_on, threshold)
            await store_rules.set_rule(actor.tenant_id, code, choice, by=actor.id, at=at)
            await self._audit.record(
                AuditAction.CHANGE_SETTING,
                actor=actor,
                at=at,
                subject_kind="supervision_rule",
                subject_id=code,
                is_on=is_on,
                threshold="" if threshold is None else threshold,
            )

    async def count_by(
        self, tenant_id: str, *groups: str, first: date, last: date
    ) -> list[Mapping[str, Any]]:
        """How many cards of a period, by "rule", "level", "state", "department_id", "item_id", "staff_id".

        Withdrawn cards do not count. Days are those the findings happened on.

        Raises:
            ValueError: nothing to count by, or something cards do not have.
        """
        if not groups or not set(groups) <= set(store_cards.GROUPS):
            raise ValueError(f"cards are not counted by {groups}")
        return await store_cards.count_by(tenant_id, groups, first=first, last=last)


def _judged(seen: WatchedCase, today: date, *, calendar: Calendar, book: Rulebook) -> Iterator[Finding]:
    if seen.case is None or seen.entry is None:
        yield Finding(
            rule=RuleCode.CHAIN_BROKEN,
            subject_kind=SubjectKind.CASE,
            subject_id=seen.case_id,
            occurrence="chain",
            on=today,
            href=f"/staff/cases/{seen.case_id}",
        )
        return
    watch = Watch(case=seen.case, events=seen.events, timers=seen.timers)
    yield from _named(limits.judge(watch, today, calendar=calendar, book=book), seen.entry.case_number)


def _named(findings: Sequence[Finding] | Iterator[Finding], case_number: str) -> Iterator[Finding]:
    return (replace(finding, subject_number=case_number) for finding in findings)


def _place(text: str) -> tuple[date, str]:
    day, _, case_id = text.partition(".")
    return (date.fromisoformat(day), case_id) if case_id else BEGINNING


def _wrong_choice(code: RuleCode, *, is_on: bool, threshold: int | None) -> Wrong | None:
    if not is_on and code in ALWAYS_ON:
        return Wrong("is_on", "always_on", "这条规则不能停用。")
    if threshold is None:
        return None
    if RULES[code].threshold is None:
        return Wrong("threshold", "not_wanted", "这条规则没有可以调整的数值。")
    if not 1 <= threshold <= MOST_THRESHOLD:
        return Wrong("threshold", "too_large", f"请填 1 到 {MOST_THRESHOLD}。")
    return None
