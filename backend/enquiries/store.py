"""Reads and writes enquiries and the office's own reply templates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from api_spec.complaint_terms import EnquiryChannel, EnquiryState
from backend.db import Row, insert_many, row, rows
from backend.enquiries.enquiry import Enquiry
from backend.enquiries.machine import Standing
from backend.ids import new_id
from backend.instants import from_ms
from backend.register.store_moves import Book

BOOK: Final = Book("enquiry", "enquiry_event")
_COLUMNS: Final = (
    "id",
    "tenant_id",
    "rid",
    "code_mark",
    "channel",
    "state",
    "version",
    "is_open",
    "first_id",
    "holder_id",
    "offered_id",
    "citizen_id",
    "sealed",
    "answer",
    "asked_at",
    "changed_at",
)
_READ: Final = (
    "SELECT id, tenant_id, version, channel, state, first_id, holder_id, offered_id, citizen_id, asked_at, changed_at,"
    " sealed, answer FROM enquiry"
)


async def add(enquiry: Enquiry, *, rid: str, code_mark: str) -> bool:
    """Whether it was not there yet."""
    standing = enquiry.standing
    line = (
        enquiry.id,
        enquiry.tenant_id,
        rid,
        code_mark,
        enquiry.channel,
        standing.state,
        enquiry.version,
        int(standing.state is not EnquiryState.ANSWERED),
        standing.first_id,
        standing.holder_id,
        "",
        enquiry.citizen_id,
        enquiry.sealed,
        enquiry.answer,
        enquiry.asked_at,
        enquiry.changed_at,
    )
    return bool(
        await insert_many(
            "enquiry", _COLUMNS, [line], conflict="ON CONFLICT (rid) DO NOTHING", returning="id"
        )
    )


async def find(tenant_id: str, enquiry_id: str) -> Enquiry | None:
    found = await row(f"{_READ} WHERE id = ? AND tenant_id = ?", [enquiry_id, tenant_id])
    return _enquiry(found) if found else None


async def find_by_rid(rid: str) -> Enquiry | None:
    found = await row(f"{_READ} WHERE rid = ?", [rid])
    return _enquiry(found) if found else None


async def find_by_mark(code_mark: str) -> Enquiry | None:
    found = await row(f"{_READ} WHERE code_mark = ?", [code_mark])
    return _enquiry(found) if found else None


async def of_citizen(citizen_id: str, *, limit: int) -> list[Enquiry]:
    found = await rows(
        f"{_READ} WHERE citizen_id = ? ORDER BY asked_at DESC, id DESC LIMIT ?", [citizen_id, limit]
    )
    return [_enquiry(line) for line in found]


def _mine(staff_id: str | None) -> tuple[str, list[str]]:
    """None: everybody's."""
    if staff_id is None:
        return "", []
    return (
        " AND (state = 'waiting' OR holder_id = ? OR offered_id = ? OR first_id = ?)",
        [staff_id, staff_id, staff_id],
    )


async def listed(tenant_id: str, *, staff_id: str | None, is_open: bool, limit: int) -> list[Enquiry]:
    """Open ones longest unmoved first, answered ones the latest first."""
    where, args = _mine(staff_id)
    order = "changed_at, id" if is_open else "changed_at DESC, id DESC"
    found = await rows(
        f"{_READ} WHERE tenant_id = ? AND is_open = ?{where} ORDER BY {order} LIMIT ?",
        [tenant_id, int(is_open), *args, limit],
    )
    return [_enquiry(line) for line in found]


async def count(tenant_id: str, *, staff_id: str | None, before: datetime) -> tuple[int, int]:
    """How many are open, and how many of them nobody moved since `before`."""
    where, args = _mine(staff_id)
    found = await rows(
        "SELECT COUNT(*) AS number, SUM(CASE WHEN changed_at < ? THEN 1 ELSE 0 END) AS late FROM enquiry"  # noqa: S608
        f" WHERE tenant_id = ? AND is_open = 1{where}",
        [before, tenant_id, *args],
    )
    return int(found[0]["number"]), int(found[0]["late"] or 0)


def changes_of(standing: Standing) -> Mapping[str, Any]:
    """The columns a move writes beside state and version."""
    return {
        "is_open": int(standing.state is not EnquiryState.ANSWERED),
        "first_id": standing.first_id,
        "holder_id": standing.holder_id,
        "offered_id": standing.offered_id,
    }


async def templates(tenant_id: str) -> list[tuple[str, str, str]]:
    """Id, title and text of every reply template, by title."""
    found = await rows(
        "SELECT id, title, text FROM reply_template WHERE tenant_id = ? ORDER BY title LIMIT 200", [tenant_id]
    )
    return [(line["id"], line["title"], line["text"]) for line in found]


async def put_template(tenant_id: str, title: str, text: str, *, by: str, at: datetime) -> None:
    """Add a template, or put a new text under its title."""
    await insert_many(
        "reply_template",
        ("id", "tenant_id", "title", "text", "made_by", "at"),
        [(new_id(), tenant_id, title, text, by, at)],
        conflict="ON CONFLICT (tenant_id, title) DO UPDATE SET text = excluded.text, made_by = excluded.made_by,"
        " at = excluded.at",
    )


async def drop_template(tenant_id: str, template_id: str) -> None:
    await rows(
        "DELETE FROM reply_template WHERE id = ? AND tenant_id = ? RETURNING id", [template_id, tenant_id]
    )


def _enquiry(line: Row) -> Enquiry:
    return Enquiry(
        id=line["id"],
        tenant_id=line["tenant_id"],
        version=line["version"],
        channel=EnquiryChannel(line["channel"]),
        standing=Standing(
            state=EnquiryState(line["state"]),
            first_id=line["first_id"],
            holder_id=line["holder_id"],
            offered_id=line["offered_id"],
        ),
        citizen_id=line["citizen_id"],
        asked_at=from_ms(line["asked_at"]),
        changed_at=from_ms(line["changed_at"]),
        sealed=line["sealed"],
        answer=line["answer"],
    )
