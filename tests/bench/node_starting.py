"""How fast a village PC's program shows its page, opens after a sign-in, and what it then holds in memory."""

import asyncio
import http.cookiejar
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.bench.process import resident_mib
from tests.bench.starting import GIVE_UP_S, SETTLING_S, free_port, wait_for
from tests.village_node.conftest import Time, add_clerk, start
from tests.village_node.packs import pack
from tests.village_node.township import Township
from village_node.__main__ import HASHER

GOAL_START_S = 2.0
GOAL_MIB = 120
LOGIN, PASSWORD = "liang", "shan-lu-1"


@dataclass(frozen=True, slots=True)
class NodeStart:
    """Seconds to the sign-in page, seconds from the password to the clerk's page, MiB at rest after it."""

    start_s: float
    open_s: float
    idle_mib: float

    def __str__(self) -> str:
        met = self.start_s + self.open_s <= GOAL_START_S and self.idle_mib <= GOAL_MIB
        return (
            f"Village node: sign-in page after {self.start_s:.2f} s, open {self.open_s:.2f} s after the password "
            f"(goal {GOAL_START_S} together), idle {self.idle_mib:.0f} MiB (goal {GOAL_MIB}): "
            f"{'ok' if met else 'missed'}"
        )


def measure_node_start(*, rounds: int = 3) -> NodeStart:
    """Medians of several starts of `python -m village_node run` on an enrolled computer without a line."""
    with tempfile.TemporaryDirectory(prefix="bmt-bench-node-") as place:
        asyncio.run(_prepare(Path(place)))
        starts = [_once(Path(place)) for _ in range(rounds)]
    return NodeStart(
        median(one.start_s for one in starts),
        median(one.open_s for one in starts),
        median(one.idle_mib for one in starts),
    )


async def _prepare(folder: Path) -> None:
    township = Township()
    township.publish(pack())
    node = await start(folder, township, Time())
    await node.sync.until_quiet()
    await node.close()
    await add_clerk(folder, LOGIN, "梁代办", password=PASSWORD, hasher=HASHER)


def _once(folder: Path) -> NodeStart:
    port = str(free_port())
    base, nowhere = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    began = time.perf_counter()
    node = subprocess.Popen(
        [sys.executable, "-m", "village_node", "run", "--data", str(folder)]  # noqa: RUF005
        + ["--township", nowhere, "--port", port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(base, began + GIVE_UP_S)
        shown = time.perf_counter()
        browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        form = urlencode({"login": LOGIN, "password": PASSWORD}).encode()
        with browser.open(f"{base}/signin", form, timeout=GIVE_UP_S) as page:
            page.read()
        opened = time.perf_counter()
        time.sleep(SETTLING_S)
        return NodeStart(shown - began, opened - shown, resident_mib(node.pid))
    finally:
        node.terminate()
        node.wait()
