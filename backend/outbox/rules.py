"""When to try again, and what a try comes to. Pure: time and chance come in."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from backend.outbox.parcel import Outcome, ParcelState, Stored

FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
SPREAD: Final = 0.4
"""Pauses are shortened or lengthened by up to half of this share, so that what failed together is not tried together."""
LEASE: Final = timedelta(minutes=3)
"""How long a sender has a parcel for itself. One that dies in between leaves it to be sent once more, under its key."""


def pause(tries: int, chance: float) -> timedelta:
    """How long to wait after the `tries`-th failure (1, 2, 3 …); `chance` is 0 up to 1."""
    doubled = FIRST_PAUSE * (1 << min(tries - 1, 10))
    return min(doubled, LONGEST_PAUSE) * (1 - SPREAD / 2 + SPREAD * chance)


def sent(stored: Stored, *, channel: str = "", receipt: str = "") -> Outcome:
    """Handed over; nobody promises that it arrived."""
    return Outcome(
        state=ParcelState.SENT, channel=channel, tried=stored.tried, tries=stored.tries, receipt=receipt[:100]
    )


def again(stored: Stored, reason: str, *, at: datetime, chance: float, channel: str = "") -> Outcome:
    """It failed for now."""
    tries = stored.tries + 1 if channel == stored.channel else 1
    return Outcome(
        state=ParcelState.WAITING,
        channel=channel,
        tried=stored.tried,
        tries=tries,
        due_at=at + pause(tries, chance),
        reason=reason[:80],
        receipt=stored.receipt,
    )


def has_failed(stored: Stored, outcome: Outcome) -> bool:
    """Whether a try failed for now."""
    return outcome.state is ParcelState.WAITING and outcome.tries > stored.tries


def later(stored: Stored, until: datetime, *, reason: str = "") -> Outcome:
    """It was not tried at all."""
    return Outcome(
        state=ParcelState.WAITING,
        channel=stored.channel,
        tried=stored.tried,
        tries=stored.tries,
        due_at=until,
        reason=reason or stored.reason,
        receipt=stored.receipt,
    )


def next_channel(stored: Stored, reason: str, *, channel: str, at: datetime) -> Outcome:
    """This way is of no use; the next one is tried at once."""
    return Outcome(
        state=ParcelState.WAITING, tried=(*stored.tried, channel), due_at=at, reason=reason[:80], tries=0
    )


def ended(stored: Stored, state: ParcelState, reason: str) -> Outcome:
    """No more tries by itself."""
    return Outcome(
        state=state,
        channel=stored.channel,
        tried=stored.tried,
        tries=stored.tries,
        reason=reason[:80],
        receipt=stored.receipt,
    )


def afresh(stored: Stored, at: datetime) -> Outcome:
    """A person wants it tried again from the beginning."""
    return replace(later(stored, at), channel="", tried=(), tries=0, reason="")
