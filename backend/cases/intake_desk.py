"""Makes an application ready to be written: checked, hashed, sealed, numbered, with its first event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

import msgspec

from api_spec import tracking_code
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction, CaseState, Channel, TimerKind, WindowType
from backend.cases import deadlines, history, machine
from backend.cases.case import Case, Event, EventFacts, Terms, terms_of
from backend.cases.check import Examined, examine
from backend.cases.filing import Contents, Filing, read_contents, substance, write_contents
from backend.cases.masking import masked_name
from backend.cases.partners import Items, TenantCard, WorkingDays
from backend.cases.records import Dues, Entry, dues
from backend.cases.store_filing import NewCase
from backend.cases.trail import trail
from backend.chance import chance
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import whole_ms
from backend.vault import Vault

SEALED = "case"
_random44 = partial(chance.bits, tracking_code.RANDOM_BITS)
_terms = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed of a township: the prefix of its numbers, and for each window type its department and phone."""

    pack_sha: str
    prefix: str
    hall_name: str
    phone: str
    departments: dict[WindowType, str]
    phones: dict[WindowType, str]


class _Protected(NamedTuple):
    """The personal part of an application as it is kept, under the id it is bound to."""

    case_id: str
    content_hash: str
    sealed: bytes
    document_index: str
    phone_index: str


class _Begun(NamedTuple):
    """A case after its first event; `terms` as text."""

    case: Case
    event: Event
    terms: str


