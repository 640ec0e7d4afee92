"""Reads and writes rating devices. A code sets up one device once; a token is known to its device alone."""

from dataclasses import dataclass
from datetime import datetime

from backend.db import Row, insert_many, row, rows
from backend.instants import from_ms

_COLUMNS = ("id", "tenant_id", "window_id", "code_mark", "code_until", "made_at", "made_by")
_READ = "SELECT id, tenant_id, window_id, code_until, made_at, started_at, occasion_id, asked_at FROM review_terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A rating device; `occasion_id` is what its screen asks about since `asked_at`."""

    id: str
    tenant_id: str
    window_id: str
    code_until: datetime
    made_at: datetime
    started_at: datetime | None
    occasion_id: str
    asked_at: datetime | None


async def add(terminal: Terminal, *, code_mark: str, made_by: str) -> None:
    line = (
        terminal.id,
        terminal.tenant_id,
        terminal.window_id,
        code_mark,
        terminal.code_until,
        terminal.made_at,
        made_by,
    )
    await insert_many("review_terminal", _COLUMNS, [line])


async def start(code_mark: str, *, token_mark: str, at: datetime) -> bool:
    """Give the device that brings a code its token; False when the code is unknown, used or too old."""
    started = await rows(
        "UPDATE review_terminal SET code_mark = NULL, token_mark = ?, started_at = ? WHERE code_mark = ?"
        " AND code_until >= ? AND ended_at IS NULL RETURNING id",
        [token_mark, at, code_mark, at],
    )
    return bool(started)


async def find_by_mark(token_mark: str) -> Terminal | None:
    found = await row(f"{_READ} WHERE token_mark = ? AND ended_at IS NULL", [token_mark])
    return _terminal(found) if found else None


async def of_tenant(tenant_id: str) -> list[Terminal]:
    found = await rows(
        f"{_READ} WHERE tenant_id = ? AND ended_at IS NULL ORDER BY made_at DESC, id LIMIT 100", [tenant_id]
    )
    return [_terminal(line) for line in found]


async def windows(tenant_id: str) -> frozenset[str]:
    """Windows with a device that was set up and is in service."""
    found = await rows(
        "SELECT DISTINCT window_id FROM review_terminal"
        " WHERE tenant_id = ? AND started_at IS NOT NULL AND ended_at IS NULL",
        [tenant_id],
    )
    return frozenset(line["window_id"] for line in found)


async def end(tenant_id: str, terminal_id: str, *, at: datetime) -> bool:
    ended = await rows(
        "UPDATE review_terminal SET ended_at = ?, code_mark = NULL WHERE id = ? AND tenant_id = ?"
        " AND ended_at IS NULL RETURNING id",
        [at, terminal_id, tenant_id],
    )
    return bool(ended)


async def ask(tenant_id: str, window_id: str, occasion_id: str, *, at: datetime) -> None:
    """Let the devices of a window ask about this from now on."""
    await rows(
        "UPDATE review_terminal SET occasion_id = ?, asked_at = ? WHERE tenant_id = ? AND window_id = ?"
        " AND started_at IS NOT NULL AND ended_at IS NULL RETURNING id",
        [occasion_id, at, tenant_id, window_id],
    )


def _terminal(line: Row) -> Terminal:
    return Terminal(
        id=line["id"],
        tenant_id=line["tenant_id"],
        window_id=line["window_id"],
        code_until=from_ms(line["code_until"]),
        made_at=from_ms(line["made_at"]),
        started_at=None if line["started_at"] is None else from_ms(line["started_at"]),
        occasion_id=line["occasion_id"] or "",
        asked_at=None if line["asked_at"] is None else from_ms(line["asked_at"]),
    )
