"""When a wish about one's own data must be answered, who answers it, and which looks are told of. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from api_spec.own_data_terms import DataWish, WishOutcome, WishState
from api_spec.vocabulary import Role

ANSWER_DAYS: Final = 15
"""Working days this office promises."""
LIMIT: Final = timedelta(days=30)
"""Calendar days a holder of data has: GB/T 35273-2020, 8.7; 个人信息保护法 art. 50 asks for a ready way and reasons."""
MOST_WAITING: Final = 5
"""Wishes of one citizen that may wait at one time."""
TEXT_MAX: Final = 1000
TEXT_MIN: Final = 4

ANSWERERS: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One request with what became of it; `text` and `answer` are opened for whoever may read them."""

    id: str
    tenant_id: str
    citizen_id: str
    wish: DataWish
    state: WishState
    outcome: WishOutcome | None
    asked_at: datetime
    due_on: date
    answered_at: datetime | None
    text: str = field(default="", repr=False)
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody of the office opened something of the citizen's: when, which post, what and why; never who by name."""

    at: datetime
    post: str
    what: str
    about: str
    reason: str


def last_day(asked: date, promised: date) -> date:
    """The office's promise, never later than the limit."""
    return min(promised, asked + LIMIT)


def posts(roles: str, order: Sequence[Role] = tuple(Role)) -> str:
    """The posts somebody held then, in the office's words: the id of a person tells a citizen nothing."""
    held = set(roles.split(","))
    return "、".join(role.zh for role in order if role.value in held) or "工作人员"


def latest_first(looks: Iterable[Look], *, limit: int) -> list[Look]:
    return sorted(looks, key=lambda look: look.at, reverse=True)[:limit]
