"""The sunshine board (阳光台; plan, clause 40): who sits at which window, how to reach them, and a portrait if they agreed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from api_spec import phones
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from api_spec.vocabulary import DutyPlace
from backend.actors import Actor
from backend.apart import NotNow
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.looking import BadBlob, Looking
from backend.blobs.values import Media
from backend.faults import Fault, Wrong
from backend.hall.service import Hall, WindowToday
from backend.organisation import rules, store
from backend.organisation.rules import StaffCard
from backend.people.service import Member
from backend.vault import Vault

PORTRAIT_SIDE: Final = 480
"""Pixels: a portrait on paper is 35 mm wide."""

SUBJECT: Final = "staff_card"


class Staff(Protocol):
    """Accounts with their posts."""

    async def member(self, tenant_id: str, staff_id: str) -> Member: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPerson:
    """One face of the board. `place`: A or B at a window."""

    staff_id: str
    name: str
    place: DutyPlace
    is_there: bool
    card: StaffCard


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardWindow:
    """A window with the two who serve it; `phone` is its own, else the centre's."""

    today: WindowToday
    phone: str
    people: tuple[BoardPerson, ...]


class Board:
    """The public cards of staff."""

    def __init__(self, hall: Hall, staff: Staff, vault: Vault, audit: Audit, looking: Looking) -> None:
        self._hall = hall
        self._staff = staff
        self._vault = vault
        self._audit = audit
        self._looking = looking

    async def windows(self, tenant_id: str, *, phone: str, at: datetime) -> Sequence[BoardWindow]:
        """Every window with A and B and what their cards say.

        Args:
            phone: the centre's, for windows without one of their own.
        """
        cards = await store.cards(tenant_id)
        roster, day = self._hall.duties.roster(tenant_id), day_in_china(at)
        found: list[BoardWindow] = []
        for window in await self._hall.board(tenant_id, at=at):
            pair = roster.pair(window.card.id, day)
            there = window.duty.clerk.staff_id if window.duty and window.duty.clerk else ""
            both = ((DutyPlace.A, pair.a), (DutyPlace.B, pair.b)) if pair else ()
            people = tuple(
                BoardPerson(
                    staff_id=clerk.staff_id,
                    name=clerk.name,
                    place=place,
                    is_there=clerk.staff_id == there,
                    card=cards.get(clerk.staff_id) or StaffCard(staff_id=clerk.staff_id),
                )
                for place, clerk in both
            )
            found.append(BoardWindow(today=window, phone=window.card.phone or phone, people=people))
        return found

    async def card(self, tenant_id: str, staff_id: str) -> StaffCard:
        """What a person's card says, empty where nothing was written yet."""
        return (await store.cards(tenant_id)).get(staff_id) or StaffCard(staff_id=staff_id)

    async def keep(self, card: StaffCard, *, actor: Actor, at: datetime) -> None:
        """Write the words of a card; the portrait stays.

        Raises:
            Fault: STAFF_NOT_FOUND, NOT_ALLOWED, OUT_OF_SCOPE; FORM_INVALID no telephone number.
        """
        await self._refuse(actor, card.staff_id)
        if card.phone:
            try:
                card = replace(card, phone=phones.parse_phone(card.phone))
            except BadInput as bad:
                wrong = Wrong("phone", bad.problem, bad.sentence)
                raise Fault(ErrorCode.FORM_INVALID, wrong=[wrong]) from None
        await store.put_card(actor.tenant_id, card, by=actor.id, at=at)

    async def put_photo(
        self, staff_id: str, picture: bytes, *, agreed: bool, paper: str, actor: Actor, at: datetime
    ) -> None:
        """Show a portrait: drawn anew from its pixels, so that nothing else of the file is kept.

        Raises:
            Fault: STAFF_NOT_FOUND, NOT_ALLOWED, OUT_OF_SCOPE; CONSENT_MISSING; BLOB_TYPE, BLOB_BROKEN, BLOB_HUGE; BUSY.
        """
        await self._refuse(actor, staff_id)
        basis = rules.portrait_basis(actor, staff_id, agreed=agreed, paper=paper)
        portrait = await self._portrait(picture)
        sealed = self._vault.seal(portrait, context=_context(actor.tenant_id, staff_id))
        await store.put_photo(actor.tenant_id, staff_id, sealed, basis=basis, by=actor.id, at=at)
        await self._log(actor, staff_id, "photo_shown", at)

    async def remove_photo(self, staff_id: str, *, actor: Actor, at: datetime) -> None:
        """Take a portrait down; its bytes are gone with it.

        Raises:
            Fault: STAFF_NOT_FOUND, NOT_ALLOWED, OUT_OF_SCOPE.
        """
        await self._refuse(actor, staff_id)
        await store.put_photo(actor.tenant_id, staff_id, None, basis="", by=actor.id, at=at)
        await self._log(actor, staff_id, "photo_removed", at)

    async def photo(self, staff_id: str) -> bytes:
        """A portrait as a JPEG, for anyone.

        Raises:
            Fault: NOT_FOUND.
        """
        found = await store.find_photo(staff_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        tenant_id, sealed = found
        return self._vault.open(sealed, context=_context(tenant_id, staff_id))

    async def _portrait(self, picture: bytes) -> bytes:
        """Raises Fault: BLOB_TYPE, BLOB_BROKEN, BLOB_HUGE."""
        try:
            media, _ = await self._looking.check(picture)
            if media is Media.PDF:
                raise Fault(ErrorCode.BLOB_TYPE)
            drawn = await self._looking.preview(picture, media, 0, side=PORTRAIT_SIDE)
        except BadBlob as bad:
            raise Fault(ErrorCode(f"blob_{bad.refusal.value}")) from None
        except NotNow:
            raise Fault(ErrorCode.BUSY) from None
        if drawn is None:
            raise Fault(ErrorCode.BLOB_BROKEN)
        return drawn

    async def _refuse(self, actor: Actor, staff_id: str) -> None:
        member = await self._staff.member(actor.tenant_id, staff_id)
        department = next((post.department_id for post in member.posts if post.department_id), "")
        rules.refuse_card(actor, staff_id, department)

    async def _log(self, actor: Actor, staff_id: str, change: str, at: datetime) -> None:
        await self._audit.record(
            AuditAction.CHANGE_SETTING,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=staff_id,
            change=change,
        )


def _context(tenant_id: str, staff_id: str) -> str:
    return f"staff_photo/{tenant_id}/{staff_id}"
