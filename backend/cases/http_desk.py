"""The JSON API of the work around a case: in hand, linked, waiting for a department, decided past the hall."""

from aiohttp import web

from api_spec.messages import cases as m
from api_spec.route import Route
from api_spec.routes import cases as routes
from backend.edge import Handler, actor, body, now, path_id, reply
from backend.keys import CASES


async def hold_case(request: web.Request) -> web.Response:
    sent = await body(request, m.HoldCase)
    cases, case_id = request.app[CASES], path_id(request, "case_id")
    who, at = actor(request), now(request)
    if sent.action == "give_back":
        await cases.give_back(case_id, actor=who, at=at)
    else:
        await cases.hold(case_id, actor=who, at=at, take_over=sent.action == "take_over", note=sent.note)
    return reply(await cases.show(case_id, actor=who, at=at))


async def link_case(request: web.Request) -> web.Response:
    sent = await body(request, m.LinkCase)
    cases, case_id = request.app[CASES], path_id(request, "case_id")
    who, at = actor(request), now(request)
    await cases.link(case_id, sent.case_number, kind=sent.kind, actor=who, at=at)
    return reply(await cases.show(case_id, actor=who, at=at))


async def open_tasks(request: web.Request) -> web.Response:
    found = await request.app[CASES].open_tasks(actor(request))
    return reply(
        m.TaskList(
            tasks=[
                m.TaskLine(
                    kind=each.kind,
                    label=each.kind.zh,
                    case_id=each.case_id,
                    case_number=each.case_number,
                    item_name=each.item_name,
                    state=each.state,
                    state_label=each.state.zh,
                    since=each.since,
                    day=each.day,
                )
                for each in found
            ]
        )
    )


async def decided_outside(request: web.Request) -> web.Response:
    found = await request.app[CASES].decided_outside(actor(request).tenant_id)
    return reply(
        m.DecidedOutside(
            cases=[
                m.OutsideLine(
                    case_id=each.case_id,
                    case_number=each.case_number,
                    item_name=each.item_name,
                    state=each.state,
                    state_label=each.state.zh,
                    changed_at=each.changed_at,
                )
                for each in found
            ]
        )
    )


HANDLERS: dict[Route, Handler] = {
    routes.HOLD_CASE: hold_case,
    routes.LINK_CASE: link_case,
    routes.OPEN_TASKS: open_tasks,
    routes.DECIDED_OUTSIDE: decided_outside,
}
