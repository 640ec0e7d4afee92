"""Makes a request ready to be written: checked, hashed, sealed, with its first events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from api_spec import tracking_code
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import ErrandAction, Partner, WindowType
from backend.chance import chance
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import whole_ms
from backend.proxy import history, machine
from backend.proxy.custody import Move
from backend.proxy.errand import Errand, Event, EventFacts, terms_of
from backend.proxy.machine import Command
from backend.proxy.neighbours import Delegations, Items, all_delegated
from backend.proxy.records import Entry
from backend.proxy.request import (
    Contents,
    ErrandRequest,
    consent_facts,
    contents,
    read_contents,
    substance,
    write_contents,
)
from backend.proxy.store_filing import NewErrand
from backend.proxy.vetting import vet
from backend.vault import Vault

SEALED = "errand"
_random44 = partial(chance.bits, tracking_code.RANDOM_BITS)


@dataclass(frozen=True, slots=True)
class Place:
    """What is needed of a township: prefix of its numbers, the window that runs errands, the partners' phones."""

    prefix: str
    centre_name: str
    department_id: str
    window: str
    phone: str
    complaint_phone: str
    partners: dict[Partner, str]


class ErrandDesk:
    """One desk for the window, the phone, the village and the citizen.

    Args:
        random44: 44 random bits for a tracking code.
    """

    def __init__(self, items: Items, vault: Vault, *, random44: Callable[[], int] = _random44) -> None:
        self._items = items
        self._vault = vault
        self._random44 = random44
        self._code_key = vault.derive("tracking-code")
        self._places: dict[str, Place] = {}
        self._delegated: Delegations = all_delegated

    async def of(self, tenant_id: str) -> Place:
        """A township's desk, read once."""
        return self._places.get(tenant_id) or await self._open(tenant_id)

    def rest_on(self, delegated: Delegations) -> None:
        """Who knows whether a partner's delegation to the centre holds."""
        self._delegated = delegated

    def forget(self) -> None:
        """Read windows, partners and prefixes again, after the township changed them."""
        self._places.clear()

    async def prepare(self, request: ErrandRequest, *, at: datetime) -> NewErrand:
        """Raises Fault: ITEM_NOT_OFFERED, DELEGATION_ENDED, FORM_INVALID, and what the machine says of who asks."""
        partner, day = request.item.partner, day_in_china(at)
        if partner and not await self._delegated(request.tenant_id, partner, request.item.id, day=day):
            raise Fault(ErrorCode.DELEGATION_ENDED, partner=partner)
        return self._ready(request, await self.of(request.tenant_id), whole_ms(at))

    async def prepare_many(
        self, requests: Sequence[ErrandRequest], *, at: datetime
    ) -> list[NewErrand | Fault]:
        """As `prepare`, with a Fault in the place of each that cannot be filed."""
        ready: list[NewErrand | Fault] = []
        for request in requests:
            try:
                ready.append(await self.prepare(request, at=at))
            except Fault as refused:
                ready.append(refused)
        return ready

    def opened(self, errand_id: str, sealed: bytes) -> Contents:
        """The personal part of an errand; raises SealBroken."""
        return read_contents(self._vault.open(sealed, context=f"{SEALED}/{errand_id}"))

    def seal(self, errand_id: str, plain: Contents) -> bytes:
        return self._vault.seal(write_contents(plain), context=f"{SEALED}/{errand_id}")

    def document_index(self, number: str) -> str:
        """The fingerprint an applicant's document number is searched by."""
        return self._vault.blind_index("errand/document", number)

    def fingerprint(self, said: bytes) -> str:
        """A keyed fingerprint of personal content: equal content, equal text, nothing to guess from."""
        return self._vault.blind_index("errand/content", said.decode())

    def _ready(self, asked: ErrandRequest, place: Place, at: datetime) -> NewErrand:
        request = vet(asked, today=day_in_china(at)).passed()
        errand_id = new_id()
        content_hash = self.fingerprint(substance(request))
        errand = Errand(
            id=errand_id,
            tenant_id=request.tenant_id,
            department_id=place.department_id,
            village_id=request.village_id,
            owner_id=request.owner_citizen_id,
            terms=terms_of(request.item, request.situation),
        )
        events: list[Event] = []
        for command in _first_commands(request, content_hash):
            step = machine.step(errand, command, request.filed_by, today=day_in_china(at))
            events.append(history.event(errand, step, actor_id=request.filed_by.id, at=at))
            errand = history.applied(errand, events[-1])
        return NewErrand(
            entry=self._entry(request, errand_id, at),
            day=day_in_china(at),
            prefix=place.prefix,
            content_hash=content_hash,
            events=tuple(events),
            errand=errand,
            sealed=self.seal(errand_id, contents(request)),
            document_index=self.document_index(request.applicant.document_number),
            phone_index=self._vault.blind_index("errand/phone", request.applicant.phone),
            money=tuple(
                Move(
                    rid=new_id(),
                    move=line.move,
                    amount_fen=line.amount_fen,
                    paper_receipt=line.paper_receipt,
                    note=line.note,
                )
                for line in request.money
            ),
            by=request.filed_by.id,
            applicant=request.applicant.name,
        )

    def _entry(self, request: ErrandRequest, errand_id: str, at: datetime) -> Entry:
        code = request.tracking_code
        if code is None:
            code = tracking_code.mint(tracking_code.TOWNSHIP_NODE, self._random44(), key=self._code_key).text
        return Entry(
            errand_id=errand_id,
            tenant_id=request.tenant_id,
            rid=request.rid,
            number=request.case_number or "",
            tracking_code=code,
            channel=request.channel,
            node_id=request.node_id,
            node_time=request.node_time,
            pack_sha=request.pack_sha,
            received_at=at,
        )

    async def _open(self, tenant_id: str) -> Place:
        tenant = await self._items.tenant(tenant_id)
        ids = {card.name: card.id for card in await self._items.departments(tenant_id)}
        windows = await self._items.windows(tenant_id)
        utility = next((card for card in windows if card.type is WindowType.UTILITY), None)
        partners = await self._items.partners(tenant_id)
        place = Place(
            prefix=tenant.case_prefix,
            centre_name=tenant.centre_name,
            department_id=ids.get(utility.department, utility.department) if utility else "",
            window=f"{tenant.hall_name} {WindowType.UTILITY.zh}",
            phone=(utility.phone if utility else "") or tenant.complaint_phone,
            complaint_phone=tenant.complaint_phone,
            partners={card.partner: card.phone for card in partners},
        )
        self._places[tenant_id] = place
        return place


def _first_commands(request: ErrandRequest, content: str) -> list[Command]:
    """Asking; and where mandate and consent came along, consenting."""
    asked = Command(
        action=ErrandAction.REQUEST,
        note=request.taken_by,
        facts=EventFacts(content=content, materials=dict(request.materials)),
    )
    if request.mandate is None or request.sharing is None:
        return [asked]
    return [asked, Command(action=ErrandAction.CONSENT, facts=consent_facts(request))]
