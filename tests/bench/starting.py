"""How fast the real command answers for the first time, and what it holds in memory when nobody asks."""

import base64
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from backend.settings import Settings
from tests.bench.process import cpu_s, resident_mib

GOAL_START_S = 0.6
GOAL_IDLE_MIB = 120
GIVE_UP_S = 30.0
SETTLING_S = 1.0


@dataclass(frozen=True, slots=True)
class StartFigures:
    """Seconds from the command to the first answer, CPU seconds of it, MiB of memory at rest."""

    start_s: float
    cpu_s: float
    idle_mib: float

    def __str__(self) -> str:
        met = self.start_s <= GOAL_START_S and self.idle_mib <= GOAL_IDLE_MIB
        return (
            f"Start to first answer: {self.start_s:.2f} s (goal {GOAL_START_S}), {self.cpu_s:.2f} s of CPU, "
            f"idle {self.idle_mib:.0f} MiB (goal {GOAL_IDLE_MIB}): {'ok' if met else 'missed'}"
        )


def measure_start(settings: Settings, *, rounds: int = 3) -> StartFigures:
    """Medians of several starts of `python -m backend serve` on a township that is set up."""
    starts = [_once(settings) for _ in range(rounds)]
    return StartFigures(
        median(one.start_s for one in starts),
        median(one.cpu_s for one in starts),
        median(one.idle_mib for one in starts),
    )


def _once(settings: Settings) -> StartFigures:
    port = free_port()
    environment = {
        **os.environ,
        "BMT_MODE": settings.mode,
        "BMT_PORT": str(port),
        "BMT_DATA": str(settings.data),
        "BMT_VAULT_KEY": base64.b64encode(settings.vault_key).decode(),
        "BMT_PUBLIC_URL": settings.public_url,
        "DATABASE_URL": settings.database_url,
    }
    began = time.perf_counter()
    township = subprocess.Popen(
        [sys.executable, "-m", "backend", "serve"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/v1/health", began + GIVE_UP_S)
        start_s = time.perf_counter() - began
        spent_s = cpu_s(township.pid)
        time.sleep(SETTLING_S)
        return StartFigures(start_s, spent_s, resident_mib(township.pid))
    finally:
        township.terminate()
        township.wait()


def wait_for(url: str, deadline: float) -> None:
    """Ask until somebody answers.

    Raises:
        TimeoutError
    """
    while time.perf_counter() < deadline:
        try:
            with urlopen(url, timeout=GIVE_UP_S):
                return
        except (URLError, ConnectionError):
            time.sleep(0.005)
    raise TimeoutError("nobody answered")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
