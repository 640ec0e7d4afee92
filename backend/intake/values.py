"""Nodes, codes, streams and held records as values; rows never leave the stores. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from api_spec.records import HeldReason
from api_spec.sync import Machine
from api_spec.vocabulary import Role, Term
from backend.actors import Actor
from backend.blobs.service import Owner
from backend.intake.rules import Head

CODE_LIFE: Final = timedelta(days=7)
LOST: Final = "lost"
"""Among what differs: the township has no trace of cases it had confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A village computer. `number` is never given to another; `serial` is its certificate's."""

    number: int
    tenant_id: str
    village_id: str
    sign_key: bytes
    seal_key: bytes
    serial: int
    enrolled_at: datetime
    revoked_at: datetime | None = None
    actor: Actor = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """`actor` is the node as it acts on the township's features; made once, needed for every record."""
        actor = Actor(
            id=str(self.number),
            roles=frozenset({Role.NODE}),
            tenant_id=self.tenant_id,
            village_id=self.village_id,
        )
        object.__setattr__(self, "actor", actor)

    @property
    def sender(self) -> Owner:
        """The node as a sender of photos."""
        return Owner(self.tenant_id, f"node/{self.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One life of one node's database file. `block`: its case numbers, 0 for none left to grant."""

    id: str
    node: int
    epoch: str
    head: Head
    safe: int
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCard:
    """A node as the administrator's list shows it.

    Args:
        machine: what it said of itself last; None before the first exchange.
        held: records waiting for a clerk.
        epochs: more than one means it was restored or copied.
        received, safe: records here, and those every kept backup holds.
        record_schema: the newest kind of record it can write; None before the first exchange.
        compared_at: when its view was last compared with ours; differs: the months that were not alike.
    """

    node: Node
    village_name: str
    app: str
    last_seen: datetime | None
    machine: Machine | None
    held: int
    epochs: int
    received: int
    safe: int = 0
    record_schema: int | None = None
    compared_at: datetime | None = None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A one-time code, shown once: only its hash is kept."""

    code: str = field(repr=False)
    village_id: str
    village_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Escrowed:
    """A hand-over secret the township keeps for one computer; the secret itself is not in here."""

    id: str
    node: int
    mark: str
    received_at: datetime
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverCode:
    """A code by which a new clerk opens a locked computer, shown once."""

    code: str = field(repr=False)
    mark: str
    node: int
    village_name: str


class Resolution(Term):
    ACCEPTED = "accepted", "已收为新件"
    DISMISSED = "dismissed", "已注销"
    REVISED = "revised", "村里已改好重报"
    WITHDRAWN = "withdrawn", "群众已撤回"
    APPLIED = "applied", "升级后已自动收下"
    TOLD = "told", "村里已另行处理"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A record set aside. `wrong` names what validation found: field and code, never a value."""

    id: str
    tenant_id: str
    village_id: str
    node: int
    seq: int
    rid: str
    kind: str
    h: bytes
    reason: HeldReason
    wrong: Sequence[str]
    held_at: datetime
    resolved_at: datetime | None = None
    resolution: Resolution | None = None
    note: str = ""

    @property
    def feed_rid(self) -> str:
        """Under which name the node is told: of its bytes, because two records of one case may be held."""
        return self.h.hex()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanReceipt:
    """A genuine code somebody asked for whose case is not here: the village PC is behind, or burned."""

    tracking_code: str
    node: int
    first_asked_at: datetime
    last_asked_at: datetime
    times: int
