"""Whatever the village computer believes the time to be, the township ends up with the same (property 16)."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend import db
from tests.faults.prepare import make_template
from tests.faults.town import Front
from tests.faults.world import Template, World

HONEST = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
TWENTY_YEARS = timedelta(days=7300)

pytestmark = pytest.mark.slow


@pytest.fixture
async def prepared(template: str, dialect: str, tmp_path: Path) -> Template:
    if dialect != "sqlite":
        pytest.skip("worlds are made of files: SQLite")
    return await make_template(tmp_path, Path(template))


async def told(folder: Path, template: Template, clock: list[timedelta]) -> list[object]:
    """A day with cases and corrections, sent while the clock says HONEST plus one step after the other; what came of it."""
    world = await World.open(folder, template, Front)
    try:
        return await _a_day(world, clock)
    finally:
        await world.close()


async def _a_day(world: World, clock: list[timedelta]) -> list[object]:
    [village] = world.villages
    for turn, off in enumerate(clock):
        village.time.at = HONEST + off
        await village.file(area=turn + 1)
        if turn % 2:
            await village.correct(village.slips[0].rid, area=50 + turn)
        await village.meet()
        if turn == 2:
            await world.town.accept(village.slips[1].rid)
    await world.heal()
    await world.check()
    shown = sorted((row.state, row.srev) for row in (await village.pc.shadow.cases()).values())
    return [
        await db.rows("SELECT state, version, is_open FROM cases ORDER BY id"),
        await db.rows("SELECT seq, kind, rev, outcome FROM node_record ORDER BY stream_id, seq"),
        await db.rows("SELECT reason FROM held_record"),
        shown,
        (await village.pc.outbox.stream()).acked,
    ]


@pytest.mark.parametrize(
    "clock",
    [
        [TWENTY_YEARS] * 6,
        [-TWENTY_YEARS] * 6,
        [TWENTY_YEARS, -TWENTY_YEARS] * 3,
        [timedelta(days=1) * (-3) ** turn for turn in range(6)],
    ],
    ids=["ahead", "behind", "strobing", "swinging"],
)
async def test_a_wrong_or_jumping_clock_changes_nothing_but_what_is_shown_of_it(
    prepared: Template, tmp_path: Path, clock: list[timedelta]
) -> None:
    right = await told(tmp_path / secrets.token_hex(4), prepared, [timedelta()] * len(clock))
    assert await told(tmp_path / secrets.token_hex(4), prepared, clock) == right
