"""The queue of cases, one case with everything its clerk may do now, and the forms that do it."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Line, Message, OptionalLine
from api_spec.messages.cases import ActionLine, CaseView
from api_spec.route import Door
from api_spec.routes.cases import ACTORS, READERS, REVEALERS
from api_spec.text import without_separators
from api_spec.vocabulary import CaseAction, DeadlineColour, DeliveryMethod, MaterialStatus, WindowType
from backend.cases.filing import Contents
from backend.cases.service import QueueFilter
from backend.console.commands import PAPER, read_command
from backend.console.queue import QueueAddress, filter_of, sought
from backend.edge import Page, actor, form, form_fields, now, path_id, query, redirect, render
from backend.faults import Fault, Wrong
from backend.keys import CASES, PEOPLE
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
DANGEROUS = frozenset({CaseAction.VOID, CaseAction.REFUSE, CaseAction.WITHDRAW})


class SearchText(Message):
    text: OptionalLine = ""


class Reason(Message):
    reason: Line


async def show_queue(request: web.Request) -> web.Response:
    asked = query(request, QueueAddress)
    return await _queue(request, asked, filter_of(asked, today=day_in_china(now(request))))


async def search_queue(request: web.Request) -> web.Response:
    """What a clerk typed or scanned: numbers go into the address, an identity number never does."""
    typed = (await form(request, SearchText)).text
    found = sought(typed)
    if found.text or not typed:
        return redirect(QueueAddress().with_(text=found.text))
    cases = request.app[CASES]
    number = without_separators(typed).upper()
    asked = QueueFilter(
        today=day_in_china(now(request)), document_index=cases.desk.document_index(number), limit=100
    )
    return await _queue(request, QueueAddress(), asked, by_document=True)


async def _queue(
    request: web.Request, asked: QueueAddress, chosen: QueueFilter, *, by_document: bool = False
) -> web.Response:
    cases, who = request.app[CASES], actor(request)
    page = await cases.queue(who, chosen)
    counts = await cases.counts(who, today=chosen.today)
    return render(
        request,
        "console/queue.html",
        page=page,
        asked=asked,
        counts_by_state=counts,
        total=sum(count.total for count in counts),
        colours=[(colour, sum(getattr(count, colour.value) for count in counts)) for colour in SHOWN_COLOURS],
        window_types=tuple(WindowType),
        by_document=by_document,
        next_url=asked.with_(cursor=page.next) if page.next else "",
    )


async def show_case(request: web.Request) -> web.Response:
    return await _case(request, path_id(request, "case_id"))


async def act(request: web.Request) -> web.Response:
    """One move. A refusal shows the case as it is now, with what was typed."""
    case_id = path_id(request, "case_id")
    fields = {name: values[-1] for name, values in (await form_fields(request)).items()}
    action = next((a for a in CaseAction if a == fields.get("action")), None)
    version = fields.get("version", "")
    if action is None or not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Fault(ErrorCode.BODY_INVALID)
    try:
        await request.app[CASES].act(
            case_id, read_command(action, fields), actor=actor(request), at=now(request), version=int(version)
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _case(request, case_id, refused=fault, action=action, typed=fields)
    return redirect(f"/staff/cases/{case_id}")


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
    action: CaseAction | None = None,
    typed: Mapping[str, str] | None = None,
    full: Contents | None = None,
) -> web.Response:
    who = actor(request)
    view = await request.app[CASES].show(case_id, actor=who, at=now(request))
    names = await request.app[PEOPLE].staff_names(who.tenant_id, [e.actor_id for e in view.events])
    offered = [line.action for line in view.actions]
    return render(
        request,
        "console/case.html",
        status=200 if refused is None else 422,
        view=view,
        names=names,
        actions=in_order(view),
        open_action=action or next((a for a in MAIN if a in offered), None),
        dangerous=DANGEROUS,
        typed=typed or {},
        errors=errors_by_field(refused.wrong if refused else ()),
        wrong=refused.wrong if refused else (),
        sentence=SENTENCES[refused.code] if refused else "",
        full=full,
        may_reveal=who.has(REVEALERS),
        statuses=tuple(MaterialStatus),
        methods=[(method.value, method.zh) for method in DeliveryMethod],
        grounds=[(ground, ground) for ground in view.stop_grounds],
    )


def in_order(view: CaseView) -> list[ActionLine]:
    """The moves a person may make by hand, the usual ones first. Amending has its own form."""
    lines = [line for line in view.actions if line.action is not CaseAction.AMEND]
    return sorted(lines, key=lambda line: MAIN.index(line.action) if line.action in MAIN else len(MAIN))


def errors_by_field(wrong: Sequence[Wrong]) -> dict[str, str]:
    """Sentences under the names the action forms use."""
    return {each.field.replace("materials.", PAPER): each.sentence for each in wrong}


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/cases", handler=show_queue, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/cases/search", handler=search_queue, door=Door.TOKEN, who=READERS),
    Page(method="GET", path="/staff/cases/{case_id}", handler=show_case, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/cases/{case_id}/act", handler=act, door=Door.TOKEN, who=ACTORS),
    Page(method="POST", path="/staff/cases/{case_id}/reveal", handler=reveal, door=Door.TOKEN, who=REVEALERS),
)
