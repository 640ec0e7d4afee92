"""The process is killed while it receives, also in the middle of a write: what was acknowledged is there, nothing twice."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.blobs import store
from backend.db import Dialect, open_database
from tests.blobs.uploader import PIECE, SENDER, SIZE, blob, desk, sha_of

SEED = 7
MOST_RUNS = 20
POINTS = {"fdatasync": 1, "pwrite64": 7, "rename": 1, "fsync": 1}
"""System calls to be killed at, and how many more of them each run gets to."""


def said(output: str, word: str) -> list[int]:
    """The numbers of all whole lines that begin with `word`."""
    lines = output.split("\n")[:-1]
    return [int(line.split()[1]) for line in lines if line.startswith(f"{word} ")]


def run(url: str, folder: Path, *, inject: str = "") -> subprocess.CompletedProcess[str]:
    point = inject.split(":")[0]
    tracing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={point}", "-e", f"inject={inject}"]
    traced = tracing if inject else []
    command = [*traced, sys.executable, "-m", "tests.blobs.uploader", url, str(folder), str(SEED)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


async def whole(url: str, folder: Path) -> bytes:
    async with open_database(url, models=["backend.blobs.tables"]):
        found = await store.find_blob(SENDER.tenant_id, sha_of(blob(SEED)))
        assert found is not None
        return b"".join([piece async for piece in desk(folder).original(found)])


async def killed_until_done(url: str, folder: Path, *, point: str) -> int:
    """Kill every run at its n-th call of `point` until one gets through; gives how many were killed."""
    acked = 0
    for killed in range(MOST_RUNS):
        n = 1 + killed * POINTS[point]
        done = await asyncio.to_thread(run, url, folder, inject=f"{point}:signal=KILL:when={n}")
        [resumed] = said(done.stdout, "resumed") or [acked]
        assert acked <= resumed <= min(acked + PIECE, SIZE), (
            "an acknowledged byte was lost, or one not sent is there"
        )
        acked = max([acked, *said(done.stdout, "acked")])
        if done.returncode == 0:
            return killed
    raise AssertionError("never got through")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_any_write_the_upload_goes_on_behind_the_last_acknowledged_byte(
    database_url: str, tmp_path: Path, point: str
) -> None:
    assert await killed_until_done(database_url, tmp_path / "blobs", point=point) >= 1
    assert await whole(database_url, tmp_path / "blobs") == blob(SEED)


async def test_killed_right_after_an_answer_nothing_of_it_is_lost(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    command = [sys.executable, "-m", "tests.blobs.uploader", database_url, str(folder), str(SEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sending:  # noqa: ASYNC220 - the test waits
        assert sending.stdout is not None
        acked = 0
        while acked < 3 * PIECE:
            acked = max(acked, *said(sending.stdout.readline(), "acked") or [0])
        sending.send_signal(signal.SIGKILL)
    done = await asyncio.to_thread(run, database_url, folder)
    [resumed] = said(done.stdout, "resumed")
    assert resumed >= acked
    assert await whole(database_url, folder) == blob(SEED)


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
async def test_nothing_is_acknowledged_before_it_is_on_the_disk(
    database_url: str, dialect: Dialect, tmp_path: Path
) -> None:
    """What a power cut takes is what no sync has named yet: so every answer must come behind the syncs of its piece."""
    folder, log = tmp_path / "blobs", tmp_path / "calls"
    calls = "trace=pwrite64,fdatasync,fsync,rename,write"
    command = [sys.executable, "-m", "tests.blobs.uploader", database_url, str(folder), str(SEED)]
    traced = ["strace", "-f", "-qq", "-y", "-s", "16", "-o", str(log), "-e", calls, *command]
    done = await asyncio.to_thread(subprocess.run, traced, capture_output=True, text=True, check=True)
    answers = len(said(done.stdout, "acked"))
    before_each: list[list[str]] = [[]]
    for line in log.read_text(errors="replace").splitlines():
        before_each[-1].append(line)
        if "write(1<" in line and '"acked ' in line:
            before_each.append([])
    assert len(before_each) == answers + 1
    steps = [("pwrite64(", ".part>"), ("fdatasync(", ".part>")]
    if dialect == "sqlite":
        steps.append(("fdatasync(", "township.db-wal>"))
    assert in_order(before_each[0], [("fsync(", "/parts>"), *steps])
    for calls_made in before_each[: answers - 1]:
        assert in_order(calls_made, steps), calls_made
    away = [("rename(", ".part"), ("fsync(", "/stored/"), ("fsync(", "/parts>")]
    assert in_order(before_each[answers - 1], [*steps[:2], *away, *steps[2:]]), before_each[answers - 1]


def in_order(calls: Sequence[str], steps: Sequence[tuple[str, str]]) -> bool:
    """Whether a call of each kind, about such a file, comes behind the one before."""
    left = iter(calls)
    return all(any(kind in call and file in call for call in left) for kind, file in steps)
