"""All queries of the organisation. Rows go in and come out as the values of `rules`; scans and portraits stay sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from api_spec.vocabulary import Partner
from backend import db
from backend.db import Row
from backend.ids import new_id
from backend.instants import from_ms, to_ms
from backend.organisation.rules import Assignment, Delegation, HallEntry, StaffCard

_ids = msgspec.json.Decoder(tuple[str, ...])
_CARD = "staff_id, title, phone, handles, badge, photo_basis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A kept scan, without its bytes."""

    id: str
    post_id: str
    media: str
    pages: int


async def add_assignment(
    tenant_id: str,
    post_id: str,
    form: Assignment,
    *,
    staff_id: str,
    department_id: str,
    by: str,
    at: datetime,
) -> None:
    await db.insert_many(
        "assignment",
        (
            "id",
            "tenant_id",
            "staff_id",
            "post_id",
            "department_id",
            "keeps_rules",
            "knows_process",
            "uses_computer",
            "speaks_mandarin",
            "under_45",
            "nothing_against",
            "attested_by",
            "attested_on",
            "recorded_at",
            "recorded_by",
        ),
        [
            (
                new_id(),
                tenant_id,
                staff_id,
                post_id,
                department_id,
                form.keeps_rules,
                form.knows_process,
                form.uses_computer,
                form.speaks_mandarin,
                form.under_45,
                form.nothing_against,
                form.attested_by,
                form.attested_on.isoformat(),
                to_ms(at),
                by,
            )
        ],
    )


async def assignments(staff_id: str) -> Mapping[str, Assignment]:
    """A person's attestations by post."""
    found = await db.rows("SELECT * FROM assignment WHERE staff_id = ?", [staff_id])
    return {
        row["post_id"]: Assignment(
            keeps_rules=bool(row["keeps_rules"]),
            knows_process=bool(row["knows_process"]),
            uses_computer=bool(row["uses_computer"]),
            speaks_mandarin=bool(row["speaks_mandarin"]),
            under_45=bool(row["under_45"]),
            nothing_against=bool(row["nothing_against"]),
            attested_by=row["attested_by"],
            attested_on=date.fromisoformat(row["attested_on"]),
        )
        for row in found
    }


async def put_scan(tenant_id: str, scan: Scan, *, sealed: bytes, size: int, by: str, at: datetime) -> None:
    """Keep a scan; a later one of the same post replaces it."""
    await db.insert_many(
        "appointment_paper",
        ("id", "tenant_id", "post_id", "media", "pages", "size", "sealed", "kept_at", "kept_by"),
        [(scan.id, tenant_id, scan.post_id, scan.media, scan.pages, size, sealed, to_ms(at), by)],
        conflict="ON CONFLICT (post_id) DO UPDATE SET id = excluded.id, media = excluded.media,"
        " pages = excluded.pages, size = excluded.size, sealed = excluded.sealed, kept_at = excluded.kept_at,"
        " kept_by = excluded.kept_by",
    )


async def find_scan(tenant_id: str, post_id: str) -> tuple[Scan, bytes] | None:
    row = await db.row(
        "SELECT id, post_id, media, pages, sealed FROM appointment_paper WHERE post_id = ? AND tenant_id = ?",
        [post_id, tenant_id],
    )
    if row is None:
        return None
    return Scan(id=row["id"], post_id=row["post_id"], media=row["media"], pages=row["pages"]), row["sealed"]


async def delegations(tenant_id: str) -> list[Delegation]:
    """Every one there ever was, newest first."""
    found = await db.rows(
        "SELECT * FROM delegation WHERE tenant_id = ? ORDER BY partner, given_at DESC, id DESC", [tenant_id]
    )
    return [_delegation(row) for row in found]


async def delegations_of(tenant_id: str, partner: Partner) -> list[Delegation]:
    found = await db.rows(
        "SELECT * FROM delegation WHERE tenant_id = ? AND partner = ?", [tenant_id, partner.value]
    )
    return [_delegation(row) for row in found]


