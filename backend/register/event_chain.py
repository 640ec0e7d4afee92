"""Seals histories in which every event carries the hash of the one before it. Pure.

It knows no kind of event: what one says, and in which order that is hashed, is up to whoever keeps the history.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic")


class ChainBroken(Exception):
    """An event was altered, removed or put in another place.

    Args:
        subject: what has the history, with its id: "case 0198…".
        seq: the event at which the history stops being provable.
    """

    def __init__(self, subject: str, seq: int) -> None:
        self.seq = seq
        super().__init__(f"{subject}: event {seq} does not follow from the ones before")


def facts_text(facts: Any) -> str:
    """The facts of an event as stored and as hashed: the same text for the same facts."""
    return _encoder.encode(facts).decode()


@lru_cache(256)
def instant_text(at: datetime) -> str:
    """A moment as hashed, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def hashed_text(said: Sequence[Any]) -> bytes:
    """Everything an event says, exactly as it is hashed: for whoever wants to reckon it again without this program."""
    return _encoder.encode(said)


def digest(said: Sequence[Any]) -> str:
    """SHA-256 over everything an event says, the hash of the event before it included, as 64 hex characters."""
    return hashlib.sha256(hashed_text(said)).hexdigest()
