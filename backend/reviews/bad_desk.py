"""The desk that deals with bad ratings: lists by whose turn it is, moves, and shows to each what is theirs to know."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.review_terms import BadReviewAction, BadReviewState
from api_spec.routes.reviews import DEALERS, OVERSEERS
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault
from backend.hall.calendar import Calendar
from backend.register import store_moves
from backend.register.moves import Moved
from backend.register.store_moves import Author
from backend.reviews import machine
from backend.reviews import store_bad as store
from backend.reviews.machine import Command
from backend.reviews.policy import ReviewPolicy
from backend.reviews.review import BadReview
from backend.reviews.rules import due_on
from backend.vault import Vault

LISTED: Final = 200
UNTOLD: Final = frozenset({BadReviewAction.OPEN, BadReviewAction.CONTACT})
"""Moves whose moment or words could tell the rated department who it was."""
BEFORE_THE_DEPARTMENT: Final = frozenset({BadReviewState.CREATED, BadReviewState.CONTACTED})
"""Until the service desk has looked into it, the department does not know: it could tell who had just been there."""
ALL: Final = tuple(BadReviewState)
OPEN: Final = tuple(state for state in BadReviewState if state is not BadReviewState.CLOSED)

OnContact = Callable[[str, Actor], Awaitable[None]]
"""Told the id of the bad rating and who reads the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One bad rating as somebody of the office sees it; `contact` only for the service desk, if a call was asked for."""

    bad: BadReview
    words: str = field(repr=False)
    contact: str = field(repr=False)
    wants_call: bool
    history: Sequence[Moved]
    actions: tuple[BadReviewAction, ...]


class BadReviewDesk:
    """Bad ratings of all townships; each member of staff reaches their own share."""

    def __init__(self, calendar: Callable[[], Calendar], vault: Vault, policy: ReviewPolicy) -> None:
        self._calendar = calendar
        self._vault = vault
        self._policy = policy
        self._on_contact: list[OnContact] = []

    def on_contact(self, callback: OnContact) -> None:
        """`callback` is awaited before somebody is shown the number left for a call back."""
        self._on_contact.append(callback)

    async def listed(self, actor: Actor, *, closed: bool = False) -> list[BadReview]:
        """Those this person may know of, the nearest day first.

        Raises:
            Fault: NOT_ALLOWED.
        """
        states = [BadReviewState.CLOSED] if closed else [s for s in OPEN if s in _reach(actor)]
        return await store.listed(
            actor.tenant_id, department_id=_department(actor), states=states, limit=LISTED
        )

    async def show(self, bad_id: str, *, actor: Actor) -> Opened:
        """Raises Fault: NOT_ALLOWED, NOT_FOUND (also for what is not this person's to know)."""
        bad = await self._load(bad_id, actor)
        sealed = await store.sealed_of(bad.review_id)
        wants_call = sealed["contact"] is not None
        contact = self._opened(sealed["contact"], bad.review_id) if actor.has({Role.SERVICE_DESK}) else ""
        for callback in self._on_contact if contact else ():
            await callback(bad_id, actor)
        return Opened(
            bad=bad,
            words=self._opened(sealed["words"], bad.review_id),
            contact=contact,
            wants_call=wants_call,
            history=_for(actor, await store_moves.history(store.BOOK, bad_id, vault=self._vault)),
            actions=machine.can(bad.standing, actor=actor),
        )

    async def act(self, bad_id: str, command: Command, *, version: int, actor: Actor, at: datetime) -> None:
        """Raises Fault: as `machine.decide`; NOT_ALLOWED, NOT_FOUND; CASE_MOVED: moved since `version`."""
        bad = await self._load(bad_id, actor)
        if bad.version != version:
            raise Fault(ErrorCode.CASE_MOVED)
        step, standing = machine.decide(bad.standing, command, actor=actor)
        due = bad.due_on
        if command.action is not BadReviewAction.REMIND:
            due = due_on(
                step.after,
                at=at,
                calendar=self._calendar(),
                policy=self._policy,
                is_complex=command.complex,
            )
        async with in_transaction():
            await store_moves.record(
                store.BOOK,
                bad_id,
                version=version,
                step=step,
                changes=store.changes_of(standing, due),
                by=Author(tenant_id=actor.tenant_id, actor_id=actor.id, role=step.by, at=at),
                words=_words(command),
                vault=self._vault,
            )

    async def count(self, actor: Actor, *, today: date) -> tuple[int, int]:
        """How many are open, and overdue, for the number in the menu."""
        states = [s for s in OPEN if s in _reach(actor)]
        return await store.count(
            actor.tenant_id, department_id=_department(actor), states=states, today=today
        )

    async def overdue(self, tenant_id: str, *, at: datetime) -> list[BadReview]:
        """Every one whose step is late, for supervision."""
        return await store.listed(
            tenant_id, department_id=None, states=OPEN, limit=LISTED, due_before=day_in_china(at)
        )

    async def _load(self, bad_id: str, actor: Actor) -> BadReview:
        reach, department_id = _reach(actor), _department(actor)
        found = await store.find(actor.tenant_id, bad_id)
        if found is None or found.state not in reach:
            raise Fault(ErrorCode.NOT_FOUND)
        if department_id is not None and found.standing.department_id != department_id:
            raise Fault(ErrorCode.NOT_FOUND)
        return found

    def _opened(self, sealed: bytes | None, review_id: str) -> str:
        return self._vault.open(sealed, context=f"review:{review_id}").decode() if sealed else ""


def _department(actor: Actor) -> str | None:
    """Whose bad ratings somebody reaches: None for every department's.

    Raises:
        Fault: NOT_ALLOWED.
    """
    if actor.has(OVERSEERS):
        return None
    if not actor.has(DEALERS) or not actor.department_id:
        raise Fault(ErrorCode.NOT_ALLOWED)
    return actor.department_id


def _reach(actor: Actor) -> frozenset[BadReviewState]:
    return frozenset(ALL) if actor.has(OVERSEERS) else frozenset(ALL) - BEFORE_THE_DEPARTMENT


def _for(actor: Actor, history: Sequence[Moved]) -> list[Moved]:
    """The history for the rated department: not when the rating was given, nor what was said on the telephone."""
    if actor.has(OVERSEERS):
        return list(history)
    return [
        replace(move, words={name: text for name, text in move.words.items() if name != "note"})
        if move.action == BadReviewAction.CALL_BACK
        else move
        for move in history
        if move.action not in UNTOLD
    ]


def _words(command: Command) -> dict[str, str]:
    return {
        "note": command.note.strip(),
        "verdict": command.verdict.zh if command.verdict else "",
        "call_back": command.call_back.zh if command.call_back else "",
        "attachment": command.attachment.strip(),
        "limit": "复杂事项，按较长期限" if command.complex else "",
    }
