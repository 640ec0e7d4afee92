"""How long a name must wait after wrong passwords. Pure: counts in, waiting times out; no clock, no database."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

FREE_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)
FORGOTTEN_AFTER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Lockout:
    """When wrong tries begin to cost time, and how much.

    Args:
        free_tries: tries allowed before the first wait; the last of them starts it.
        first_wait: doubled with every further wrong try, up to `longest_wait`.
        forgotten_after: a quiet time after which counting starts anew.
    """

    free_tries: int = FREE_TRIES
    first_wait: timedelta = FIRST_WAIT
    longest_wait: timedelta = LONGEST_WAIT
    forgotten_after: timedelta = FORGOTTEN_AFTER

    def wait_after(self, tries: int) -> timedelta:
        """How long the name stays locked once `tries` tries in a row have been wrong; zero while they are free."""
        extra = tries - self.free_tries
        if extra < 0:
            return timedelta()
        # Past this many doublings the longest wait is reached whatever the first one was.
        doublings: int = 2 ** min(extra, 32)
        return min(self.first_wait * doublings, self.longest_wait)
