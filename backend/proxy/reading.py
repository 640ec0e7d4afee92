"""Reading errands: one, a queue, a citizen's own, the public's view. Changes nothing but the audit log."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from api_spec.catalogue import Item
from api_spec.china_time import clock_text, day_in_china, minute_in_china
from api_spec.messages import proxy as m
from api_spec.messages.progress import Progress
from api_spec.paper.slip import Slip
from backend.actors import Actor, system
from backend.blobs.counting import PhotoCounts, no_photos, with_photos
from backend.cases.views import masked_name
from backend.faults import Fault
from backend.proxy import deadlines, public, store, store_lists, store_money
from backend.proxy.desk import ErrandDesk
from backend.proxy.neighbours import Consents, Items, WorkingDays
from backend.proxy.records import ErrandChange, ErrandRecord, Row, change_of
from backend.proxy.request import Contents
from backend.proxy.slips import slip_of
from backend.proxy.store_lists import Count, ErrandFilter
from backend.proxy.views import Onlooker, errand_card, errand_view
from backend.register.day_queue import cursor, cut
from backend.register.store_work import WorkLine, work

OnRead = Callable[[str, Actor, datetime], Awaitable[None]]
"""Told the id of what is opened, by whom and when."""


class Reading:
    """What may be read of errands, and by whom."""

    def __init__(self, items: Items, hall: WorkingDays, people: Consents, desk: ErrandDesk) -> None:
        self._items = items
        self._hall = hall
        self._people = people
        self._photos: PhotoCounts = no_photos
        self._on_read: list[OnRead] = []
        self.desk = desk

    def on_read(self, callback: OnRead) -> None:
        """`callback` is awaited before somebody is shown one errand."""
        self._on_read.append(callback)

    def count_photos(self, counts: PhotoCounts) -> None:
        """Who knows how many photos of an errand have arrived."""
        self._photos = counts

    async def show(self, errand_id: str, *, actor: Actor, at: datetime) -> m.ErrandView:
        """One errand as this person may see it.

        Raises:
            Fault: ERRAND_NOT_FOUND.
        """
        record = await store.load(errand_id, actor)
        for callback in self._on_read:
            await callback(errand_id, actor, at)
        return await self._view(record, actor, at)

    async def queue(self, actor: Actor, asked: ErrandFilter) -> m.ErrandPage:
        """A page of the queue this person works on."""
        rows = await store_lists.queue(actor, replace(asked, limit=asked.limit + 1))
        shown, last = cut(rows, asked.limit)
        return m.ErrandPage(
            errands=self.cards(shown, actor, asked.today),
            next=cursor(last.dues.due_on, last.errand_id) if last else None,
        )

    async def counts(self, actor: Actor, *, today: date) -> Sequence[Count]:
        """How many open errands are in which state."""
        return await store_lists.counts(actor, today)

    async def mine(self, actor: Actor, *, at: datetime, before: str = "", limit: int = 20) -> m.ErrandPage:
        """A citizen's own errands, newest first."""
        rows = await store_lists.owned(actor.id, before=before, limit=limit + 1)
        shown, last = cut(rows, limit)
        return m.ErrandPage(
            errands=self.cards(shown, actor, day_in_china(at)),
            next=last.errand_id if last else None,
        )

    async def reveal(self, errand_id: str, *, reason: str, actor: Actor, at: datetime) -> Contents:
        """The applicant in full, for a reason that is written down.

        Raises:
            Fault: ERRAND_NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED.
        """
        record = await store.load(errand_id, actor)
        await self._people.allow_full_number(
            actor, subject_kind="errand", subject_id=errand_id, reason=reason, at=at
        )
        return self.desk.opened(errand_id, record.sealed)

    async def slip(self, code: str, *, actor: Actor, base_url: str) -> Slip:
        """The slip of an errand, for those who may see the errand.

        Raises:
            Fault: ERRAND_NOT_FOUND.
        """
        record = await store.load_by_code(code, actor)
        at = record.entry.received_at
        return slip_of(
            record,
            self.desk.opened(record.errand.id, record.sealed),
            await self.desk.of(record.entry.tenant_id),
            link=f"{base_url}/c/{code}",
            taken_at=f"{day_in_china(at).isoformat()} {clock_text(minute_in_china(at))}",
        )

    async def progress(self, code: str, *, at: datetime) -> Progress | None:
        """What anyone who holds a tracking code may know; None when no errand has it."""
        row = await store.find_public(code)
        if row is None:
            return None
        place = await self.desk.of(row.tenant_id)
        shown = public.public_progress(
            row,
            masked_name(self.desk.opened(row.errand_id, row.sealed).applicant),
            today=day_in_china(at),
            calendar=self._hall.calendar(),
            place=place.window,
            phone=place.phone,
        )
        return await with_photos(shown, self._photos, row) if row.village_id else shown

    async def filed_under(self, errand_id: str, *, actor: Actor) -> str:
        """The id an errand was filed under, which its photos are named by.

        Raises:
            Fault: ERRAND_NOT_FOUND.
        """
        return (await store.load(errand_id, actor)).entry.rid

    async def change_now(self, tenant_id: str, rid: str) -> ErrandChange | None:
        """An errand as it would be told if it had changed now; None if none was filed under this id."""
        errand_id = await store.find_id(tenant_id, rid)
        if errand_id is None:
            return None
        record = await store.load(errand_id, system(tenant_id))
        days = deadlines.dues(record.events, record.errand.terms.promise, self._hall.calendar())
        applicant = self.desk.opened(errand_id, record.sealed).applicant
        return change_of(record.entry, record.errand, record.events, days, applicant=applicant.name)

    async def work(self, tenant_id: str, *, first: datetime, before: datetime) -> list[WorkLine]:
        """How often each person took each action in a time."""
        return await work("errand_events", tenant_id, first=first, before=before)

    async def find_code(self, tenant_id: str, number: str) -> str | None:
        """The tracking code under a number: the way from a number to what anyone may know."""
        return await store.find_code(tenant_id, number)

    async def find_id(self, tenant_id: str, rid: str) -> str | None:
        """The errand that was filed under an idempotency id."""
        return await store.find_id(tenant_id, rid)

    def cards(self, rows: Sequence[Row], actor: Actor, today: date) -> list[m.ErrandCard]:
        """Rows as lines of a list."""
        onlooker = Onlooker(actor=actor, today=today, calendar=self._hall.calendar())
        return [errand_card(row, self.desk.opened(row.errand_id, row.sealed), onlooker) for row in rows]

    async def _view(self, record: ErrandRecord, actor: Actor, at: datetime) -> m.ErrandView:
        return errand_view(
            record,
            self.desk.opened(record.errand.id, record.sealed),
            item=await self._item(record),
            money=await store_money.of_errand(record.errand.id),
            onlooker=Onlooker(actor=actor, today=day_in_china(at), calendar=self._hall.calendar()),
        )

    async def _item(self, record: ErrandRecord) -> Item | None:
        try:
            return await self._items.item_in(record.entry.pack_sha, record.errand.terms.item_id)
        except Fault:
            return None
