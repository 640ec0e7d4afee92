"""The stand-in as a program: `python -m backend.wechat.standin --port 8099 --people demo --mode demo`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from backend.wechat.standin.app import NotInProduction, make_app
from backend.wechat.standin.people import DEMO_PEOPLE, BadPeople, read_people
from backend.wechat.standin.world import Cast


def main(arguments: Sequence[str]) -> int:
    """0 when ended by a signal; 2 with a sentence when it may not or cannot start."""
    parser = argparse.ArgumentParser(prog="backend.wechat.standin", description="模拟微信，只用于演示和测试")
    parser.add_argument("--port", type=int, required=True, help="本机端口，0 表示任选一个空闲的")
    parser.add_argument("--people", default="demo", help="demo，或者人员文件（JSON）")
    parser.add_argument(
        "--mode", default=os.environ.get("BMT_MODE", ""), help="demo 或 test；默认取 BMT_MODE"
    )
    asked = parser.parse_args(arguments)
    try:
        people = DEMO_PEOPLE if asked.people == "demo" else read_people(Path(asked.people))
        app = make_app(asked.mode, Cast(people=people), clock=lambda: datetime.now(UTC))
        asyncio.run(_serve(app, asked.port))
    except (NotInProduction, BadPeople) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"端口 {asked.port} 用不了（{error.strerror}），请换一个。\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(app: web.Application, port: int) -> None:
    """Until SIGINT or SIGTERM; on this machine only, because it hands out anybody's sign-in."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        sys.stdout.write(f"模拟微信：http://127.0.0.1:{runner.addresses[0][1]}\n")
        sys.stdout.flush()
        await _told_to_stop()
    finally:
        await runner.cleanup()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: KeyboardInterrupt ends the program instead
            break
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
