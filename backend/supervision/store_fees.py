"""All queries of money taken for cases."""

from dataclasses import dataclass
from datetime import datetime

from backend import db
from backend.instants import from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """Money taken for a case; `allowed_fen`: what the item's published fee allows."""

    id: str
    case_id: str
    rid: str
    amount_fen: int
    allowed_fen: int
    paper: str
    is_outside: bool
    entered_by: str
    entered_at: datetime


async def add_fee(tenant_id: str, fee: Fee) -> bool:
    """Write a fee down; False when its `rid` is there already."""
    added = await db.row(
        "INSERT INTO supervision_fees (id, tenant_id, case_id, rid, amount_fen, allowed_fen, paper, is_outside,"
        " entered_by, entered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (tenant_id, rid) DO NOTHING RETURNING id",
        [
            fee.id,
            tenant_id,
            fee.case_id,
            fee.rid,
            fee.amount_fen,
            fee.allowed_fen,
            fee.paper,
            int(fee.is_outside),
            fee.entered_by,
            fee.entered_at,
        ],
    )
    return added is not None


async def fees(tenant_id: str, case_id: str) -> list[Fee]:
    """What was taken for a case, in order."""
    found = await db.rows(
        "SELECT * FROM supervision_fees WHERE tenant_id = ? AND case_id = ? ORDER BY id", [tenant_id, case_id]
    )
    return [
        Fee(
            id=row["id"],
            case_id=row["case_id"],
            rid=row["rid"],
            amount_fen=row["amount_fen"],
            allowed_fen=row["allowed_fen"],
            paper=row["paper"],
            is_outside=bool(row["is_outside"]),
            entered_by=row["entered_by"],
            entered_at=from_ms(row["entered_at"]),
        )
        for row in found
    ]
