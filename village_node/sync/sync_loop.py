"""The node's outer loop: meets the township again and again, and never gives up.

When to try next is `exchange.retry_after`'s rule; chance and sleeping are passed in.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from village_node.sync.exchange import retry_after
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Failed

IDLE: Final = timedelta(seconds=60)
log = logging.getLogger("village_node.sync")


class SyncLoop:
    """`wake` when something was written or the clerk asks: a good line is then used at once."""

    def __init__(
        self,
        sync: Synchroniser,
        chance: Callable[[], float],
        *,
        afterwards: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """`afterwards` runs after each meeting that succeeded: what the township told may concern this computer."""
        self._sync = sync
        self._chance = chance
        self._afterwards = afterwards
        self._awake = asyncio.Event()
        self.first_try = False
        """Whether the first meeting since the program was opened is under way: what an earlier day left says nothing."""

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """Until cancelled."""
        self.first_try = True
        while True:
            self._awake.clear()
            asked, longest = await self._try()
            self.first_try = False
            await asyncio.sleep(asked.total_seconds())
            # Not `wait_for`: before Python 3.12 it may swallow the cancellation that ends this loop.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout((longest - asked).total_seconds()):
                    await self._awake.wait()

    async def _try(self) -> tuple[timedelta, timedelta]:
        """One meeting; how long to rest after it: as long as the township asked in any case, and at most."""
        try:
            meeting = await self._sync.until_quiet()
            if self._afterwards is not None:
                await self._afterwards()
        except Failed as failed:
            log.info("no exchange: %s (%s)", failed.failure, failed.why)
            return failed.wait, retry_after(self._sync.pace, self._chance(), asked=failed.wait)
        except Exception:  # whatever it was, the next case must still go up
            log.exception("exchange broke")
            return timedelta(0), retry_after(self._sync.pace, self._chance())
        return meeting.wait, max(meeting.wait, IDLE * (0.75 + self._chance() / 2))
