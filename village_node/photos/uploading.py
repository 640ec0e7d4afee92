"""Sends photos in chunks, one at a time, from where the township is: after the records, and between two of them.

How much at once and what an answer means is `chunk_pace`'s; the wire is `township`'s. A failed chunk is a failed
exchange and waits like one.
"""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Final

from api_spec.sync import BlobAnswer
from village_node.photos.chunk_pace import ChunkPace, Moved, Reached, SentBack, Spoilt, Verdict
from village_node.photos.photo_links import PhotoState
from village_node.photos.photos import Photos, Waiting
from village_node.storage.sealed_file import Damaged
from village_node.sync.exchange import Failure
from village_node.sync.township import Failed, Township

# What every exchange names of the photos it could send: enough to keep the line busy, little enough for an idle check.
OFFERED: Final = 24
TRIES_OF_ONE: Final = 3
MOVING: Final = "moving"
UNREADABLE: Final = "unreadable"
log = logging.getLogger("village_node.sync")


class Uploading:
    """The photos' way up.

    Args:
        monotonic: seconds, to learn what the line bears.
    """

    def __init__(self, photos: Photos, township: Township, *, monotonic: Callable[[], float]) -> None:
        self._photos = photos
        self._township = township
        self._monotonic = monotonic
        self._needed: dict[str, int] = {}
        self._most = 0
        self._more_to_tell = False
        self._trouble: Counter[str] = Counter()
        self.pace = ChunkPace()
        self.failures = 0

    async def waiting(self) -> int:
        return await self._photos.waiting()

    async def offered(self) -> tuple[tuple[str, int], ...]:
        """For the exchange: name and size of the next photos, in the order they would be sent."""
        return tuple((photo.sha, photo.size) for photo in await self._queue())

    async def to_confirm(self, day: int) -> tuple[tuple[str, int], ...]:
        """For the day's comparison: photos the township should have; it wants again what it has not."""
        return tuple(await self._photos.to_confirm(day))

    async def told(self, answer: BlobAnswer, *, most: int, township_ms: int) -> None:
        """Take in the answer to what was offered.

        Args:
            most: bytes of a chunk the township takes at once.
        """
        before = await self._photos.waiting()
        await self._photos.told(answer, township_ms=township_ms)
        self._more_to_tell = before > await self._photos.waiting() > 0
        self._needed = dict(answer.need)
        self._most = most

    @property
    def more_to_tell(self) -> bool:
        """Whether the township took some off our hands, so that it should hear of the next ones."""
        return self._more_to_tell

    async def start_over(self) -> None:
        """The township went back to an older state; what it had of photos went with it."""
        await self._photos.send_again()

    async def step(self) -> bool:
        """Send one chunk of the next photo that is wanted; False if none is.

        Raises:
            Failed
        """
        photo = next((each for each in await self._queue() if each.sha in self._needed), None)
        if photo is None:
            return False
        offset = self._needed[photo.sha]
        if not 0 <= offset < photo.size:  # all of it is there; the next exchange says `have`, or from where
            del self._needed[photo.sha]
            return True
        try:
            chunk = await self._photos.part(photo.sha, start=offset, length=min(self.pace.size, self._most))
        except (Damaged, OSError):
            log.error("photo %s cannot be read any more", photo.sha[:12])  # noqa: TRY400
            await self._give_up(photo.sha, PhotoState.LOST, UNREADABLE)
            return True
        await self._take_in(photo, await self._send(photo, offset, chunk))
        return True

    async def _send(self, photo: Waiting, offset: int, chunk: bytes) -> Verdict:
        began = self._monotonic()
        try:
            verdict = await self._township.append(photo.sha, offset=offset, size=photo.size, chunk=chunk)
        except Failed as failed:
            self.failures += 1
            if failed.failure in {Failure.LINE, Failure.CUT}:
                self.pace = self.pace.after_cut(self._monotonic() - began)
            elif failed.failure in {Failure.TOO_LARGE, Failure.SLOW}:
                self.pace = self.pace.after_refusal()
            elif failed.failure is Failure.BROKEN:
                self._trouble[photo.sha] += 1
            raise
        self.failures = 0
        if isinstance(verdict, Reached):
            self.pace = self.pace.after_chunk(len(chunk), self._monotonic() - began)
        return verdict

    async def _take_in(self, photo: Waiting, verdict: Verdict) -> None:
        match verdict:
            case Reached(offset):
                self._needed[photo.sha] = offset
                await self._photos.reached(photo.sha, offset)
            case Moved(offset):
                self._needed[photo.sha] = offset
                await self._tried(photo.sha, MOVING)
            case Spoilt(why):
                self._needed[photo.sha] = 0
                await self._tried(photo.sha, why)
            case SentBack(why):
                await self._give_up(photo.sha, PhotoState.REFUSED, why)

    async def _tried(self, sha: str, why: str) -> None:
        """No photo may keep the line busy without getting any further."""
        self._trouble[sha] += 1
        if self._trouble[sha] > TRIES_OF_ONE:
            await self._give_up(sha, PhotoState.REFUSED, why)

    async def _give_up(self, sha: str, state: PhotoState, why: str) -> None:
        self._needed.pop(sha, None)
        await self._photos.give_up(sha, state, why=why)

    async def _queue(self) -> list[Waiting]:
        """Photos that broke the township again and again go last, so that they hold up no other."""
        stuck = {sha for sha, times in self._trouble.items() if times >= TRIES_OF_ONE}
        found = await self._photos.next_up(OFFERED + len(stuck))
        return sorted(found, key=lambda photo: photo.sha in stuck)[:OFFERED]
