"""Random bytes of the operating system, fetched in blocks; knows nothing of what they are for.

`os.urandom` lets go of the interpreter lock at every call. Beside the thread that writes the database each call
then costs a wait for that lock: 20 µs and more where the bytes themselves take half a microsecond.
"""

import os
import threading
from collections.abc import Callable

BLOCK_BYTES = 8192


class Chance:
    """Hands out every random byte once, in this process only: a child after fork begins with a block of its own."""

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._block, self._used = b"", 0
        if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
            os.register_at_fork(after_in_child=self._forget)

    def take(self, count: int) -> bytes:
        """`count` unpredictable bytes, at most BLOCK_BYTES."""
        with self._lock:
            end = self._used + count
            if end > len(self._block):
                self._block, end = self._source(BLOCK_BYTES), count
            self._used = end
            return self._block[end - count : end]

    def bits(self, count: int) -> int:
        """An unpredictable number of `count` bits."""
        return int.from_bytes(self.take(-(-count // 8))) >> -count % 8

    def _forget(self) -> None:
        self._block, self._used = b"", 0
        self._lock = threading.Lock()


chance = Chance()
