"""The morning after an outage: every village comes back at once with its backlog. How much memory the township takes."""

import asyncio
import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import aiohttp

from api_spec import coding, records, sync
from api_spec.case_number import village_number
from api_spec.sync import PushStatus
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.demo.seed import seed
from backend.migrate import migrate
from backend.office import open_office
from backend.serve import listen
from backend.settings import Settings
from tests.bench.prepare import HASHING, utc_now
from tests.sync import wire

GOAL_MIB = 300
BATCH = 500
FIRST_DAY = date(2026, 1, 1)
CASES_A_DAY = 100
GIVE_UP_S = 30.0


@dataclass(frozen=True, slots=True)
class Reconnected:
    """`peak_mib`: the most memory the township's process ever held; `turned_away`: answers "come later"."""

    nodes: int
    cases: int
    seconds: float
    idle_mib: float
    peak_mib: float
    turned_away: int

    def __str__(self) -> str:
        met = "ok" if self.peak_mib <= GOAL_MIB else "missed"
        return (
            f"{self.nodes} nodes × {self.cases:,} cases at once: peak {self.peak_mib:.0f} MiB (goal {GOAL_MIB}): {met};"
            f" idle before {self.idle_mib:.0f} MiB, all in after {self.seconds:.0f} s,"
            f" {self.turned_away} times told to come later"
        )


def measure_reconnect(settings: Settings, *, nodes: int = 100, cases: int = 1_000) -> Reconnected:
    """Start the township's own program on a database that is not there yet, and push from all nodes at once.

    Raises:
        AssertionError: something was refused or held.
    """
    codes = asyncio.run(_codes(settings, nodes))
    with _serving(settings) as (pid, url):
        return asyncio.run(_come_back(url, pid, codes, cases))


async def _codes(settings: Settings, nodes: int) -> list[str]:
    """One-time codes, for the villages in turn."""
    await migrate(settings.url)
    async with open_office(settings, clock=utc_now, hashing=HASHING) as office:
        tenant_id = await seed(office, at=utc_now())
        villages = await office.catalogue.villages(tenant_id)
        admin = Actor(id="bench", roles=frozenset({Role.SYSTEM_ADMIN}), tenant_id=tenant_id)
        return [
            (await office.intake.make_code(villages[each % len(villages)].id, actor=admin, at=utc_now())).code
            for each in range(nodes)
        ]


@contextmanager
def _serving(settings: Settings) -> Iterator[tuple[int, str]]:
    """Process number and address of `python -m backend serve`."""
    probe = listen("127.0.0.1", 0)
    port = probe.getsockname()[1]
    probe.close()
    environment = {
        **os.environ,
        "BMT_MODE": settings.mode,
        "BMT_PORT": str(port),
        "BMT_DATA": str(settings.data),
        "BMT_VAULT_KEY": base64.b64encode(settings.vault_key).decode(),
        "BMT_PUBLIC_URL": settings.public_url,
        "DATABASE_URL": settings.database_url,
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "backend", "serve"], env=environment, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/v1/health")
        yield running.pid, url
    finally:
        running.terminate()
        running.wait(timeout=GIVE_UP_S)


def _wait_for(url: str) -> None:
    until = time.monotonic() + GIVE_UP_S
    while True:
        try:
            with urlopen(url, timeout=GIVE_UP_S) as answer:
                answer.read()
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


async def _come_back(url: str, pid: int, codes: list[str], cases: int) -> Reconnected:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(base_url=url, connector=connector) as session:
        client: Any = session
        nodes = [await wire.enrol(client, code) for code in codes]
        bodies = [_bodies(node, cases) for node in nodes]
        idle, began = _status_mib(pid, "VmRSS"), time.perf_counter()
        turned_away = await asyncio.gather(
            *(_send(node, each) for node, each in zip(nodes, bodies, strict=True))
        )
        seconds = time.perf_counter() - began
    return Reconnected(len(codes), cases, seconds, idle, _status_mib(pid, "VmHWM"), sum(turned_away))


def _bodies(node: wire.Wire, cases: int) -> list[bytes]:
    block = node.told.numbers
    for count in range(cases):
        day = FIRST_DAY + timedelta(days=count // CASES_A_DAY)
        number = village_number(block.prefix, day, block=block.block, pick=count % CASES_A_DAY)
        # What people write does not repeat, so it must not compress away.
        node.write(records.encode_record(node.case(number=number, note=secrets.token_hex(200))))
    made = [
        coding.pack(sync.encode(node.request(base, base + BATCH, pull=sync.PullAsk())))
        for base in range(0, cases, BATCH)
    ]
    node.sent.clear()
    return made


async def _send(node: wire.Wire, bodies: list[bytes]) -> int:
    """Push in order, coming later when told to; gives how often that was."""
    away = 0
    for body in bodies:
        while True:
            answered = await node.send(body, nonce=node.nonce or None)
            if answered.status == 503:
                away += 1
                await asyncio.sleep(int(answered.headers["Retry-After"]))
            elif answered.status == 409:
                node.nonce = answered.headers[sync.NONCE_HEADER]
            else:
                break
        assert answered.status == 200, answered.body
        push = answered.exchange.push
        assert (push.status, push.held) == (PushStatus.OK, ())
    return away


def _status_mib(pid: int, name: str) -> float:
    """A size out of /proc/<pid>/status; VmHWM is the largest resident set the process ever had."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)
