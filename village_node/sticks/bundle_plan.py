"""What goes into which part of a bundle. Pure: sequence numbers and lengths in, parts out.

Lengths are upper bounds, before compression, because a part says in its head how much it holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from api_spec import bundle
from api_spec.bundle_writer import OVERHEAD, item_size
from api_spec.sync import RECORDS_MAX
from village_node.photos.photos import Waiting

BATCH_BYTES: Final = 2 * 1024 * 1024
_PER_RECORD: Final = 64
_PER_REQUEST: Final = 128 * 1024
"""A request names up to a thousand photos beside its records."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records `first` to `last`, one push."""

    first: int
    last: int
    size: int


@dataclass(slots=True)
class Part:
    """One file. `size`: it will not be longer."""

    batches: list[Batch] = field(default_factory=list)
    photos: list[Waiting] = field(default_factory=list)
    size: int = OVERHEAD

    @property
    def records(self) -> int:
        return sum(batch.last - batch.first + 1 for batch in self.batches)


def batches(records: Iterable[tuple[int, int]], *, most: int = RECORDS_MAX) -> list[Batch]:
    """Divide (sequence number, bytes) in order into pushes.

    Args:
        most: records of one push.
    """
    found: list[Batch] = []
    for seq, length in records:
        size = length + _PER_RECORD
        last = found[-1] if found else None
        if last and last.size + size <= BATCH_BYTES and seq - last.first < most:
            found[-1] = Batch(last.first, seq, last.size + size)
        else:
            found.append(Batch(seq, seq, _PER_REQUEST + size))
    return found


def parts(pushes: Sequence[Batch], photos: Sequence[Waiting], *, limit: int) -> list[Part]:
    """Records first, photos after; at least one part, so that a node with nothing to say can still ask.

    Args:
        limit: bytes of a part. One push or photo that is longer gets a part of its own.
    """
    found = [Part()]
    for push in pushes:
        part = _room(found, item_size(push.size), limit)
        part.batches.append(push)
    for photo in photos:
        pieces = -(-photo.size // bundle.PIECE)
        part = _room(found, item_size(photo.size + pieces * bundle.PIECE_HEAD), limit)
        part.photos.append(photo)
    return found


def _room(found: list[Part], size: int, limit: int) -> Part:
    if found[-1].size + size > limit and (found[-1].batches or found[-1].photos):
        found.append(Part())
    found[-1].size += size
    return found[-1]
