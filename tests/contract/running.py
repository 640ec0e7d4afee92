"""A township in a thread of its own, for tools that speak HTTP synchronously, with things in it worth aiming at."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from api_spec.openapi import PARAMETER
from api_spec.route import CITIZENS, Door, Route
from api_spec.vocabulary import Partner
from backend import db
from backend.audit.chain import AuditAction
from backend.db import current, rows
from backend.demo.staff import ALL as STAFF
from tests.pages.sample import Sample, fill
from tests.support.township import Caller, Town, open_town, own_copy

T = TypeVar("T")

NOBODY, CITIZEN, STRANGER = "", "citizen", "stranger"
CITIZENS_TRIED = (CITIZEN, STRANGER)
SCAPEGOAT = "household-b"
"""The member of staff whose account is disabled and whose password is reset: nobody signs in as this one."""

STAFF_TRIED = ("director", "social", "social-leader", "admin", "water-partner", "utility", "service")
"""Who speaks for the staff where everybody tries."""

STRANGERS = (STRANGER, "land", "gas-partner")
"""Who is let in by the door, and has nothing to do with the things in `Running.known`."""

NOT_THERE = "0" * 31 + "f"
_WRITTEN_ANYWAY = frozenset({"session", "refresh_token", "sign_in_try", "audit_head"})
"""Who signs in, or fails to, is written down."""
_OF_SEEING = tuple(action.value for action in AuditAction if action.value.startswith(("sign_", "read_")))
"""Entries of the log that nobody's change is behind: signing in, and opening what is personal."""
_TRIED_ALL_THE_TIME = frozenset({"outbox"})
"""What waits to leave is tried by itself: of these only the number of rows counts."""


@dataclass(frozen=True, slots=True)
class Running:
    """A township that is up.

    Args:
        known: what exists, by the name of the path parameter or body field it goes into.
        made: the work that was put there.
    """

    town: Town
    loop: asyncio.AbstractEventLoop
    known: Mapping[str, list[str]]
    made: Sample
    _callers: dict[str, Caller] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.town.client.make_url("/")).rstrip("/")

    def ask(self, question: Coroutine[Any, Any, T], *, within_s: float = 120) -> T:
        """Run something in the township's own loop."""
        return asyncio.run_coroutine_threadsafe(question, self.loop).result(timeout=within_s)

    async def caller(self, who: str) -> Caller:
        """Nobody, the first citizen, the second, or a member of staff by login name; signed in once."""
        if who == NOBODY:
            return self.town.anyone
        if who not in self._callers:
            self._callers[who] = await self._sign_in(who)
        return self._callers[who]

    async def _sign_in(self, who: str) -> Caller:
        if who in CITIZENS_TRIED:
            return await self.town.citizen(CITIZENS_TRIED.index(who) + 1)
        # Forms filled in at random have tried wrong passwords for this very account: it may be locked by now.
        await db.execute_many("DELETE FROM sign_in_try WHERE tries > ?", [(0,)])
        return await self.town.staff(who)

    def sign_in_again(self, who: str) -> None:
        """Their sign-in was ended: the next call makes a new one."""
        self._callers.pop(who, None)
        self.town.forget_sign_ins()

    def path(self, route: Route) -> str:
        """The address of an operation on things that exist, where there are such things."""
        return PARAMETER.sub(lambda found: self.known.get(found[1], [NOT_THERE])[0], route.path)

    def settle(self) -> None:
        """Let everything happen that happens by itself; the clock stands still, so nothing of it is left then."""
        self.ask(_rounds(self.town))

    def contents(self) -> dict[str, str]:
        """A fingerprint of every table, but for those that are written whenever somebody knocks."""
        return self.ask(_contents())


async def _rounds(town: Town) -> None:
    for each in town.office.rounds:
        await each.run(town.clock())


