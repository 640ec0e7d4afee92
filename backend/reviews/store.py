"""Reads and writes occasions and ratings. That each is rated once is the unique key's doing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from api_spec.review_terms import Occasion, ReviewLevel, ReviewReason
from api_spec.vocabulary import WindowType
from backend.db import Row, insert_many, long_read, row, rows
from backend.instants import from_ms
from backend.reviews.review import Rateable, Rating, Shown
from backend.reviews.rules import Mark

TICKETLESS: Final = "contact:asked:"
"""How the keys of contacts begin that a clerk asked about, with no ticket and no case behind them."""
_OCCASION: Final = (
    "id",
    "tenant_id",
    "kind",
    "subject_key",
    "token_mark",
    "tracking_code",
    "window_type",
    "window_id",
    "department_id",
    "staff_id",
    "village_id",
    "item_id",
    "item_name",
    "citizen_id",
    "contact",
    "phone_index",
    "opened_at",
)
_REVIEW: Final = (
    "id",
    "tenant_id",
    "occasion_id",
    "kind",
    "level",
    "reasons",
    "words",
    "contact",
    "channel",
    "terminal_id",
    "window_type",
    "window_id",
    "department_id",
    "village_id",
    "item_id",
    "item_name",
    "at",
    "shown_on",
    "shuffle",
)
_READ: Final = (
    "SELECT o.id, o.tenant_id, o.kind, o.subject_key, o.window_type, o.window_id, o.department_id, o.staff_id,"
    " o.village_id, o.item_id, o.item_name, o.citizen_id, o.tracking_code, o.opened_at, o.rated_at"
    " FROM review_occasion o"
)


async def open_occasion(
    occasion: Rateable, *, token_mark: str, contact: bytes | None, phone_index: str | None
) -> bool:
    """Add what may be rated; whether it was not there yet."""
    line = (
        occasion.id,
        occasion.tenant_id,
        occasion.kind,
        occasion.subject_key,
        token_mark,
        occasion.tracking_code,
        occasion.window_type,
        occasion.window_id,
        occasion.department_id,
        occasion.staff_id,
        occasion.village_id,
        occasion.item_id,
        occasion.item_name,
        occasion.citizen_id,
        contact,
        phone_index,
        occasion.opened_at,
    )
    return bool(
        await insert_many(
            "review_occasion", _OCCASION, [line], conflict="ON CONFLICT DO NOTHING", returning="id"
        )
    )


async def add_review(
    review_id: str,
    occasion: Rateable,
    rating: Rating,
    *,
    words: bytes | None,
    contact: bytes | None,
    at: datetime,
    shown_on: date,
    shuffle: int,
) -> bool:
    """Add the one rating of an occasion; False when somebody was first. Forgets whom an invitation would have reached."""
    line = (
        review_id,
        occasion.tenant_id,
        occasion.id,
        occasion.kind,
        rating.level,
        "[" + ", ".join(f'"{reason.value}"' for reason in rating.reasons) + "]",
        words,
        contact,
        rating.channel,
        rating.terminal_id,
        occasion.window_type,
        occasion.window_id,
        occasion.department_id,
        occasion.village_id,
        occasion.item_id,
        occasion.item_name,
        at,
        shown_on,
        shuffle,
    )
    added = await insert_many(
        "review", _REVIEW, [line], conflict="ON CONFLICT (occasion_id) DO NOTHING", returning="id"
    )
    if added:
        await rows(
            "UPDATE review_occasion SET rated_at = ?, contact = NULL, phone_index = NULL WHERE id = ?",
            [at, occasion.id],
        )
    return bool(added)


async def find(occasion_id: str) -> Rateable | None:
    found = await row(f"{_READ} WHERE o.id = ?", [occasion_id])
    return _rateable(found) if found else None


async def find_by_mark(token_mark: str) -> Rateable | None:
    found = await row(f"{_READ} WHERE o.token_mark = ?", [token_mark])
    return _rateable(found) if found else None


async def find_by_subject(subject_key: str) -> Rateable | None:
    found = await row(f"{_READ} WHERE o.subject_key = ?", [subject_key])
    return _rateable(found) if found else None


async def newest_unrated(phone_index: str) -> Rateable | None:
    """The occasion an SMS answer is about: the latest one its phone was invited to rate."""
    found = await row(
        f"{_READ} WHERE o.phone_index = ? AND o.rated_at IS NULL AND o.invited_at IS NOT NULL"
        " ORDER BY o.invited_at DESC, o.id DESC LIMIT 1",
        [phone_index],
    )
    return _rateable(found) if found else None


async def of_citizen(citizen_id: str, *, limit: int) -> list[Rateable]:
    """A citizen's own, the latest first, with the level they gave."""
    found = await rows(
        _READ.replace(" FROM ", ", r.level FROM ")
        + " LEFT JOIN review r ON r.occasion_id = o.id WHERE o.citizen_id = ?"
        " ORDER BY o.opened_at DESC, o.id DESC LIMIT ?",
        [citizen_id, limit],
    )
    return [_rateable(line) for line in found]


