"""How long every list of the console and of its API takes with many cases stored: each asked some times, alone.

python -m tests.bench.desk FOLDER [CASES] fills a township in FOLDER (once) and prints its figures.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from api_spec.china_time import day_in_china
from api_spec.route import Door, Route
from api_spec.vocabulary import CaseState, Role
from backend import db
from backend.app import OFFICE, build, handlers, pages
from backend.cases.case import OPEN_STATES
from backend.cases.deadlines import NO_DAY
from backend.demo import staff
from backend.edge import Page
from backend.migrate import migrate
from backend.office import Office, open_office
from backend.settings import Settings
from tests.bench.prepare import HASHING, bench_settings, prepare, utc_now
from tests.support.township import standing_still

GOAL_MS: Final = 100.0
"""Of the processor: on a quiet machine that is what a clerk waits; beside others' work the wall clock says little."""
REPORT_GOAL_MS: Final = 1_000.0
REPORTS: Final = ("statistics", "dashboard", "decided-outside")
"""These read everything there is, and are no lists to work from."""
ASKED: Final = 9
ENOUGH_MS: Final = 1_500.0
"""What is slow is known to be so after one answer."""
OPEN_ONE_IN: Final = 8
"""A township with 100,000 cases in a few years has some thousands open at a time."""
ENDED: Final = (CaseState.FINISHED, CaseState.ARCHIVED, CaseState.ARCHIVED, CaseState.NOT_ACCEPTED)
FARTHEST_DAYS: Final = 40
LATE_DAYS: Final = 5
LOGINS: Final = (
    "social",
    "social-leader",
    "social-office",
    "social-head",
    "centre",
    "director",
    "service",
    "supervisor",
    "admin",
    "auditor",
    "security",
    "water-partner",
)
QUEUE: Final = (
    "/staff/cases?colour=overdue",
    "/staff/cases?view=all",
    "/staff/cases?view=all&sort=newest",
    "/staff/cases?view=village",
    "/staff/cases?view=held",
    "/staff/cases?view=ended",
    "/staff/cases?view=ended&state=archived",
    "/staff/cases?view=ended&state=voided",
    "/staff/cases?view=all&state=special&window=land",
)


@dataclass(frozen=True, slots=True)
class Timed:
    """One address as one person: the first answer, then the usual and the slowest of the next; milliseconds.

    `cpu_ms`: what an answer usually takes of this process's processor time, database included (SQLite).
    """

    login: str
    path: str
    status: int
    first_ms: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float

    @property
    def is_slow(self) -> bool:
        is_report = any(word in self.path for word in REPORTS)
        return min(self.cpu_ms, self.p95_ms) >= (REPORT_GOAL_MS if is_report else GOAL_MS)

    def __str__(self) -> str:
        told = " ".join(f"{each:7.1f}" for each in (self.cpu_ms, self.p50_ms, self.p95_ms, self.first_ms))
        return f"{told}  {self.login:14} {self.path}{'  over the goal' if self.is_slow else ''}"


@dataclass(frozen=True, slots=True)
class DeskTimes:
    """Every address that was asked, the slowest first."""

    cases: int
    timed: tuple[Timed, ...]

    def __str__(self) -> str:
        slow = [each for each in self.timed if each.is_slow]
        told = "\n".join(str(each) for each in (slow or self.timed[:5]))
        return (
            f"Lists of the console with {self.cases:,} cases: {len(self.timed)} addresses,"
            f" {len(slow)} over {GOAL_MS:.0f} ms (reports: {REPORT_GOAL_MS:.0f} ms) of the processor;"
            f" slowest (CPU, p50, p95, first, ms):\n{told}"
        )


