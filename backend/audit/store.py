"""All queries of the audit log."""

import dataclasses
from collections.abc import Collection

from backend import db
from backend.audit.chain import START, AuditAction, Entry, Link, link
from backend.audit.tables import AuditRow
from backend.ids import new_id
from backend.instants import whole_ms

_NEXT = """
    INSERT INTO audit_head (tenant_id, number, hash) VALUES (?, 1, ?)
    ON CONFLICT (tenant_id) DO UPDATE SET number = audit_head.number + 1
    RETURNING number, hash
"""


async def add(entry: Entry) -> Link:
    """Append an entry; its number is set here. Two at once wait for each other."""
    async with db.in_transaction():
        head = await db.row(_NEXT, [entry.tenant_id, START])
        if head is None:
            raise RuntimeError("the upsert of the audit head gave no row")
        numbered = dataclasses.replace(entry, number=head["number"], at=whole_ms(entry.at))
        added = link(numbered, head["hash"])
        await AuditRow.create(
            id=new_id(),
            **{field.name: getattr(numbered, field.name) for field in dataclasses.fields(Entry)},
            prev_hash=added.prev_hash,
            hash=added.hash,
        )
        await db.rows("UPDATE audit_head SET hash = ? WHERE tenant_id = ?", [added.hash, entry.tenant_id])
    return added


async def all_of(tenant_id: str) -> list[Link]:
    """Every entry of a township, oldest first."""
    found = await AuditRow.filter(tenant_id=tenant_id).order_by("number")
    return [_link(each) for each in found]


async def latest(
    tenant_id: str, *, before: int | None, limit: int, only: Collection[AuditAction]
) -> list[Entry]:
    """The newest entries below a number, newest first."""
    found = AuditRow.filter(tenant_id=tenant_id).order_by("-number").limit(limit)
    if before is not None:
        found = found.filter(number__lt=before)
    if only:
        found = found.filter(action__in=list(only))
    return [_link(each).entry for each in await found]


async def about(tenant_id: str, subject_kind: str, subject_id: str) -> list[Entry]:
    """What was done with one subject, oldest first."""
    found = await AuditRow.filter(
        tenant_id=tenant_id, subject_kind=subject_kind, subject_id=subject_id
    ).order_by("number")
    return [_link(each).entry for each in found]


def _link(row: AuditRow) -> Link:
    entry = Entry(**{field.name: getattr(row, field.name) for field in dataclasses.fields(Entry)})
    return Link(entry, row.prev_hash, row.hash)
