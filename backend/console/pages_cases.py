"""One case with everything its clerk may do now, and the forms that do it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine, ShortLine
from api_spec.messages.cases import ActionLine, CaseView
from api_spec.route import Door
from api_spec.routes.cases import ACTORS, HOLDERS, LINKERS, LOOKERS, READERS, REVEALERS
from api_spec.vocabulary import (
    CaseAction,
    DeadlineColour,
    DeliveryMethod,
    ItemKind,
    LinkKind,
    MaterialStatus,
    TimerKind,
)
from backend.actors import Actor
from backend.cases.deadlines import NO_DAY
from backend.cases.filing import Contents
from backend.console.commands import read_command, read_settlement
from backend.console.filled_in import Reason, errors_by_field, sent_action
from backend.console.frame import show
from backend.console.queue import QueueAddress
from backend.edge import PANELS, Page, actor, form, now, panels, path_id, query, redirect
from backend.faults import Fault
from backend.keys import BLOBS, CASES, CATALOGUE, PEOPLE
from backend.wording import SENTENCES

SHOWN_COLOURS = (DeadlineColour.OVERDUE, DeadlineColour.DUE, DeadlineColour.SOON)
CORRECTABLE = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.NOTE_REQUIRED,
        ErrorCode.MATERIAL_MISSING,
        ErrorCode.SAME_PERSON,
        ErrorCode.OUT_OF_SCOPE,
        ErrorCode.CASE_MOVED,
        ErrorCode.CASE_HELD,
        ErrorCode.CASES_LINKED,
        ErrorCode.ACTION_NOT_ALLOWED,
    }
)
"""Refusals after which the clerk is shown the case again with what they had typed."""
MAIN = (
    CaseAction.ACCEPT,
    CaseAction.SUPPLEMENT,
    CaseAction.FIRST_REVIEW,
    CaseAction.DECIDE,
    CaseAction.SIGN,
    CaseAction.REPORT_UP,
    CaseAction.DECIDE_ABOVE,
    CaseAction.MAKE_READY,
    CaseAction.DELIVER,
    CaseAction.FINISH,
)
"""The usual next moves, shown first and open."""
SETTLE = "settle"
CLOCKS = frozenset({TimerKind.PROMISE, TimerKind.STATUTORY})
FOLDED = {
    "documents/panel.html": ("文书", True),
    "cases/clock.html": ("办理用时", False),
    "supervision/panel.html": ("电子监察和收费", True),
    "reviews/ask.html": ("评价", True),
}
"""What a part of the page is called that can be folded away, and whether it is open at first."""
DANGEROUS = frozenset({CaseAction.VOID, CaseAction.REFUSE, CaseAction.WITHDRAW})


class TakeOver(Message):
    """Why a colleague's case is taken over."""

    note: OptionalLine = ""


class LinkForm(Message):
    number: ShortLine
    kind: LinkKind


def opened_from(request: web.Request) -> QueueAddress | None:
    """The queue the case was opened from, kept in the addresses of its page and of its forms."""
    return query(request, QueueAddress) if request.query else None


def way_back(request: web.Request) -> str:
    """What an address of the case ends with, so that it goes on knowing its queue."""
    queue = opened_from(request)
    return queue.behind(cursor=True) if queue else ""


async def show_case(request: web.Request) -> web.Response:
    return await _case(request, path_id(request, "case_id"))


async def act(request: web.Request) -> web.Response:
    """One move. A refusal shows the case as it is now, with what was typed."""
    fields, version = await sent_action(request)
    action = next((a for a in CaseAction if a == fields.get("action")), None)
    if action is None:
        raise Fault(ErrorCode.BODY_INVALID)

    async def move(case_id: str) -> None:
        await request.app[CASES].act(
            case_id, read_command(action, fields), actor=actor(request), at=now(request), version=version
        )

    return await _moved(request, move, fields, action)


async def settle(request: web.Request) -> web.Response:
    """即办件 in one go (plan, clause 46)."""
    fields, version = await sent_action(request)

    async def move(case_id: str) -> None:
        await request.app[CASES].settle(
            case_id, read_settlement(fields), actor=actor(request), at=now(request), version=version
        )

    return await _moved(request, move, fields, SETTLE)


async def _moved(
    request: web.Request,
    move: Callable[[str], Awaitable[None]],
    fields: Mapping[str, str],
    action: CaseAction | str,
) -> web.Response:
    case_id = path_id(request, "case_id")
    try:
        await move(case_id)
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _case(request, case_id, refused=fault, action=action, typed=fields)
    return redirect(f"/staff/cases/{case_id}{way_back(request)}")


async def hold(request: web.Request) -> web.Response:
    return await _handled(request, request.app[CASES].hold)


async def take_over(request: web.Request) -> web.Response:
    note = (await form(request, TakeOver)).note
    return await _handled(request, partial(request.app[CASES].hold, take_over=True, note=note))


async def give_back(request: web.Request) -> web.Response:
    return await _handled(request, request.app[CASES].give_back)


async def link(request: web.Request) -> web.Response:
    sent = await form(request, LinkForm)

    async def join(case_id: str, *, actor: Actor, at: datetime) -> None:
        await request.app[CASES].link(case_id, sent.number, kind=sent.kind, actor=actor, at=at)

    return await _handled(request, join)


async def unlink(request: web.Request) -> web.Response:
    async def part(case_id: str, *, actor: Actor, at: datetime) -> None:  # noqa: ARG001 - as the others
        await request.app[CASES].unlink(case_id, path_id(request, "link_id"), actor=actor)

    return await _handled(request, part)


