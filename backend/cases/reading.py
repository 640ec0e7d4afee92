"""Reading cases: one, a queue, a citizen's own, the public's view. Nothing here changes anything but the audit log."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from api_spec.catalogue import Item
from api_spec.china_time import clock_text, day_in_china, minute_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import cases as m
from api_spec.messages.progress import Progress
from api_spec.paper.slip import Slip
from backend.actors import Actor, system
from backend.blobs.counting import PhotoCounts, no_photos, with_photos
from backend.cases import deadlines, public, store, store_bulk, store_queue, store_watch
from backend.cases.changes import CaseChange, change_of
from backend.cases.dossier import Dossier, WatchedCase
from backend.cases.filing import Applicant, Contents
from backend.cases.intake_desk import IntakeDesk
from backend.cases.masking import masked_name
from backend.cases.partners import Appointed, Items, WorkingDays
from backend.cases.records import CaseRecord, Origin, dues
from backend.cases.slips import slip_of
from backend.cases.store_queue import Count, QueueFilter
from backend.cases.store_watch import Near
from backend.cases.trail import trail
from backend.cases.views import Onlooker, case_card, case_view
from backend.faults import Fault
from backend.register.day_queue import BACKWARDS, cursor, cut
from backend.register.store_work import WorkLine, work

SAME_ITEM_WITHIN = timedelta(days=30)
"""How far back another application of one person for one item is pointed out to the clerk."""
AT_ONCE = 50
"""Histories proved between two breaths: some milliseconds, for nobody else is served meanwhile."""

OnRead = Callable[[str, Actor, datetime], Awaitable[None]]
"""Told the id of what is opened, by whom and when."""


class Reading:
    """What may be read of cases, and by whom."""

    def __init__(self, items: Items, hall: WorkingDays, people: Appointed, desk: IntakeDesk) -> None:
        self._items = items
        self._hall = hall
        self._people = people
        self._photos: PhotoCounts = no_photos
        self._on_read: list[OnRead] = []
        self.desk = desk

    def on_read(self, callback: OnRead) -> None:
        """`callback` is awaited before somebody is shown one case."""
        self._on_read.append(callback)

    def count_photos(self, counts: PhotoCounts) -> None:
        """Who knows how many photos of a case have arrived."""
        self._photos = counts

    async def show(self, case_id: str, *, actor: Actor, at: datetime) -> m.CaseView:
        """One case as this person may see it.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        record = await store.load(case_id, actor, called=True)
        for callback in self._on_read:
            await callback(case_id, actor, at)
        return await self._view(record, actor, at)

    async def queue(self, actor: Actor, asked: QueueFilter) -> m.CasePage:
        """A page of the queue this person works on."""
        cards = await store_queue.queue(actor, replace(asked, limit=asked.limit + 1))
        onlooker = Onlooker(actor=actor, today=asked.today, calendar=self._hall.calendar())
        shown, last = cut(cards, asked.limit)
        return m.CasePage(
            cases=[case_card(card, self.desk.opened(card.case_id, card.sealed), onlooker) for card in shown],
            next=cursor(last.due_on, last.case_id) if last else None,
        )

    async def cards(self, case_ids: Sequence[str], *, actor: Actor, today: date) -> dict[str, m.CaseCard]:
        """By id, those of these cases this person may see, as lines of a list."""
        onlooker = Onlooker(actor=actor, today=today, calendar=self._hall.calendar())
        return {
            card.case_id: case_card(card, self.desk.opened(card.case_id, card.sealed), onlooker)
            for card in await store_queue.cards(actor, case_ids)
        }

    async def neighbours(
        self, actor: Actor, asked: QueueFilter, *, of: tuple[date, str]
    ) -> tuple[str | None, str | None]:
        """Ids of the cases before and after a place in a queue, whether or not a case still stands there.

        Args:
            of: the place: the day the case is due, 9999-12-31 for none, and its id.
        """
        back = BACKWARDS[asked.order]
        return (
            await store_queue.beside(actor, replace(asked, after=of, order=back, limit=1)),
            await store_queue.beside(actor, replace(asked, after=of, limit=1)),
        )

    async def held(self, actor: Actor) -> int:
        """How many cases this person has in hand."""
        return await store_queue.held(actor)

    async def counts(self, actor: Actor, *, today: date) -> Sequence[Count]:
        """How many open cases are in which state."""
        return await store_queue.counts(actor, today)

    async def mine(self, actor: Actor, *, at: datetime, before: str = "", limit: int = 20) -> m.CasePage:
        """A citizen's own cases, newest first."""
        cards = await store_queue.owned(actor.id, before=before, limit=limit + 1)
        onlooker = Onlooker(actor=actor, today=day_in_china(at), calendar=self._hall.calendar())
        shown, last = cut(cards, limit)
        return m.CasePage(
            cases=[case_card(card, self.desk.opened(card.case_id, card.sealed), onlooker) for card in shown],
            next=last.case_id if last else None,
        )

    async def reveal(self, case_id: str, *, reason: str, actor: Actor, at: datetime) -> Contents:
        """The applicant in full, for a reason that is written down.

        Raises:
            Fault: CASE_NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED.
        """
        record = await store.load(case_id, actor)
        await self._people.allow_full_number(
            actor, subject_kind="case", subject_id=case_id, reason=reason, at=at
        )
        return self.desk.opened(case_id, record.sealed)

    async def slip(self, code: str, *, actor: Actor, base_url: str) -> Slip:
        """The slip of a case, for those who may see the case.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        record = await store.load_by_code(code, actor)
        at = record.entry.received_at
        return slip_of(
            record,
            self.desk.opened(record.case.id, record.sealed),
            await self.desk.of(record.entry.tenant_id),
            link=f"{base_url}/c/{code}",
            taken_at=f"{day_in_china(at).isoformat()} {clock_text(minute_in_china(at))}",
        )

    async def progress(self, code: str, *, at: datetime) -> Progress | None:
        """What anyone who holds a tracking code may know; None when no case has it."""
        row = await store.find_public(code)
        if row is None:
            return None
        where = await self.desk.of(row.tenant_id)
        shown = public.public_progress(
            row,
            today=day_in_china(at),
            calendar=self._hall.calendar(),
            place=f"{where.hall_name} {row.trail.window.zh}",
            phone=where.phones.get(row.trail.window, where.phone),
            complaint_phone=where.phone,
        )
        return await with_photos(shown, self._photos, row) if row.village_id else shown

    async def dossier(self, case_id: str, *, actor: Actor) -> Dossier:
        """One case whole, for what is written up of it.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        record = await store.load(case_id, actor)
        return Dossier(
            entry=record.entry,
            case=record.case,
            events=record.events,
            timers=deadlines.timers(record.events, record.case.terms, self._hall.calendar()),
            contents=self.desk.opened(case_id, record.sealed),
        )

    async def to_watch(
        self, tenant_id: str, *, today: date, since: date, after: tuple[date, str], limit: int
    ) -> list[WatchedCase]:
        """A page of open cases whose limits have to be looked at on `today`; see `store_watch.near`."""
        pages = await store_watch.near(tenant_id, today=today, since=since, after=after, limit=limit)
        found: dict[str, CaseRecord] = {}
        for first in range(0, len(pages), AT_ONCE):
            found |= await store_bulk.whole([near.case_id for near in pages[first : first + AT_ONCE]])
        return [self._watched(near, found.get(near.case_id)) for near in pages]

    def _watched(self, near: Near, record: CaseRecord | None) -> WatchedCase:
        if record is None:
            return WatchedCase(case_id=near.case_id, place=near.place)
        timers = deadlines.timers(record.events, record.case.terms, self._hall.calendar())
        return WatchedCase(
            case_id=near.case_id,
            place=near.place,
            entry=record.entry,
            case=record.case,
            events=record.events,
            timers=timers,
        )

    async def dossier_of(self, number: str, *, actor: Actor) -> Dossier:
        """As `dossier`, by the number printed on the slip.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        code = await store.find_code(actor.tenant_id, number)
        if code is None:
            raise Fault(ErrorCode.CASE_NOT_FOUND)
        return await self.dossier((await store.load_by_code(code, actor)).case.id, actor=actor)

    async def origin(self, case_id: str, *, actor: Actor) -> Origin:
        """Where a case was taken.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        return await store.origin(case_id, actor)

    async def filed_under(self, case_id: str, *, actor: Actor) -> str:
        """The id a case was filed under, which its photos are named by.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        return (await store.origin(case_id, actor)).rid

    async def change_now(self, tenant_id: str, rid: str) -> CaseChange | None:
        """A case as it would be told if it had changed now; None if none was filed under this id."""
        case_id = await store.find_id(tenant_id, rid)
        if case_id is None:
            return None
        record = await store.load(case_id, system(tenant_id))
        applicant = self.desk.opened(case_id, record.sealed).applicant
        days = dues(
            record.case.state,
            deadlines.timers(record.events, record.case.terms, self._hall.calendar()),
        )
        told = trail(record.events, record.case.terms, surname=masked_name(applicant))
        return change_of(record.entry, record.case, told, days, applicant=applicant.name)

    async def find_code(self, tenant_id: str, number: str) -> str | None:
        """The tracking code under a number: the way from a number to what anyone may know."""
        return await store.find_code(tenant_id, number)

    async def find_id(self, tenant_id: str, rid: str) -> str | None:
        """The case that was filed under an idempotency id."""
        return await store.find_id(tenant_id, rid)

    async def histories(self, case_ids: Sequence[str]) -> list[CaseRecord]:
        """Whole cases for a feature that digests them; raises ChainBroken."""
        return await store_bulk.histories(case_ids)

    async def ids_after(self, case_id: str, *, limit: int, only_open: bool = False) -> list[str]:
        """Ids of every township's cases above one, in their order."""
        if only_open:
            return await store_bulk.open_ids(after=case_id, limit=limit)
        return await store_bulk.ids_after(case_id, limit=limit)

    async def asked_before(self, case_ids: Sequence[str], *, within: timedelta) -> set[str]:
        """Those of these cases whose person had asked for the same item in the time before."""
        return await store_bulk.asked_before(case_ids, within=within)

    async def work(self, tenant_id: str, *, first: datetime, before: datetime) -> list[WorkLine]:
        """How often each person took each action in a time."""
        return await work("case_events", tenant_id, first=first, before=before)

    async def _view(self, record: CaseRecord, actor: Actor, at: datetime) -> m.CaseView:
        contents = self.desk.opened(record.case.id, record.sealed)
        before: list[str] = []
        if not actor.is_citizen:
            before = await self._same_item_before(record, contents.applicant)
        return case_view(
            record,
            contents,
            item=await self._item(record),
            onlooker=Onlooker(actor=actor, today=day_in_china(at), calendar=self._hall.calendar(), at=at),
            same_item_before=before,
            complaint_phone=(await self.desk.of(record.entry.tenant_id)).phone,
        )

    async def _same_item_before(self, record: CaseRecord, applicant: Applicant) -> list[str]:
        """Numbers of other recent cases of this person for this item: a clerk should look before accepting twice."""
        since = record.entry.received_at - SAME_ITEM_WITHIN
        cards = await store.same_person(
            record.entry.tenant_id, self.desk.document_index(applicant.document_number)
        )
        return [
            card.case_number
            for card in cards
            if card.case_id != record.case.id
            and card.terms.item_id == record.case.terms.item_id
            and since <= card.received_at <= record.entry.received_at
        ]

    async def _item(self, record: CaseRecord) -> Item | None:
        try:
            return await self._items.item_in(record.entry.pack_sha, record.case.terms.item_id)
        except Fault:
            return None
