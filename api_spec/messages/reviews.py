"""What is said about ratings. Who rated whom is in no message."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api_spec.messages.base import Answer, Message, OptionalLine
from api_spec.review_terms import Occasion, ReviewLevel, ReviewReason
from api_spec.vocabulary import WindowType

ReviewWords = Annotated[str, StringConstraints(max_length=500)]


class RateBody(Message):
    """A rating; `callback` is a phone for whoever wants to be called back."""

    level: ReviewLevel
    reasons: Annotated[list[ReviewReason], Field(default_factory=list, max_length=7)]
    words: ReviewWords = ""
    callback: OptionalLine = ""


class Choice(Answer, frozen=True, kw_only=True):
    """A value with the office's word for it."""

    value: str
    label: str


class OwnOccasion(Answer, frozen=True, kw_only=True):
    """One of the caller's own matters. `can_rate`: not rated yet, and still in time."""

    id: str
    kind: Occasion
    title: str
    opened_at: datetime
    can_rate: bool
    level: ReviewLevel | None
    level_label: str
    reasons: list[Choice]


class LevelCount(Answer, frozen=True, kw_only=True):
    level: ReviewLevel
    label: str
    number: int


class WindowResults(Answer, frozen=True, kw_only=True):
    """Twelve months of one window type; `levels` is empty while there are too few to publish.

    `ticketless`: given at the window with no ticket or case behind them; in no other number here.
    """

    window: WindowType
    label: str
    rated: int
    unrated: int
    ticketless: int
    levels: list[LevelCount]
