"""The queue of errands, one errand with everything its clerk or partner may do now, and taking one at the window."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.proxy import ErrandActionLine, ErrandView
from api_spec.route import Door
from api_spec.routes.proxy import ACTORS, READERS, REVEALERS, TOWNSHIP
from api_spec.vocabulary import (
    Channel,
    ConsentPurpose,
    ErrandAction,
    MaterialStatus,
    MoneyMove,
    Partner,
    Relation,
)
from backend.console.errand_form import PAPER_METHODS, read_errand_command, read_mandate, read_sharing
from backend.console.filled_in import Reason, SearchText, errors_by_field, sent_action
from backend.console.frame import show, unsynced
from backend.console.queue import ErrandAddress
from backend.edge import PANELS, Page, actor, errand_panels, form, now, path_id, query, redirect
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.keys import BLOBS, CATALOGUE, PEOPLE, PROXY
from backend.people.notices import current
from backend.proxy.service import Contents, ErrandFilter
from backend.register.sought import sought
from backend.wording import SENTENCES

HEADS = ("期限", "编号", "事项", "申请人", "状态", "#代管", "下一步")
CORRECTABLE = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.NOTE_REQUIRED,
        ErrorCode.CASE_MOVED,
        ErrorCode.ACTION_NOT_ALLOWED,
        ErrorCode.MANDATE_REQUIRED,
        ErrorCode.IN_PERSON_ONLY,
        ErrorCode.WET_INK_REQUIRED,
        ErrorCode.MONEY_NOT_BALANCED,
        ErrorCode.NOTICE_OUTDATED,
    }
)
"""Refusals after which the clerk is shown the errand again with what they had typed."""
MAIN = (
    ErrandAction.CONSENT,
    ErrandAction.TAKE,
    ErrandAction.RECEIVE,
    ErrandAction.COMPLETE,
    ErrandAction.RESUME,
)
BY_LIST = frozenset({ErrandAction.HAND_OVER, ErrandAction.REQUEST})
"""Moves that are not made on an errand's own page."""
RELATIONS = tuple(relation for relation in Relation if relation is not Relation.SELF)


async def show_queue(request: web.Request) -> web.Response:
    asked = query(request, ErrandAddress)
    return await _queue(request, asked, asked.filter(day_in_china(now(request))))


async def search_queue(request: web.Request) -> web.Response:
    """What a clerk typed or scanned: a number, a tracking code or a document number."""
    typed = (await form(request, SearchText)).text
    if not typed:
        return redirect("/staff/errands")
    today = day_in_china(now(request))
    found = sought(typed, today=today)
    document = request.app[PROXY].desk.document_index(found.document) if found.document else ""
    wanted = ErrandFilter(
        today=today, number=found.number, tracking_code=found.code, document_index=document, limit=100
    )
    return await _queue(request, ErrandAddress(), wanted, typed=typed)


async def _queue(
    request: web.Request, asked: ErrandAddress, wanted: ErrandFilter, *, typed: str = ""
) -> web.Response:
    proxy, who = request.app[PROXY], actor(request)
    page = await proxy.queue(who, wanted)
    if typed and len(page.errands) == 1:
        return redirect(f"/staff/errands/{page.errands[0].id}")
    counts = await proxy.counts(who, today=wanted.today)
    return await show(
        request,
        "console/errands.html",
        page=page,
        asked=asked,
        typed=typed,
        counts_by_state=counts,
        total=sum(count.total for count in counts),
        overdue=sum(count.overdue for count in counts),
        partners=tuple(Partner),
        unsynced=await unsynced(request),
        heads=(*(("移交",) if who.has(TOWNSHIP) else ()), *HEADS),
        may_take=who.has(TOWNSHIP),
        next_url=asked.changed(cursor=page.next) if page.next else "",
    )


async def show_errand(request: web.Request) -> web.Response:
    return await errand_page(request, path_id(request, "errand_id"))


async def act(request: web.Request) -> web.Response:
    """One move. A refusal shows the errand as it is now, with what was typed."""
    errand_id = path_id(request, "errand_id")
    fields, version = await sent_action(request)
    action = next((a for a in ErrandAction if a == fields.get("action")), None)
    if action is None:
        raise Fault(ErrorCode.BODY_INVALID)
    try:
        if action is ErrandAction.CONSENT:
            await _consent(request, errand_id, fields, version)
        else:
            await request.app[PROXY].act(
                errand_id,
                read_errand_command(action, fields),
                actor=actor(request),
                at=now(request),
                version=version,
            )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await errand_page(request, errand_id, refused=fault, opened=action, typed=fields)
    return redirect(f"/staff/errands/{errand_id}")


