"""Lets writes that arrive while a commit runs share the next transaction; knows nothing of what is written.

A disk commits a few hundred times a second at best, whatever a commit carries. So requests hand their write in
and wait; one task writes all that piled up in one transaction; each request is answered after that COMMIT.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

from backend.db import in_transaction, inside_transaction

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)

LARGEST_BATCH = 256


class Closed(RuntimeError):
    """Handed in before the start or after the end of the program's work."""


class GroupCommit(Generic[T, R]):
    """One queue of writes of one kind.

    `flush` is given the items of one transaction, in the order they came, and returns one result for each: a
    value, or an exception for an item that must fail without having written anything. If it raises instead,
    the whole batch is rolled back and its items are tried one by one, so that only the guilty one fails; it may
    therefore see an item twice, but never one that has been committed.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]],
        *,
        largest: int = LARGEST_BATCH,
    ) -> None:
        self._flush = flush
        self._largest = largest
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._work(), name="group commit")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Write what is still waiting, then stop."""
        self._closing = True
        self._arrived.set()
        if self._task is not None:
            await self._task

    async def submit(self, item: T) -> R:
        """Hand in one write and wait until it is committed.

        A caller that is cancelled meanwhile does not know whether its item was written, as with any commit.

        Raises:
            Closed: not started yet, or ended.
            RuntimeError: called inside a transaction, where it would wait for ever on SQLite.
            Exception: what `flush` says of this item.
        """
        if self._task is None or self._closing:
            raise Closed("the queue takes no writes now")
        if inside_transaction():
            raise RuntimeError("a write of its own transaction cannot be handed in from inside another")
        written: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        self._arrived.set()
        return await written

    async def _work(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            size = min(len(self._waiting), self._largest)
            taken = (self._waiting.popleft() for _ in range(size))
            batch = [(item, written) for item, written in taken if not written.done()]
            if batch:
                await self._commit(batch)

    async def _write(self, items: list[T]) -> Sequence[R | Exception]:
        async with in_transaction():
            results = await self._flush(items)
            if len(results) != len(items):
                raise ValueError(f"{len(results)} results for {len(items)} items")
        return results

    async def _commit(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._write([item for item, _ in batch])
        except Exception as failure:  # noqa: BLE001 - it belongs to whoever waits, whatever it is
            if len(batch) > 1:
                log.info("a batch of %d is tried one by one: %s", len(batch), type(failure).__name__)
                for one in batch:
                    await self._commit([one])
                return
            results = [failure]
        for (_, written), result in zip(batch, results, strict=True):
            if written.done():
                continue
            if isinstance(result, Exception):
                written.set_exception(result)
            else:
                written.set_result(result)
