"""All queries of published item lists."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from api_spec.errors import ErrorCode
from api_spec.vocabulary import ItemType
from backend import db
from backend.catalogue.county_list import Entry
from backend.catalogue.values import ListedEntry
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import from_ms, to_ms

_COLUMNS = ("id", "item_list_id", "line", "department", "name", "area_code", "code", "type", "warnings")


async def add(name: str, entries: Sequence[Entry], *, digest: str, by: str, at: datetime) -> int:
    """Store a list under its name; gives the number of lines stored, 0 if this very list was there.

    Raises:
        Fault: IMPORT_INVALID, another list bears this name.
    """
    async with db.in_transaction():
        added = await db.row(
            """INSERT INTO item_list (id, name, digest, imported_at, imported_by) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (name) DO NOTHING RETURNING id""",
            [new_id(), name, digest, to_ms(at), by],
        )
        if added is None:
            before = await db.row("SELECT digest FROM item_list WHERE name = ?", [name])
            if before is None or before["digest"] != digest:
                raise Fault(ErrorCode.IMPORT_INVALID, list=name)
            return 0
        await db.insert_many("item_list_entry", _COLUMNS, [_values(added["id"], entry) for entry in entries])
    return len(entries)


async def count(name: str) -> int:
    """Lines stored of a list."""
    found = await db.row(
        """SELECT COUNT(*) AS lines FROM item_list_entry
           JOIN item_list ON item_list.id = item_list_entry.item_list_id WHERE item_list.name = ?""",
        [name],
    )
    return int(found["lines"]) if found else 0


async def listed() -> list[ListedEntry]:
    """Every line of every list, the newest list first."""
    found = await db.long_read(
        """SELECT entry.id, entry.line, entry.department, entry.name, entry.area_code, entry.code, entry.type,
                  item_list.name AS list_name, item_list.imported_at
           FROM item_list_entry entry JOIN item_list ON item_list.id = entry.item_list_id
           ORDER BY item_list.imported_at DESC, item_list.id, entry.line"""
    )
    return [
        ListedEntry(
            id=row["id"],
            list_name=row["list_name"],
            imported_at=from_ms(row["imported_at"]),
            entry=Entry(
                line=row["line"],
                department=row["department"],
                name=row["name"],
                area_code=row["area_code"],
                code=row["code"],
                type=ItemType(row["type"]),
            ),
        )
        for row in found
    ]


def _values(list_id: str, entry: Entry) -> tuple[object, ...]:
    warnings = msgspec.json.encode(entry.warnings).decode()
    return (
        new_id(),
        list_id,
        entry.line,
        entry.department,
        entry.name,
        entry.area_code,
        entry.code,
        entry.type.value,
        warnings,
    )
