"""Ratings as values: what may be rated, what was given, and what each side may see of it. Pure."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from api_spec.review_terms import (
    REASONS,
    BadReviewState,
    Occasion,
    ReviewChannel,
    ReviewLevel,
    ReviewReason,
    Verdict,
)
from api_spec.text import half_width
from api_spec.vocabulary import WindowType
from backend.reviews.machine import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rateable:
    """Something that may be rated once."""

    id: str
    tenant_id: str
    kind: Occasion
    subject_key: str
    window_type: WindowType
    window_id: str = ""
    department_id: str = ""
    staff_id: str = ""
    village_id: str = ""
    item_id: str = ""
    item_name: str = ""
    citizen_id: str = ""
    tracking_code: str | None = None
    opened_at: datetime
    rated_at: datetime | None = None
    level: ReviewLevel | None = None

    @property
    def reasons(self) -> tuple[ReviewReason, ...]:
        """The indicators asked about."""
        return REASONS[self.kind]

    @property
    def title(self) -> str:
        return self.item_name or f"{self.window_type.zh}的{self.kind.zh}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody gives. `callback` is a phone left for a call back, "" for none."""

    level: ReviewLevel
    channel: ReviewChannel
    reasons: tuple[ReviewReason, ...] = ()
    words: str = field(default="", repr=False)
    callback: str = field(default="", repr=False)
    terminal_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A rating just given, for features that pass it on; nothing of it says who gave it.

    Before the day `shown_on` nobody of the office may learn that it was given.
    """

    tenant_id: str
    review_id: str
    kind: Occasion
    subject_id: str
    window_type: WindowType
    department_id: str
    item_id: str
    level: ReviewLevel
    reasons: tuple[ReviewReason, ...]
    channel: ReviewChannel
    at: datetime
    shown_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A rating as the rated side sees it: no time, no person, no single matter."""

    id: str
    level: ReviewLevel
    reasons: tuple[str, ...]
    words: str = field(repr=False)
    kind: Occasion
    window_type: WindowType
    shown_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BadReview:
    """A bad rating in hand."""

    id: str
    tenant_id: str
    review_id: str
    version: int
    standing: Standing
    due_on: date
    created_at: datetime
    level: ReviewLevel
    reasons: tuple[str, ...]
    kind: Occasion
    item_name: str

    @property
    def state(self) -> BadReviewState:
        return self.standing.state

    @property
    def verdict(self) -> Verdict | None:
        return self.standing.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The one reminder of a matter nobody has rated yet. `link` is the path of its page."""

    occasion_id: str
    tenant_id: str
    citizen_id: str
    phone: str = field(repr=False)
    item_name: str
    link: str


_NUMBERED: Final = re.compile(r"([1-5])(?![0-9])[\s,.:;、，。：；]*(.*)", re.DOTALL)
_BY_LENGTH: Final = sorted(ReviewLevel, key=lambda level: -len(level.zh))


def read_sms(text: str) -> tuple[ReviewLevel, str] | None:
    """Level and words of an answer by SMS: 1 非常满意 … 5 非常不满意 (GB/T 39046, as the invitation says), or the word itself.

    None when it says neither: nothing is guessed, and nothing becomes praise.
    """
    plain = text.strip()
    if found := _NUMBERED.fullmatch(half_width(plain)):
        return tuple(ReviewLevel)[int(found[1]) - 1], found[2].strip()
    for level in _BY_LENGTH:
        if plain.startswith(level.zh):
            return level, plain[len(level.zh) :].strip(" ,.，。！!")
    return None