async def uninvited(tenant_id: str, *, opened_after: datetime, before: datetime, limit: int) -> list[Row]:
    """Unrated matters with somebody to reach that nobody was reminded of yet."""
    return await rows(
        "SELECT id, tenant_id, citizen_id, contact, item_name FROM review_occasion WHERE tenant_id = ?"
        " AND rated_at IS NULL AND invited_at IS NULL AND opened_at > ? AND opened_at <= ?"
        " AND kind <> 'contact' AND (contact IS NOT NULL OR citizen_id <> '') ORDER BY opened_at, id LIMIT ?",
        [tenant_id, opened_after, before, limit],
    )


async def mark_invited(occasion_ids: Sequence[str], *, at: datetime) -> list[str]:
    """Which of these nobody had marked before: each is invited once, whoever asks at the same time."""
    marked = []
    for occasion_id in occasion_ids:
        marked += await rows(
            "UPDATE review_occasion SET invited_at = ? WHERE id = ? AND invited_at IS NULL AND rated_at IS NULL"
            " RETURNING id",
            [at, occasion_id],
        )
    return [line["id"] for line in marked]


async def asked(tenant_id: str, window_id: str, *, since: datetime) -> tuple[datetime | None, int]:
    """When a window last asked somebody without a ticket since then, and how often it did."""
    found = await row(
        "SELECT MAX(opened_at) AS latest, COUNT(*) AS number FROM review_occasion WHERE tenant_id = ?"
        " AND opened_at >= ? AND window_id = ? AND subject_key LIKE ?",
        [tenant_id, since, window_id, f"{TICKETLESS}%"],
    )
    if found is None or found["latest"] is None:
        return None, 0
    return from_ms(found["latest"]), int(found["number"])


async def released(
    tenant_id: str, *, department_id: str | None, today: date, limit: int
) -> list[tuple[Row, Shown]]:
    """Ratings the rated side may see by now, those of one day in an order that says nothing; None: every department.

    With each row of sealed words.
    """
    where, args = ("", []) if department_id is None else (" AND department_id = ?", [department_id])
    found = await long_read(
        "SELECT id, level, reasons, words, kind, window_type, shown_on FROM review"  # noqa: S608
        f" WHERE tenant_id = ? AND shown_on <= ?{where} ORDER BY shown_on DESC, shuffle, id LIMIT ?",
        [tenant_id, today.isoformat(), *args, limit],
    )
    return [(line, _shown(line)) for line in found]


async def levels(
    tenant_id: str, *, since: datetime, today: date, department_id: str | None = None
) -> list[Row]:
    """How many of each level a window type has, of ratings already shown: window_type, level, ticketless, number."""
    where, args = ("", []) if department_id is None else (" AND r.department_id = ?", [department_id])
    return await long_read(
        "SELECT window_type, level, ticketless, COUNT(*) AS number FROM (SELECT r.window_type, r.level,"  # noqa: S608
        " CASE WHEN o.subject_key LIKE ? THEN 1 ELSE 0 END AS ticketless FROM review r"
        " JOIN review_occasion o ON o.id = r.occasion_id"
        f" WHERE r.tenant_id = ? AND r.at >= ? AND r.shown_on <= ?{where}) AS given"
        " GROUP BY window_type, level, ticketless",
        [f"{TICKETLESS}%", tenant_id, since, today.isoformat(), *args],
    )


