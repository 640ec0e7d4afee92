"""`make run`: three real processes, and a village that does not mind the township going away."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.db import Dialect
from tests.serving.test_serve import free_port

READY_WITHIN_S = 120.0


def until(done: Callable[[], bool], within_s: float) -> bool:
    give_up = time.monotonic() + within_s
    while time.monotonic() < give_up:
        if done():
            return True
        time.sleep(0.1)
    return False


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


@pytest.mark.slow
def test_one_command_brings_up_township_village_and_wechat(tmp_path: Path, dialect: Dialect) -> None:
    if dialect != "sqlite":
        pytest.skip("the demonstration runs on SQLite")
    township, village, wechat = free_port(), free_port(), free_port()
    env = {
        **os.environ,
        "BMT_DATA": str(tmp_path / "data"),
        "BMT_PORT": str(township),
        "BMT_NODE_PORT": str(village),
        "BMT_WECHAT_PORT": str(wechat),
    }
    said = tmp_path / "said.txt"
    with said.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "backend", "demo"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert until(lambda: "Ctrl+C" in said.read_text("utf-8"), READY_WITHIN_S), said.read_text("utf-8")
        text = said.read_text("utf-8")
        assert f"http://127.0.0.1:{township}/c/2" in text
        assert "social-leader" in text
        assert "▀" in text, "a QR code to scan"
        assert answers(f"http://127.0.0.1:{township}/")
        assert answers(f"http://127.0.0.1:{village}/")
        subprocess.run(["pkill", "-P", str(demo.pid), "-f", "backend serve"], check=True)
        assert until(lambda: "村服务点照常收件" in said.read_text("utf-8"), 20)
        assert answers(f"http://127.0.0.1:{village}/"), "the village works without the township"
        assert until(lambda: answers(f"http://127.0.0.1:{township}/"), 90), "and the township comes back"
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)
    assert demo.returncode == 0
