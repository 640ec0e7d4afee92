"""All queries of cards and their histories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from api_spec.routes.supervision import READERS
from api_spec.supervision_terms import CardAction, CardLevel, CardState, RuleCode, SubjectKind
from api_spec.vocabulary import Role
from backend import db
from backend.actors import Actor
from backend.instants import from_ms
from backend.register.event_chain import facts_text
from backend.supervision.card import DEPARTMENT, HEADS, OPEN_STATES, Card, CardEvent

WIDE = READERS - DEPARTMENT - {Role.SERVICE_DESK}
COLUMNS = (
    "id",
    "tenant_id",
    "rule",
    "level",
    "state",
    "is_open",
    "stage",
    "version",
    "subject_kind",
    "subject_id",
    "subject_number",
    "occurrence",
    "happened_on",
    "seq",
    "department_id",
    "staff_id",
    "item_id",
    "href",
    "facts",
    "opened_at",
    "changed_at",
    "prev_hash",
)
EVENT_COLUMNS = (
    "tenant_id",
    "card_id",
    "seq",
    "at",
    "actor_id",
    "actor_role",
    "action",
    "before",
    "after",
    "note",
    "facts",
    "prev_hash",
    "hash",
)
GROUPS = ("rule", "level", "state", "department_id", "item_id", "staff_id")
_MOVE = """
    UPDATE supervision_cards SET state = ?, is_open = ?, stage = ?, version = ?, changed_at = ?, prev_hash = ?
    WHERE id = ? AND version = ? RETURNING id
"""
_FIND = """
    SELECT * FROM supervision_cards
    WHERE tenant_id = ? AND subject_kind = ? AND subject_id = ? AND rule = ? AND occurrence = ?
"""
_facts = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilter:
    """Which cards to list, newest first; open ones when no state is asked for.

    Args:
        before: the last id of the page before.
    """

    level: CardLevel | None = None
    rule: RuleCode | None = None
    state: CardState | None = None
    department_id: str = ""
    before: str = ""
    limit: int = 25


def reach(actor: Actor) -> tuple[str, list[Any]]:
    """The one door: the supervisor and the centre see every card of the township, a department its own.

    The service desk sees those of ratings whose step is its own.

    Of complaints no department learns here, of bad ratings only its heads, and nobody of one about themselves: whom
    a complaint or a rating is about must not find out from a card that there is one.
    """
    if actor.has(WIDE):
        return "tenant_id = ?", [actor.tenant_id]
    if actor.has({Role.SERVICE_DESK}):
        return "tenant_id = ? AND department_id = '' AND subject_kind = ?", [
            actor.tenant_id,
            SubjectKind.REVIEW,
        ]
    if not (actor.has(DEPARTMENT) and actor.department_id):
        return "1 = 0", []
    hidden = (SubjectKind.COMPLAINT,) if actor.has(HEADS) else (SubjectKind.COMPLAINT, SubjectKind.REVIEW)
    return (
        f"tenant_id = ? AND department_id = ? AND subject_kind NOT IN ({', '.join('?' * len(hidden))})"
        " AND NOT (subject_kind = ? AND staff_id = ?)",
        [actor.tenant_id, actor.department_id, *hidden, SubjectKind.REVIEW, actor.id],
    )


async def add_new(raised: Sequence[tuple[Card, CardEvent]]) -> list[Card]:
    """Write down those cards whose finding is not there yet, each with its first event; gives them."""
    if not raised:
        return []
    added = await db.insert_many(
        "supervision_cards",
        COLUMNS,
        [_values(card) for card, _ in raised],
        conflict="ON CONFLICT (tenant_id, subject_kind, subject_id, rule, occurrence) DO NOTHING",
        returning="id",
    )
    ids = {row["id"] for row in added}
    new = [(card, event) for card, event in raised if card.id in ids]
    await db.insert_many("supervision_card_events", EVENT_COLUMNS, [_event_values(c, e) for c, e in new])
    return [card for card, _ in new]


async def record(card: Card, event: CardEvent) -> bool:
    """Write a move down if nobody else moved the card meanwhile; inside the caller's transaction."""
    moved = await db.row(
        _MOVE,
        [
            card.state,
            int(card.is_open),
            card.stage,
            card.version,
            event.at,
            card.prev_hash,
            card.id,
            card.version - 1,
        ],
    )
    if moved is None:
        return False
    await db.insert_many("supervision_card_events", EVENT_COLUMNS, [_event_values(card, event)])
    return True


async def find(card_id: str, actor: Actor) -> Card | None:
    """A card this actor may know of."""
    where, values = reach(actor)
    row = await db.row(
        f"SELECT * FROM supervision_cards WHERE id = ? AND {where}",  # noqa: S608
        [card_id, *values],
    )
    return _card(row) if row else None


async def find_finding(tenant_id: str, key: tuple[RuleCode, SubjectKind, str, str]) -> Card | None:
    """The card of a finding."""
    rule, kind, subject_id, occurrence = key
    row = await db.row(_FIND, [tenant_id, kind, subject_id, rule, occurrence])
    return _card(row) if row else None


