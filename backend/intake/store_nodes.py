"""All queries of nodes and enrolment codes. A number, a serial and a code are unique by the database."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from api_spec.signature import ALG
from api_spec.sync import Machine
from backend import db
from backend.instants import from_ms
from backend.intake import rules
from backend.intake.values import Node

_NODE = "number, tenant_id, village_id, sign_key, seal_key, serial, enrolled_at, revoked_at"
_FIND = f"SELECT {_NODE} FROM node WHERE number = ?"  # noqa: S608
_LARGEST = 2**31 - 1
_machine = msgspec.json.Decoder(Machine)
_months = msgspec.json.Decoder(tuple[str, ...])


async def find(number: int) -> Node | None:
    found = await db.point_read(_FIND, [number])
    return _node(found) if found else None


async def find_by_serial(tenant_id: str, serial: int) -> Node | None:
    """The node, working or revoked, whose certificate has this serial."""
    found = await db.row(
        f"SELECT {_NODE} FROM node WHERE serial = ? AND tenant_id = ?",  # noqa: S608
        [serial, tenant_id],
    )
    return _node(found) if found else None


async def add(node: Node, *, by: str) -> bool:
    """Write a new node; False if its number or serial is taken."""
    added = await db.row(
        "INSERT INTO node (number, tenant_id, village_id, alg, sign_key, seal_key, serial, enrolled_at,"
        " enrolled_by, revoked_by, revoke_reason, app, machine) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '')"
        " ON CONFLICT DO NOTHING RETURNING number",
        [
            node.number,
            node.tenant_id,
            node.village_id,
            ALG,
            node.sign_key,
            node.seal_key,
            node.serial,
            node.enrolled_at,
            by,
        ],
    )
    return added is not None


async def revoke(tenant_id: str, number: int, *, by: str, reason: str, at: datetime) -> bool:
    """False: no such node in this township, or revoked already."""
    revoked = await db.row(
        "UPDATE node SET revoked_at = ?, revoked_by = ?, revoke_reason = ?"
        " WHERE number = ? AND tenant_id = ? AND revoked_at IS NULL RETURNING number",
        [at, by, reason, number, tenant_id],
    )
    return revoked is not None


async def seen(number: int, *, app: str, schema: int, machine: Machine, at: datetime) -> None:
    """What the node said of itself, and when by the township's clock."""
    await db.rows(
        "UPDATE node SET last_seen = ?, app = ?, record_schema = ?, machine = ? WHERE number = ?",
        [at, app, min(schema, _LARGEST), msgspec.json.encode(rules.plausible(machine)).decode(), number],
    )


async def compared(number: int, *, differs: Sequence[str], at: datetime) -> None:
    """When a node's view was compared with ours, and the months that were not alike."""
    await db.rows(
        "UPDATE node SET compared_at = ?, compared = ? WHERE number = ?",
        [at, msgspec.json.encode(differs).decode(), number],
    )


async def of_villages(village_ids: Sequence[str]) -> dict[str, list[int]]:
    """The working nodes of each village."""
    marks = ", ".join("?" * len(village_ids))
    found = await db.rows(
        f"SELECT number, village_id FROM node WHERE revoked_at IS NULL AND village_id IN ({marks})",  # noqa: S608
        list(village_ids),
    )
    nodes: dict[str, list[int]] = {}
    for row in found:
        nodes.setdefault(row["village_id"], []).append(row["number"])
    return nodes


async def all_of_village(village_id: str) -> list[int]:
    """Every node a village ever had, the newest first."""
    found = await db.rows(
        "SELECT number FROM node WHERE village_id = ? ORDER BY enrolled_at DESC, number", [village_id]
    )
    return [row["number"] for row in found]


class Listed(msgspec.Struct, frozen=True):
    """A node with its counts, for the administrator's list."""

    node: Node
    app: str
    last_seen: datetime | None
    machine: Machine | None
    held: int
    epochs: int
    received: int
    safe: int
    record_schema: int | None
    compared_at: datetime | None
    differs: tuple[str, ...]


async def listed(tenant_id: str) -> list[Listed]:
    found = await db.long_read(
        f"SELECT {_NODE}, app, last_seen, machine, record_schema, compared_at, compared,"  # noqa: S608
        " (SELECT COUNT(*) FROM held_record h WHERE h.node_number = n.number AND h.resolved_at IS NULL) AS held,"
        " (SELECT COUNT(*) FROM node_stream s WHERE s.node_id = n.number) AS epochs,"
        " (SELECT COALESCE(SUM(upto), 0) FROM node_stream s WHERE s.node_id = n.number) AS received,"
        " (SELECT COALESCE(SUM(safe), 0) FROM node_stream s WHERE s.node_id = n.number) AS safe"
        " FROM node n WHERE tenant_id = ? ORDER BY number",
        [tenant_id],
    )
    return [
        Listed(
            node=_node(row),
            app=row["app"],
            last_seen=from_ms(row["last_seen"]) if row["last_seen"] is not None else None,
            machine=rules.plausible(_machine.decode(row["machine"])) if row["machine"] else None,
            held=row["held"],
            epochs=row["epochs"],
            received=int(row["received"]),
            safe=int(row["safe"]),
            record_schema=row["record_schema"],
            compared_at=from_ms(row["compared_at"]) if row["compared_at"] is not None else None,
            differs=_months.decode(row["compared"]) if row["compared"] else (),
        )
        for row in found
    ]


async def add_code(
    code_hash: str, *, tenant_id: str, village_id: str, by: str, at: datetime, expires_at: datetime
) -> None:
    await db.insert_many(
        "enrolment_code",
        ("code_hash", "tenant_id", "village_id", "made_at", "made_by", "expires_at"),
        [(code_hash, tenant_id, village_id, at, by, expires_at)],
    )


class UsedCode(msgspec.Struct, frozen=True):
    """A code somebody enrolled with: who made it, and the node it became."""

    tenant_id: str
    village_id: str
    made_by: str
    node_number: int | None


async def take_code(code_hash: str, *, number: int, at: datetime) -> UsedCode | None:
    """Use a code up for node `number`; None: unknown, used or expired by the township's clock."""
    taken = await db.row(
        "UPDATE enrolment_code SET used_at = ?, node_number = ?"
        " WHERE code_hash = ? AND used_at IS NULL AND expires_at > ?"
        " RETURNING tenant_id, village_id, made_by, node_number",
        [at, number, code_hash, at],
    )
    return UsedCode(**taken) if taken else None


async def find_code(code_hash: str) -> UsedCode | None:
    found = await db.row(
        "SELECT tenant_id, village_id, made_by, node_number FROM enrolment_code WHERE code_hash = ?",
        [code_hash],
    )
    return UsedCode(**found) if found else None


def _node(row: db.Row) -> Node:
    return Node(
        number=row["number"],
        tenant_id=row["tenant_id"],
        village_id=row["village_id"],
        sign_key=bytes(row["sign_key"]),
        seal_key=bytes(row["seal_key"]),
        serial=row["serial"],
        enrolled_at=from_ms(row["enrolled_at"]),
        revoked_at=from_ms(row["revoked_at"]) if row["revoked_at"] is not None else None,
    )
