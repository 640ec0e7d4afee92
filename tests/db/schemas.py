"""What a database really holds, in one form for both kinds, so that two can be compared."""

import re
from dataclasses import dataclass, field

from backend.db import current, rows

_OWN = {"applied_files", "tortoise_migrations", "sqlite_sequence"}


@dataclass
class Table:
    """Columns, keys and rules of one table; names of indexes do not count, those of checks do."""

    columns: dict[str, tuple[str, bool]] = field(default_factory=dict)
    references: set[tuple[str, str, str, str]] = field(default_factory=set)
    unique: set[tuple[str, ...]] = field(default_factory=set)
    partial_unique: set[tuple[str, ...]] = field(default_factory=set)
    indexes: set[tuple[str, ...]] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)


async def schema() -> dict[str, Table]:
    """Every table of the open database but the migrations' own."""
    return await (_of_sqlite() if current().dialect == "sqlite" else _of_postgres())


async def _of_sqlite() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for line in await rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
        name = line["name"]
        if name in _OWN:
            continue
        table = found[name] = Table()
        table.checks = set(re.findall(r'CONSTRAINT "(\w+)" CHECK', line["sql"]))
        for column in await rows("SELECT * FROM pragma_table_info(?)", [name]):
            table.columns[column["name"]] = (column["type"], not column["notnull"])
        for key in await rows("SELECT * FROM pragma_foreign_key_list(?)", [name]):
            table.references.add((key["from"], key["table"], key["to"], key["on_delete"]))
        for index in await rows("SELECT * FROM pragma_index_list(?)", [name]):
            parts = await rows("SELECT name FROM pragma_index_info(?) ORDER BY seqno", [index["name"]])
            _add_index(
                table, tuple(part["name"] for part in parts), unique=index["unique"], part=index["partial"]
            )
    return found


async def _of_postgres() -> dict[str, Table]:
    found: dict[str, Table] = {}
    columns = """
        SELECT c.relname AS name, a.attname AS part, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
    """
    for line in await rows(columns):
        if line["name"] not in _OWN:
            table = found.setdefault(line["name"], Table())
            table.columns[line["part"]] = (line["type"], not line["attnotnull"])
    rules = """
        SELECT conrelid::regclass::text AS name, conname, contype::text AS kind, confrelid::regclass::text AS target,
            confdeltype::text AS on_delete,
            (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])::text AS part,
            (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1])::text AS target_part
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')
    """
    words = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
    for line in await rows(rules):
        if line["kind"] == "c":
            found[line["name"]].checks.add(line["conname"])
        else:
            reference = (line["part"], line["target"], line["target_part"], words[line["on_delete"]])
            found[line["name"]].references.add(reference)
    indexes = """
        SELECT i.indrelid::regclass::text AS name, i.indisunique, i.indpred IS NOT NULL AS partial,
            ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k (num, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY place) AS columns
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
    """
    for line in await rows(indexes):
        if line["name"] in found:
            parts = tuple(line["columns"])
            _add_index(found[line["name"]], parts, unique=line["indisunique"], part=line["partial"])
    return found


def _add_index(table: Table, columns: tuple[str, ...], *, unique: bool, part: bool) -> None:
    if unique:
        (table.partial_unique if part else table.unique).add(columns)
    else:
        table.indexes.add(columns)
