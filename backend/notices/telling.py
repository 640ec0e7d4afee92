"""What a feature wants told, and the form it has while it waits. Values and their one written form; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from api_spec.messages.notices import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told.

    Args:
        citizen_id: the account, "" for none; its owner must have agreed to messages.
        phone: as left with the application, "" for none; without an account a short message goes there.
        name: for whoever rings; never part of a message.
        village_id: where they live or filed, for the call list of their village.
    """

    citizen_id: str = ""
    phone: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    village_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One thing to be told once.

    Args:
        about_kind, about_id: what it is about, for instance "case" and its id.
        once: tells this occurrence from others of the same kind about the same thing, for instance an event's number.
        words: what the sentence of this kind is made of (`rules.RULES`): item, number, what, until, place, when,
            window, link. No name, number or address of a person.
        page: the mini-program's page a WeChat message opens.
    """

    tenant_id: str
    kind: NoticeKind
    to: Recipient
    about_kind: str
    about_id: str
    once: str
    words: Mapping[str, str] = field(repr=False)
    at: datetime
    page: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a waiting notice that is sealed."""

    phone: str = ""
    name: str = ""
    words: dict[str, str] = {}
    page: str = ""

    def __repr__(self) -> str:
        return "Letter()"


def write_letter(telling: Telling) -> bytes:
    to = telling.to
    return msgspec.json.encode(
        Letter(phone=to.phone, name=to.name, words=dict(telling.words), page=telling.page)
    )


def read_letter(secret: bytes) -> Letter:
    """An empty one where it was forgotten already."""
    return msgspec.json.decode(secret, type=Letter) if secret else Letter()