async def spread(settings: Settings) -> int:
    """Give the stored cases departments, states, days and villages as a few years leave them; returns how many.

    Only what lists are made of: their histories stay as they were filed, so nothing here can be opened or proved.
    """
    async with open_office(settings, clock=utc_now, hashing=HASHING) as office:
        tenant_id, today = office.catalogue.tenant_ids[0], day_in_china(utc_now())
        windows = await office.catalogue.windows(tenant_id)
        villages = [each.id for each in await office.catalogue.villages(tenant_id)]
        items = [item.id for item in await office.catalogue.items(tenant_id)]
        await office.statistics.digest.catch_up()
        # All were filed within a minute, which is looked over again each time; real ones lie behind it.
        await db.rows("UPDATE figures_mark SET last_id = ? RETURNING name", ["f" * 32])
        found = await db.long_read("SELECT id FROM cases", [])
        async with db.in_transaction():
            await db.execute_many(
                "UPDATE cases SET state = ?, is_open = ?, due_on = ?, soon_on = ?, received_at = ?, changed_at = ?,"
                ' village_id = ?, item_id = ?, "window" = ?, department_id = ? WHERE id = ?',
                (
                    [
                        *_standing(number, today),
                        *_taken(number),
                        villages[number % len(villages)] if number % 5 < 2 else "",
                        items[number % len(items)],
                        windows[number % len(windows)].type,
                        windows[number % len(windows)].department_id,
                        row["id"],
                    ]
                    for number, row in enumerate(found)
                ),
            )
    return len(found)


def _taken(number: int) -> tuple[datetime, datetime]:
    """When it came in and when it last moved, over the past years."""
    received = utc_now() - timedelta(minutes=number * 11)
    return received, received + timedelta(hours=number % 200)


def _standing(number: int, today: date) -> tuple[CaseState, int, date, date]:
    """State, whether open, its day and the day from which it is near."""
    if number % OPEN_ONE_IN:
        return ENDED[number % len(ENDED)], 0, NO_DAY, NO_DAY
    place = number // OPEN_ONE_IN
    states = sorted(OPEN_STATES)
    due = today + timedelta(days=place % FARTHEST_DAYS - LATE_DAYS)
    return states[place % len(states)], 1, due, due - timedelta(days=3)


async def measure_desk(settings: Settings) -> DeskTimes:
    """Over HTTP in this process, on a township that `prepare` filled; alters its cases first."""
    cases = await spread(settings)
    app = build(settings, clock=utc_now, hashing=HASHING, keeping=standing_still)
    client = TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    try:
        timed = [
            await _ask(client, login, path, token)
            for login in LOGINS
            for token, roles in [await _sign_in(app[OFFICE], login)]
            for path in addresses(roles)
        ]
    finally:
        await client.close()
    return DeskTimes(cases, tuple(sorted(timed, key=lambda each: -each.cpu_ms)))


def addresses(roles: frozenset[Role]) -> Iterator[str]:
    """Every page of the console and every read of the API that these posts may open and that names no one thing."""
    for page in pages():
        if _is_list(page, "/staff", roles):
            yield page.path
            yield from QUEUE if page.path == "/staff/cases" else ()
    for route in handlers():
        if _is_list(route, "/v1/staff", roles) and route.media == "application/json":
            yield route.path


def _is_list(one: Page | Route, below: str, roles: frozenset[Role]) -> bool:
    open_to = one.door is Door.TOKEN and bool(roles & one.who)
    return one.method == "GET" and one.path.startswith(below) and "{" not in one.path and open_to


async def _sign_in(office: Office, login: str) -> tuple[str, frozenset[Role]]:
    signed_in = await office.people.staff.sign_in(login, staff.PASSWORD, at=utc_now())
    actor = office.people.authenticate(signed_in.access_token, utc_now())
    return signed_in.access_token, actor.roles


async def _ask(client: TestClient[Any, Any], login: str, path: str, token: str) -> Timed:
    headers = {"Authorization": f"Bearer {token}"} if path.startswith("/v1") else {}
    cookies = {} if headers else {"bmt_session": token}
    took: list[float] = []
    spent: list[float] = []
    while len(took) <= ASKED and sum(took) < ENOUGH_MS:
        began, cpu = time.perf_counter(), time.process_time()
        async with client.get(path, headers=headers, cookies=cookies, allow_redirects=False) as answer:
            await answer.read()
        took.append((time.perf_counter() - began) * 1e3)
        spent.append((time.process_time() - cpu) * 1e3)
    later = sorted(took[1:] or took)
    slowest = later[round(0.95 * (len(later) - 1))]
    return Timed(login, path, answer.status, took[0], median(later), slowest, median(spent[1:] or spent))


def main(folder: Path, cases: int) -> None:
    url = f"sqlite:///{folder}/bench.db"
    asyncio.run(migrate(url))
    if not (folder / "codes.txt").exists():
        prepare(url, folder, cases=cases)
    times = asyncio.run(measure_desk(bench_settings(url, folder)))
    sys.stdout.write(f"{times}\n")
    sys.stdout.writelines(f"{each}\n" for each in times.timed[:60])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
