"""What the township's staff ask and are told about village nodes; what nodes themselves say is `api_spec.sync`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api_spec.messages.base import Answer, Line, Message, OptionalLine

Reason = Annotated[Line, StringConstraints(min_length=4)]


class RevokeNode(Message):
    """Why a computer may no longer serve: lost, stolen, replaced."""

    reason: Reason


class HeldQuery(Message):
    """`settled` asks for those a clerk has dealt with; `cursor` is the `next` of the page before."""

    settled: bool = False
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(pattern="^([0-9a-f]{32})?$")] = ""


class DismissHeld(Message):
    """Why a held record is closed without effect; the village clerk reads it."""

    reason: Reason


class RevealHeld(Message):
    """Why somebody has to see the record in full."""

    reason: OptionalLine = ""


class EnrolmentCode(Answer, frozen=True, kw_only=True):
    """A one-time code, shown this once. `qr` is an SVG of the same text, for a hand scanner."""

    code: str
    qr: str
    village_id: str
    village_name: str
    expires_at: datetime


class NodeView(Answer, frozen=True, kw_only=True):
    """A village computer with what it said of itself last.

    Args:
        waiting, photos_waiting: not confirmed yet when it last met us; oldest_s: age of the oldest, seconds.
        offset_ms: its clock minus ours when they last met.
        held: records waiting for a clerk here; epochs above 1: it was restored or copied.
        safe: of `received`, those every kept backup holds.
        record_schema: the newest kind of record it can write; schema_behind: the township asks for a newer one.
        compared_at: when its view was last compared with ours; differs: the months (YYYY-MM) that were not alike.
        label, worries: the same in words. Lists begin with those in most trouble.
    """

    number: int
    village_id: str
    village_name: str
    enrolled_at: datetime
    revoked_at: datetime | None
    app: str
    last_seen: datetime | None
    waiting: int
    photos_waiting: int
    oldest_s: int
    offset_ms: int | None
    disk_free_mb: int | None
    received: int
    held: int
    epochs: int
    safe: int
    record_schema: int | None
    schema_behind: bool
    compared_at: datetime | None
    differs: list[str]
    label: str
    worries: list[str]


class NodeList(Answer, frozen=True, kw_only=True):
    items: list[NodeView]


class HeldView(Answer, frozen=True, kw_only=True):
    """A record set aside. `wrong` names fields and codes; nothing personal."""

    id: str
    node: int
    village_id: str
    seq: int
    kind: str
    reason: str
    reason_label: str
    wrong: list[str]
    held_at: datetime
    resolved_at: datetime | None
    resolution: str
    resolution_label: str
    note: str


class HeldList(Answer, frozen=True, kw_only=True):
    items: list[HeldView]
    next: str | None


class HeldDetail(Answer, frozen=True, kw_only=True):
    """A held record in full; `record` is null if it cannot be read."""

    held: HeldView
    record: dict[str, Any] | None


class AcceptedHeld(Answer, frozen=True, kw_only=True):
    """The case or errand a held record became."""

    id: str
    number: str
    tracking_code: str


class OrphanView(Answer, frozen=True, kw_only=True):
    """A genuine receipt whose case is not here; `times` it was asked for."""

    tracking_code: str
    node: int
    first_asked_at: datetime
    last_asked_at: datetime
    times: int


class OrphanList(Answer, frozen=True, kw_only=True):
    items: list[OrphanView]
