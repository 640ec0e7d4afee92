"""All queries of documents: giving numbers, keeping what was issued, ending what no longer holds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from api_spec.document_terms import DocumentKind, DocumentState, DocumentSubject
from backend import db
from backend.documents.document import Entry, Standing
from backend.instants import from_ms

_TAKE: Final = """
    INSERT INTO document_series (tenant_id, kind, year, taken) VALUES (?, ?, ?, 1)
    ON CONFLICT (tenant_id, kind, year) DO UPDATE SET taken = document_series.taken + 1
    RETURNING taken
"""
_COLUMNS: Final = (
    "id",
    "tenant_id",
    "subject",
    "subject_id",
    "department_id",
    "kind",
    "year",
    "serial",
    "number",
    "event_seq",
    "edition",
    "code",
    "confidential",
    "issued_at",
    "issued_by",
    "fingerprint",
    "sealed",
    "state",
    "ended_at",
    "ended_by",
    "end_reason",
    "replaced_by",
)
_ENTRY: Final = (
    "SELECT id, tenant_id, subject, subject_id, department_id, kind, number, code, event_seq, edition, confidential,"
    " issued_at, issued_by, fingerprint, state, ended_at, ended_by, end_reason, replaced_by FROM document"
)
_END: Final = """
    UPDATE document SET state = ?, ended_at = ?, ended_by = ?, end_reason = ?, replaced_by = ?
    WHERE id = ? AND (state = 'valid' OR (state = 'suspended' AND ? <> 'suspended')) RETURNING id
"""


async def take_serial(tenant_id: str, kind: DocumentKind, year: int) -> int:
    """The next number of a series, kept from everybody else until the commit; a rollback gives it back."""
    row = await db.row(_TAKE, [tenant_id, kind, year])
    if row is None:
        raise RuntimeError("the upsert of the series gave no row")
    return int(row["taken"])


async def add(entry: Entry, *, year: int, serial: int, sealed: bytes) -> bool:
    """Keep a document; False if one was issued for this event and edition already."""
    added = await db.insert_many(
        "document",
        _COLUMNS,
        [
            (
                entry.id,
                entry.tenant_id,
                entry.subject,
                entry.subject_id,
                entry.department_id,
                entry.kind,
                year,
                serial,
                entry.number,
                entry.event_seq,
                entry.edition,
                entry.code,
                int(entry.confidential),
                entry.issued_at,
                entry.issued_by,
                entry.fingerprint,
                sealed,
                DocumentState.VALID,
                None,
                "",
                "",
                "",
            )
        ],
        conflict="ON CONFLICT (subject_id, kind, event_seq, edition) DO NOTHING",
        returning="id",
    )
    return bool(added)


async def end(
    document_id: str, state: DocumentState, *, by: str, reason: str, at: datetime, replaced_by: str = ""
) -> bool:
    """Let a document hold no longer; False if it had ended already."""
    return await db.row(_END, [state, at, by, reason, replaced_by, document_id, state]) is not None


async def of_subject(subject_id: str) -> list[Entry]:
    """Every document of a case or an errand, in the order in which they were issued."""
    found = await db.rows(f"{_ENTRY} WHERE subject_id = ? ORDER BY issued_at, event_seq, id", [subject_id])
    return [_entry(row) for row in found]


async def find(document_id: str) -> Entry | None:
    row = await db.row(f"{_ENTRY} WHERE id = ?", [document_id])
    return _entry(row) if row else None


async def find_by_code(code: str) -> Entry | None:
    row = await db.row(f"{_ENTRY} WHERE code = ?", [code])
    return _entry(row) if row else None


async def sealed(document_ids: Sequence[str]) -> dict[str, bytes]:
    """What was issued, still sealed, by id."""
    if not document_ids:
        return {}
    marks = ", ".join("?" * len(document_ids))
    found = await db.rows(f"SELECT id, sealed FROM document WHERE id IN ({marks})", document_ids)  # noqa: S608
    return {row["id"]: bytes(row["sealed"]) for row in found}


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        tenant_id=row["tenant_id"],
        subject=DocumentSubject(row["subject"]),
        subject_id=row["subject_id"],
        department_id=row["department_id"],
        kind=DocumentKind(row["kind"]),
        number=row["number"],
        code=row["code"],
        event_seq=row["event_seq"],
        edition=row["edition"],
        confidential=bool(row["confidential"]),
        issued_at=from_ms(row["issued_at"]),
        issued_by=row["issued_by"],
        fingerprint=row["fingerprint"],
        standing=Standing(
            state=DocumentState(row["state"]),
            ended_at=None if row["ended_at"] is None else from_ms(row["ended_at"]),
            by=row["ended_by"],
            reason=row["end_reason"],
            replaced_by=row["replaced_by"],
        ),
    )
