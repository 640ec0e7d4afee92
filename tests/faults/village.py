"""A village computer whose every exchange lies on the table: it is carried on, lost, doubled or answered by hand.

The node is the real one (`open_pc`); only its line is ours. A citizen's ledger of slips belongs to each disk.
"""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from api_spec import sync
from api_spec.records import AmendBody
from tests.sync.conftest import LI, Time, VillagePc, open_pc
from village_node.desk.corrections import Corrections, Revision
from village_node.storage.database import Writing
from village_node.sync import outbox
from village_node.sync.line import LineDown, Reply, Send
from village_node.sync.township import Failed

MOST_RECORDS: Final = 2
"""In one push, so that a handful of cases makes several."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a citizen holds, or a correction they were told of: which bytes must not get lost."""

    rid: str
    code: str
    h: bytes


@dataclass(eq=False)
class Letter:
    """One request on its way, and what has come back for it so far."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    answer: "asyncio.Future[Reply]"
    replies: list[Reply] = field(default_factory=list)


@dataclass(eq=False)
class Village:
    """One computer with its disk. `letters`: every exchange it ever began; the last may still be waited for."""

    folder: Path
    front: Send
    pc: VillagePc
    time: Time
    slips: list[Slip] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    waiting: Letter | None = None
    failed: Failed | None = None
    _syncing: "asyncio.Task[None] | None" = None
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def open(cls, folder: Path, front: Send) -> "Village":
        holder: list[Village] = []

        async def line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
            if path != sync.EXCHANGE_PATH:
                return await front(method, path, headers, body)
            return await holder[0].post(method, path, headers, body=body)

        time = Time()
        village = cls(folder, front, await open_pc(folder, line, time=time), time)
        holder.append(village)
        return village

    async def post(self, method: str, path: str, headers: Mapping[str, str], *, body: bytes) -> Reply:
        letter = Letter(method, path, dict(headers), body, asyncio.get_running_loop().create_future())
        self.letters.append(letter)
        self.waiting = letter
        self._stopped.set()
        return await letter.answer

    async def begin(self) -> None:
        """Start a meeting with the township if none is under way; it comes as far as its first exchange."""
        if self._syncing is not None:
            return
        if not self.pc.sync.pace.opaque:
            self.pc.sync.pace = replace(self.pc.sync.pace, batch=min(self.pc.sync.pace.batch, MOST_RECORDS))
        self.failed = None
        self._stopped.clear()
        self._syncing = asyncio.create_task(self._sync())
        await self._settle()

    async def _sync(self) -> None:
        try:
            await self.pc.sync.until_quiet()
        except Failed as failed:
            self.failed = failed
        finally:
            self._stopped.set()

    async def _settle(self) -> None:
        """Until it waits for an answer again, or is done."""
        await self._stopped.wait()
        if self.waiting is None and self._syncing is not None:
            task, self._syncing = self._syncing, None
            await task

    async def arrive(self, letter: Letter) -> None:
        """The township gets a request, perhaps not for the first time."""
        letter.replies.append(await self.front(letter.method, letter.path, letter.headers, letter.body))

    async def answer(self, reply: Reply) -> None:
        """The waited-for answer, or what passes for it, comes."""
        letter, self.waiting = self.waiting, None
        if letter is None:
            return
        self._stopped.clear()
        letter.answer.set_result(reply)
        await self._settle()

    async def lose(self) -> None:
        """The line is cut; the request may have arrived or may still arrive."""
        letter, self.waiting = self.waiting, None
        if letter is None:
            return
        self._stopped.clear()
        letter.answer.set_exception(LineDown("cut"))
        await self._settle()

    async def meet(self, *, exchanges: int = 40) -> None:
        """One undisturbed meeting after whatever was under way."""
        await self.lose()
        await self.begin()
        for _ in range(exchanges):
            if self.waiting is None:
                return
            await self.arrive(self.waiting)
            await self.answer(self.waiting.replies[-1])
        raise AssertionError("a meeting that does not end")

    async def file(self, *, area: int) -> None:
        entry = await self.pc.file(area_mu=str(area))
        assert entry.h is not None
        self.slips.append(Slip(entry.rid, entry.tracking_code, entry.h))

    async def correct(self, rid: str, *, area: int) -> None:
        """Put the area of a case right: its next revision."""
        entry = await self.pc.register.find(rid)
        assert entry is not None
        assert entry.h is not None
        items = self.pc.packs.current().items
        await Corrections(self.pc.database).write(
            entry,
            AmendBody(answers={"area_mu": area}),
            base=Revision(entry.rev, entry.h, entry.pairs),
            item=next(item for item in items if item.id == entry.item_id),
            pairs=[],
            pack_sha=self.pc.packs.sha,
            clerk=LI,
            made=self.time.clock.stamp(None),
        )
        corrected = await self.pc.register.find(rid)
        assert corrected is not None
        assert corrected.h is not None
        self.slips.append(Slip(rid, entry.tracking_code, corrected.h))

    async def write(self, stored: bytes, *, rid: str, kind: str = "case") -> None:
        """Put bytes into the stream that no page of the node would write: a poisoned record."""

        async def work(tx: Writing) -> None:
            await outbox.append(tx, rid=rid, rev=1, kind=kind, body=stored, now_ms=self.time.clock.now_ms())

        await self.pc.database.write(work)
        self.slips.append(Slip(rid, "", sha256(stored).digest()))

    async def copy(self, to: Path) -> "Disk":
        """The disk as it is now: a backup, or the start of a clone."""
        shutil.copytree(self.folder, to, ignore=shutil.ignore_patterns("node.db*"))
        await self.pc.database.copy_to(to / "node.db")
        return Disk(to, list(self.slips))

    async def close(self) -> None:
        await self.lose()
        while self._syncing is not None:  # it asked again at once
            await self.lose()
        await self.pc.database.close()


@dataclass(frozen=True, slots=True)
class Disk:
    """A copy of a computer's disk."""

    folder: Path
    slips: list[Slip]
