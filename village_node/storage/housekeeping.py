"""What nobody should have to think of: room is watched, the ballast laid down again, what is safe elsewhere let go.

It never touches what the township has not confirmed; that rule is `Photos.free`'s and the outbox's.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from village_node.clock import Clock
from village_node.photos.photos import Photos
from village_node.storage.disk import MIB, Disk, Room

EVERY: Final = timedelta(minutes=10)
log = logging.getLogger("village_node.storage.housekeeping")


class Housekeeping:
    """Args:
    wanted_mb: how much space the disk should have; below it photos the township has had for long are let go.
    """

    def __init__(self, disk: Disk, photos: Photos, clock: Clock, *, wanted_mb: int) -> None:
        self._disk = disk
        self._photos = photos
        self._clock = clock
        self._wanted_mb = wanted_mb

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.round()
            except Exception:  # a broken disk must not end the watch over it
                log.exception("housekeeping broke")
            await asyncio.sleep(EVERY.total_seconds())

    async def round(self) -> None:
        """Once: collect what nothing names, free what is safe if room is short, lay the ballast."""
        await self._photos.collect(now_ms=self._clock.now_ms())
        if self._disk.room is not Room.AMPLE:
            freed = await self._photos.free((self._wanted_mb - self._disk.free_mb) * MIB)
            log.info("disk short: %d MiB of confirmed photos let go", freed // MIB)
        await asyncio.to_thread(self._disk.take_ballast)