async def unrated(
    tenant_id: str, *, since: datetime, before: datetime, department_id: str | None = None
) -> list[Row]:
    """How many occasions of a window type nobody rated: window_type, number; those without a ticket do not count."""
    where, args = ("", []) if department_id is None else (" AND department_id = ?", [department_id])
    return await long_read(
        "SELECT window_type, COUNT(*) AS number FROM review_occasion"  # noqa: S608
        f" WHERE tenant_id = ? AND opened_at >= ? AND opened_at < ? AND rated_at IS NULL{where}"
        " AND subject_key NOT LIKE ? GROUP BY window_type",
        [tenant_id, since, before, *args, f"{TICKETLESS}%"],
    )


async def bad_reasons(
    tenant_id: str, *, first: datetime, before: datetime, today: date, department_id: str | None = None
) -> list[tuple[str, ...]]:
    """The indicators each bad rating of a time rests on, of those already shown."""
    where, args = ("", []) if department_id is None else (" AND department_id = ?", [department_id])
    found = await long_read(
        "SELECT reasons FROM review WHERE tenant_id = ? AND level IN (?, ?)"  # noqa: S608
        f" AND at >= ? AND at < ? AND shown_on <= ?{where}",
        [tenant_id, ReviewLevel.BAD, ReviewLevel.VERY_BAD, first, before, today.isoformat(), *args],
    )
    return [reasons_of(line) for line in found]


async def marks(tenant_id: str, *, since: datetime) -> list[Mark]:
    """Ratings as numbers, the earliest first."""
    found = await long_read(
        "SELECT at, level, window_id, department_id, terminal_id FROM review"
        " WHERE tenant_id = ? AND at >= ? ORDER BY at, id",
        [tenant_id, since],
    )
    return [
        Mark(
            at=from_ms(line["at"]),
            level=ReviewLevel(line["level"]),
            window_id=line["window_id"],
            department_id=line["department_id"],
            terminal_id=line["terminal_id"],
        )
        for line in found
    ]


async def forget_contacts(before: datetime) -> int:
    """Nobody is invited to what was opened before: give up whom an invitation would have reached."""
    forgotten = await rows(
        "UPDATE review_occasion SET contact = NULL, phone_index = NULL WHERE opened_at < ? AND phone_index IS NOT NULL"
        " RETURNING id",
        [before],
    )
    return len(forgotten)


def reasons_of(line: Row) -> tuple[str, ...]:
    """The indicators of a stored rating in the office's words."""
    known = {reason.value: reason.zh for reason in ReviewReason}
    stored = line["reasons"].strip("[]").replace('"', "")
    return tuple(known[part.strip()] for part in stored.split(",") if part.strip() in known)


def _shown(line: Row) -> Shown:
    return Shown(
        id=line["id"],
        level=ReviewLevel(line["level"]),
        reasons=reasons_of(line),
        words="",
        kind=Occasion(line["kind"]),
        window_type=WindowType(line["window_type"]),
        shown_on=date.fromisoformat(line["shown_on"]),
    )


def _rateable(line: Row) -> Rateable:
    return Rateable(
        id=line["id"],
        tenant_id=line["tenant_id"],
        kind=Occasion(line["kind"]),
        subject_key=line["subject_key"],
        window_type=WindowType(line["window_type"]),
        window_id=line["window_id"],
        department_id=line["department_id"],
        staff_id=line["staff_id"],
        village_id=line["village_id"],
        item_id=line["item_id"],
        item_name=line["item_name"],
        citizen_id=line["citizen_id"],
        tracking_code=line["tracking_code"],
        opened_at=from_ms(line["opened_at"]),
        rated_at=None if line["rated_at"] is None else from_ms(line["rated_at"]),
        level=ReviewLevel(line["level"]) if line.get("level") else None,
    )
