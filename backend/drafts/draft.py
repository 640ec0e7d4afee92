"""A draft as a value: what was typed so far, and the photos sent for each paper. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

KEPT: Final = timedelta(days=30)
"""Told to the citizen on every page of a draft."""
MOST_PHOTOS: Final = 40
LAID_ASIDE: Final = ("do", "agree.")
"""What is typed on the form and is no part of the application: the button pressed, and agreement, which is kept as such."""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """The personal part, as it is sealed.

    Args:
        typed: every value of every field, as a browser sends them.
        photos: ids by the paper's code, "" for the 委托书.
    """

    typed: dict[str, list[str]] = msgspec.field(default_factory=dict)
    photos: dict[str, list[str]] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        return "Filled(…)"

    def one(self, name: str) -> str:
        """The last value of a field; "" where there is none."""
        return (self.typed.get(name) or [""])[-1]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.typed.items() for value in values]

    @property
    def named(self) -> list[str]:
        """Every photo of it."""
        return [each for ids in self.photos.values() for each in ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An application begun by one citizen for one matter."""

    id: str
    tenant_id: str
    item_id: str
    saved_at: datetime
    keep_until: datetime
    filled: Filled = field(repr=False)


def retyped(filled: Filled, typed: Mapping[str, list[str]]) -> Filled:
    """The form sent anew; what was said of the papers on their own page stays."""
    papers = {name: values for name, values in filled.typed.items() if name.startswith("paper.")}
    kept = {name: values for name, values in typed.items() if not name.startswith(LAID_ASIDE)}
    return msgspec.structs.replace(filled, typed={**papers, **kept})


def with_photo(filled: Filled, code: str, photo_id: str) -> Filled:
    """One more photo of a paper; the same one twice is one."""
    if len(filled.named) >= MOST_PHOTOS or photo_id in filled.photos.get(code, ()):
        return filled
    more = {**filled.photos, code: [*filled.photos.get(code, ()), photo_id]}
    return msgspec.structs.replace(filled, photos=more)


def without_photo(filled: Filled, photo_id: str) -> Filled:
    left = {code: [each for each in ids if each != photo_id] for code, ids in filled.photos.items()}
    return msgspec.structs.replace(filled, photos={code: ids for code, ids in left.items() if ids})


def write(filled: Filled) -> bytes:
    return _encoder.encode(filled)


def read(plain: bytes) -> Filled:
    return _decoder.decode(plain)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Filled)
