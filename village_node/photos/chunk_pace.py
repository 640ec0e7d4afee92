"""How much of a photo to send at once, and what an answer to it means. No clock, no disk, no network.

A chunk is believed whole or not at all, so what is lost when the line is cut is at most one chunk. On a line that
holds, large chunks cost the fewest round trips (5 to 10 s each); on one that is cut every few seconds a chunk may only
take a small part of the time the line lasts (sync/1, 2.11 and 4: at most a tenth of the bytes is sent twice).
"""

import math
from dataclasses import dataclass, replace
from typing import Final

KIB: Final = 1024
FIRST_BYTES: Final = 64 * KIB
LEAST_BYTES: Final = 16 * KIB
MOST_BYTES: Final = 1024 * KIB
AIM_S: Final = 7.0
GROWTH: Final = 1.5
# A cut loses half a chunk on average and a whole one at worst.
CHUNKS_PER_HOLD: Final = 12
_SHORTEST_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class ChunkPace:
    """What the line has shown so far.

    Args:
        size: bytes of the next chunk.
        rate: bytes per second of whole chunks, lately; 0 before the first.
        holds_s: for how many seconds of sending the line has lasted between two cuts, lately.
        sending_s: seconds of sending since the last cut.
    """

    size: int = FIRST_BYTES
    rate: float = 0.0
    holds_s: float = math.inf
    sending_s: float = 0.0

    def after_chunk(self, sent: int, took_s: float) -> "ChunkPace":
        """It arrived. The tail of a photo tells nothing about the line's speed."""
        took_s = max(took_s, _SHORTEST_S)
        told = replace(self, sending_s=self.sending_s + took_s)
        if sent * 2 < self.size:
            return told
        rate = sent / took_s if not self.rate else (self.rate + sent / took_s) / 2
        return replace(told, rate=rate, size=min(told._fitting(rate), math.ceil(self.size * GROWTH)))

    def after_cut(self, took_s: float) -> "ChunkPace":
        """No answer came within `took_s`."""
        lasted = self.sending_s + took_s
        holds_s = lasted if math.isinf(self.holds_s) else (self.holds_s + lasted) / 2
        told = replace(self, holds_s=holds_s, sending_s=0.0)
        if not self.rate or not self.sending_s:
            return replace(told, size=max(LEAST_BYTES, self.size // 2))
        return replace(told, size=min(self.size, told._fitting(self.rate)))

    def after_refusal(self) -> "ChunkPace":
        """Too much at once for the township."""
        return replace(self, size=max(LEAST_BYTES, self.size // 2))

    def _fitting(self, rate: float) -> int:
        lasts_s = max(self.holds_s, self.sending_s)
        aim = rate * min(AIM_S, lasts_s / CHUNKS_PER_HOLD)
        return int(min(MOST_BYTES, max(LEAST_BYTES, aim)))


@dataclass(frozen=True, slots=True)
class Reached:
    """The township has the photo up to `offset`, on its disk."""

    offset: int


@dataclass(frozen=True, slots=True)
class Moved:
    """It is somewhere else than we thought; nothing of the chunk was taken."""

    offset: int


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What arrived is not what its name says: once more from the beginning. `why`: the township's code."""

    why: str


@dataclass(frozen=True, slots=True)
class SentBack:
    """The township will never take this photo. `why`: its code."""

    why: str


Verdict = Reached | Moved | Spoilt | SentBack
