"""Writing referrals down and reading a month of them. Rows never leave this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend import db
from backend.instants import from_ms

_COLUMNS = (
    "id",
    "tenant_id",
    "day",
    "subject",
    "go_to",
    "phone",
    "basis",
    "department_id",
    "by_id",
    "at",
)
_MONTH = "FROM referrals WHERE tenant_id = ? AND day >= ? AND day < ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One request that is on no list. Nothing in it says who asked."""

    id: str
    day: date
    subject: str
    go_to: str
    phone: str
    basis: str
    department_id: str
    by_id: str
    at: datetime


async def add(tenant_id: str, one: Referral) -> None:
    values = [
        one.id,
        tenant_id,
        one.day,
        one.subject,
        one.go_to,
        one.phone,
        one.basis,
        one.department_id,
        one.by_id,
        one.at,
    ]
    await db.insert_many("referrals", _COLUMNS, [values])


async def between(tenant_id: str, first: date, before: date, *, limit: int) -> list[Referral]:
    """The newest of some days."""
    rows = await db.long_read(
        f"SELECT * {_MONTH} ORDER BY day DESC, id DESC LIMIT ?",
        [tenant_id, first, before, limit],
    )
    return [_referral(row) for row in rows]


async def count(tenant_id: str, first: date, before: date) -> int:
    [row] = await db.long_read(f"SELECT COUNT(*) AS total {_MONTH}", [tenant_id, first, before])
    return int(row["total"])


def _referral(row: Mapping[str, Any]) -> Referral:
    return Referral(
        id=row["id"],
        day=date.fromisoformat(row["day"]),
        subject=row["subject"],
        go_to=row["go_to"],
        phone=row["phone"],
        basis=row["basis"],
        department_id=row["department_id"],
        by_id=row["by_id"],
        at=from_ms(row["at"]),
    )