async def add_delegation(tenant_id: str, delegation: Delegation, *, by: str, at: datetime) -> None:
    await db.insert_many(
        "delegation",
        (
            "id",
            "tenant_id",
            "partner",
            "item_ids",
            "document",
            "valid_from",
            "valid_to",
            "given_at",
            "given_by",
            "ended_by",
        ),
        [
            (
                delegation.id,
                tenant_id,
                delegation.partner.value,
                msgspec.json.encode(delegation.item_ids).decode(),
                delegation.document,
                delegation.valid_from.isoformat(),
                delegation.valid_to.isoformat() if delegation.valid_to else None,
                to_ms(at),
                by,
                "",
            )
        ],
    )


async def end_delegation(tenant_id: str, delegation_id: str, *, by: str, at: datetime) -> Delegation | None:
    """None if there is none to end."""
    ended = await db.row(
        "UPDATE delegation SET ended_at = ?, ended_by = ? WHERE id = ? AND tenant_id = ? AND ended_at IS NULL"
        " RETURNING *",
        [to_ms(at), by, delegation_id, tenant_id],
    )
    return _delegation(ended) if ended else None


async def entries(tenant_id: str) -> list[HallEntry]:
    found = await db.rows(
        "SELECT * FROM hall_entry WHERE tenant_id = ? ORDER BY due_on, item_id", [tenant_id]
    )
    return [
        HallEntry(
            item_id=row["item_id"],
            department_id=row["department_id"],
            due_on=date.fromisoformat(row["due_on"]),
            entered_on=date.fromisoformat(row["entered_on"]) if row["entered_on"] else None,
            document=row["document"],
        )
        for row in found
    ]


async def put_entries(tenant_id: str, wanted: Sequence[HallEntry], *, by: str, at: datetime) -> None:
    """One an item: the later word replaces the earlier."""
    await db.insert_many(
        "hall_entry",
        (
            "id",
            "tenant_id",
            "item_id",
            "department_id",
            "due_on",
            "entered_on",
            "document",
            "changed_at",
            "changed_by",
        ),
        [
            (
                new_id(),
                tenant_id,
                entry.item_id,
                entry.department_id,
                entry.due_on.isoformat(),
                entry.entered_on.isoformat() if entry.entered_on else None,
                entry.document,
                to_ms(at),
                by,
            )
            for entry in wanted
        ],
        conflict="ON CONFLICT (tenant_id, item_id) DO UPDATE SET department_id = excluded.department_id,"
        " due_on = excluded.due_on, entered_on = excluded.entered_on, document = excluded.document,"
        " changed_at = excluded.changed_at, changed_by = excluded.changed_by",
    )


async def placings(tenant_id: str) -> Mapping[str, str]:
    """Item by line of a list, as people said it."""
    found = await db.rows("SELECT entry_id, item_id FROM list_placing WHERE tenant_id = ?", [tenant_id])
    return {row["entry_id"]: row["item_id"] for row in found}


async def put_placing(tenant_id: str, entry_id: str, item_id: str, *, by: str, at: datetime) -> None:
    await db.insert_many(
        "list_placing",
        ("id", "tenant_id", "entry_id", "item_id", "placed_at", "placed_by"),
        [(new_id(), tenant_id, entry_id, item_id, to_ms(at), by)],
        conflict="ON CONFLICT (tenant_id, entry_id) DO UPDATE SET item_id = excluded.item_id,"
        " placed_at = excluded.placed_at, placed_by = excluded.placed_by",
    )


async def cards(tenant_id: str) -> Mapping[str, StaffCard]:
    found = await db.rows(f"SELECT {_CARD} FROM staff_card WHERE tenant_id = ?", [tenant_id])  # noqa: S608
    return {row["staff_id"]: _card(row) for row in found}


