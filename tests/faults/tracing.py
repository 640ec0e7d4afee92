"""Breaks a process at an exact system call, by strace: killed at the N-th fsync, the disk full at the N-th write.

A thread counts its calls for itself; SQLite's one writing thread makes those that matter.
"""

import asyncio
import contextlib
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

SYNCS: Final = "fsync,fdatasync"
WRITES: Final = "pwrite64"
_CALL: Final = re.compile(r"^(\d+) .*?\b(?:fsync|fdatasync|pwrite64)\(")


@cache
def why_not() -> str:
    """Why processes cannot be broken here; "" if they can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed: crash points cannot be chosen"
    tried = subprocess.run(
        [strace, "-f", "-o", "/dev/null", sys.executable, "-c", ""], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else "this machine lets no process trace another (ptrace)"


def counting(log: Path, *, calls: str = SYNCS) -> list[str]:
    """Changes nothing and writes the calls down."""
    return ["-o", str(log), "-e", f"trace={calls}"]


def killed_at(place: int) -> list[str]:
    """Dead as it enters its N-th fsync: what it wanted made durable may be so or not."""
    return _broken(SYNCS, f"signal=SIGKILL:when={place}")


def failing_at(place: int, *, calls: str, error: str, times: int = 1) -> list[str]:
    """The N-th call, and those right behind it, fail."""
    last = f"..{place + times - 1}" if times > 1 else ""
    return _broken(calls, f"error={error}:when={place}{last}")


def _broken(calls: str, how: str) -> list[str]:
    # Not --seccomp-bpf: strace 6.1 then forgets to send the signal.
    return ["-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:{how}"]


@asynccontextmanager
async def attached(pid: int, how: Sequence[str]) -> AsyncIterator[None]:
    """Break a process that runs already: calls are counted from now on."""
    tracer = await asyncio.create_subprocess_exec(
        "strace", "-f", *how, "-p", str(pid), stderr=asyncio.subprocess.PIPE
    )
    assert tracer.stderr is not None
    try:
        while (line := await tracer.stderr.readline()) and b"attached" not in line:
            pass
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            tracer.terminate()
        await tracer.communicate()


def most_calls(log: Path) -> int:
    """How often the busiest thread made the calls that were counted."""
    threads = Counter(found[1] for line in log.read_text().splitlines() if (found := _CALL.match(line)))
    return max(threads.values(), default=0)
