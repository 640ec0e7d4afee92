"""The demonstration's three processes: started, watched, and ended together."""

import json
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

READY_WITHIN_S = 90.0
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.3
BACK_AFTER_S = 20.0


class DemoFailed(Exception):
    """One of the three did not come up; the message says which."""


class Processes:
    """The children by name. The village works on while the township is down, so the township may come and go.

    Args:
        comes_and_goes: the one that is started again when it ends by itself; Enter on the keyboard stops it until
            Enter is pressed again.
        back_after_s: how long it stays away after it ended by itself, in seconds.
    """

    def __init__(
        self,
        stack: ExitStack,
        environ: Mapping[str, str],
        *,
        comes_and_goes: str,
        back_after_s: float = BACK_AFTER_S,
    ) -> None:
        self._stack = stack
        self._environ = dict(environ)
        self._switched = comes_and_goes
        self._commands: dict[str, Sequence[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._back_after_s = back_after_s
        self._cut = False
        self._down_since: float | None = None
        self._stop = False

    def start(self, name: str, arguments: Sequence[str]) -> None:
        self._commands[name] = arguments
        process = subprocess.Popen([sys.executable, "-m", *arguments], env=self._environ)
        self._running[name] = process
        self._stack.callback(_end, process)

    def once(self, arguments: Sequence[str]) -> None:
        """Raises DemoFailed: the command did not end well."""
        if subprocess.run([sys.executable, "-m", *arguments], env=self._environ, check=False).returncode:
            raise DemoFailed("村服务点登记没有成功，原因见上面的提示。")

    def facts(self, arguments: Sequence[str]) -> dict[str, object]:
        """What a command says as JSON; nothing if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], env=self._environ, capture_output=True, check=False
        )
        if done.returncode:
            return {}
        said: dict[str, object] = json.loads(done.stdout)
        return said

    def until_answering(self, name: str, url: str) -> None:
        """Raises DemoFailed: it ended, or does not answer in time."""
        give_up = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < give_up:
            if self._running[name].poll() is not None:
                raise DemoFailed(f"{name}没有启动成功，原因见上面的提示。")
            if _answers(url):
                return
            time.sleep(0.05)
        raise DemoFailed(f"{name}启动太慢，已停止等待。")

    def wait(self) -> int:
        """Until a signal, or until one that must not end does; the exit code."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        while not self._stop:
            for name, process in self._running.items():
                code = process.poll()
                if code is not None and name != self._switched:
                    return code or 1
            self._look_after_the_switched()
            if _enter_pressed():
                self._switch()
        return 0

    def _look_after_the_switched(self) -> None:
        process = self._running[self._switched]
        if process.poll() is None:
            self._down_since = None
            return
        if self._cut:
            return
        now = time.monotonic()
        if self._down_since is None:
            self._down_since = now
            _say(
                f"{self._switched}停了，村服务点照常收件。{self._back_after_s:.0f} 秒后自动恢复，按回车马上恢复。"
            )
        elif now - self._down_since > self._back_after_s:
            self._bring_back()

    def _switch(self) -> None:
        """Pull the cable, or plug it in again."""
        process = self._running[self._switched]
        if process.poll() is None:
            self._cut = True
            _end(process)
            _say(f"{self._switched}已断开，村服务点照常收件。再按回车恢复。")
        else:
            self._bring_back()

    def _bring_back(self) -> None:
        self._cut = False
        self._down_since = None
        self.start(self._switched, self._commands[self._switched])
        _say(f"{self._switched}正在恢复，村里未上传的件一分钟内会自动传来。")

    def _on_signal(self, *_: object) -> None:
        self._stop = True


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _enter_pressed() -> bool:
    """Waits a moment; whether a line was typed meanwhile. Without a keyboard it only waits."""
    if not sys.stdin.isatty():
        time.sleep(LOOK_EVERY_S)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], LOOK_EVERY_S)
    return bool(ready and sys.stdin.readline())


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
