"""The soak: one township and its villages as real processes, everything that can go wrong, and then the reckoning.

Every receipt goes into a ledger of its own the moment a citizen has it. In the end all lines are good, everything
waits until it is quiet, and the ledger is held against the township (sync/1, 2.15).
"""

import asyncio
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from api_spec import tracking_code
from backend import db
from backend.migrate import migrate
from tests.faults.prepare import make_template
from tests.faults.processes import NodeProgram, Receipt, TownProgram, make_usable
from tests.faults.town import Front, Town
from tests.faults.village import Slip, Village
from tests.faults.world import World
from tests.soak.fates import Fates, Machine, arrived_in
from tests.soak.gateway import Gateway
from tests.support.link import CLEAR, Link
from tests.support.township import Clock

TROUBLE = 0.1
QUIET_S = 180.0
FAR_OFF_DAYS = 7300
PROPERTIES = (
    "1 no loss",
    "2 no doubles",
    "4 contiguity",
    "6 forks told apart",
    "7 nothing held in silence",
    "8 progress without help",
    "9 every view is the feed",
    "11 revisions in order",
    "14 crash points",
    "15 full disk",
    "16 clocks",
    "orphans' papers are genuine",
)


class Failure(AssertionError):
    """A property does not hold."""


@dataclass
class Report:
    """What a run came to; `wrong` is empty or the run has failed."""

    seed: int
    seconds: float
    receipts: int = 0
    burned: int = 0
    cases: int = 0
    held: Counter[str] = field(default_factory=Counter)
    epochs: int = 0
    quiet_after_s: float = 0.0
    blows: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    cuts: int = 0
    wrong: str = ""

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}, {self.seconds:.0f} s, quiet after {self.quiet_after_s:.0f} s more",
            f"receipts {self.receipts}, burned unsent {self.burned}, cases {self.cases}, held {dict(self.held) or 0},"
            f" epochs {self.epochs}",
            "blows: " + ", ".join(f"{name} {count}" for name, count in sorted(self.blows.items())),
            "requests: " + ", ".join(f"{name} {count}" for name, count in sorted(self.requests.items())),
            f"connections cut: {self.cuts}",
            "checked: " + "; ".join(PROPERTIES),
            f"WRONG: {self.wrong}" if self.wrong else "lost 0, doubled 0",
        ]
        return "\n".join(lines)


async def soak(folder: Path, *, nodes: int, seconds: float, seed: int) -> Report:
    """One run in an empty folder; every failed property is told in the report."""
    chance = random.Random(seed)
    empty = folder / "empty.db"
    await migrate(f"sqlite:///{empty}")
    made = await make_template(folder, empty, more=nodes - 1)
    town = TownProgram(folder / "town")
    town.folder.mkdir()
    shutil.copyfile(made.town, town.file)
    report = Report(seed, seconds)
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(Gateway(town.url, chance))

        async def open_line() -> Link:
            return await stack.enter_async_context(Link(gateway.port))

        machines = []
        for turn, prepared in enumerate((made.village, *made.others)):
            await make_usable(prepared)
            place = folder / f"node-{turn}"
            shutil.copytree(prepared, place)
            link = await open_line()
            off = [None, FAR_OFF_DAYS, -FAR_OFF_DAYS][turn % 3]
            machines.append(
                Machine(
                    f"node-{turn}", NodeProgram(place, link.url.rstrip("/"), made.item, clock_days=off), link
                )
            )
        fates = Fates(folder, town, machines, chance, open_line)
        try:
            await town.start()
            for machine in machines:
                await machine.start()
            gateway.trouble = TROUBLE
            await _days(fates, folder / "ledger", seconds)
            gateway.trouble = 0.0
            report.quiet_after_s = await _until_quiet(fates)
        finally:
            for machine in fates.machines:
                report.cuts += machine.link.carried.cuts
                await machine.node.close()
            await town.program.kill()
    report.blows, report.requests = fates.befallen, gateway.seen
    try:
        await _reckon(folder, fates, report)
    except AssertionError as wrong:
        report.wrong = str(wrong) or repr(wrong)
    return report


