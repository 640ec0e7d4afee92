"""The demonstration's cable: pulled by Enter it stays out until Enter; what ends by itself comes back."""

import os
import pty
import select
import subprocess
import sys
import time

PROGRAM = """
import sys
from contextlib import ExitStack
from backend.demo.processes import Processes
with ExitStack() as stack:
    started = Processes(stack, dict(__import__("os").environ), comes_and_goes="镇级系统", back_after_s=0.2)
    started.start("镇级系统", ["http.server", "0", "--bind", "127.0.0.1"])
    print("开始", flush=True)
    sys.exit(started.wait())
"""
SILENT_S = 1.5


def read_until(said: int, words: str, *, within_s: float) -> str:
    """What the program wrote until these words, or until the time is over."""
    heard = b""
    give_up = time.monotonic() + within_s
    while words.encode() not in heard and (left := give_up - time.monotonic()) > 0:
        if select.select([said], [], [], left)[0]:
            heard += os.read(said, 4096)
    return heard.decode(errors="replace")


def test_a_cable_pulled_by_enter_stays_out_until_enter() -> None:
    keyboard, plugged = pty.openpty()
    demo = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=plugged, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert demo.stdout
    said = demo.stdout.fileno()
    try:
        assert "开始" in read_until(said, "开始", within_s=20)
        os.write(keyboard, b"\n")
        assert "再按回车恢复" in read_until(said, "再按回车恢复", within_s=20)
        assert "正在恢复" not in read_until(said, "正在恢复", within_s=SILENT_S)
        os.write(keyboard, b"\n")
        assert "正在恢复" in read_until(said, "正在恢复", within_s=20)
    finally:
        demo.terminate()
        assert demo.wait(20) == 0
        demo.stdout.close()
        os.close(keyboard)
        os.close(plugged)
