"""Starts the township: one process on SQLite, one or several on PostgreSQL sharing a port by SO_REUSEPORT."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from backend import logs
from backend.app import build
from backend.migrate import migrate
from backend.office import vault_key
from backend.settings import Settings

SHUTDOWN_S = 10.0


class PortTaken(Exception):
    """Somebody else listens there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"端口 {host}:{port} 已被占用，请关闭占用它的程序，或用环境变量换一个端口后重试。")


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket; `shared` lets several processes take connections from one port.

    Raises:
        PortTaken: the port is in use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as refused:
        listener.close()
        if refused.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from refused
        raise
    listener.listen(1024)
    return listener


def serve(settings: Settings) -> int:
    """Run until told to stop; the exit code.

    Raises:
        PortTaken: before anything was started.
    """
    if settings.processes == 1:
        listener = listen(settings.host, settings.port)
        run_loop(lambda: _serve_one(settings, listener))
        return 0
    listen(settings.host, settings.port).close()
    settings.data.mkdir(parents=True, exist_ok=True)
    vault_key(settings)  # made once, before several workers would make it
    run_loop(lambda: migrate(settings.url))
    return _supervise(settings)


def serve_worker(settings: Settings) -> int:
    """One of several processes: the schema is up to date, the port is shared."""
    listener = listen(settings.host, settings.port, shared=True)
    run_loop(lambda: _serve_one(settings, listener))
    return 0


def run_loop(main: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """asyncio.run on uvloop where it is installed (1.2 times faster, never needed for correctness)."""
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner, contextlib.suppress(KeyboardInterrupt):
        runner.run(main())


async def _serve_one(settings: Settings, listener: socket.socket) -> None:
    logs.configure(as_json=settings.log_json)
    runner = web.AppRunner(build(settings), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    site = web.SockSite(runner, listener)
    await site.start()
    settle_collector()
    try:
        await _stop_signal()
    finally:
        await runner.cleanup()


def settle_collector() -> None:
    """What lives as long as the process is never looked at again, the rest less often: a tenth of the CPU of a filing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


async def _stop_signal() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loop
            loop.add_signal_handler(number, stop.set)
    await stop.wait()


def _supervise(settings: Settings) -> int:
    """Start the workers; when one ends, end all, so that the service manager restarts a whole township."""
    workers = [
        subprocess.Popen([sys.executable, "-m", "backend", "worker"]) for _ in range(settings.processes)
    ]
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for worker in workers:
            worker.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    pid, status = os.wait()
    stop_was_asked = stopping
    stop()
    for worker in workers:
        if worker.pid != pid:
            worker.wait()
    return 0 if stop_was_asked else max(1, os.waitstatus_to_exitcode(status))
