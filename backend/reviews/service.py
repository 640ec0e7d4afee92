"""好差评: opens what may be rated, takes each rating once, and says what became known by it.

Who rated is shown to nobody. What the rated side sees, and when, is decided here and in `rules`, not by its pages.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date, datetime
from typing import Final, Protocol

from api_spec.errors import ErrorCode
from api_spec.phones import parse_mobile, parse_phone
from api_spec.problems import BadInput
from api_spec.review_terms import BadReviewAction, BadReviewState, ReviewChannel, ReviewLevel
from api_spec.vocabulary import Role
from backend.actors import Actor, system
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.hall.calendar import Calendar
from backend.hall.hours import Opening
from backend.ids import new_id
from backend.register import store_moves
from backend.register.store_moves import Author
from backend.reviews import store, store_bad
from backend.reviews.bad_desk import BadReviewDesk
from backend.reviews.figures import Figures
from backend.reviews.machine import Standing
from backend.reviews.occasions import Occasions, Windows
from backend.reviews.policy import ReviewPolicy
from backend.reviews.review import Invitation, Rateable, Rated, Rating, read_sms
from backend.reviews.rules import due_on, is_open, shown_on
from backend.reviews.terminals import Terminals
from backend.vault import Vault

__all__ = ["Invitation", "Rateable", "Rated", "Rating", "ReviewPolicy", "Reviews"]

OnRated = Callable[[Rated], Awaitable[None]]

OWN_SHOWN: Final = 50
MOST_WORDS: Final = 500


class Hours(Protocol):
    """The hall."""

    def calendar(self) -> Calendar: ...
    def opening(self, tenant_id: str, window_id: str, *, day: date) -> Opening: ...


class Reviews(Occasions):
    """All ratings.

    Args:
        random: source of tokens and of the order in which ratings are shown.
    """

    def __init__(
        self,
        windows: Windows,
        hall: Hours,
        vault: Vault,
        *,
        random: Callable[[int], bytes],
        policy: ReviewPolicy | None = None,
    ) -> None:
        super().__init__(windows, vault, policy or ReviewPolicy())
        self._hall = hall
        self._random = random
        self._on_rated: list[OnRated] = []
        self.bad = BadReviewDesk(hall.calendar, vault, self.policy)
        self.figures = Figures(windows, hall, vault)
        self.terminals = Terminals(vault, random=random, screen=self.policy.screen)

    def on_rated(self, callback: OnRated) -> None:
        """Be told of every rating inside its transaction; database only."""
        self._on_rated.append(callback)

    async def rate_by_link(self, token: str, rating: Rating, *, at: datetime) -> None:
        """Raises Fault: NOT_FOUND; REVIEW_GIVEN; FORM_INVALID."""
        await self._rate(await self.by_link(token, at=at), rating, at=at)

    async def rate_own(self, occasion_id: str, rating: Rating, *, actor: Actor, at: datetime) -> None:
        """Raises Fault: NOT_FOUND (also for somebody else's); REVIEW_GIVEN; FORM_INVALID."""
        found = await store.find(occasion_id)
        if found is None or found.citizen_id != actor.id:
            raise Fault(ErrorCode.NOT_FOUND)
        await self._rate(self._still_open(found, at), rating, at=at)

    async def rate_at_terminal(
        self,
        token: str,
        occasion_id: str,
        level: ReviewLevel,
        *,
        reasons: Collection[str] = (),
        at: datetime,
    ) -> None:
        """Raises Fault: NOT_FOUND (no such device, or it asks about something else by now); REVIEW_GIVEN."""
        terminal = await self.terminals.load(token)
        if terminal.occasion_id != occasion_id or not self.terminals.is_asking(terminal, at=at, late=True):
            raise Fault(ErrorCode.NOT_FOUND)
        found = await store.find(occasion_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        rating = Rating(
            level=level,
            channel=ReviewChannel.TERMINAL,
            terminal_id=terminal.id,
            reasons=tuple(each for each in found.reasons if each.value in reasons),
        )
        await self._rate(found, rating, at=at)

    async def asked_at_terminal(self, token: str, *, at: datetime) -> Rateable | None:
        """What a device asks about now; None while it rests.

        Raises:
            Fault: NOT_FOUND: no such device.
        """
        terminal = await self.terminals.load(token)
        if not self.terminals.is_asking(terminal, at=at):
            return None
        found = await store.find(terminal.occasion_id)
        return None if found is None or found.rated_at is not None else found

    async def take_sms_reply(self, phone: str, text: str, at: datetime) -> ReviewLevel | None:
        """Take an answer by SMS to an invitation; None when it is no rating, or there is nothing to rate."""
        read = read_sms(text)
        try:
            number = parse_mobile(phone)
        except BadInput:
            return None
        if read is None:
            return None
        found = await store.newest_unrated(self._vault.blind_index("review-phone", number))
        if found is None or not is_open(found.kind, found.opened_at, at=at, policy=self.policy):
            return None
        rating = Rating(level=read[0], channel=ReviewChannel.SMS, words=read[1][:MOST_WORDS])
        try:
            await self._rate(found, rating, at=at)
        except Fault as refused:
            if refused.code is not ErrorCode.REVIEW_GIVEN:
                raise
            return None
        return read[0]

    async def own(self, actor: Actor) -> list[Rateable]:
        """A citizen's own matters, rated or not, the latest first."""
        return await store.of_citizen(actor.id, limit=OWN_SHOWN)

    async def _rate(self, occasion: Rateable, rating: Rating, *, at: datetime) -> None:
        """Take the one rating of an occasion; a bad one becomes a matter of its own at once (plan, clause 57)."""
        review_id, callback = new_id(), _checked_phone(rating.callback)
        day = shown_on(at, self._hall.calendar())
        async with in_transaction():
            added = await store.add_review(
                review_id,
                occasion,
                rating,
                words=self._sealed(rating.words.strip()[:MOST_WORDS], review_id),
                contact=self._sealed(callback, review_id),
                at=at,
                shown_on=day,
                shuffle=int.from_bytes(self._random(3)),
            )
            if not added:
                raise Fault(ErrorCode.REVIEW_GIVEN)
            if rating.level.is_bad:
                await self._open_bad(occasion, review_id, at=at)
            for callback_ in self._on_rated:
                await callback_(_rated(occasion, rating, review_id, at=at, shown_on=day))

    async def _open_bad(self, occasion: Rateable, review_id: str, *, at: datetime) -> None:
        bad_id, state = new_id(), BadReviewState.CREATED
        await store_bad.add(
            bad_id,
            review_id,
            Standing(state=state, department_id=occasion.department_id, window_type=occasion.window_type),
            tenant_id=occasion.tenant_id,
            due_on=due_on(state, at=at, calendar=self._hall.calendar(), policy=self.policy),
            at=at,
        )
        author = system(occasion.tenant_id)
        await store_moves.begin(
            store_bad.BOOK,
            bad_id,
            action=BadReviewAction.OPEN,
            state=state,
            by=Author(tenant_id=occasion.tenant_id, actor_id=author.id, role=Role.SYSTEM, at=at),
            words=_FIRST_WORDS,
            vault=self._vault,
        )

    def _sealed(self, text: str, review_id: str) -> bytes | None:
        return self._vault.seal(text.encode(), context=review_context(review_id)) if text else None


_FIRST_WORDS: Final[Mapping[str, str]] = {"note": "收到差评，请在期限内联系评价人。"}


def review_context(review_id: str) -> str:
    """What a rating's sealed words are bound to."""
    return f"review:{review_id}"


def _checked_phone(text: str) -> str:
    """Raises Fault(FORM_INVALID)."""
    if not text.strip():
        return ""
    try:
        return parse_phone(text)
    except BadInput as bad:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("callback", bad.problem, bad.sentence)]) from None


def _rated(occasion: Rateable, rating: Rating, review_id: str, *, at: datetime, shown_on: date) -> Rated:
    return Rated(
        tenant_id=occasion.tenant_id,
        review_id=review_id,
        kind=occasion.kind,
        subject_id=occasion.subject_key.partition(":")[2],
        window_type=occasion.window_type,
        department_id=occasion.department_id,
        item_id=occasion.item_id,
        level=rating.level,
        reasons=rating.reasons,
        channel=rating.channel,
        at=at,
        shown_on=shown_on,
    )
