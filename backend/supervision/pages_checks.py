"""Spot checks in the console: draw, look at the draw, write down what was found of each case."""

from typing import Final

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, Paragraph
from api_spec.route import Door
from api_spec.routes.supervision import CHECKERS
from api_spec.supervision_terms import CheckPoint, CheckResult
from backend.console.frame import show
from backend.edge import Page, actor, form, form_fields, now, path_id, redirect
from backend.faults import Fault
from backend.keys import PEOPLE, SUPERVISION
from backend.register.pages_own import message
from backend.supervision.pages_cards import SAID, departments, sent_day
from backend.supervision.spot_checks import DRAWERS, MOST_DRAWN
from backend.wording import SENTENCES

CORRECTABLE: Final = SAID | {ErrorCode.DRAWN_ALREADY}


class DrawForm(Message):
    first_day: str = ""
    last_day: str = ""
    count: int = 0


class Note(Message):
    note: Paragraph = ""


async def show_checks(request: web.Request) -> web.Response:
    return await _checks(request)


async def draw(request: web.Request) -> web.Response:
    sent = await form(request, DrawForm)
    try:
        made = await request.app[SUPERVISION].checks.draw(
            first=sent_day("first_day", sent.first_day),
            last=sent_day("last_day", sent.last_day),
            count=sent.count,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _checks(request, refused=fault, typed=sent)
    return redirect(f"/staff/spot-checks/{made}")


async def _checks(
    request: web.Request, *, refused: Fault | None = None, typed: DrawForm | None = None
) -> web.Response:
    who = actor(request)
    found = await request.app[SUPERVISION].checks.latest(who)
    return await show(
        request,
        "supervision/checks.html",
        status=STATUS[refused.code] if refused else 200,
        draws=found,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, [each.drawn_by for each in found]),
        may_draw=who.has(DRAWERS),
        most=MOST_DRAWN,
        typed=typed or DrawForm(),
        errors={each.field: each.sentence for each in refused.wrong} if refused else {},
        sentence=SENTENCES[refused.code] if refused else "",
    )


async def show_check(request: web.Request) -> web.Response:
    return await _check(request, path_id(request, "check_id"))


async def check_line(request: web.Request) -> web.Response:
    check_id, line_id = path_id(request, "check_id"), path_id(request, "line_id")
    fields = {name: values[-1] for name, values in (await form_fields(request)).items()}
    points = {
        point: CheckResult(fields[point.value])
        for point in CheckPoint
        if fields.get(point.value) in set(CheckResult)
    }
    note = message(Note, {"note": fields.get("note", "")}).note
    try:
        await request.app[SUPERVISION].checks.check(
            line_id, points=points, note=note, actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in SAID:
            raise
        return await _check(request, check_id, refused=fault, line_id=line_id, typed=fields)
    return redirect(f"/staff/spot-checks/{check_id}")


async def _check(
    request: web.Request,
    check_id: str,
    *,
    refused: Fault | None = None,
    line_id: str = "",
    typed: dict[str, str] | None = None,
) -> web.Response:
    who = actor(request)
    file = await request.app[SUPERVISION].checks.show(check_id, actor=who)
    people = [file.draw.drawn_by, *(line.checked_by for line in file.lines)]
    return await show(
        request,
        "supervision/check.html",
        status=STATUS[refused.code] if refused else 200,
        file=file,
        draw=file.draw,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, people),
        departments=await departments(request),
        points=tuple(CheckPoint),
        results=[(result.value, result.zh) for result in CheckResult],
        wrong=refused.wrong if refused else (),
        sentence=SENTENCES[refused.code] if refused else "",
        line_id=line_id,
        typed=typed or {},
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/spot-checks", handler=show_checks, door=Door.TOKEN, who=CHECKERS),
    Page(method="POST", path="/staff/spot-checks", handler=draw, door=Door.TOKEN, who=DRAWERS),
    Page(
        method="GET", path="/staff/spot-checks/{check_id}", handler=show_check, door=Door.TOKEN, who=CHECKERS
    ),
    Page(
        method="POST",
        path="/staff/spot-checks/{check_id}/lines/{line_id}",
        handler=check_line,
        door=Door.TOKEN,
        who=CHECKERS,
    ),
)
