"""How many exchanges are served at once, and how much one node may send: the bound on the township's memory and on a
single computer's share when every village comes back. Knows numbers and a clock, no HTTP and no database."""

import asyncio
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from api_spec.errors import ErrorCode
from backend.faults import Fault

BODIES_AT_ONCE: Final = 64
BODIES_OF_ONE: Final = 8
"""Of one node, as the request says: a computer speaks once at a time, its cut lines take a while to be noticed."""
INFLATED_AT_ONCE: Final = 4
CROWDED: Final = BODIES_AT_ONCE // 2
FIRST_WAIT_S: Final = 5
SPREAD_S: Final = 30
NODE_BYTES: Final = 64 * 1024 * 1024
"""What one node may send in one go: seventy thousand cases, compressed. Photos are counted where they are received."""
NODE_BYTES_A_SECOND: Final = 1024 * 1024


class Gate:
    """Bodies are small and slow to arrive, so many may be on their way; inflated ones are large, so few may exist.

    Args:
        clock: seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reading = 0
        self._of: Counter[str] = Counter()
        self._spent: dict[str, tuple[float, float]] = {}
        self.inflating = asyncio.Semaphore(INFLATED_AT_ONCE)

    @contextmanager
    def body(self, claimed: str) -> Iterator[None]:
        """A place to read one body.

        Args:
            claimed: the node the request says it is of; nothing is proved yet.

        Raises:
            Fault: BUSY with a wait that differs from node to node, so that they do not all come back at once.
        """
        over = self._debt(claimed) - NODE_BYTES
        if over > 0:
            raise Fault(ErrorCode.BUSY, retry_after_s=FIRST_WAIT_S + int(over / NODE_BYTES_A_SECOND))
        if self._reading >= BODIES_AT_ONCE or self._of[claimed] >= BODIES_OF_ONE:
            raise Fault(ErrorCode.BUSY, retry_after_s=spread_s(claimed))
        self._reading += 1
        self._of[claimed] += 1
        try:
            yield
        finally:
            self._reading -= 1
            self._of[claimed] -= 1
            if not self._of[claimed]:
                del self._of[claimed]

    def spend(self, node: int, size: int) -> None:
        """Count a body against its node; only once its signature is proved, so that nobody spends for another."""
        name = str(node)
        self._spent[name] = (self._clock(), self._debt(name) + size)

    def wait_s(self, node: int) -> int:
        """When a node that brought nothing had better come again, in seconds; 0 while there is room for all."""
        return spread_s(str(node)) if self._reading >= CROWDED else 0

    def _debt(self, name: str) -> float:
        """Bytes this node has sent and that are not paid off by time yet."""
        at, spent = self._spent.get(name, (0.0, 0.0))
        return max(0.0, spent - (self._clock() - at) * NODE_BYTES_A_SECOND)


def spread_s(node: str) -> int:
    """5 to 34 seconds, always the same for one node: villages that come back together are told to come one by one."""
    return FIRST_WAIT_S + zlib.crc32(node.encode()) % SPREAD_S
