"""All queries of items, their versions and packs. Rows never leave this file."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from tortoise.exceptions import IntegrityError

from api_spec.catalogue import Item
from api_spec.errors import ErrorCode
from backend import db
from backend.catalogue.tables import ItemVersionRow, PackRow
from backend.catalogue.values import Draft, PackBytes, Version
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import to_ms

_LATEST = """
    SELECT item_version.id FROM item_version JOIN item ON item.id = item_version.item_id
    WHERE item.tenant_id = ? AND item_version.version = (
        SELECT MAX(newer.version) FROM item_version AS newer WHERE newer.item_id = item.id)
"""
_VERSION_COLUMNS = (
    "id",
    "tenant_id",
    "item_id",
    "version",
    "body",
    "digest",
    "drafted_at",
    "drafted_by",
    "confirmed_by",
    "confirmed_name",
    "published_by",
)


async def digests(tenant_id: str) -> dict[str, tuple[str, int, str]]:
    """By item code: the item's id, its latest version and that version's digest."""
    latest = [row["id"] for row in await db.rows(_LATEST, [tenant_id])]
    rows = await ItemVersionRow.filter(id__in=latest).select_related("item")
    return {row.item.code: (row.item.id, row.version, row.digest) for row in rows}


async def add_versions(tenant_id: str, drafts: Sequence[tuple[Item, str]], *, by: str, at: datetime) -> None:
    """Store new versions with their digests, all or none; those with version 1 are new items.

    Raises:
        Fault: BUSY, somebody else stored one of these versions or codes at the same time.
    """
    items = [(item.id, tenant_id, item.code) for item, _ in drafts if item.version == 1]
    versions = [
        (new_id(), tenant_id, item.id, item.version, _json(item), digest, to_ms(at), by, "", "", "")
        for item, digest in drafts
    ]
    try:
        async with db.in_transaction():
            await db.insert_many("item", ("id", "tenant_id", "code"), items)
            await db.insert_many("item_version", _VERSION_COLUMNS, versions)
    except IntegrityError as race:
        raise Fault(ErrorCode.BUSY) from race


async def drafts(tenant_id: str) -> list[Draft]:
    """The latest version of every item, by code."""
    latest = [row["id"] for row in await db.rows(_LATEST, [tenant_id])]
    rows = await ItemVersionRow.filter(id__in=latest).select_related("item")
    return sorted((_draft(row) for row in rows), key=lambda draft: draft.item.code)


async def find_draft(tenant_id: str, item_id: str) -> Draft | None:
    rows = ItemVersionRow.filter(tenant_id=tenant_id, item_id=item_id).order_by("-version").limit(1)
    return next((_draft(row) for row in await rows.select_related("item")), None)


async def versions(tenant_id: str, item_id: str) -> list[Version]:
    """Every version of an item, the newest first."""
    rows = await ItemVersionRow.filter(tenant_id=tenant_id, item_id=item_id).order_by("-version")
    return [
        Version(
            item=row.body,
            drafted_at=row.drafted_at,
            drafted_by=row.drafted_by,
            confirmed_name=row.confirmed_name,
            published_at=row.published_at,
            published_by=row.published_by,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
        )
        for row in rows
    ]


async def confirm(item: Item, *, by: str, name: str, at: datetime) -> bool:
    """Store the confirmed content of a version; False if it was that already, or another followed."""
    found = await db.row(
        """UPDATE item_version SET body = ?, confirmed_at = ?, confirmed_by = ?, confirmed_name = ?
           WHERE item_id = ? AND version = ? AND confirmed_at IS NULL AND published_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM item_version AS newer
                             WHERE newer.item_id = ? AND newer.version > ?)
           RETURNING id""",
        [_json(item), to_ms(at), by, name, item.id, item.version, item.id, item.version],
    )
    return found is not None


async def hold(tenant_id: str) -> None:
    """Let publications of one township wait for each other until the transaction ends."""
    await db.rows("UPDATE tenant SET pack_sha = pack_sha WHERE id = ? RETURNING id", [tenant_id])


async def publish(item: Item, *, by: str, day: date, at: datetime) -> bool:
    """Put a version in force from `day`, ending the one before; False if it is in force already."""
    found = await db.row(
        """UPDATE item SET published_version = ?
           WHERE id = ? AND COALESCE(published_version, 0) < ? RETURNING id""",
        [item.version, item.id, item.version],
    )
    if found is None:
        return False
    await _end_others(item, day)
    await db.rows(
        """UPDATE item_version SET published_at = ?, published_by = ?, effective_from = ?, effective_to = NULL
           WHERE item_id = ? AND version = ?""",
        [to_ms(at), by, day.isoformat(), item.id, item.version],
    )
    return True


async def withdraw(tenant_id: str, item_id: str, *, day: date) -> bool:
    """Take an item off the catalogue; False if it was not in it."""
    found = await db.row(
        """UPDATE item SET published_version = NULL
           WHERE id = ? AND tenant_id = ? AND published_version IS NOT NULL RETURNING id""",
        [item_id, tenant_id],
    )
    if found is None:
        return False
    await db.rows(
        """UPDATE item_version SET effective_to = ?
           WHERE item_id = ? AND effective_from IS NOT NULL AND effective_to IS NULL""",
        [day.isoformat(), item_id],
    )
    return True


async def published(tenant_id: str) -> list[Item]:
    """Every item in force, by code."""
    rows = await db.rows(
        """SELECT item_version.body FROM item JOIN item_version
           ON item_version.item_id = item.id AND item_version.version = item.published_version
           WHERE item.tenant_id = ? ORDER BY item.code""",
        [tenant_id],
    )
    return [msgspec.json.decode(row["body"], type=Item) for row in rows]


async def put_pack(tenant_id: str, pack: PackBytes, *, at: datetime) -> None:
    """Keep a pack and make it the one in force."""
    await db.insert_many(
        "catalogue_pack",
        ("sha", "tenant_id", "body", "made_at"),
        [(pack.sha, tenant_id, pack.body, to_ms(at))],
        conflict="ON CONFLICT (sha) DO NOTHING",
    )
    await db.rows("UPDATE tenant SET pack_sha = ? WHERE id = ?", [pack.sha, tenant_id])


async def find_pack(sha: str) -> PackBytes | None:
    row = await PackRow.get_or_none(sha=sha)
    return None if row is None else PackBytes(row.sha, bytes(row.body))


async def _end_others(item: Item, day: date) -> None:
    await db.rows(
        """UPDATE item_version SET effective_to = ?
           WHERE item_id = ? AND version <> ? AND effective_from IS NOT NULL AND effective_to IS NULL""",
        [day.isoformat(), item.id, item.version],
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _draft(row: ItemVersionRow) -> Draft:
    return Draft(
        item=row.body,
        published_version=row.item.published_version,
        drafted_at=row.drafted_at,
        confirmed_name=row.confirmed_name,
    )
