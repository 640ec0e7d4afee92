"""Hand-over lists in the database. Rows never leave this file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Partner, Role
from backend import db
from backend.actors import Actor
from backend.faults import Fault
from backend.instants import from_ms
from backend.proxy.records import Handover, Row
from backend.proxy.store import TOWNSHIP_WIDE, as_row

_COLUMNS = ("id", "tenant_id", "number", "partner", "count", "digest", "made_by", "made_at")
_TAKE = """
    INSERT INTO handover_serials (tenant_id, taken) VALUES (?, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET taken = handover_serials.taken + 1
    RETURNING taken
"""
_SIGN = """
    UPDATE handovers SET receipt = ?, received_at = ? WHERE id = ? AND receipt IS NULL RETURNING id
"""


def _reach(actor: Actor) -> tuple[str, list[Any]]:
    """The one door: the township's people know every list, a partner's clerk that partner's."""
    if actor.has(TOWNSHIP_WIDE | {Role.WINDOW}):
        return "tenant_id = ?", [actor.tenant_id]
    if actor.has({Role.PARTNER}) and actor.partner:
        return "tenant_id = ? AND partner = ?", [actor.tenant_id, actor.partner]
    return "1 = 0", []


async def take_number(tenant_id: str) -> int:
    """The next list's number, kept from everybody else until the commit."""
    row = await db.row(_TAKE, [tenant_id])
    if row is None:
        raise RuntimeError("the upsert of the serial gave no row")
    return int(row["taken"])


async def add(handover: Handover, errand_ids: Sequence[str]) -> None:
    """Write a list and its lines, inside the caller's transaction."""
    await db.insert_many("handovers", _COLUMNS, [[getattr(handover, name) for name in _COLUMNS]])
    await db.insert_many(
        "handover_lines",
        ("handover_id", "errand_id", "place"),
        [(handover.id, errand_id, place) for place, errand_id in enumerate(errand_ids, 1)],
    )


async def load(handover_id: str, actor: Actor) -> tuple[Handover, list[Row]]:
    """A list with its errands, in order.

    Raises:
        Fault: NOT_FOUND no such list, or none this actor may know of.
    """
    where, values = _reach(actor)
    row = await db.row(
        f"SELECT * FROM handovers WHERE id = ? AND {where}",  # noqa: S608
        [handover_id, *values],
    )
    if row is None:
        raise Fault(ErrorCode.NOT_FOUND)
    lines = await db.rows(
        "SELECT errands.* FROM handover_lines JOIN errands ON errands.id = handover_lines.errand_id"
        " WHERE handover_lines.handover_id = ? ORDER BY handover_lines.place",
        [handover_id],
    )
    return _handover(row), [as_row(line) for line in lines]


async def page(actor: Actor, *, partner: Partner | None, before: int, limit: int) -> list[Handover]:
    """Lists, newest first; `before` is the last number of the page before."""
    where, values = _reach(actor)
    if partner:
        where, values = f"{where} AND partner = ?", [*values, partner]
    found = await db.long_read(
        f"SELECT * FROM handovers WHERE {where} AND number < ? ORDER BY number DESC LIMIT ?",  # noqa: S608
        [*values, before, limit],
    )
    return [_handover(row) for row in found]


async def sign(handover_id: str, receipt: str, *, at: datetime) -> None:
    """Note the partner's receipt.

    Raises:
        Fault: ACTION_NOT_ALLOWED it has been signed for.
    """
    if await db.row(_SIGN, [receipt, at, handover_id]) is None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, needs="not_received")


def _handover(row: Mapping[str, Any]) -> Handover:
    return Handover(
        id=row["id"],
        tenant_id=row["tenant_id"],
        number=row["number"],
        partner=Partner(row["partner"]),
        count=row["count"],
        digest=row["digest"],
        made_by=row["made_by"],
        made_at=from_ms(row["made_at"]),
        receipt=row["receipt"] or "",
        received_at=from_ms(row["received_at"]) if row["received_at"] is not None else None,
    )