class IntakeDesk:
    """One desk for the window, the phone, the village and the citizen (plan, clause 14).

    Args:
        random44: 44 random bits for a tracking code.
    """

    def __init__(
        self,
        items: Items,
        hall: WorkingDays,
        vault: Vault,
        *,
        random44: Callable[[], int] = _random44,
    ) -> None:
        self._items = items
        self._hall = hall
        self._vault = vault
        self._random44 = random44
        self._code_key = vault.derive("tracking-code")
        self._desks: dict[str, Desk] = {}
        self._terms: dict[tuple[str, str, str], tuple[Terms, str]] = {}
        self._dues: dict[tuple[str, date], Dues] = {}

    @property
    def code_key(self) -> bytes:
        """The key of the township's own tracking codes (node 0)."""
        return self._code_key

    async def of(self, tenant_id: str) -> Desk:
        """A township's desk, read once for each catalogue it publishes."""
        tenant = await self._items.tenant(tenant_id)
        desk = self._desks.get(tenant_id)
        if desk is None or desk.pack_sha != tenant.pack_sha:
            desk = self._desks[tenant_id] = await self._open(tenant_id, tenant)
        return desk

    async def prepare(self, filing: Filing, *, at: datetime) -> NewCase:
        """Raises Fault: ITEM_NOT_OFFERED, FORM_INVALID, and what the machine says of who files."""
        [ready] = await self.prepare_many([filing], at=at)
        if isinstance(ready, Fault):
            raise ready
        return ready

    async def prepare_many(self, filings: Sequence[Filing], *, at: datetime) -> list[NewCase | Fault]:
        """Applications ready to be written, with a Fault in the place of each that cannot be filed.

        Each step is done for all of them before the next: what one step works with then stays in the processor's
        cache, and a case costs two thirds of what it does alone.
        """
        at = whole_ms(at)
        today = day_in_china(at)
        desks = {tenant_id: await self.of(tenant_id) for tenant_id in {one.tenant_id for one in filings}}
        examined = [examine(filing, today=today) for filing in filings]
        faults = [one.find_fault() for one in examined]
        passed = [one for one, fault in zip(examined, faults, strict=True) if fault is None]
        made = iter(self._ready(passed, desks, at))
        return [fault or next(made) for fault in faults]

    def opened(self, case_id: str, sealed: bytes) -> Contents:
        """The personal part of a case; raises SealBroken."""
        return read_contents(self._vault.open(sealed, context=f"{SEALED}/{case_id}"))

    def seal(self, case_id: str, plain: bytes) -> bytes:
        return self._vault.seal(plain, context=f"{SEALED}/{case_id}")

    def document_index(self, number: str) -> str:
        """The fingerprint an applicant's document number is searched by."""
        return self._vault.blind_index("case/document", number)

    def phone_index(self, phone: str) -> str:
        return self._vault.blind_index("case/phone", phone)

    def fingerprint(self, said: bytes) -> str:
        """A keyed fingerprint of personal content: equal content, equal text, nothing to guess from."""
        return self._vault.blind_index("case/content", said.decode())

    def _ready(
        self, passed: Sequence[Examined], desks: Mapping[str, Desk], at: datetime
    ) -> list[NewCase | Fault]:
        kept = self._protected(passed)
        begun = [
            self._begun(one.asked, desks[one.asked.tenant_id], part, at)
            for one, part in zip(passed, kept, strict=True)
        ]
        return [
            first
            if isinstance(first, Fault)
            else self._new_case(one, desks[one.asked.tenant_id], part, first)
            for one, part, first in zip(passed, kept, begun, strict=True)
        ]

    def _protected(self, passed: Sequence[Examined]) -> list[_Protected]:
        """The personal parts sealed, with what finds and proves them later."""
        ids = [new_id() for _ in passed]
        plain = [write_contents(one.contents) for one in passed]
        said = [substance(one.asked, text) for one, text in zip(passed, plain, strict=True)]
        hashes = [self.fingerprint(text) for text in said]
        sealed = [self.seal(case_id, text) for case_id, text in zip(ids, plain, strict=True)]
        documents = [self.document_index(one.applicant.document_number) for one in passed]
        phones = [self.phone_index(one.applicant.phone) for one in passed]
        return list(map(_Protected, ids, hashes, sealed, documents, phones))

    def _begun(self, filing: Filing, desk: Desk, part: _Protected, at: datetime) -> _Begun | Fault:
        """The case with its first event, if the machine lets this person file it."""
        terms, terms_text = self._terms_of(filing)
        opened = history.opened(
            case_id=part.case_id,
            tenant_id=filing.tenant_id,
            department_id=desk.departments.get(filing.item.window, ""),
            village_id=filing.village_id,
            owner_id=filing.owner_citizen_id,
            terms=terms,
            state=CaseState.QUEUED if filing.channel is Channel.VILLAGE else CaseState.DRAFT,
        )
        facts = EventFacts(
            content=part.content_hash,
            materials=dict(filing.materials),
            promised=filing.promised,
            paper_on=filing.paper_on,
        )
        submit = machine.Command(action=CaseAction.SUBMIT, note=filing.taken_by, facts=facts)
        try:
            step = machine.step(opened, submit, filing.filed_by)
        except Fault as refused:
            return refused
        event = history.event(opened, step, actor_id=filing.filed_by.id, at=at)
        return _Begun(history.applied(opened, event), event, terms_text)

    def _new_case(self, one: Examined, desk: Desk, part: _Protected, begun: _Begun) -> NewCase:
        filing, case, event = one.asked, begun.case, begun.event
        today = day_in_china(event.at)
        return NewCase(
            entry=self._entry(filing, part.case_id, event.at),
            day=today,
            prefix=desk.prefix,
            content_hash=part.content_hash,
            event=event,
            dues=self._dues_on(today),
            item_id=filing.item.id,
            window=filing.item.window,
            department_id=case.department_id,
            terms=begun.terms,
            sealed=part.sealed,
            document_index=part.document_index,
            phone_index=part.phone_index,
            owner_id=filing.owner_citizen_id,
            village_id=filing.village_id,
            case=case,
            trail=trail([event], case.terms, surname=masked_name(one.applicant)),
            applicant=one.applicant.name,
        )

    def _entry(self, filing: Filing, case_id: str, at: datetime) -> Entry:
        return Entry(
            case_id=case_id,
            tenant_id=filing.tenant_id,
            rid=filing.rid,
            case_number=filing.case_number or "",
            tracking_code=filing.tracking_code or self._new_code(),
            channel=filing.channel,
            node_id=filing.node_id,
            node_time=filing.node_time,
            pack_sha=filing.pack_sha,
            received_at=at,
        )

    def _new_code(self) -> str:
        return tracking_code.mint(tracking_code.TOWNSHIP_NODE, self._random44(), key=self._code_key).text

    def _terms_of(self, filing: Filing) -> tuple[Terms, str]:
        """The item's terms and their text, made once for each pack it stands in."""
        key = (filing.pack_sha, filing.item.id, filing.situation)
        known = self._terms.get(key)
        if known is None:
            terms = terms_of(filing.item, filing.situation)
            known = self._terms[key] = (terms, _terms.encode(terms).decode())
        return known

    def _dues_on(self, day: date) -> Dues:
        """The first notice timer of cases received on a day; the same for all of them."""
        calendar = self._hall.calendar()
        key = (calendar.version, day)
        known = self._dues.get(key)
        if known is None:
            self._dues.clear()
            timer = deadlines.first_notice(day, calendar)
            known = self._dues[key] = dues(CaseState.SUBMITTED, {TimerKind.NOTICE: timer})
        return known

    async def _open(self, tenant_id: str, tenant: TenantCard) -> Desk:
        windows = await self._items.windows(tenant_id)
        return Desk(
            pack_sha=tenant.pack_sha,
            prefix=tenant.case_prefix,
            hall_name=tenant.hall_name,
            phone=tenant.complaint_phone,
            departments={card.type: card.department_id for card in windows},
            phones={card.type: card.phone for card in windows if card.phone},
        )
