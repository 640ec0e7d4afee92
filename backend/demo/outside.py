"""Everything outside of the township in one program of the demonstration: WeChat, a gateway for short messages, a platform.

`python -m backend.demo.outside --port 8070 --mode demo`
"""

import argparse
import os
import sys
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from aiohttp import web

from backend.demo.standins.platform import PlatformStandin
from backend.demo.standins.sms import SmsStandin
from backend.wechat.standin.api import WORLD
from backend.wechat.standin.app import NotInProduction, make_app
from backend.wechat.standin.messages import DEMO_TEMPLATES
from backend.wechat.standin.people import DEMO_PEOPLE

SMS: Final = "/sms"
PLATFORM: Final = "/platform"
EVENTS: Final = "/events"
MOST_EVENTS: Final = 500
ALLOWED: Final = 20
"""How many messages of each kind the demonstration's people have allowed beforehand."""


def make_outside(mode: str) -> web.Application:
    """All of it as one aiohttp application.

    Raises:
        NotInProduction: any mode but ``demo`` and ``test``.
    """
    app = make_app(mode, clock=_now)
    for person in DEMO_PEOPLE:
        for template in DEMO_TEMPLATES:
            app[WORLD].mailbox.accept(person.openid, template.id, times=ALLOWED)
    gateway, platform = SmsStandin(_now), PlatformStandin(_now)

    async def messages(_: web.Request) -> web.Response:
        return _listed("演示短信", [f"{each.mobile}：{each.content}" for each in gateway.sent.values()])

    told: deque[str] = deque(maxlen=MOST_EVENTS)

    async def take_event(request: web.Request) -> web.Response:
        told.append((await request.read()).decode(errors="replace"))
        return web.Response(status=204)

    async def events(_: web.Request) -> web.Response:
        return _listed("演示订阅方收到的事件", list(told))

    async def rows(_: web.Request) -> web.Response:
        lines = [f"{row.table}：{row.fields.get('project_no', '')}" for row in platform.rows.values()]
        return _listed("演示一体化平台收到的数据", lines)

    app.router.add_get(f"{SMS}/", messages)
    app.router.add_get(f"{PLATFORM}/", rows)
    app.router.add_get(EVENTS, events)
    app.router.add_post(EVENTS, take_event)
    app.add_subapp(SMS, gateway.app())
    app.add_subapp(PLATFORM, platform.app())
    return app


def main(arguments: Sequence[str]) -> int:
    """0 when ended by a signal; 2 with a sentence when it may not start."""
    parser = argparse.ArgumentParser(
        prog="backend.demo.outside", description="模拟的外部系统，只用于演示和测试"
    )
    parser.add_argument("--port", type=int, required=True, help="本机端口")
    parser.add_argument(
        "--mode", default=os.environ.get("BMT_MODE", ""), help="demo 或 test；默认取 BMT_MODE"
    )
    asked = parser.parse_args(arguments)
    try:
        app = make_outside(asked.mode)
    except NotInProduction as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    web.run_app(app, host="127.0.0.1", port=asked.port, print=None, access_log=None, shutdown_timeout=1)
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _listed(title: str, lines: Sequence[str]) -> web.Response:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines) or "<li>还没有。</li>"
    page = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><ol>{items}</ol>'
    return web.Response(text=page, content_type="text/html")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
