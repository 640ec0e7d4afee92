"""Makes an application ready to be written: checked, hashed, sealed, numbered, with its first event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import msgspec

from api_spec import tracking_code
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction, CaseState, Channel, TimerKind, WindowType
from backend.cases import deadlines, history, machine
from backend.cases.case import EventFacts, Terms, terms_of
from backend.cases.check import examine
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
        return self._ready(filing, await self.of(filing.tenant_id), at)

    async def prepare_many(self, filings: Sequence[Filing], *, at: datetime) -> list[NewCase | Fault]:
        """As `prepare`, with a Fault in the place of each that cannot be filed."""
        ready: list[NewCase | Fault] = []
        for filing in filings:
            try:
                ready.append(await self.prepare(filing, at=at))
            except Fault as refused:
                ready.append(refused)
        return ready

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

    def _ready(self, filing: Filing, desk: Desk, at: datetime) -> NewCase:
        at = whole_ms(at)
        today = day_in_china(at)
        examined = examine(filing, today=today)
        examined.refuse_wrong()
        plain = write_contents(examined.contents)
        terms, terms_text = self._terms_of(filing)
        case_id = new_id()
        content_hash = self.fingerprint(substance(filing, plain))
        opened = history.opened(
            case_id=case_id,
            tenant_id=filing.tenant_id,
            department_id=desk.departments.get(filing.item.window, ""),
            village_id=filing.village_id,
            owner_id=filing.owner_citizen_id,
            terms=terms,
            state=CaseState.QUEUED if filing.channel is Channel.VILLAGE else CaseState.DRAFT,
        )
        facts = EventFacts(content=content_hash, materials=dict(filing.materials))
        step = machine.step(opened, machine.Command(action=CaseAction.SUBMIT, facts=facts), filing.filed_by)
        event = history.event(opened, step, actor_id=filing.filed_by.id, at=at)
        return NewCase(
            entry=self._entry(filing, case_id, at),
            day=today,
            prefix=desk.prefix,
            content_hash=content_hash,
            event=event,
            dues=self._dues_on(today),
            item_id=filing.item.id,
            window=filing.item.window,
            department_id=opened.department_id,
            terms=terms_text,
            sealed=self.seal(case_id, plain),
            document_index=self.document_index(examined.applicant.document_number),
            phone_index=self.phone_index(examined.applicant.phone),
            owner_id=filing.owner_citizen_id,
            village_id=filing.village_id,
            case=history.applied(opened, event),
            trail=trail([event], terms, surname=masked_name(examined.applicant)),
            applicant=examined.applicant.name,
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
