"""Writes one decided move down: the subject's new standing and the history row, both or neither. Knows no feature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend import db
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import from_ms
from backend.register.moves import Moved, Step
from backend.vault import Vault

_EVENT = (
    "id",
    "tenant_id",
    "subject_id",
    "version",
    "at",
    "action",
    "before",
    "after",
    "actor_id",
    "actor_role",
    "sealed",
)


@dataclass(frozen=True, slots=True)
class Book:
    """A table of subjects with `version` and `state`, and the table of their moves."""

    subjects: str
    events: str

    def context(self, subject_id: str) -> str:
        return f"{self.events}:{subject_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who moves something, and when (aware UTC)."""

    tenant_id: str
    actor_id: str
    role: Role
    at: datetime


async def begin(
    book: Book,
    subject_id: str,
    *,
    action: StrEnum,
    state: StrEnum,
    by: Author,
    words: Mapping[str, str],
    vault: Vault,
) -> None:
    """The first row of a history: the subject itself is inserted by its own store, with version 1."""
    await _add(book, subject_id, (1, action, state, state), by=by, words=words, vault=vault)


async def record(
    book: Book,
    subject_id: str,
    *,
    version: int,
    step: Step[Any, Any],
    changes: Mapping[str, Any],
    by: Author,
    words: Mapping[str, str],
    vault: Vault,
) -> None:
    """Write `step` if nobody moved the subject since `version`.

    Args:
        changes: further columns of the subject.

    Raises:
        Fault: CASE_MOVED; nothing was written.
    """
    values = {"state": step.after, "version": version + 1, "changed_at": by.at, **changes}
    marks = ", ".join(f"{name} = ?" for name in values)
    async with db.in_transaction():
        moved = await db.rows(
            f"UPDATE {book.subjects} SET {marks} WHERE id = ? AND version = ? RETURNING id",  # noqa: S608
            [*values.values(), subject_id, version],
        )
        if not moved:
            raise Fault(ErrorCode.CASE_MOVED)
        event = (version + 1, step.action, step.before, step.after)
        await _add(book, subject_id, event, by=by, words=words, vault=vault)


async def history(book: Book, subject_id: str, *, vault: Vault) -> list[Moved]:
    """Every move of a subject, oldest first."""
    found = await db.rows(
        f"SELECT {', '.join(_EVENT)} FROM {book.events} WHERE subject_id = ? ORDER BY version",  # noqa: S608
        [subject_id],
    )
    return [
        Moved(
            version=line["version"],
            at=from_ms(line["at"]),
            action=line["action"],
            before=line["before"],
            after=line["after"],
            actor_id=line["actor_id"],
            actor_role=Role(line["actor_role"]),
            words=vault.open_json(line["sealed"], context=book.context(subject_id)),
        )
        for line in found
    ]


async def _add(
    book: Book,
    subject_id: str,
    event: tuple[int, StrEnum, StrEnum, StrEnum],
    *,
    by: Author,
    words: Mapping[str, str],
    vault: Vault,
) -> None:
    version, action, before, after = event
    sealed = vault.seal_json(
        {name: text for name, text in words.items() if text}, context=book.context(subject_id)
    )
    line = (
        new_id(),
        by.tenant_id,
        subject_id,
        version,
        by.at,
        action,
        before,
        after,
        by.actor_id,
        by.role,
        sealed,
    )
    await db.insert_many(book.events, _EVENT, [line])
