"""本机: what this computer is called, what the township keeps for it, its keys, and its backup on a stick."""

import sqlite3
from typing import Final

from aiohttp import web

from village_node.access.tls import find_fingerprint
from village_node.storage.safekeeping import BadBackup
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import Page
from village_node.web.sticks import NO_FOLDER, folder_typed, is_folder, plugged_in

HOME: Final = "/machine"
FULL: Final = "备份写不进去：可能已满、写保护或已拔出。里面没有留下不完整的备份，请换一个地方再试。"


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def change_key(request: web.Request) -> web.Response:
    """Sign with a new key; nothing stops meanwhile."""
    here = station(request)
    await here.custody.want_new_key()
    here.loop.wake()
    return edge.go(f"{HOME}?asked")


async def back_up(request: web.Request) -> web.Response:
    """Make a backup and say where it lies; a refusal keeps what was typed."""
    here = station(request)
    typed = dict(await edge.pairs(request))
    folder = folder_typed(typed)
    if folder is None or not await is_folder(folder):
        return await _page(request, wrong=NO_FOLDER, typed=typed)
    try:
        made = await here.safekeeping.make(folder, at=here.clock.wall())
    except BadBackup as refused:
        return await _page(request, wrong=str(refused), typed=typed)
    except (OSError, sqlite3.Error):
        return await _page(request, wrong=FULL, typed=typed)
    return await _page(request, said=f"已备份到 {made}，读回核对无误。请安全退出 U 盘，妥善保管。")


async def _page(
    request: web.Request, *, wrong: str = "", said: str = "", typed: dict[str, str] | None = None
) -> web.Response:
    here = station(request)
    mark, escrowed = await here.custody.mark()
    return await edge.render(
        request,
        "machine.html",
        status=422 if wrong else 200,
        number=here.enrolment.node,
        serial=here.enrolment.serial,
        mark=mark,
        escrowed=escrowed,
        asked="asked" in request.query,
        fingerprint=find_fingerprint(here.settings.tls) if here.settings.speaks_tls else "",
        sticks=await plugged_in(),
        wrong=wrong,
        said=said,
        typed=typed or {},
    )


PAGES: Final[tuple[Page, ...]] = (
    Page("GET", HOME, show),
    Page("POST", f"{HOME}/key", change_key),
    Page("POST", f"{HOME}/backup", back_up),
)
