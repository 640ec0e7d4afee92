"""WeChat's events about subscriptions, read into what they change. Pure; the signature was checked before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

GRANTED: Final = "accept"
REFUSED_CODES: Final = frozenset({"43101"})


class NotAnEvent(ValueError):
    """The body is not what WeChat documents."""


class _Entry(msgspec.Struct):
    TemplateId: str = ""
    SubscribeStatusString: str = ""
    ErrorCode: str = ""


class _Event(msgspec.Struct):
    FromUserName: str
    CreateTime: int
    MsgType: str = ""
    Event: str = ""
    MsgId: int | str = ""
    # WeChat writes a single entry as an object and several as an array.
    List: _Entry | list[_Entry] = []


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry says of one person's template: one message more allowed, or none at all any more."""

    openid: str
    template_id: str
    granted: bool


@dataclass(frozen=True, slots=True)
class Pushed:
    """One event. The same event sent again has the same fingerprint."""

    fingerprint: str
    changes: tuple[Change, ...]


def read(body: bytes) -> Pushed:
    """Raises NotAnEvent."""
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotAnEvent from None
    return Pushed(_fingerprint(event), tuple(_changes(event)))


def _fingerprint(event: _Event) -> str:
    """WeChat's rule: a message by its MsgId, an event by who and when; and which, for two in one second."""
    entries = msgspec.json.encode(event.List)
    named = [str(event.MsgId)] if event.MsgId else [event.FromUserName, str(event.CreateTime), event.Event]
    return hashlib.sha256(b"\0".join([*(part.encode() for part in named), entries])).hexdigest()


def _changes(event: _Event) -> Sequence[Change]:
    entries = event.List if isinstance(event.List, list) else [event.List]
    found = [(entry, _granted(event.Event, entry)) for entry in entries if entry.TemplateId]
    return [
        Change(event.FromUserName, entry.TemplateId, granted)
        for entry, granted in found
        if granted is not None
    ]


def _granted(kind: str, entry: _Entry) -> bool | None:
    """None: nothing changes. A message refused at the phone means that nothing is allowed any more."""
    match kind:
        case "subscribe_msg_popup_event":
            return True if entry.SubscribeStatusString == GRANTED else None
        case "subscribe_msg_change_event":
            return None if entry.SubscribeStatusString == GRANTED else False
        case "subscribe_msg_sent_event":
            return False if entry.ErrorCode in REFUSED_CODES else None
        case _:
            return None
