"""All queries of sessions, refresh tokens and wrong tries. What two requests could race for is one statement."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from tortoise.exceptions import OperationalError

from backend import db
from backend.instants import from_ms, to_ms
from backend.people.session import EndReason, Session

DATABASE_TROUBLE = (OperationalError, OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a background read may meet while the database is away."""

_COLUMNS = "id, tenant_id, citizen_id, staff_id, started_at, ends_at, ended_at"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What the refresh token led to; `reused` if it had been used before, which ended the session."""

    session: Session
    reused: bool


async def add(session: Session, refresh_hash: str, *, refresh_ends: datetime) -> None:
    """Write down a sign-in and its first refresh token."""
    async with db.in_transaction():
        await db.rows(
            "INSERT INTO session (id, tenant_id, citizen_id, staff_id, started_at, ends_at, end_reason)"
            " VALUES (?, ?, ?, ?, ?, ?, '')",
            [
                session.id,
                session.tenant_id,
                None if session.is_staff else session.person_id,
                session.person_id if session.is_staff else None,
                to_ms(session.started_at),
                to_ms(session.ends_at),
            ],
        )
        await add_refresh(session.id, refresh_hash, ends_at=refresh_ends)


async def add_refresh(session_id: str, refresh_hash: str, *, ends_at: datetime) -> None:
    await db.rows(
        "INSERT INTO refresh_token (hash, session_id, expires_at) VALUES (?, ?, ?)",
        [refresh_hash, session_id, to_ms(ends_at)],
    )


async def use_refresh(refresh_hash: str, *, at: datetime) -> Rotated | None:
    """Use up a refresh token: of two at once only one gets it. None: unknown, too old, or its session is over.

    A second use ends the session here and now, because one of the two users is a thief.
    """
    now = to_ms(at)
    used = await db.row(
        "UPDATE refresh_token SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ?"
        " RETURNING session_id",
        [now, refresh_hash, now],
    )
    if used is not None:
        session = await find(used["session_id"])
        return Rotated(session, reused=False) if session and session.is_open(at) else None
    spent = await db.row(
        "SELECT session_id FROM refresh_token WHERE hash = ? AND used_at IS NOT NULL", [refresh_hash]
    )
    if spent is None:
        return None
    await end([spent["session_id"]], EndReason.REFRESH_REUSED, at=at)
    session = await find(spent["session_id"])
    return Rotated(session, reused=True) if session else None


async def find(session_id: str) -> Session | None:
    found = await db.row(f"SELECT {_COLUMNS} FROM session WHERE id = ?", [session_id])  # noqa: S608
    return _session(found) if found else None


async def end(session_ids: Sequence[str], reason: EndReason, *, at: datetime) -> list[str]:
    """End sessions; the ids of those that were open."""
    if not session_ids:
        return []
    marks = ", ".join("?" * len(session_ids))
    ended = await db.rows(
        f"UPDATE session SET ended_at = ?, end_reason = ? WHERE id IN ({marks}) AND ended_at IS NULL"  # noqa: S608
        " RETURNING id",
        [to_ms(at), reason.value, *session_ids],
    )
    return [row["id"] for row in ended]


async def end_all_of_staff(staff_id: str, reason: EndReason, *, at: datetime) -> list[str]:
    """End every open session of a member of staff; their ids."""
    ended = await db.rows(
        "UPDATE session SET ended_at = ?, end_reason = ? WHERE staff_id = ? AND ended_at IS NULL RETURNING id",
        [to_ms(at), reason.value, staff_id],
    )
    return [row["id"] for row in ended]


async def ended_since(since: datetime) -> list[tuple[str, datetime]]:
    """Sessions ended at or after `since`, by any process."""
    found = await db.long_read("SELECT id, ended_at FROM session WHERE ended_at >= ?", [to_ms(since)])
    return [(row["id"], from_ms(row["ended_at"])) for row in found]


async def forget_before(at: datetime) -> None:
    """Delete refresh tokens that have run out, and tries nobody remembers after a day."""
    await db.rows("DELETE FROM refresh_token WHERE expires_at < ?", [to_ms(at)])
    await db.rows("DELETE FROM sign_in_try WHERE last_at < ?", [to_ms(at - timedelta(days=1))])


async def count_try(key: str, *, at: datetime, forget_before: datetime) -> int | None:
    """Count one try before its outcome is known, so that tries at once cannot outrun the count.

    Returns:
        How many tries there have been in a row, this one included; None while the name is locked.
    """
    now = to_ms(at)
    counted = await db.row(
        "INSERT INTO sign_in_try (key, tries, last_at) VALUES (?, 1, ?)"
        " ON CONFLICT (key) DO UPDATE SET"
        " tries = CASE WHEN sign_in_try.last_at < ? THEN 1 ELSE sign_in_try.tries + 1 END,"
        " last_at = excluded.last_at"
        " WHERE sign_in_try.locked_until IS NULL OR sign_in_try.locked_until <= ? RETURNING tries",
        [key, now, to_ms(forget_before), now],
    )
    return int(counted["tries"]) if counted else None


async def lock(key: str, until: datetime) -> None:
    await db.rows("UPDATE sign_in_try SET locked_until = ? WHERE key = ?", [to_ms(until), key])


async def locked_until(key: str) -> datetime | None:
    found = await db.row("SELECT locked_until FROM sign_in_try WHERE key = ?", [key])
    return from_ms(found["locked_until"]) if found and found["locked_until"] is not None else None


async def forget_tries(key: str) -> None:
    await db.rows("DELETE FROM sign_in_try WHERE key = ?", [key])


def _session(row: db.Row) -> Session:
    return Session(
        id=row["id"],
        tenant_id=row["tenant_id"],
        person_id=row["staff_id"] or row["citizen_id"],
        is_staff=row["staff_id"] is not None,
        started_at=from_ms(row["started_at"]),
        ends_at=from_ms(row["ends_at"]),
        ended_at=from_ms(row["ended_at"]) if row["ended_at"] is not None else None,
    )
