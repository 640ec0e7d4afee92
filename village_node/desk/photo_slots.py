"""Photos in a form: under which names they stand among its pairs. Pure.

A kept photo is a pair `photo-<slot>` whose value names it and its size; one that was refused a pair `refused-<slot>`
with the reason. A slot is `m-` and a material's code, the 委托书 on paper, or the signature on the screen.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from api_spec.record_parts import Photo
from village_node.photos.pictures import Refused

PHOTO: Final = "photo-"
REFUSED: Final = "refused-"
FILE: Final = "file-"
REMOVE: Final = "remove-photo"
MATERIAL: Final = "m-"
MANDATE: Final = "mandate"
SIGNATURE: Final = "signature"
MOST_OF_ONE: Final = 9
MANDATE_LABEL: Final = "委托书"
SIGNATURE_LABEL: Final = "委托人签名"
_VALUE: Final = re.compile(r"([0-9a-f]{64})\.([1-9][0-9]{0,8})")
_SLOT: Final = re.compile(r"(m-[\w.-]{1,100}|mandate|signature)")

Pairs = Sequence[tuple[str, str]]


def value_of(photo: Photo) -> str:
    """How a form names a kept photo."""
    return f"{photo.sha}.{photo.size}"


def find_photo(value: str, *, label: str = "") -> Photo | None:
    """The photo a value names; whether it is kept here is not looked at."""
    named = _VALUE.fullmatch(value)
    return Photo(sha=named[1], size=int(named[2]), label=label) if named else None


def is_slot(name: str) -> bool:
    return _SLOT.fullmatch(name) is not None


def photos(pairs: Pairs, slot: str, *, label: str) -> tuple[Photo, ...]:
    """What a form holds for one slot, each once, in its order."""
    named = (find_photo(value, label=label) for key, value in pairs if key == PHOTO + slot)
    return tuple({photo.sha: photo for photo in named if photo}.values())


def refusals(pairs: Pairs, slot: str) -> tuple[Refused, ...]:
    """Why files chosen for one slot were not kept."""
    known = {each.value: each for each in Refused}
    return tuple(known[value] for key, value in pairs if key == REFUSED + slot and value in known)


def by_slot(pairs: Pairs) -> dict[str, list[Photo]]:
    """Every slot of a form that holds photos."""
    slots = dict.fromkeys(key.removeprefix(PHOTO) for key, _ in pairs if key.startswith(PHOTO))
    return {slot: list(photos(pairs, slot, label="")) for slot in slots}


def without_removed(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs after the ticks "not this one" (`remove-photo`: the slot and the photo's value) took effect."""
    every = list(pairs)
    removed = {tuple(value.split(" ", 1)) for key, value in every if key == REMOVE}
    return [
        (key, value)
        for key, value in every
        if key != REMOVE and (key.removeprefix(PHOTO), value) not in removed
    ]
