"""All queries of a node's other signing keys and of the hand-over secrets kept for villages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from backend import db
from backend.ids import new_id
from backend.instants import from_ms
from backend.intake import store_nodes
from backend.intake.values import Escrowed, Node

_ESCROW = "id, tenant_id, node_number, mark, received_at, issued_at"


async def other_keys(node: Node) -> list[Node]:
    """The node under each key it may sign with besides the one in use: certified ones first, then replaced ones."""
    found = await db.rows(
        "SELECT serial, sign_key, replaced_at FROM node_key WHERE node_number = ? AND sign_key <> ?"
        " ORDER BY replaced_at IS NOT NULL, serial",
        [node.number, node.sign_key],
    )
    return [_under(node, row) for row in found]


async def find_by_serial(tenant_id: str, serial: int) -> Node | None:
    """The node as one of its other certificates names it."""
    row = await db.row(
        "SELECT serial, sign_key, replaced_at, node_number FROM node_key WHERE serial = ? AND tenant_id = ?",
        [serial, tenant_id],
    )
    node = await store_nodes.find(row["node_number"]) if row else None
    return _under(node, row) if row and node else None


async def certify(node: Node, sign_key: bytes, *, serial: int, at: datetime) -> int | None:
    """The serial of the certificate for a next key: the one it got before, or `serial`; None if that is taken."""
    made = await db.row(
        "INSERT INTO node_key (serial, tenant_id, node_number, sign_key, certified_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING serial",
        [serial, node.tenant_id, node.number, sign_key, at],
    )
    made = made or await db.row(
        "SELECT serial FROM node_key WHERE node_number = ? AND sign_key = ? AND replaced_at IS NULL",
        [node.number, sign_key],
    )
    return int(made["serial"]) if made else None


async def forget_unused(node: int, *, keeping: int) -> None:
    """Certificates nobody took up, but for the newest few: a broken node may ask for one after the other."""
    await db.rows(
        "DELETE FROM node_key WHERE node_number = ? AND taken_at IS NULL AND serial NOT IN"
        " (SELECT serial FROM node_key WHERE node_number = ? AND taken_at IS NULL"
        " ORDER BY certified_at DESC, serial LIMIT ?) RETURNING serial",
        [node, node, keeping],
    )


async def take_up(old: Node, new: Node, *, at: datetime) -> bool:
    """The node signs with `new` from now on, and with `old` no longer; False: it does already."""
    changed = await db.row(
        "UPDATE node SET sign_key = ?, serial = ? WHERE number = ? AND sign_key = ? RETURNING number",
        [new.sign_key, new.serial, old.number, old.sign_key],
    )
    if changed is None:
        return False
    await db.rows("UPDATE node_key SET taken_at = ? WHERE serial = ? RETURNING serial", [at, new.serial])
    await db.rows(
        "INSERT INTO node_key (serial, tenant_id, node_number, sign_key, certified_at, taken_at, replaced_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (serial) DO UPDATE SET replaced_at = excluded.replaced_at"
        " RETURNING serial",
        [old.serial, old.tenant_id, old.number, old.sign_key, old.enrolled_at, old.enrolled_at, at],
    )
    return True


async def keep(node: Node, mark: str, sealed: bytes, *, at: datetime) -> bool:
    """False: this secret is here already."""
    kept = await db.row(
        "INSERT INTO node_escrow (id, tenant_id, node_number, mark, sealed, received_at, issued_by)"
        " VALUES (?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING RETURNING id",
        [new_id(), node.tenant_id, node.number, mark, sealed, at],
    )
    return kept is not None


async def forget_old(node: int, *, keeping: int) -> None:
    """Secrets a computer has replaced, but for the newest few: it may be restored from a copy."""
    await db.rows(
        "DELETE FROM node_escrow WHERE node_number = ? AND id NOT IN"
        " (SELECT id FROM node_escrow WHERE node_number = ? ORDER BY received_at DESC, id DESC LIMIT ?) RETURNING id",
        [node, node, keeping],
    )


async def escrowed(tenant_id: str, number: int) -> list[Escrowed]:
    """The hand-over secrets of one computer, the newest first."""
    found = await db.rows(
        f"SELECT {_ESCROW} FROM node_escrow WHERE tenant_id = ? AND node_number = ?"  # noqa: S608
        " ORDER BY received_at DESC, id DESC",
        [tenant_id, number],
    )
    return [_escrowed(row) for row in found]


async def issue(escrow_id: str, tenant_id: str, *, by: str, at: datetime) -> bytes | None:
    """The sealed secret, marked as given out; None: no such secret in this township."""
    row = await db.row(
        "UPDATE node_escrow SET issued_at = ?, issued_by = ? WHERE id = ? AND tenant_id = ? RETURNING sealed",
        [at, by, escrow_id, tenant_id],
    )
    return bytes(row["sealed"]) if row else None


def _under(node: Node, row: db.Row) -> Node:
    replaced = from_ms(row["replaced_at"]) if row["replaced_at"] is not None else None
    times: Sequence[datetime] = [each for each in (node.revoked_at, replaced) if each is not None]
    return replace(
        node,
        sign_key=bytes(row["sign_key"]),
        serial=row["serial"],
        revoked_at=min(times) if times else None,
    )


def _escrowed(row: db.Row) -> Escrowed:
    return Escrowed(
        id=row["id"],
        node=row["node_number"],
        mark=row["mark"],
        received_at=from_ms(row["received_at"]),
        issued_at=from_ms(row["issued_at"]) if row["issued_at"] is not None else None,
    )