def who_may(route: Route) -> str:
    """Somebody whom the door of this operation lets in."""
    if route.door is not Door.TOKEN:
        return NOBODY
    if route.who & CITIZENS:
        return CITIZEN
    usual = sorted(STAFF, key=lambda clerk: clerk.login not in ("director", "utility", "social", "admin"))
    return next(clerk.login for clerk in usual if clerk.role in route.who)


@contextmanager
def in_a_thread(seeded: str, template: str, folder: Path) -> Iterator[Running]:
    """Raises whatever kept the township from starting."""
    started: Future[Running] = Future()
    stop = asyncio.Event()

    async def serve() -> None:
        async with (
            own_copy(seeded, template, folder, name="town_in_a_thread") as url,
            open_town(url, folder) as town,
        ):
            known, made = await _things_in(town)
            started.set_result(Running(town, asyncio.get_running_loop(), known, made))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as failure:
            if started.done():
                raise
            started.set_exception(failure)

    thread = Thread(target=run, name="township")
    thread.start()
    running = started.result()
    try:
        yield running
    finally:
        running.loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _things_in(town: Town) -> tuple[dict[str, list[str]], Sample]:
    """Work for everybody, the first citizen's own among it."""
    citizen, admin = await town.citizen(), await town.staff("admin")
    made = await fill(town.office, at=town.clock(), owner=citizen.id)
    wish = {"item_id": town.item("SD-001"), "day": "2026-04-13", "start": "09:00"}
    booked = await _made(citizen, "/v1/appointments", wish)
    sharing = {"purpose": "partner_sharing", "version": 1, "partner": Partner.GAS.value}
    consent = await _made(citizen, "/v1/me/consents", sharing)
    township = (await citizen.get("/v1/township")).json
    accounts = (await admin.get("/v1/staff/accounts?limit=100")).json["items"]
    scapegoat = next(each for each in accounts if each["login_name"] == SCAPEGOAT)
    cases = (made.own, made.fresh, made.lacking, made.reviewing, made.ready, made.overdue)
    papers = await town.office.documents.all_of(made.own.case_id)
    known = {
        "case_id": [case.case_id for case in cases],
        "document_id": [paper.entry.id for paper in papers],
        "verification_code": [paper.entry.code for paper in papers],
        "errand_id": [made.errand.errand_id],
        "errand_ids": [made.errand.errand_id],
        "appointment_id": [booked["id"]],
        "consent_id": [consent["id"]],
        "handover_id": [made.handover],
        "entry_id": [made.receipt],
        "staff_id": [scapegoat["id"]],
        "post_id": [post["id"] for post in scapegoat["posts"]],
        "village_id": [village["id"] for village in township["villages"]][:3],
        "window_id": [window["id"] for window in township["windows"]][:3],
        "department_id": [department["id"] for department in township["departments"]][:3],
        "item_id": [town.item(code) for code in ("SD-001", "SD-003", "SD-049")],
        "item_ids": [town.item("SD-046")],
        "tenant_id": [town.tenant_id],
        "code": [made.own.tracking_code, made.errand.tracking_code, booked["code"]],
        "sha": [township["pack"]],
    }
    return known, made


async def _made(caller: Caller, path: str, body: Mapping[str, Any]) -> Any:
    answer = await caller.post(path, body)
    assert answer.status == 201, answer.json
    return answer.json


async def _contents() -> dict[str, str]:
    tables = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if current().dialect == "sqlite"
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    names = {row["name"] for row in await rows(tables)} - _WRITTEN_ANYWAY
    found = {}
    for name in sorted(names):
        what = "id" if name in _TRIED_ALL_THE_TIME else "*"
        seen = [
            row
            for row in await rows(f'SELECT {what} FROM "{name}"')  # noqa: S608
            if name != "audit_log" or row["action"] not in _OF_SEEING
        ]
        lines = sorted(repr(sorted(row.items())) for row in seen)
        found[name] = f"{len(lines)} rows, {sha256(''.join(lines).encode()).hexdigest()[:12]}"
    return found
