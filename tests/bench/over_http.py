"""Reads and filing over HTTP, each round next to a round of the bare handler."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import scripts, wrk
from tests.bench.process import cpu_s

READERS = 32
WRITERS = 64


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    name: str
    ratio: float
    goal: float
    detail: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians over the rounds; `cpu_ratio` and `cpu_us` by the server's CPU time, which a busy machine bends less."""

    ratio: float
    cpu_ratio: float
    rate: float
    p99_ms: float
    cpu_us: float


def measure(folder: Path, url: str, *, rounds: int, seconds: int, uncached_goal: float) -> list[Row]:
    """Raises NoWrk."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", str(folder), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            facts = json.loads(server.stdout.readline())
            return _all(folder, facts, server.pid, rounds, seconds, uncached_goal)
        finally:
            assert server.stdin is not None
            server.stdin.close()


def _all(
    folder: Path,
    facts: dict[str, Any],
    server: int,
    rounds: int,
    seconds: int,
    uncached_goal: float,
) -> list[Row]:
    product, plain, token = facts["product"], facts["plain"], facts["token"]
    code = (folder / "codes.txt").read_text(encoding="ascii").split()[0]

    def compare(against: Callable[[], wrk.Load], measured: Callable[[int], wrk.Load]) -> Measured:
        def watched(run: Callable[[], wrk.Load]) -> tuple[wrk.Load, float]:
            before = cpu_s(server)
            load = run()
            return load, (cpu_s(server) - before) * 1e6 / (load.rate * seconds)

        pairs = [(watched(against), watched(partial(measured, number))) for number in range(rounds)]
        if any(load.bad for _, (load, _cpu) in pairs):
            raise RuntimeError("the product refused requests of the benchmark")
        return Measured(
            ratio=median(load.rate / base.rate for (base, _), (load, _) in pairs),
            cpu_ratio=median(base_cpu / cpu for (_, base_cpu), (_, cpu) in pairs),
            rate=median(load.rate for _, (load, _) in pairs),
            p99_ms=median(load.p99_ms for _, (load, _) in pairs),
            cpu_us=median(cpu for _, (_, cpu) in pairs),
        )

    def bare() -> wrk.Load:
        return wrk.run(f"{plain}/bare", clients=READERS, seconds=seconds)

    def body_only() -> wrk.Load:
        script = scripts.posts(folder, token=token, body=facts["body"], salt=0)
        return wrk.run(f"{plain}/body", clients=WRITERS, seconds=seconds, script=script)

    def cached(_: int) -> wrk.Load:
        script = scripts.one_code(folder, token=token)
        return wrk.run(f"{product}/v1/progress/{code}", clients=READERS, seconds=seconds, script=script)

    def uncached(_: int) -> wrk.Load:
        script = scripts.many_codes(folder, token=token, path="/v1/progress/")
        return wrk.run(f"{product}/v1/progress/{code}", clients=READERS, seconds=seconds, script=script)

    def page(_: int) -> wrk.Load:
        return wrk.run(f"{product}/c/{code}", clients=READERS, seconds=seconds)

    def filing(number: int) -> wrk.Load:
        script = scripts.posts(folder, token=token, body=facts["body"], salt=number + 1)
        return wrk.run(f"{product}/v1/staff/cases", clients=WRITERS, seconds=seconds, script=script)

    return [
        _row("progress, cached, all middlewares", compare(bare, cached), 0.65),
        _row("progress, uncached", compare(bare, uncached), uncached_goal),
        _row("/c/<code> page", compare(bare, page), 0.40),
        _row("durable filing, to body only", compare(body_only, filing), 0.40),
    ]


def _row(name: str, measured: Measured, goal: float) -> Row:
    detail = (
        f"{measured.rate:,.0f}/s, p99 {measured.p99_ms:.1f} ms, "
        f"{measured.cpu_us:.0f} µs CPU ({measured.cpu_ratio:.2f})"
    )
    return Row(name, measured.ratio, goal, detail)
