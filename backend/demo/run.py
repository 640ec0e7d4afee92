"""Runs the demonstration: WeChat stand-in, township and one village node as three processes of this machine.

The node is enrolled through the township's own API, as in a real village; nothing here reaches around it.
"""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from rich.console import Console

from backend.demo.announce import announce
from backend.demo.plan import CLERK_LOGIN, CLERK_NAME, CLERK_PASSWORD, HOST, Plan, plan_of
from backend.demo.township import Township
from backend.serve import listen
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE

READY_WITHIN_S = 90.0
STOP_WITHIN_S = 10.0


class DemoFailed(Exception):
    """One of the three did not come up; the message says which."""


def run_demo(environ: Mapping[str, str]) -> int:
    """Start all three, say where they are, and stop them together.

    Raises:
        PortTaken, BadSettings, DemoFailed.
    """
    plan = plan_of(environ)
    for port in (plan.township_port, plan.node_port, plan.wechat_port):
        listen(HOST, port).close()
    console = Console()
    with ExitStack() as stack:
        started = _Processes(stack, plan, environ)
        console.print("正在启动镇级系统、村服务点和模拟微信……第一次启动需要准备数据，请稍等。")
        started.start(
            "模拟微信", ["backend.wechat.standin", "--port", str(plan.wechat_port), "--people", "demo"]
        )
        started.start("镇级系统", ["backend", "serve"])
        started.until_answering("模拟微信", plan.wechat_url)
        started.until_answering("镇级系统", f"{plan.township_url}/v1/health")
        township = Township(plan.township_url)
        if not (plan.village / "node.db").exists():
            started.once(["village_node", "enrol", *_node_options(plan), "--code", township.enrolment_code()])
            started.once(["village_node", "clerk", "--data", str(plan.village), *_clerk_options()])
        started.start("村服务点", ["village_node", "run", *_node_options(plan)])
        started.until_answering("村服务点", plan.node_url)
        announce(console, plan, township.a_tracking_code())
        return started.wait()


class _Processes:
    """The children, ended when the first of them or the person at the keyboard ends."""

    def __init__(self, stack: ExitStack, plan: Plan, environ: Mapping[str, str]) -> None:
        self._stack = stack
        self._environ = {**environ, **_environment(plan)}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str]) -> None:
        process = subprocess.Popen([sys.executable, "-m", *arguments], env=self._environ)
        self._running[name] = process
        self._stack.callback(_end, process)

    def once(self, arguments: Sequence[str]) -> None:
        """Raises DemoFailed: the command did not end well."""
        if subprocess.run([sys.executable, "-m", *arguments], env=self._environ, check=False).returncode:
            raise DemoFailed("村服务点登记没有成功，原因见上面的提示。")

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
        """Until a signal, or until one of them ends by itself."""
        stop = False

        def on_signal(*_: object) -> None:
            nonlocal stop
            stop = True

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        while not stop:
            for process in self._running.values():
                code = process.poll()
                if code is not None:
                    return code or 1
            time.sleep(0.3)
        return 0


def _environment(plan: Plan) -> dict[str, str]:
    return {
        "BMT_MODE": "demo",
        "BMT_HOST": HOST,
        "BMT_PORT": str(plan.township_port),
        "BMT_DATA": str(plan.township),
        "BMT_WECHAT_URL": plan.wechat_url,
        "BMT_WECHAT_OPEN_URL": plan.wechat_url,
        "BMT_WECHAT_APPID": DEMO_MINI.appid,
        "BMT_WECHAT_SECRET": DEMO_MINI.secret,
        "BMT_WECHAT_SERVICE_APPID": DEMO_SERVICE.appid,
        "BMT_WECHAT_SERVICE_SECRET": DEMO_SERVICE.secret,
        "BMT_NODE_PORT": str(plan.node_port),
        "BMT_CLERK_PASSWORD": CLERK_PASSWORD,
    }


def _node_options(plan: Plan) -> list[str]:
    return ["--data", str(plan.village), "--township", plan.township_url]


def _clerk_options() -> list[str]:
    return ["--login", CLERK_LOGIN, "--name", CLERK_NAME]


def _end(process: subprocess.Popen[bytes]) -> None:
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
