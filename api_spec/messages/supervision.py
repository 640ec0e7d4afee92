"""What is said about supervision: finished cases in public, cards, and what is done about them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api_spec.messages.base import Answer, HexId, Message, Paragraph, Version
from api_spec.supervision_terms import CardAction, CardLevel, CardState, RuleCode

Cursor = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")]


class PublishedQuery(Message):
    """Which page of the finished cases."""

    cursor: Cursor | None = None


class PublishedLine(Answer, frozen=True, kw_only=True):
    """One finished case: its number without the serial, a masked surname or none."""

    number: str
    item: str
    surname: str
    received_on: date
    closed_on: date
    result: str


class PublishedPage(Answer, frozen=True, kw_only=True):
    """Finished cases of the last `days` days, latest first."""

    lines: list[PublishedLine]
    days: int
    next: str | None


class CardsQuery(Message):
    """Which cards: open ones when no state is said."""

    level: CardLevel | None = None
    rule: RuleCode | None = None
    state: CardState | None = None
    department: HexId | None = None
    cursor: HexId | None = None


class CardBody(Message):
    """One move of a card; `version` is the card the person was looking at."""

    action: CardAction
    version: Version
    note: Paragraph = ""


class CardLine(Answer, frozen=True, kw_only=True):
    """A card of a list. `stage`: 0 told to the post that answers, 1 to the department's head, 2 to the director."""

    id: str
    rule: RuleCode
    rule_label: str
    level: CardLevel
    level_label: str
    state: CardState
    state_label: str
    subject: str
    subject_id: str
    department_id: str
    on: date
    stage: int
    version: int
    facts: dict[str, str]


class CardStep(Answer, frozen=True, kw_only=True):
    """One event of a card's history."""

    seq: int
    at: datetime
    actor_id: str
    role_label: str
    action: CardAction
    action_label: str
    state: CardState
    note: str


class CardAnswer(Answer, frozen=True, kw_only=True):
    """A card with its history and what this person may do now."""

    card: CardLine
    source: str
    events: list[CardStep]
    actions: list[CardAction]


class CardPage(Answer, frozen=True, kw_only=True):
    """Cards, newest first."""

    cards: list[CardLine]
    next: str | None