async def _consent(request: web.Request, errand_id: str, fields: Mapping[str, str], version: int) -> None:
    """The two consents as signed on paper, each for itself."""
    proxy, who, at = request.app[PROXY], actor(request), now(request)
    view = await proxy.show(errand_id, actor=who, at=at)
    today = day_in_china(at)
    tenant = await request.app[CATALOGUE].tenant(who.tenant_id)
    notice = current(ConsentPurpose.PARTNER_SHARING, today)
    sharing = read_sharing(fields, view.partner, notice.version)
    if sharing is None:
        words = f"还要单独同意把办理所需的信息交给{view.partner_label}企业。"
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("sharing", "required", words)])
    await proxy.consent(
        errand_id,
        read_mandate(fields, centre=tenant.centre_name, scope=f"代办“{view.item_name}”", today=today),
        sharing,
        actor=who,
        at=at,
        paper=fields.get("paper", "").strip(),
        note=fields.get("note", "").strip(),
        channel=Channel.WINDOW,
        version=version,
    )


async def reveal(request: web.Request) -> web.Response:
    """The applicant in full, for a reason that is written down."""
    errand_id = path_id(request, "errand_id")
    try:
        reason = (await form(request, Reason)).reason
    except Fault as fault:
        return await errand_page(request, errand_id, refused=fault)
    full = await request.app[PROXY].reveal(errand_id, reason=reason, actor=actor(request), at=now(request))
    return await errand_page(request, errand_id, full=full)


async def errand_page(
    request: web.Request,
    errand_id: str,
    *,
    refused: Fault | None = None,
    opened: ErrandAction | str = "",
    typed: Mapping[str, Any] | None = None,
    full: Contents | None = None,
) -> web.Response:
    who, at = actor(request), now(request)
    view = await request.app[PROXY].show(errand_id, actor=who, at=at)
    names = await request.app[PEOPLE].staff_names(who.tenant_id, [e.actor_id for e in view.events])
    filed_under = await request.app[PROXY].filed_under(errand_id, actor=who)
    photos = (await request.app[BLOBS].counts(who.tenant_id, [filed_under])).get(filed_under)
    lines = in_order(view)
    return await show(
        request,
        "console/errand.html",
        status=200 if refused is None else 422,
        view=view,
        photos=photos,
        may_look=who.has(REVEALERS),
        names=names,
        actions=lines,
        open_action=opened or next((line.action for line in lines if line.action in usual(view)), ""),
        typed=typed or {},
        errors=errors_by_field(refused.wrong if refused else ()),
        wrong=refused.wrong if refused else (),
        sentence=SENTENCES[refused.code] if refused else "",
        full=full,
        may_reveal=who.has(REVEALERS),
        statuses=tuple(MaterialStatus),
        relations=[(relation.value, relation.zh) for relation in RELATIONS],
        methods=[(method.value, method.zh) for method in PAPER_METHODS],
        moves=[(move.value, move.zh) for move in MoneyMove if move in view.money_moves],
        notice=current(ConsentPurpose.PARTNER_SHARING, day_in_china(at)),
        rid=new_id(),
        panels=await errand_panels(request, request.app[PANELS].errand_staff, view),
    )


def usual(view: ErrandView) -> tuple[ErrandAction, ...]:
    """The usual next moves; a mandate that is in force is rarely given anew."""
    return MAIN[1:] if view.mandate and view.mandate.in_force else MAIN


def in_order(view: ErrandView) -> list[ErrandActionLine]:
    """The moves a person may make on this page, the usual ones first."""
    first = usual(view)
    lines = [line for line in view.actions if line.action not in BY_LIST]
    return sorted(lines, key=lambda line: first.index(line.action) if line.action in first else len(first))


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/errands", handler=show_queue, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/errands/search", handler=search_queue, door=Door.TOKEN, who=READERS),
    Page(method="GET", path="/staff/errands/{errand_id}", handler=show_errand, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/errands/{errand_id}/act", handler=act, door=Door.TOKEN, who=ACTORS),
    Page(
        method="POST",
        path="/staff/errands/{errand_id}/reveal",
        handler=reveal,
        door=Door.TOKEN,
        who=REVEALERS,
    ),
)
