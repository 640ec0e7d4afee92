"""Hashes that tie records and feed rows to everything before them (sync/1, 2.2 and 2.7).

Bytes in, bytes out: it knows no message, no database and no network.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

START: Final = bytes(32)
FEED_START: Final = bytes(16)


def record_hash(record: bytes) -> bytes:
    """`h`: SHA-256 of the record's bytes as stored. Never computed over re-written bytes."""
    return hashlib.sha256(record).digest()


def advance(chain: bytes, seq: int, h: bytes) -> bytes:
    """The stream's head after record `seq`: SHA-256(chain ‖ seq as 8 bytes, big-endian ‖ h)."""
    return hashlib.sha256(chain + seq.to_bytes(8) + h).digest()


def heads(chain: bytes, entries: Iterable[tuple[int, bytes]]) -> list[bytes]:
    """The head after each of `entries` (seq, record bytes), beginning behind `chain`."""
    run = []
    for seq, record in entries:
        chain = advance(chain, seq, record_hash(record))
        run.append(chain)
    return run


def feed_digest(previous: bytes, row: bytes) -> bytes:
    """`dig` of a feed row: SHA-256(previous digest ‖ row), its first 16 bytes."""
    return hashlib.sha256(previous + row).digest()[:16]
