"""A small memory of answers that cost a query; knows nothing of what they say."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Bounded, short-lived, and filled once however many ask at the same time.

    Whoever changes what an answer was made of calls `drop` after COMMIT. A fill that began before that is still
    given to those who waited for it, but not kept.
    """

    def __init__(self, *, life_s: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`life_s`: seconds an answer may be shown; `size`: most answers kept, the least used goes first."""
        self._life_s = life_s
        self._size = size
        self._clock = clock
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._filling: dict[K, asyncio.Task[V]] = {}
        self._drops = 0

    def find(self, key: K) -> V | None:
        """What is kept and still fresh, without waiting."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept[0] <= self._clock():
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept[1]

    async def get(self, key: K, fill: Callable[[], Awaitable[V]], *, quick: bool = False) -> V:
        """What is kept, or what `fill` brings; an error of `fill` goes to all who wait and is not kept.

        Args:
            quick: `fill` answers without waiting (a point read on SQLite), so it is called right here: a task of
                its own costs more than the read. Whatever was dropped meanwhile, its answer is then not kept.

        `fill` runs in a task of its own, so it goes on when one of those who wait is cancelled. It must not be
        asked for inside a transaction.
        """
        found = self.find(key)
        if found is not None:
            return found
        if quick:
            drops = self._drops
            value = await fill()
            if drops == self._drops:
                self._keep(key, value)
            return value
        filling = self._filling.get(key)
        if filling is None:
            filling = self._filling[key] = asyncio.ensure_future(self._fill(key, fill))
            filling.add_done_callback(_look)
        return await asyncio.shield(filling)

    async def _fill(self, key: K, fill: Callable[[], Awaitable[V]]) -> V:
        me = asyncio.current_task()
        try:
            value = await fill()
            if self._filling.get(key) is me:
                self._keep(key, value)
        finally:
            if self._filling.get(key) is me:
                del self._filling[key]
        return value

    def _keep(self, key: K, value: V) -> None:
        self._kept[key] = (self._clock() + self._life_s, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget the key, also a fill under way."""
        self._drops += 1
        self._kept.pop(key, None)
        self._filling.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)


def _look(done: asyncio.Task[Any]) -> None:
    """Take note of an error when all who waited have left, or asyncio complains that nobody did."""
    if not done.cancelled():
        done.exception()
