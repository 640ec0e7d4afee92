"""Once a day a village computer and its township find out whether they still mean the same, and put it right."""

from datetime import timedelta

import pytest

from api_spec.comparison import differing, month_of, month_sums
from api_spec.sync import Check, CheckStatus, PullAsk
from backend import db
from tests.support.township import Town
from tests.sync import wire
from tests.sync.conftest import VillagePc, one_time_code
from village_node.sync.comparison import EVERY_MS, Compared, Comparison, is_due
from village_node.sync.exchange import Stream
from village_node.sync.shadow import Position

APRIL_MS = 1_775_800_000_000


def test_sums_do_not_depend_on_the_order_of_cases() -> None:
    rows = [("a" * 32, 1, APRIL_MS), ("b" * 32, 2, APRIL_MS), ("c" * 32, 1, APRIL_MS - 40 * 86_400_000)]
    assert month_sums(rows) == month_sums(reversed(rows))
    assert [(each.month, each.count) for each in month_sums(rows)] == [("2026-03", 1), ("2026-04", 2)]


def test_a_month_is_counted_in_china() -> None:
    new_year_in_china_ms = 1_767_196_800_000
    assert month_of(new_year_in_china_ms) == "2026-01"
    assert month_of(new_year_in_china_ms - 1) == "2025-12"


def test_another_revision_and_a_missing_month_are_differences() -> None:
    ours = month_sums([("a" * 32, 1, APRIL_MS)])
    assert differing(ours, ours) == ()
    assert differing(ours, month_sums([("a" * 32, 2, APRIL_MS)])) == ("2026-04",)
    assert differing(ours, ()) == differing((), ours) == ("2026-04",)


@pytest.mark.parametrize(
    ("last", "waiting", "fetching", "township_ms", "due"),
    [
        (None, 0, False, APRIL_MS, True),
        (None, 0, False, None, False),
        (None, 1, False, APRIL_MS, False),
        (None, 0, True, APRIL_MS, False),
        (Compared(APRIL_MS), 0, False, APRIL_MS + EVERY_MS - 1, False),
        (Compared(APRIL_MS), 0, False, APRIL_MS + EVERY_MS, True),
    ],
)
def test_a_comparison_is_due_once_a_day_when_nothing_is_under_way(
    *, last: Compared | None, waiting: int, fetching: bool, township_ms: int | None, due: bool
) -> None:
    stream = Stream("e", 0, bytes(32), 5, 5 - waiting, 0)
    assert is_due(last, stream, Position(1, bytes(16), fetching=fetching), township_ms=township_ms) is due


async def a_day_later(town: Town, pc: VillagePc) -> Compared:
    """The next daily comparison."""
    town.clock.advance(timedelta(days=1, minutes=1))
    pc.time.at = town.clock()
    await pc.sync.until_quiet()  # the first meeting of the day learns the time
    await pc.sync.until_quiet()
    last = await Comparison(pc.database, pc.shadow).last()
    assert last is not None
    return last


async def shown(town: Town, pc: VillagePc) -> tuple[object, list[str]]:
    listed = (await (await town.staff("director")).get("/v1/staff/nodes")).json["items"]
    [one] = [each for each in listed if each["number"] == pc.number]
    return one["compared_at"], one["differs"]


async def test_a_view_like_the_townships_is_said_to_be_alike(town: Town, pc: VillagePc) -> None:
    await pc.file()
    await pc.keep_trying()
    assert (await a_day_later(town, pc)).alike
    town.forget_sign_ins()
    at, differs = await shown(town, pc)
    assert at is not None
    assert differs == []


async def test_a_lost_row_is_found_shown_and_fetched_again(town: Town, pc: VillagePc) -> None:
    entries = [await pc.file() for _ in range(3)]
    await pc.keep_trying()
    await pc.database.write(lambda tx: tx.run("DELETE FROM shadow WHERE rid = ?", entries[1].rid))
    assert await pc.told(entries[1]) is None
    last = await a_day_later(town, pc)
    assert (last.differs, last.lost) == (("2026-04",), False)
    assert await pc.told(entries[1]) is not None
    town.forget_sign_ins()
    assert (await shown(town, pc))[1] == ["2026-04"]
    assert "每日核对有差异" in (await (await town.staff("director")).page("/staff/villages")).text
    assert (await a_day_later(town, pc)).alike
    town.forget_sign_ins()
    assert (await shown(town, pc))[1] == []


async def test_a_confirmed_case_the_township_has_no_trace_of_is_sent_again(town: Town, pc: VillagePc) -> None:
    entry = await pc.file()
    await pc.keep_trying()
    epoch = (await pc.outbox.stream()).epoch
    await db.rows("DELETE FROM node_record WHERE rid = ?", [entry.rid])
    await pc.database.write(lambda tx: tx.run("DELETE FROM shadow WHERE rid = ?", entry.rid))
    last = await a_day_later(town, pc)
    assert last.lost
    await pc.keep_trying()
    assert (await pc.outbox.stream()).epoch != epoch
    assert await db.rows("SELECT 1 FROM node_record WHERE rid = ?", [entry.rid])
    assert await db.rows("SELECT 1 FROM cases WHERE rid = ?", [entry.rid])


async def test_a_position_the_township_does_not_know_is_compared_another_day(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    answer = await node.push(pull=PullAsk(pos=7, dig=b"\xff" * 16), check=Check())
    assert answer.check
    assert answer.check.status is CheckStatus.LATER
    answer = await node.push(pull=PullAsk(), check=Check(lacking=("a" * 32,)))
    assert answer.check
    assert (answer.check.status, answer.check.resend) == (CheckStatus.DIFFERS, True)