async def _days(fates: Fates, ledger: Path, seconds: float) -> None:
    """Citizens come to every computer while one thing after the other goes wrong."""
    ends = time.monotonic() + seconds
    citizens: dict[Machine, asyncio.Task[None]] = {}
    with ledger.open("a") as lines:

        async def come(machine: Machine) -> None:
            while time.monotonic() < ends:
                if machine.up and (receipt := await machine.node.file()):
                    lines.write(json.dumps({"at": machine.name, "rid": receipt.rid, "code": receipt.code}))
                    lines.write("\n")
                    lines.flush()
                await asyncio.sleep(0.2)

        while time.monotonic() < ends:
            for machine in fates.machines:
                if machine not in citizens:
                    citizens[machine] = asyncio.create_task(come(machine))
            await fates.one()
            await asyncio.sleep(fates.chance.random())
        await asyncio.gather(*citizens.values())


async def _until_quiet(fates: Fates) -> float:
    """A good line, every program running, nobody helping but the button; how long it took, in seconds."""
    started = time.monotonic()
    if not fates.town.program.runs:
        await fates.start_town()
    for machine in fates.machines:
        machine.link.weather = CLEAR
        if not machine.node.program.runs:
            await machine.kill()
            await machine.start()
    while time.monotonic() - started < QUIET_S:
        missing = {receipt.rid for receipt in _promised(fates.machines)} - arrived_in(fates.town)
        if not missing:
            break
        for machine in fates.machines:
            await machine.node.send_now()
        await asyncio.sleep(1)
    return time.monotonic() - started


def _promised(machines: Sequence[Machine]) -> list[Receipt]:
    """Receipts whose disk was not burned."""
    burned = {receipt.rid for machine in machines for receipt in machine.burned}
    given = [receipt for machine in machines for receipt in machine.node.ledger]
    return [receipt for receipt in given if receipt.rid not in burned]


async def _reckon(folder: Path, fates: Fates, report: Report) -> None:
    """Open everything that was left on the disks and hold it against the ledger."""
    town = Town(fates.town.folder, Clock(datetime.now(UTC)))
    await town.open()
    worlds: dict[int, World] = {}
    try:
        for machine in fates.machines:
            village = await Village.open(machine.node.folder, Front(town))
            world = worlds.setdefault(village.pc.number, World(folder, town, Front(town)))
            world.villages.append(village)
            for entry in await village.pc.register.between(0, 2**53):
                if entry.h is not None:
                    village.slips.append(Slip(entry.rid, entry.tracking_code, entry.h))
        await _check_ledger(fates.machines, town, report)
        for world in worlds.values():
            waiting = [await village.pc.waiting() for village in world.villages]
            if any(waiting):
                raise Failure(f"still waiting: {waiting}")
            await world.heal()
            await world.check()
    finally:
        for world in worlds.values():
            for village in world.villages:
                await village.close()
        await town.close()


async def _check_ledger(machines: Sequence[Machine], town: Town, report: Report) -> None:
    cases = {
        row["rid"]: row["tracking_code"] for row in await db.rows("SELECT rid, tracking_code FROM cases")
    }
    aside = await db.rows("SELECT rid, reason FROM held_record")
    held = {row["rid"] for row in aside}
    report.cases, report.held = len(cases), Counter(row["reason"] for row in aside)
    report.epochs = len(await db.rows("SELECT id FROM node_stream"))
    ledger = [receipt for machine in machines for receipt in machine.node.ledger]
    report.receipts = len(ledger)
    if len({receipt.code for receipt in ledger}) != len(ledger):
        raise Failure("one tracking code on two receipts")
    for receipt in _promised(machines):
        if cases.get(receipt.rid) != receipt.code and receipt.rid not in held:
            raise Failure(f"a receipt without a case: {receipt.rid}")
    for machine in machines:
        for receipt in machine.burned:
            if receipt.rid in cases or receipt.rid in held:
                continue
            report.burned += 1
            if not await town.running.intake.genuine(tracking_code.parse(receipt.code)):
                raise Failure(f"an orphan's paper proves nothing: {receipt.rid}")
