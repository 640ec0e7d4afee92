"""One thing that has to leave, and how it stands. Values only; knows neither channel nor database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from api_spec.vocabulary import Term


class Line(Term):
    """Which way parcels go; each has rounds of its own."""

    NOTICE = "notice", "通知"
    UPWARD = "upward", "上报一体化平台"
    WEBHOOK = "webhook", "事件推送"


class ParcelState(Term):
    """Nobody but the receiver knows whether something arrived: the best there is says that it was handed over."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已提交发送"
    BY_HAND = "by_hand", "待人工告知"
    TOLD = "told", "已人工告知"
    DEAD = "dead", "未发出"
    CANCELLED = "cancelled", "已取消"


STUCK = frozenset({ParcelState.BY_HAND, ParcelState.DEAD})
"""What waits for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a feature wants sent.

    Args:
        key: the same key is sent once a township and line, however often it is put.
        stream, place: parcels of one stream leave in the order of their places; "" has no order.
        about_kind, about_id: what it tells of, for instance a case.
        facts: ids, codes and words of the office; never personal data.
        secret: what may name a person; sealed in the database, forgotten some time after it was sent.
        to_index: blind index of the telephone number it goes to, for replies.
        owner_id, village_id: the account it is for and the village it concerns; "" for none.
    """

    tenant_id: str
    line: Line
    kind: str
    key: str
    made_at: datetime
    due_at: datetime
    stream: str = ""
    place: int = 0
    about_kind: str = ""
    about_id: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    secret: bytes = field(default=b"", repr=False)
    to_index: str = ""
    owner_id: str = ""
    village_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A parcel as it stands.

    Args:
        channel: by which way it went, or is being tried; "" before the first try.
        tried: channels that were given up, in order.
        tries: how often the present channel failed for now.
        reason: why it is not gone, as a code.
        receipt: what the receiver's side answered.
        lease: who is sending it just now.
    """

    id: str
    parcel: Parcel
    state: ParcelState
    channel: str
    tried: tuple[str, ...]
    tries: int
    due_at: datetime
    reason: str
    receipt: str
    lease: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one try."""

    state: ParcelState
    channel: str = ""
    tried: tuple[str, ...] = ()
    tries: int = 0
    due_at: datetime | None = None
    reason: str = ""
    receipt: str = ""
