"""Computers that write, send, lose answers, are copied and restored, and a township that goes back: nothing is lost.

Node and township are the real ones; what lies between them is moved by hand, one request and one answer at a time.
The rules and properties are those of sync/1, 2.14 and 2.15.
"""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.faults.prepare import make_template
from tests.faults.town import Front, Town
from tests.faults.village import Disk, Village
from tests.faults.weak import STORIES, Weakness
from tests.faults.world import Template, World

T = TypeVar("T")
PICK = st.integers(0, 5)
RUNS = int(os.environ.get("BMT_STATEFUL_RUNS", "300"))
"""`make soak` asks for thousands; each takes a quarter of a second."""
WEAK_RUNS = int(os.environ.get("BMT_WEAK_RUNS", "0"))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where worlds are made: memory where the machine has it, and one event loop for all of them."""

    folder: Path
    template: Template
    runner: asyncio.Runner

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


@pytest.fixture(scope="module")
def ground(template: str, dialect: str) -> Iterator[Ground]:
    if dialect != "sqlite":
        pytest.skip("a township that is put back from a file: SQLite")
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    folder = Path(tempfile.mkdtemp(prefix="bmt-", dir=memory if memory.is_dir() else None))
    with asyncio.Runner() as runner:
        yield Ground(folder, runner.run(make_template(folder, Path(template))), runner)
    shutil.rmtree(folder)


def machine_of(ground: Ground, front: Callable[[Town], Front]) -> type[RuleBasedStateMachine]:
    """The state machine of sync/1; `front` is the township's door, honest or weakened."""

    class Villages(RuleBasedStateMachine):
        villages: Bundle[Village] = Bundle("villages")
        disks: Bundle[Disk] = Bundle("disks")

        def __init__(self) -> None:
            super().__init__()
            self.world = ground.run(World.open(ground.folder / secrets.token_hex(4), ground.template, front))

        @initialize(target=villages)
        def first(self) -> Village:
            return self.world.villages[0]

        @rule(village=villages, area=st.integers(1, 99))
        def file_a_case(self, village: Village, area: int) -> None:
            ground.run(village.file(area=area))

        @rule(village=villages, pick=PICK, area=st.integers(1, 99))
        def correct_a_case(self, village: Village, pick: int, area: int) -> None:
            """Two copies may write different second revisions of one case."""
            if cases := [slip.rid for slip in village.slips if slip.code]:
                ground.run(village.correct(cases[pick % len(cases)], area=area))

        @rule(village=villages, breaking=st.booleans())
        def write_poison(self, village: Village, *, breaking: bool) -> None:
            """Bytes that no township can read; or that make this one meet an unexpected error."""
            if len(self.world.front.breaking) == 2:
                return
            rid = secrets.token_hex(16)
            ground.run(village.write(b'{"kind":"case","rid":"%s","rev":1}' % rid.encode(), rid=rid))
            if breaking:
                self.world.front.breaking.add(village.slips[-1].h)

        @rule(village=villages)
        def send(self, village: Village) -> None:
            ground.run(village.begin())

        @rule(village=villages)
        def arrive_and_answer(self, village: Village) -> None:
            if village.waiting is not None:
                letter = village.waiting
                ground.run(village.arrive(letter))
                ground.run(village.answer(letter.replies[-1]))
                ground.run(self.world.confirmed_is_durable(village))

        @rule(village=villages, pick=PICK)
        def arrive_late_or_again(self, village: Village, pick: int) -> None:
            """Any request ever sent comes to the township, be it answered, given up or still waited for."""
            if village.letters:
                letter = village.letters[-1 - pick % len(village.letters)]
                ground.run(village.arrive(letter))

        @rule(village=villages, pick=PICK)
        def answer_with_an_older_one(self, village: Village, pick: int) -> None:
            replies = [reply for letter in village.letters for reply in letter.replies]
            if village.waiting is not None and replies:
                ground.run(village.answer(replies[-1 - pick % len(replies)]))

        @rule(village=villages)
        def lose_it(self, village: Village) -> None:
            ground.run(village.lose())

        @rule(village=villages)
        def meet(self, village: Village) -> None:
            """A whole meeting on a good line."""
            ground.run(village.meet())
            ground.run(self.world.confirmed_is_durable(village))

        @rule(village=villages, pick=PICK)
        def the_township_accepts_a_case(self, village: Village, pick: int) -> None:
            if cases := [slip.rid for slip in village.slips if slip.code]:
                ground.run(self.world.town.accept(cases[pick % len(cases)]))

        @rule(village=villages, target=disks)
        def copy_the_disk(self, village: Village) -> Disk:
            return ground.run(village.copy(self.world.fresh()))

        @rule(disk=disks, target=villages)
        def start_a_clone(self, disk: Disk) -> Village:
            return ground.run(self.world.start_copy(disk))

        @rule(village=consumes(villages), disk=disks, target=villages)
        def restore_a_computer(self, village: Village, disk: Disk) -> Village:
            ground.run(self.world.burn(village))
            return ground.run(self.world.start_copy(disk))

        @rule(village=consumes(villages), target=villages)
        def switch_off_and_on(self, village: Village) -> Village:
            return ground.run(self.world.restart(village))

        @rule()
        def back_the_township_up(self) -> None:
            ground.run(self.world.verify_backup())

        @rule()
        def a_month_passes(self) -> None:
            self.world.pass_a_month()

        @rule()
        def restore_the_township(self) -> None:
            ground.run(self.world.town.restore(self.world.backup))
            ground.run(self.world.nothing_is_forgotten())

        def teardown(self) -> None:
            try:
                ground.run(self.world.heal())
                ground.run(self.world.check())
            finally:
                ground.run(self.world.close())

    return Villages


def quickly(runs: int, steps: int = 30) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.slow
def test_whatever_computers_lines_and_townships_do_nothing_is_lost_or_doubled(ground: Ground) -> None:
    run_state_machine_as_test(machine_of(ground, lambda town: Front(town, page=3)), settings=quickly(RUNS))


@pytest.mark.parametrize("weakness", STORIES, ids=lambda weakness: weakness.rule)
def test_without_one_rule_a_story_ends_badly_that_ends_well_with_it(
    ground: Ground, weakness: Weakness
) -> None:
    """What the checks are worth: each rule of the table of sync/1, 2.14 is taken away once."""

    async def told(front: Callable[[Town], Front]) -> None:
        world = await World.open(ground.folder / secrets.token_hex(4), ground.template, front)
        try:
            await weakness.story(world)
            await world.heal()
            await world.check()
        finally:
            await world.close()

    ground.run(told(Front))
    with pytest.raises(AssertionError, match=weakness.shows):
        ground.run(told(weakness.front))


@pytest.mark.slow
@pytest.mark.parametrize("weakness", STORIES, ids=lambda weakness: weakness.rule)
def test_a_township_without_one_rule_is_found_out_by_chance(ground: Ground, weakness: Weakness) -> None:
    if not WEAK_RUNS:
        pytest.skip("minutes: BMT_WEAK_RUNS=2000 says how many runs each weakened rule may survive")
    weak = machine_of(ground, lambda town: weakness.front(town, page=3))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(weak, settings=quickly(WEAK_RUNS))
