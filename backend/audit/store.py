"""All queries of the audit log."""

import dataclasses
from collections.abc import Collection

from backend import db
from backend.audit.chain import START, AuditAction, Entry, Link, link
from backend.audit.histories import Search
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


async def links_after(tenant_id: str, number: int, *, limit: int) -> list[Link]:
    """Entries above a number, oldest first."""
    found = await AuditRow.filter(tenant_id=tenant_id, number__gt=number).order_by("number").limit(limit)
    return [_link(each) for each in found]


async def find_hash(tenant_id: str, number: int) -> bytes | None:
    """The hash kept with an entry."""
    row = await db.row("SELECT hash FROM audit_log WHERE tenant_id = ? AND number = ?", [tenant_id, number])
    return bytes(row["hash"]) if row else None


async def head(tenant_id: str) -> tuple[int, bytes]:
    """Number and hash of the last entry, as whoever adds the next one finds them; 0 and the start without any."""
    row = await db.row("SELECT number, hash FROM audit_head WHERE tenant_id = ?", [tenant_id])
    return (row["number"], bytes(row["hash"])) if row else (0, START)


async def search(asked: Search) -> list[Entry]:
    """Entries found, newest first."""
    found = AuditRow.filter(tenant_id=asked.tenant_id).order_by("-number").limit(asked.limit)
    if asked.before is not None:
        found = found.filter(number__lt=asked.before)
    if asked.actor_id:
        found = found.filter(actor_id=asked.actor_id)
    if asked.subject_id:
        found = found.filter(subject_id=asked.subject_id)
    if asked.action:
        found = found.filter(action=asked.action)
    if asked.since is not None:
        found = found.filter(at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(at__lt=asked.until)
    return [_link(each).entry for each in await found]


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
