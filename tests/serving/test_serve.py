"""The program as a service manager starts it: real processes, real ports."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.db import Dialect

READY_WITHIN_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, url: str, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "BMT_DATA": str(folder),
        "BMT_WECHAT_APPID": "wx-test",
        "BMT_WECHAT_SECRET": "secret",
        **more,
    }


def start(env: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "backend", "serve"]
    return subprocess.Popen(command, env=dict(env), stderr=subprocess.PIPE, text=True)


@contextmanager
def serving(env: Mapping[str, str]) -> Iterator[str]:
    """A township that answers; ended at the end, and it must end well."""
    process = start(env)
    url = f"http://127.0.0.1:{env['BMT_PORT']}/v1/health"
    try:
        until_answering(url, process)
        yield url
    finally:
        process.terminate()
        _, told = process.communicate(timeout=30)
    assert process.returncode == 0, told


def until_answering(url: str, process: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < give_up:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the township did not start")


def refusal(env: Mapping[str, str]) -> str:
    process = start(env)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    return told


@pytest.mark.slow
def test_a_port_in_use_is_told_in_a_sentence(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"端口 127.0.0.1:{port} 已被占用" in refusal(
            environment(tmp_path, database_url, BMT_PORT=port)
        )


@pytest.mark.slow
def test_a_second_process_on_one_sqlite_file_is_refused(
    dialect: Dialect, database_url: str, tmp_path: Path
) -> None:
    if dialect != "sqlite":
        pytest.skip("PostgreSQL takes any number of processes")
    with serving(environment(tmp_path, database_url, BMT_PORT=str(free_port()))):
        told = refusal(environment(tmp_path, database_url, BMT_PORT=str(free_port())))
    assert "SQLite 只允许一个进程" in told


@pytest.mark.slow
def test_several_processes_share_a_port_on_postgresql(
    dialect: Dialect, database_url: str, tmp_path: Path
) -> None:
    if dialect != "postgres":
        pytest.skip("SQLite allows one process")
    env = environment(tmp_path, database_url, BMT_PORT=str(free_port()), BMT_PROCESSES="2")
    seen: set[str] = set()
    with serving(env) as url:
        give_up = time.monotonic() + READY_WITHIN_S
        while len(seen) < 2 and time.monotonic() < give_up:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert json.load(answer)["database"] == "postgres"
                seen.add(answer.headers["X-Request-Id"].partition("-")[0])
    assert len(seen) == 2, "the kernel hands connections to both"


def test_several_processes_on_sqlite_are_refused_before_anything_starts(tmp_path: Path) -> None:
    env = environment(tmp_path, f"sqlite:///{tmp_path}/one.db", BMT_PROCESSES="2")
    process = start(env)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "BMT_PROCESSES" in told
    assert not (tmp_path / "one.db").exists()
