"""Runs wrk for a moment and reads what it says."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")
P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class NoWrk(Exception):
    """The load generator is not installed."""

    def __init__(self) -> None:
        super().__init__("wrk is missing: install Debian's package `wrk` to measure over HTTP")


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second, 99th percentile in milliseconds, answers that were refusals."""

    rate: float
    p99_ms: float
    bad: int


def run(url: str, *, clients: int, seconds: int, script: Path | None = None) -> Load:
    """Raises NoWrk; RuntimeError: wrk failed."""
    program = shutil.which("wrk")
    if program is None:
        raise NoWrk
    command = [program, "-t1", f"-c{clients}", f"-d{seconds}s", "--latency"]
    if script:
        command += ["-s", str(script)]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    rate = RATE.search(done.stdout)
    if done.returncode or rate is None:
        raise RuntimeError(f"wrk: {done.stderr or done.stdout}")
    bad, p99 = BAD.search(done.stdout), P99.search(done.stdout)
    return Load(
        rate=float(rate[1]),
        p99_ms=float(p99[1]) * UNITS[p99[2]] if p99 else 0.0,
        bad=int(bad[1]) if bad else 0,
    )