async def put_card(tenant_id: str, card: StaffCard, *, by: str, at: datetime) -> None:
    """The words of a card; its portrait stays as it is."""
    await db.insert_many(
        "staff_card",
        (
            "staff_id",
            "tenant_id",
            "title",
            "phone",
            "handles",
            "badge",
            "photo_basis",
            "changed_at",
            "changed_by",
        ),
        [(card.staff_id, tenant_id, card.title, card.phone, card.handles, card.badge, "", to_ms(at), by)],
        conflict="ON CONFLICT (staff_id) DO UPDATE SET title = excluded.title, phone = excluded.phone,"
        " handles = excluded.handles, badge = excluded.badge, changed_at = excluded.changed_at,"
        " changed_by = excluded.changed_by",
    )


async def put_photo(
    tenant_id: str, staff_id: str, sealed: bytes | None, *, basis: str, by: str, at: datetime
) -> None:
    """A portrait with what it rests on; None takes it away for good."""
    moment = to_ms(at)
    await db.insert_many(
        "staff_card",
        (
            "staff_id",
            "tenant_id",
            "title",
            "phone",
            "handles",
            "badge",
            "photo_sealed",
            "photo_basis",
            "photo_at",
            "changed_at",
            "changed_by",
        ),
        [(staff_id, tenant_id, "", "", "", "", sealed, basis, moment if sealed else None, moment, by)],
        conflict="ON CONFLICT (staff_id) DO UPDATE SET photo_sealed = excluded.photo_sealed,"
        " photo_basis = excluded.photo_basis, photo_at = excluded.photo_at, changed_at = excluded.changed_at,"
        " changed_by = excluded.changed_by",
    )


async def find_photo(staff_id: str) -> tuple[str, bytes] | None:
    """Township and sealed portrait."""
    row = await db.row(
        "SELECT tenant_id, photo_sealed FROM staff_card WHERE staff_id = ? AND photo_sealed IS NOT NULL",
        [staff_id],
    )
    return (row["tenant_id"], row["photo_sealed"]) if row else None


async def portrayed(tenant_id: str) -> list[str]:
    """Whose portrait is shown."""
    found = await db.rows(
        "SELECT staff_id FROM staff_card WHERE tenant_id = ? AND photo_sealed IS NOT NULL", [tenant_id]
    )
    return [row["staff_id"] for row in found]


async def drop_photos(staff_ids: Sequence[str], *, at: datetime) -> int:
    """Delete the portraits of these people; gives how many there were."""
    gone = 0
    for staff_id in staff_ids:
        dropped = await db.row(
            "UPDATE staff_card SET photo_sealed = NULL, photo_basis = '', photo_at = NULL, changed_at = ?"
            " WHERE staff_id = ? AND photo_sealed IS NOT NULL RETURNING staff_id",
            [to_ms(at), staff_id],
        )
        gone += dropped is not None
    return gone


async def drop_papers(post_ids: Sequence[str]) -> int:
    """Delete scans and attestations of these posts; gives how many there were."""
    gone = 0
    for post_id in post_ids:
        gone += len(await db.rows("DELETE FROM appointment_paper WHERE post_id = ? RETURNING id", [post_id]))
        gone += len(await db.rows("DELETE FROM assignment WHERE post_id = ? RETURNING id", [post_id]))
    return gone


def _card(row: Row) -> StaffCard:
    return StaffCard(
        staff_id=row["staff_id"],
        title=row["title"],
        phone=row["phone"],
        handles=row["handles"],
        badge=row["badge"],
        photo_basis=row["photo_basis"],
    )


def _delegation(row: Row) -> Delegation:
    return Delegation(
        id=row["id"],
        partner=Partner(row["partner"]),
        item_ids=_ids.decode(row["item_ids"]),
        document=row["document"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        ended_at=from_ms(row["ended_at"]) if row["ended_at"] is not None else None,
    )
