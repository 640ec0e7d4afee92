"""Backups for those who look after the township's machine: how well it is covered, what is there, make one now."""

from typing import Final, Literal

from aiohttp import web

from api_spec.messages.base import Message
from api_spec.route import Door
from api_spec.routes.intake import KEEPERS
from backend.backup.service import BackupState
from backend.console.frame import show
from backend.edge import Page, form, now, redirect
from backend.instants import from_ms
from backend.keys import BACKUPS, INTAKE, SETTINGS

TONES: Final = {
    BackupState.RUNNING: "info",
    BackupState.VERIFIED: "good",
    BackupState.FAILED: "bad",
}


class Now(Message):
    """The button itself: an empty form starts nothing."""

    now: Literal["yes"]


async def show_backups(request: web.Request) -> web.Response:
    backups = request.app[BACKUPS]
    found = await backups.all()
    return await show(
        request,
        "console/backups.html",
        cover=await backups.cover(at=now(request)),
        backups=[
            (each, from_ms(each.made_ms), BackupState(each.state), TONES[BackupState(each.state)])
            for each in reversed(found)
        ],
        making=backups.is_making,
        keeps_key=backups.keeps_key,
        hour=request.app[SETTINGS].backup_hour,
    )


async def make_backup(request: web.Request) -> web.Response:
    """Started, not waited for: a large township takes minutes. The page then says how it went."""
    await form(request, Now)
    request.app[BACKUPS].ask(request.app[INTAKE].vouch)
    return redirect("/staff/backups")


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/backups", handler=show_backups, door=Door.TOKEN, who=KEEPERS),
    Page(method="POST", path="/staff/backups", handler=make_backup, door=Door.TOKEN, who=KEEPERS),
)
