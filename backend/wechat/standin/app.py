"""Puts the stand-in together, and refuses to do so anywhere but in a demonstration or a test."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiohttp import web

from backend.wechat.standin import authorize, control
from backend.wechat.standin.api import CALLS, WORLD, wechat_manner
from backend.wechat.standin.world import Cast, World

MODES: Final = frozenset({"demo", "test"})


class NotInProduction(RuntimeError):
    """Whoever runs this could sign in as anybody; the message says so, in Chinese."""

    def __init__(self, mode: str) -> None:
        said = f"现在的环境是“{mode}”" if mode else "现在没有说明是什么环境"
        super().__init__(f"模拟微信谁都能登录，只能在演示（demo）或测试（test）环境启动；{said}，已停止。")


def make_app(
    mode: str,
    cast: Cast | None = None,
    *,
    clock: Callable[[], datetime],
    chance: Callable[[int], bytes] = secrets.token_bytes,
) -> web.Application:
    """The stand-in as an aiohttp application.

    Args:
        mode: ``demo`` or ``test``.
        clock: now, aware UTC; ``/_standin/clock`` adds to it.
        chance: that many random bytes.

    Raises:
        NotInProduction: any other mode.
    """
    if mode not in MODES:
        raise NotInProduction(mode)
    app = web.Application(middlewares=[wechat_manner])
    app[WORLD] = World(cast or Cast(), clock=clock, chance=chance)
    for path, handler in CALLS.items():
        app.router.add_route("*", path, handler)
    app.router.add_get("/", authorize.home)
    app.router.add_get("/connect/oauth2/authorize", authorize.choose_person)
    app.router.add_post("/connect/oauth2/authorize", authorize.sign_in)
    app.router.add_get("/_standin/style.css", authorize.style)
    app.router.add_routes(control.ROUTES)
    app.on_shutdown.append(_release_held_calls)
    return app


async def _release_held_calls(app: web.Application) -> None:
    app[WORLD].faults.closing.set()
