"""Counts wrong codes by address, so that codes cannot be tried out. Pure; time comes in."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

MOST_ADDRESSES = 10_000


@dataclass(slots=True)
class _Tally:
    since: datetime
    wrong: int = 0


class Guesses:
    """How often an address was wrong lately.

    Args:
        allowed: wrong codes within `window`; typing slips count too, so this leaves room for a bad eye.
    """

    def __init__(self, *, allowed: int = 20, window: timedelta = timedelta(minutes=10)) -> None:
        self._allowed = allowed
        self._window = window
        self._tallies: OrderedDict[str, _Tally] = OrderedDict()

    def wait_s(self, address: str, at: datetime) -> int:
        """Seconds this address has to wait before its next look-up; 0 = none."""
        tally = self._tallies.get(address)
        if tally is None or tally.wrong < self._allowed:
            return 0
        left = tally.since + self._window - at
        if left <= timedelta():
            del self._tallies[address]
            return 0
        return ceil(left.total_seconds())

    def note_wrong(self, address: str, at: datetime) -> None:
        tally = self._tallies.get(address)
        if tally is None or at - tally.since >= self._window:
            tally = self._tallies[address] = _Tally(at)
            self._tallies.move_to_end(address)
        tally.wrong += 1
        while len(self._tallies) > MOST_ADDRESSES:
            self._tallies.popitem(last=False)