async def events(card_id: str) -> list[CardEvent]:
    """A card's history, oldest first."""
    found = await db.rows("SELECT * FROM supervision_card_events WHERE card_id = ? ORDER BY seq", [card_id])
    return [event_of(row) for row in found]


async def about(tenant_id: str, kind: SubjectKind, subject_id: str) -> list[Card]:
    """Every card about one subject, oldest first; sees the current transaction."""
    found = await db.rows(
        "SELECT * FROM supervision_cards WHERE tenant_id = ? AND subject_kind = ? AND subject_id = ?"
        " ORDER BY id",
        [tenant_id, kind, subject_id],
    )
    return [_card(row) for row in found]


async def open_of(tenant_id: str, rules: Sequence[RuleCode], *, limit: int) -> list[Card]:
    """Open cards of some rules, oldest first."""
    found = await db.rows(
        "SELECT * FROM supervision_cards WHERE tenant_id = ? AND is_open = 1"  # noqa: S608
        f" AND rule IN ({', '.join('?' * len(rules))}) ORDER BY id LIMIT ?",
        [tenant_id, *rules, limit],
    )
    return [_card(row) for row in found]


async def page(actor: Actor, asked: CardFilter) -> list[Card]:
    """A page of the cards this actor may know of."""
    where, values = reach(actor)
    terms = [where]
    if asked.state is None:
        terms.append("is_open = 1")
    for condition, value in (
        ("level = ?", asked.level),
        ("rule = ?", asked.rule),
        ("state = ?", asked.state),
        ("department_id = ?", asked.department_id),
        ("id < ?", asked.before),
    ):
        if value:
            terms.append(condition)
            values.append(value)
    found = await db.long_read(
        f"SELECT * FROM supervision_cards WHERE {' AND '.join(terms)} ORDER BY id DESC LIMIT ?",  # noqa: S608
        [*values, asked.limit],
    )
    return [_card(row) for row in found]


async def open_by_level(actor: Actor) -> dict[CardLevel, int]:
    """How many open cards of each level this actor may know of."""
    where, values = reach(actor)
    found = await db.long_read(
        "SELECT level, COUNT(*) AS cards FROM supervision_cards"  # noqa: S608
        f" WHERE {where} AND is_open = 1 GROUP BY level",
        values,
    )
    return {CardLevel(row["level"]): row["cards"] for row in found}


async def count_by(
    tenant_id: str, groups: Sequence[str], *, first: date, last: date
) -> list[Mapping[str, Any]]:
    """Cards that were not withdrawn, by some of `GROUPS`, of the days they happened on."""
    names = ", ".join(group for group in GROUPS if group in groups)
    return list(
        await db.long_read(
            f"SELECT {names}, COUNT(*) AS cards FROM supervision_cards"  # noqa: S608
            " WHERE tenant_id = ? AND happened_on >= ? AND happened_on <= ? AND state <> 'withdrawn'"
            f" GROUP BY {names} ORDER BY {names}",
            [tenant_id, first, last],
        )
    )


def _values(card: Card) -> list[Any]:
    return [
        card.id,
        card.tenant_id,
        card.rule,
        card.level,
        card.state,
        int(card.state in OPEN_STATES),
        card.stage,
        card.version,
        card.subject_kind,
        card.subject_id,
        card.subject_number,
        card.occurrence,
        card.on,
        card.seq,
        card.department_id,
        card.staff_id,
        card.item_id,
        card.href,
        facts_text(card.facts),
        card.opened_at,
        card.opened_at,
        card.prev_hash,
    ]


def _event_values(card: Card, event: CardEvent) -> list[Any]:
    return [
        card.tenant_id,
        card.id,
        event.seq,
        event.at,
        event.actor_id,
        event.actor_role,
        event.action,
        event.before,
        event.after,
        event.note,
        facts_text(event.facts),
        event.prev_hash,
        event.hash,
    ]


def event_of(row: Mapping[str, Any]) -> CardEvent:
    return CardEvent(
        subject_id=row["card_id"],
        seq=row["seq"],
        at=from_ms(row["at"]),
        actor_id=row["actor_id"],
        actor_role=Role(row["actor_role"]),
        action=CardAction(row["action"]),
        before=CardState(row["before"]),
        after=CardState(row["after"]),
        note=row["note"],
        facts=_facts.decode(row["facts"]),
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )


def _card(row: Mapping[str, Any]) -> Card:
    return Card(
        id=row["id"],
        tenant_id=row["tenant_id"],
        rule=RuleCode(row["rule"]),
        level=CardLevel(row["level"]),
        state=CardState(row["state"]),
        stage=row["stage"],
        version=row["version"],
        subject_kind=SubjectKind(row["subject_kind"]),
        subject_id=row["subject_id"],
        subject_number=row["subject_number"],
        occurrence=row["occurrence"],
        on=date.fromisoformat(row["happened_on"]),
        seq=row["seq"],
        department_id=row["department_id"],
        staff_id=row["staff_id"],
        item_id=row["item_id"],
        href=row["href"],
        facts=_facts.decode(row["facts"]),
        opened_at=from_ms(row["opened_at"]),
        prev_hash=row["prev_hash"],
    )
