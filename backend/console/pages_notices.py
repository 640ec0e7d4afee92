"""What passes between the township and its villages besides cases: notices to village clerks, and their 帮办 log to read."""

from datetime import date
from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china, typed_day
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.route import Door
from api_spec.routes.intake import SETTLERS, WATCHERS
from backend.console.frame import show
from backend.edge import Page, actor, now, path_id, query, redirect
from backend.edge.pages import form_fields
from backend.faults import Fault
from backend.keys import CASES, CATALOGUE, INTAKE

TITLE_LENGTH: Final = 60
TEXT_LENGTH: Final = 500
MARK_DIGITS: Final = 16


class Cursor(Message):
    cursor: OptionalLine = ""


async def show_notices(request: web.Request) -> web.Response:
    return await _notices(request, {})


async def _notices(
    request: web.Request, typed: dict[str, list[str]], *, errors: dict[str, str] | None = None
) -> web.Response:
    who, at = actor(request), now(request)
    villages = await request.app[CATALOGUE].villages(who.tenant_id)
    return await show(
        request,
        "console/village_notices.html",
        status=422 if errors else 200,
        notices=await request.app[INTAKE].notices.all(who.tenant_id, at=at),
        villages=villages,
        names={village.id: village.name for village in villages},
        typed={name: values[-1] for name, values in typed.items()},
        chosen=typed.get("village", []),
        errors=errors or {},
        today=day_in_china(at),
        may_write=who.has(SETTLERS),
    )


async def write_notice(request: web.Request) -> web.Response:
    typed = await form_fields(request)
    title, text, until = (typed.get(name, [""])[-1].strip() for name in ("title", "text", "until"))
    errors = _wrong(title, text)
    day = _day(until)
    if day is None:
        errors["until"] = "请选择显示到哪一天。"
    if errors or day is None:
        return await _notices(request, typed, errors=errors)
    try:
        await request.app[INTAKE].notices.write(
            title,
            text,
            until=day,
            villages=typed.get("village", []),
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code is not ErrorCode.BODY_INVALID:
            raise
        return await _notices(request, typed, errors={"until": "要选今天以后、一年以内的日子。"})
    return redirect("/staff/village-notices")


def _wrong(title: str, text: str) -> dict[str, str]:
    errors = {}
    if not title or len(title) > TITLE_LENGTH or not title.isprintable():
        errors["title"] = f"请写一句标题，不超过 {TITLE_LENGTH} 个字。"
    if len(text) > TEXT_LENGTH or not text.replace("\n", "").isprintable():
        errors["text"] = f"内容不超过 {TEXT_LENGTH} 个字。"
    return errors


def _day(text: str) -> date | None:
    try:
        return typed_day(text)
    except ValueError:
        return None


async def end_notice(request: web.Request) -> web.Response:
    await request.app[INTAKE].notices.end(
        path_id(request, "notice_id"), actor=actor(request), at=now(request)
    )
    return redirect("/staff/village-notices")


async def show_visits(request: web.Request) -> web.Response:
    who = actor(request)
    page = await request.app[INTAKE].visits.page(who, before_ms=_mark(query(request, Cursor).cursor))
    cases = {
        each.about: await request.app[CASES].find_id(who.tenant_id, each.about)
        for each in page.visits
        if each.about
    }
    return await show(
        request,
        "console/visits.html",
        visits=page.visits,
        cases=cases,
        names={village.id: village.name for village in await request.app[CATALOGUE].villages(who.tenant_id)},
        next_url=f"/staff/visits?cursor={page.next}" if page.next else "",
    )


def _mark(text: str) -> int | None:
    """Raises Fault: QUERY_INVALID."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MARK_DIGITS):
        raise Fault(ErrorCode.QUERY_INVALID)
    return int(text)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/village-notices", handler=show_notices, door=Door.TOKEN, who=WATCHERS),
    Page(method="POST", path="/staff/village-notices", handler=write_notice, door=Door.TOKEN, who=SETTLERS),
    Page(
        method="POST",
        path="/staff/village-notices/{notice_id}/end",
        handler=end_notice,
        door=Door.TOKEN,
        who=SETTLERS,
    ),
    Page(method="GET", path="/staff/visits", handler=show_visits, door=Door.TOKEN, who=WATCHERS),
)