async def _handled(request: web.Request, handle: Callable[..., Awaitable[None]]) -> web.Response:
    """Something done about a case that is no move of it; a refusal shows the case as it is now."""
    case_id = path_id(request, "case_id")
    try:
        await handle(case_id, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code not in CORRECTABLE | {ErrorCode.NOT_ALLOWED}:
            raise
        return await _case(request, case_id, refused=fault)
    return redirect(f"/staff/cases/{case_id}{way_back(request)}")


async def reveal(request: web.Request) -> web.Response:
    """The applicant in full, for a reason that is written down."""
    case_id = path_id(request, "case_id")
    try:
        reason = (await form(request, Reason)).reason
    except Fault as fault:
        return await _case(request, case_id, refused=fault)
    full = await request.app[CASES].reveal(case_id, reason=reason, actor=actor(request), at=now(request))
    return await _case(request, case_id, full=full)


async def _case(
    request: web.Request,
    case_id: str,
    *,
    refused: Fault | None = None,
    action: CaseAction | str = "",
    typed: Mapping[str, str] | None = None,
    full: Contents | None = None,
) -> web.Response:
    who = actor(request)
    view = await request.app[CASES].show(case_id, actor=who, at=now(request))
    names = await request.app[PEOPLE].staff_names(who.tenant_id, [e.actor_id for e in view.events])
    origin = await request.app[CASES].origin(case_id, actor=who)
    village = await request.app[CATALOGUE].village(origin.village_id) if origin.village_id else None
    photos = (await request.app[BLOBS].counts(who.tenant_id, [origin.rid])).get(origin.rid)
    offered = [line.action for line in view.actions]
    item = await _find_item(request, view) if CaseAction.ACCEPT in offered else None
    instant = item is not None and item.kind is ItemKind.INSTANT
    before, after = await _beside(request, view)
    guest = view.visit is not None and who.department_id not in {"", origin.department_id}
    return await show(
        request,
        "console/case.html",
        status=200 if refused is None else 422,
        view=view,
        names=names,
        village=village.name if village else "",
        node_at=_instant(origin.node_time),
        photos=photos,
        may_look=who.has(LOOKERS),
        actions=in_order(view),
        instant=instant,
        hands_out=item is not None and item.deliverable,
        may_print=not guest,
        open_action=action or (SETTLE if instant else next((a for a in MAIN if a in offered), "")),
        dangerous=DANGEROUS,
        typed=typed or {},
        errors=errors_by_field(refused.wrong if refused else ()),
        wrong=refused.wrong if refused else (),
        sentence=SENTENCES[refused.code] if refused else "",
        full=full,
        may_reveal=who.has(REVEALERS),
        statuses=tuple(MaterialStatus),
        methods=[(method.value, method.zh) for method in DeliveryMethod],
        departments=await request.app[CASES].departments(who.tenant_id),
        may_link=who.has(LINKERS),
        my_roles=tuple(who.roles),
        link_kinds=[(kind.value, kind.zh) for kind in LinkKind],
        grounds=[(ground, ground) for ground in view.stop_grounds],
        panels=await panels(request, request.app[PANELS].staff, view),
        beside=await panels(request, request.app[PANELS].beside, view),
        folded=FOLDED,
        main=[line for line in in_order(view) if line.action in MAIN],
        more=[line for line in in_order(view) if line.action not in MAIN],
        clocks=[timer for timer in view.timers if timer.kind in CLOCKS],
        behind=way_back(request),
        before=before,
        after=after,
    )


async def _beside(request: web.Request, view: CaseView) -> tuple[str | None, str | None]:
    """The cases before and after this one in the queue it was opened from."""
    queue = opened_from(request)
    if queue is None:
        return None, None
    who = actor(request)
    asked = queue.filter(who, today=day_in_china(now(request)))
    return await request.app[CASES].neighbours(who, asked, of=(view.due_on or NO_DAY, view.id))


def _instant(text: str) -> datetime | None:
    """A village computer's time as kept; None where there is none, or none a calendar has."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


async def _find_item(request: web.Request, view: CaseView) -> Item | None:
    try:
        return await request.app[CATALOGUE].item(actor(request).tenant_id, view.item_id)
    except Fault:
        return None


def in_order(view: CaseView) -> list[ActionLine]:
    """The moves a person may make by hand, the usual ones first. Amending has its own form."""
    lines = [line for line in view.actions if line.action is not CaseAction.AMEND]
    return sorted(lines, key=lambda line: MAIN.index(line.action) if line.action in MAIN else len(MAIN))


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/cases/{case_id}", handler=show_case, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/cases/{case_id}/act", handler=act, door=Door.TOKEN, who=ACTORS),
    Page(method="POST", path="/staff/cases/{case_id}/settle", handler=settle, door=Door.TOKEN, who=ACTORS),
    Page(method="POST", path="/staff/cases/{case_id}/hold", handler=hold, door=Door.TOKEN, who=HOLDERS),
    Page(
        method="POST",
        path="/staff/cases/{case_id}/take-over",
        handler=take_over,
        door=Door.TOKEN,
        who=HOLDERS,
    ),
    Page(
        method="POST",
        path="/staff/cases/{case_id}/give-back",
        handler=give_back,
        door=Door.TOKEN,
        who=HOLDERS,
    ),
    Page(method="POST", path="/staff/cases/{case_id}/links", handler=link, door=Door.TOKEN, who=LINKERS),
    Page(
        method="POST",
        path="/staff/cases/{case_id}/links/{link_id}/remove",
        handler=unlink,
        door=Door.TOKEN,
        who=LINKERS,
    ),
    Page(method="POST", path="/staff/cases/{case_id}/reveal", handler=reveal, door=Door.TOKEN, who=REVEALERS),
)
