"""A township in a thread of its own, for a tool that speaks HTTP synchronously, with things in it worth aiming at."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from api_spec.vocabulary import Partner
from tests.pages.sample import fill
from tests.support.township import Caller, Town, open_town, own_copy

T = TypeVar("T")

SCAPEGOAT = "household-b"
"""The member of staff whose account is disabled and whose password is reset: nobody signs in as this one."""


@dataclass(frozen=True, slots=True)
class Running:
    """A township that is up.

    Args:
        known: what exists, by the name of the path parameter or body field it goes into.
    """

    town: Town
    loop: asyncio.AbstractEventLoop
    known: Mapping[str, list[str]]

    @property
    def url(self) -> str:
        return str(self.town.client.make_url("/")).rstrip("/")

    def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Run something in the township's own loop."""
        return asyncio.run_coroutine_threadsafe(question, self.loop).result(timeout=60)


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
            started.set_result(Running(town, asyncio.get_running_loop(), await things_in(town)))
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


async def things_in(town: Town) -> dict[str, list[str]]:
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
    return {
        "case_id": [case.case_id for case in cases],
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


async def _made(caller: Caller, path: str, body: Mapping[str, Any]) -> Any:
    answer = await caller.post(path, body)
    assert answer.status == 201, answer.json
    return answer.json
