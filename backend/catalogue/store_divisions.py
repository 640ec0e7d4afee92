"""All queries of divisions: finding them by their codes, and taking in a new edition of the code table."""

from collections.abc import Sequence

from backend import db
from backend.catalogue.loader import Division, DivisionCode
from backend.ids import new_id

_NOW = """
    SELECT division_code.division_id, division_code.code_system, division_code.code, division_name.name
    FROM division_code JOIN division_name ON division_name.division_id = division_code.division_id
    WHERE division_code.valid_to = '' AND division_name.valid_to = ''
"""


async def find(code_system: str, code: str) -> str | None:
    """The division that bears this code now."""
    found = await db.row(
        "SELECT division_id FROM division_code WHERE code_system = ? AND code = ? AND valid_to = ''",
        [code_system, code],
    )
    return None if found is None else str(found["division_id"])


async def take_in(divisions: Sequence[Division], *, as_of: str) -> int:
    """Add the divisions not yet known and rename those that changed; gives the number of new ones.

    A division is known by its code, never by its name. Call it inside a transaction.

    Args:
        divisions: parents before their children.
        as_of: cut-off day of the edition; a name that changed ended at the latest then.

    Raises:
        KeyError: a parent that is neither known nor listed before.
    """
    known = {(row["code_system"], row["code"]): row for row in await db.rows(_NOW)}
    ids = {key: str(row["division_id"]) for key, row in known.items()}
    added: list[Division] = []
    for division in divisions:
        key = (division.code_system, division.code)
        before = known.get(key)
        if before is None:
            ids[key] = new_id()
            added.append(division)
        elif before["name"] != division.name:
            await _rename(ids[key], division, as_of)
    await _insert(added, ids, as_of)
    return len(added)


async def add_codes(codes: Sequence[DivisionCode]) -> None:
    """Put further codes, such as those out of use, beside the divisions they belonged to.

    Raises:
        KeyError: `of_code` is not known.
    """
    ids = {row["code"]: row["division_id"] for row in await db.rows(_NOW)}
    await db.insert_many(
        "division_code",
        ("id", "division_id", "code_system", "code", "valid_from", "valid_to", "source"),
        [
            (new_id(), ids[c.of_code], c.code_system, c.code, c.valid_from, c.valid_to, c.source)
            for c in codes
        ],
        conflict="ON CONFLICT (code_system, code, valid_from) DO NOTHING",
    )


async def _rename(division_id: str, division: Division, as_of: str) -> None:
    await db.rows(
        "UPDATE division_name SET valid_to = ? WHERE division_id = ? AND valid_to = ''", [as_of, division_id]
    )
    await _insert_names([(division_id, division.name, as_of, "", division.source)])


async def _insert(added: Sequence[Division], ids: dict[tuple[str, str], str], as_of: str) -> None:
    own = [(ids[each.code_system, each.code], each) for each in added]
    await db.insert_many(
        "division",
        ("id", "kind", "parent_id"),
        [
            (own_id, d.kind.value, ids[d.code_system, d.parent_code] if d.parent_code else None)
            for own_id, d in own
        ],
    )
    await db.insert_many(
        "division_code",
        ("id", "division_id", "code_system", "code", "valid_from", "valid_to", "source"),
        [(new_id(), own_id, d.code_system, d.code, d.valid_from, d.valid_to, d.source) for own_id, d in own],
    )
    names = [(own_id, d.name, d.valid_from, d.valid_to, d.source) for own_id, d in own]
    names += [
        (own_id, earlier, "", as_of, d.source)
        for own_id, d in own
        for earlier in d.earlier_names.split(";")
        if earlier
    ]
    await _insert_names(names)


async def _insert_names(names: Sequence[tuple[str, str, str, str, str]]) -> None:
    await db.insert_many(
        "division_name",
        ("id", "division_id", "name", "valid_from", "valid_to", "source"),
        [(new_id(), *name) for name in names],
        conflict="ON CONFLICT (division_id, name, valid_from) DO NOTHING",
    )
