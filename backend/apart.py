"""Runs one of our programs on bytes from a stranger, in a process that may not harm this one. Knows no format.

The program is a file of its own that imports nothing of ours, calls `resource.setrlimit` before it reads, takes its bytes
from standard input and answers on standard output. It ends with 0, or with `REFUSED` and a word why.
"""

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REFUSED: Final = 3
_CRASHES: Final = frozenset({4, 6, 7, 8, 11, 24, 25, 31})
"""SIGILL, ABRT, BUS, FPE, SEGV, XCPU, XFSZ, SYS: what the bytes did, not what the machine lacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use. `answer_bytes`: the longest answer taken."""

    memory_bytes: int
    cpu_s: int
    wall_s: float
    answer_bytes: int


class Unfit(Exception):
    """The program refused these bytes or died of them; `args[0]` is its word, "" if it could not say one."""


class NotNow(Exception):
    """The machine could not run the program, or not in time: nothing is known about the bytes."""


class Apart:
    """One program and its limits.

    Args:
        at_once: how many processes at a time; the others wait their turn.
    """

    def __init__(self, program: Path, limits: Limits, *, at_once: int) -> None:
        self._program = program
        self._limits = limits
        self._turns = asyncio.Semaphore(at_once)

    async def ask(self, *asked: str, given: bytes) -> bytes:
        """What the program answers to these arguments and bytes.

        Raises:
            Unfit: the bytes are no good.
            NotNow: try again later.
        """
        async with self._turns:
            return await asyncio.to_thread(self._run, asked, given)

    def _run(self, asked: tuple[str, ...], given: bytes) -> bytes:
        limits = self._limits
        # Isolated: no variable and no folder of ours decides what is imported.
        command = [
            sys.executable,
            "-I",
            str(self._program),
            str(limits.memory_bytes),
            str(limits.cpu_s),
            *asked,
        ]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                close_fds=True,
            )
        except OSError as lacking:
            raise NotNow("start") from lacking
        with _ended(process, limits.wall_s) as late:
            answer = _talk(process, given, limits.answer_bytes)
        if late.is_set():
            raise NotNow("time")
        return _judged(process.returncode, answer, limits.answer_bytes)


def _talk(process: "subprocess.Popen[bytes]", given: bytes, most: int) -> bytes:
    """Give everything, then take the answer: the program reads to the end before it writes."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(given)
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    return process.stdout.read(most + 1)


@contextlib.contextmanager
def _ended(process: "subprocess.Popen[bytes]", wall_s: float) -> Iterator[threading.Event]:
    """At the end of the block the process is gone; the event says that its time had run out."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(wall_s, give_up)
    timer.start()
    try:
        yield late
    finally:
        if process.stdout is not None:
            process.stdout.close()
        process.wait()
        timer.cancel()


def _judged(code: int, answer: bytes, most: int) -> bytes:
    if code == REFUSED:
        raise Unfit(answer[:40].decode("ascii", "replace"))
    if -code in _CRASHES or len(answer) > most:
        raise Unfit("")
    if code != 0:
        raise NotNow(f"ended with {code}")
    return answer
