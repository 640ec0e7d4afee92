"""Serves the check files of the link rule to anyone, as WeChat asks for them. Knows no rule and no code.

WeChat looks in the last folder of the rule: at the root, or beside the progress pages for a rule that ends with /c/.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from aiohttp import web

FOLDERS: Final = ("/", "/c/")
HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def bind_link_checks(app: web.Application, checks: Mapping[str, str]) -> None:
    """Nothing is there where nothing was set."""
    for name, content in checks.items():
        for folder in FOLDERS:
            app.router.add_get(folder + name, partial(_send, content))


async def _send(content: str, _request: web.Request) -> web.Response:
    return web.Response(text=content, content_type="text/plain", headers=HEADERS)
