"""What may be rated: opened by whoever follows cases, errands and tickets, found again by link, invited once.

A link's token is reckoned from the occasion's id and the vault's key, so that none is stored.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china, moment
from api_spec.errors import ErrorCode
from api_spec.phones import parse_mobile
from api_spec.problems import BadInput
from api_spec.review_terms import Occasion
from api_spec.vocabulary import CaseState, ErrandState, Role, WindowType
from backend.actors import Actor
from backend.appointments.service import Served
from backend.cases.changes import CaseMoved
from backend.db import in_transaction
from backend.faults import Fault
from backend.ids import new_id
from backend.proxy.records import ErrandChange
from backend.reviews import store, store_terminals
from backend.reviews.policy import ReviewPolicy
from backend.reviews.review import Invitation, Rateable
from backend.reviews.rules import is_open, must_wait
from backend.vault import Vault

NAMELESS: Final = "不公开的事项"
CLERKS: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER})


class Windows(Protocol):
    """The catalogue."""

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...
    def department_id(self, tenant_id: str, window: WindowType) -> str: ...


class Occasions:
    """Everything that may be rated."""

    def __init__(self, windows: Windows, vault: Vault, policy: ReviewPolicy) -> None:
        self._windows = windows
        self._vault = vault
        self.policy = policy

    async def follow_case(self, moved: CaseMoved) -> None:
        """A finished case may be rated once (一事一评)."""
        if moved.case.state is not CaseState.FINISHED or moved.before.state is CaseState.FINISHED:
            return
        terms = moved.case.terms
        await self._open(
            Rateable(
                id=new_id(),
                tenant_id=moved.entry.tenant_id,
                kind=Occasion.CASE,
                subject_key=f"case:{moved.case.id}",
                window_type=terms.window,
                department_id=moved.case.department_id,
                village_id=moved.case.village_id,
                item_id=terms.item_id,
                item_name=NAMELESS if terms.confidential else terms.item_name,
                citizen_id=moved.case.owner_id,
                tracking_code=moved.entry.tracking_code,
                opened_at=moved.new[-1].at,
            ),
            phone=moved.contents.applicant.phone,
        )

    def errands(self, clock: Callable[[], datetime]) -> Callable[[Sequence[ErrandChange]], Awaitable[None]]:
        """What follows errands: one that is done may be rated once."""

        async def follow(changes: Sequence[ErrandChange]) -> None:
            for change in changes:
                if change.state is not ErrandState.DONE:
                    continue
                await self._open(
                    Rateable(
                        id=new_id(),
                        tenant_id=change.tenant_id,
                        kind=Occasion.ERRAND,
                        subject_key=f"errand:{change.errand_id}",
                        window_type=WindowType.UTILITY,
                        department_id=self._windows.department_id(change.tenant_id, WindowType.UTILITY),
                        village_id=change.village_id,
                        item_name=change.item_name,
                        citizen_id=change.owner_id,
                        tracking_code=change.tracking_code,
                        opened_at=clock(),
                    ),
                    phone=change.phone,
                )

        return follow

    async def follow_served(self, served: Served) -> None:
        """Somebody was served at a window: its device asks them (一次一评)."""
        await self._contact(
            served.tenant_id,
            served.window_id,
            key=f"contact:{served.appointment_id}",
            staff_id=served.staff_id,
            at=served.at,
        )

    async def ask_at_window(self, window_id: str, *, actor: Actor, at: datetime) -> None:
        """The clerk's “请评价” for somebody who came without a ticket; such ratings are counted apart.

        Raises:
            Fault: OUT_OF_SCOPE: not their window; TOO_MANY_REQUESTS: asked too lately, or too often today.
        """
        mine = {card.id for card in await self.own_windows(actor)}
        if not actor.has(CLERKS) or window_id not in mine:
            raise Fault(ErrorCode.OUT_OF_SCOPE)
        since = moment(day_in_china(at), 0)
        latest, number = await store.asked(actor.tenant_id, window_id, since=since)
        pause_s = int(self.policy.ask_pause.total_seconds())
        # Of several at once the key lets one pass.
        key = f"{store.TICKETLESS}{window_id}:{int(at.timestamp()) // pause_s}"
        if must_wait(latest, number, at=at, policy=self.policy) or not await self._contact(
            actor.tenant_id, window_id, key=key, staff_id=actor.id, at=at
        ):
            raise Fault(ErrorCode.TOO_MANY_REQUESTS, retry_after_s=pause_s)

    async def own_windows(self, actor: Actor) -> list[WindowCard]:
        """The windows a clerk may ask for a rating at."""
        cards = await self._windows.windows(actor.tenant_id)
        if actor.window_ids:
            return [card for card in cards if card.id in actor.window_ids]
        return [card for card in cards if actor.department_id and card.department_id == actor.department_id]

    async def own_devices(self, actor: Actor) -> list[WindowCard]:
        """Those of their windows where a device can ask."""
        having = await store_terminals.windows(actor.tenant_id) if actor.has(CLERKS) else ()
        return [card for card in await self.own_windows(actor) if card.id in having] if having else []

    async def by_link(self, token: str, *, at: datetime) -> Rateable:
        """What a link is for; whether it is rated already is for the pages not to show.

        Raises:
            Fault: NOT_FOUND, also when its time is over.
        """
        found = await store.find_by_mark(self._vault.blind_index("review-mark", token))
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return self._still_open(found, at)

    async def link_of_subject(self, kind: Occasion, subject_id: str, *, at: datetime) -> str:
        """Path of the page that rates a finished matter, for its applicant alone; "" when there is none, or it is rated."""
        found = await store.find_by_subject(f"{kind}:{subject_id}")
        if found is None or not self.can_rate(found, at=at):
            return ""
        return self._link(found.id)

    def can_rate(self, occasion: Rateable, *, at: datetime) -> bool:
        """Whether it still may be rated."""
        return occasion.rated_at is None and is_open(
            occasion.kind, occasion.opened_at, at=at, policy=self.policy
        )

    async def uninvited(self, tenant_id: str, *, at: datetime, limit: int = 100) -> list[Invitation]:
        """Matters unrated for days that nobody was reminded of; call `mark_invited` before sending."""
        found = await store.uninvited(
            tenant_id,
            opened_after=at - self.policy.life[Occasion.CASE],
            before=at - self.policy.invite_after,
            limit=limit,
        )
        return [
            Invitation(
                occasion_id=line["id"],
                tenant_id=line["tenant_id"],
                citizen_id=line["citizen_id"],
                phone=self._opened(line["contact"], line["id"]),
                item_name=line["item_name"],
                link=self._link(line["id"]),
            )
            for line in found
        ]

    async def forget_contacts(self, at: datetime) -> int:
        """Keep no phone longer than a rating may be given (个人信息保护法 art. 19); gives how many were dropped."""
        return await store.forget_contacts(at - max(self.policy.life.values()))

    async def mark_invited(self, occasion_ids: Sequence[str], *, at: datetime) -> list[str]:
        """Take these for invited; gives those nobody had taken before, and only they may be sent."""
        async with in_transaction():
            return await store.mark_invited(occasion_ids, at=at)

    async def _contact(
        self, tenant_id: str, window_id: str, *, key: str, staff_id: str, at: datetime
    ) -> bool:
        """Whether the window's device asks now; not twice under one key."""
        card = next((c for c in await self._windows.windows(tenant_id) if c.id == window_id), None)
        if card is None:
            return False
        contact = Rateable(
            id=new_id(),
            tenant_id=tenant_id,
            kind=Occasion.CONTACT,
            subject_key=key,
            window_type=card.type,
            window_id=window_id,
            department_id=card.department_id,
            staff_id=staff_id,
            opened_at=at,
        )
        added = await self._open(contact)
        if added:
            await store_terminals.ask(tenant_id, window_id, contact.id, at=at)
        return added

    async def _open(self, occasion: Rateable, *, phone: str = "") -> bool:
        try:
            number = parse_mobile(phone)
        except BadInput:
            number = ""
        return await store.open_occasion(
            occasion,
            token_mark=self._vault.blind_index("review-mark", self._token(occasion.id)),
            contact=self._vault.seal(number.encode(), context=_context(occasion.id)) if number else None,
            phone_index=self._vault.blind_index("review-phone", number) if number else None,
        )

    def _still_open(self, occasion: Rateable, at: datetime) -> Rateable:
        if not is_open(occasion.kind, occasion.opened_at, at=at, policy=self.policy):
            raise Fault(ErrorCode.NOT_FOUND)
        return occasion

    def _link(self, occasion_id: str) -> str:
        return f"/r/{self._token(occasion_id)}"

    def _token(self, occasion_id: str) -> str:
        """128 bits nobody can reckon without the vault's key, so that it need not be stored."""
        return self._vault.blind_index("review-link", occasion_id)

    def _opened(self, sealed: bytes | None, occasion_id: str) -> str:
        return self._vault.open(sealed, context=_context(occasion_id)).decode() if sealed else ""


def _context(occasion_id: str) -> str:
    return f"review_occasion.contact:{occasion_id}"
