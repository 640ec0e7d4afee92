"""What befalls computers and townships, one thing after the other, chosen by a seeded die."""

import asyncio
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import tracing
from tests.faults.processes import NodeProgram, Receipt, Stopped, TownProgram
from tests.support.link import CLEAR, MOUNTAIN, Link, Weather

MOST_CLONES = 2
BROKEN_S = 2.0
_BACKUP = re.compile(r"备份 (\S+) 已做好")


@dataclass(eq=False)
class Machine:
    """One village computer: its program, its own line, and what of its disk was copied when."""

    name: str
    node: NodeProgram
    link: Link
    up: bool = False
    images: list[tuple[Path, int]] = field(default_factory=list)
    burned: list[Receipt] = field(default_factory=list)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        while True:
            try:
                await self.node.start()
            except Stopped:
                await self.node.program.kill()
                continue
            self.up = True
            return

    async def kill(self) -> None:
        self.up = False
        await self.node.program.kill()


@dataclass
class Fates:
    """Everything that can happen. `machines` grows by clones."""

    folder: Path
    town: TownProgram
    machines: list[Machine]
    chance: random.Random
    open_line: Callable[[], Awaitable[Link]]
    backups: list[str] = field(default_factory=list)
    befallen: Counter[str] = field(default_factory=Counter)

    async def one(self) -> None:
        """The next blow."""
        blows = [
            self.kill_a_node,
            self.kill_the_township,
            self.image_a_node,
            self.restore_a_node,
            self.clone_a_node,
            self.back_the_township_up,
            self.restore_the_township,
            self.change_the_weather,
            self.change_the_weather,
            self.cut_a_line,
        ]
        if not tracing.why_not():
            blows += [self.kill_a_node_at_an_fsync, self.kill_the_township_at_an_fsync]
            blows += [self.fill_a_nodes_disk, self.fill_the_townships_disk]
        blow = self.chance.choice(blows)
        if await blow():
            self.befallen[blow.__name__] += 1

    def any(self) -> Machine:
        return self.chance.choice(self.machines)

    async def kill_a_node(self) -> bool:
        machine = self.any()
        async with machine.busy:
            await machine.kill()
            await machine.start()
        return True

    async def kill_the_township(self) -> bool:
        await self.town.program.kill()
        await self.start_town()
        return True

    async def start_town(self) -> None:
        while True:
            try:
                return await self.town.start()
            except Stopped:
                await self.town.program.kill()

    async def image_a_node(self) -> bool:
        """Its disk as it is this very moment, as when somebody copies it or a plug is pulled."""
        machine = self.any()
        async with machine.busy:
            machine.images.append((self._image(machine), len(machine.node.ledger)))
        return True

    def _image(self, machine: Machine) -> Path:
        to = self.folder / f"image-{machine.name}-{self.befallen.total()}-{self.chance.randrange(10**6)}"
        pid = machine.node.program.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            shutil.copytree(machine.node.folder, to, ignore=shutil.ignore_patterns("log"))
        finally:
            os.kill(pid, signal.SIGCONT)
        return to

    async def restore_a_node(self) -> bool:
        """An older copy takes the disk's place; what was written since and never sent is burned."""
        machine = self.any()
        if not machine.images:
            return False
        image, known = self.chance.choice(machine.images)
        async with machine.busy:
            await machine.kill()
            machine.burned += machine.node.ledger[known:]
            machine.images = [(each, least) for each, least in machine.images if least <= known]
            shutil.rmtree(machine.node.folder)
            shutil.copytree(image, machine.node.folder)
            await machine.start()
        return True

    async def clone_a_node(self) -> bool:
        """A second computer with the same disk; both go on."""
        machine = self.any()
        if sum(each.name.startswith("clone") for each in self.machines) >= MOST_CLONES:
            return False
        async with machine.busy:
            image = self._image(machine)
        link = await self.open_line()
        name = f"clone-{len(self.machines)}"
        node = NodeProgram(image, link.url.rstrip("/"), machine.node.item, clock_days=machine.node.clock_days)
        clone = Machine(name, node, link)
        await clone.start()
        self.machines.append(clone)
        return True

    async def back_the_township_up(self) -> bool:
        told = await self._command("backup")
        if found := _BACKUP.search(told):
            self.backups.append(found[1])
        return bool(found)

    async def restore_the_township(self) -> bool:
        if not self.backups:
            return False
        await self.town.program.kill()
        await self._command("restore", self.chance.choice(self.backups))
        await self.start_town()
        return True

    async def _command(self, *words: str) -> str:
        command = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "backend", *words],
            env={**os.environ, **self.town.program.environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await command.communicate()
        return told.decode()

    async def change_the_weather(self) -> bool:
        weathers = [
            CLEAR,
            MOUNTAIN,
            Weather(refusing=True),
            Weather(silent=True),
            Weather(cut_after=self.chance.randrange(200, 20_000)),
        ]
        machine = self.any()
        machine.link.weather = self.chance.choice(weathers)
        return True

    async def cut_a_line(self) -> bool:
        self.any().link.cut()
        return True

    async def kill_a_node_at_an_fsync(self) -> bool:
        machine = self.any()
        async with machine.busy:
            async with tracing.attached(machine.node.program.pid, tracing.killed_at(self._place())):
                await asyncio.sleep(BROKEN_S)
            if machine.node.program.runs:
                return False
            await machine.kill()
            await machine.start()
        return True

    async def kill_the_township_at_an_fsync(self) -> bool:
        async with tracing.attached(self.town.program.pid, tracing.killed_at(self._place())):
            await asyncio.sleep(BROKEN_S)
        if self.town.program.runs:
            return False
        await self.kill_the_township()
        return True

    async def fill_a_nodes_disk(self) -> bool:
        machine = self.any()
        async with machine.busy:
            await self._refuse_writes(machine.node.program.pid)
        return True

    async def fill_the_townships_disk(self) -> bool:
        await self._refuse_writes(self.town.program.pid)
        return True

    async def _refuse_writes(self, pid: int) -> None:
        error = self.chance.choice(["ENOSPC", "EIO"])
        full = tracing.failing_at(self._place(), calls=tracing.WRITES, error=error, times=self._place())
        async with tracing.attached(pid, full):
            await asyncio.sleep(BROKEN_S)

    def _place(self) -> int:
        return self.chance.randrange(1, 9)


def arrived_in(town: TownProgram) -> set[str]:
    """The `rid` of every case that was taken in or set aside, as committed."""
    opened = sqlite3.connect(f"file:{town.file}?mode=ro", uri=True)
    found = opened.execute("SELECT rid FROM cases UNION SELECT rid FROM held_record").fetchall()
    opened.close()
    return {rid for (rid,) in found}
