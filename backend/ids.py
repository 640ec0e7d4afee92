"""Makes the identifiers of stored rows; knows nothing of what the rows are about."""

import time
from datetime import datetime

from backend.chance import chance
from backend.instants import to_ms

ID_LENGTH = 32
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id_at(at: datetime, random: bytes) -> str:
    """A UUIDv7 (RFC 9562) as 32 lower-case hex characters.

    Args:
        at: aware; its milliseconds lead the id, so ids sort roughly by the time they were made.
        random: 10 unpredictable bytes, of which 74 bits are used.

    Raises:
        ValueError: `at` is naive, or `random` is not 10 bytes long.
    """
    if len(random) != 10:
        raise ValueError("an id needs 10 random bytes")
    return _written(to_ms(at), random)


def new_id() -> str:
    """A fresh id of this moment; the one place where rows take the clock and chance from the system."""
    return _written(time.time_ns() // 1_000_000, chance.take(10))


def _written(milliseconds: int, random: bytes) -> str:
    bits = int.from_bytes(random, "big")
    high, low = bits >> 62 & 0xFFF, bits & ((1 << 62) - 1)
    return f"{milliseconds << 80 | _VERSION | high << 64 | _VARIANT | low:032x}"
