"""The JSON API of complaints."""

from aiohttp import web

from api_spec.complaint_terms import ComplaintChannel
from api_spec.errors import ErrorCode
from api_spec.messages import complaints as messages
from api_spec.route import Route
from api_spec.routes import complaints as routes
from backend.complaints.complaint import Answered, Filing, Words
from backend.edge import Handler, actor, body, find_actor, now, remote_address, reply
from backend.faults import Fault
from backend.hall.http import asked_tenant
from backend.keys import CATALOGUE, COMPLAINTS


async def file_complaint(request: web.Request) -> web.Response:
    sent = await body(request, messages.ComplaintBody)
    visitor = find_actor(request)
    citizen_id = visitor.id if visitor and visitor.is_citizen else ""
    tenant_id = asked_tenant(request, sent.tenant_id)
    filing = Filing(
        tenant_id=tenant_id,
        rid=sent.rid,
        channel=ComplaintChannel.MINI_PROGRAM,
        about=sent.about,
        words=Words(text=sent.text, whom=sent.whom, name=sent.name, phone=sent.phone),
        department_id=await department_of(request, tenant_id, sent.window_id or ""),
        citizen_id=citizen_id,
    )
    filed = await request.app[COMPLAINTS].file_from(source(request), filing, at=now(request))
    return reply(messages.FiledComplaint(number=filed.number, code=filed.code, due=filed.due_on), status=201)


async def read_answer(request: web.Request) -> web.Response:
    sent = await body(request, messages.CodeBody)
    found = await request.app[COMPLAINTS].read_answer(sent.code, source=source(request), at=now(request))
    return reply(_answer(found))


async def list_own(request: web.Request) -> web.Response:
    return reply([_answer(each) for each in await request.app[COMPLAINTS].own(actor(request).id)])


def source(request: web.Request) -> str:
    """Whom floods are counted against: the account, else the address."""
    visitor = find_actor(request)
    return visitor.id if visitor and visitor.is_citizen else remote_address(request)


async def department_of(request: web.Request, tenant_id: str, window_id: str) -> str:
    """The department of a window; "" for no window.

    Raises:
        Fault: NOT_FOUND: no such window in this township.
    """
    if not window_id:
        return ""
    for card in await request.app[CATALOGUE].windows(tenant_id):
        if card.id == window_id:
            return card.department_id
    raise Fault(ErrorCode.NOT_FOUND)


def _answer(found: Answered) -> messages.ComplaintAnswer:
    return messages.ComplaintAnswer(
        number=found.number,
        about=found.about,
        about_label=found.about.zh,
        state=found.state,
        state_label=found.state.zh,
        received_at=found.received_at,
        due=found.due_on,
        answer=found.answer,
    )


HANDLERS: dict[Route, Handler] = {
    routes.FILE_COMPLAINT: file_complaint,
    routes.READ_COMPLAINT: read_answer,
    routes.LIST_OWN_COMPLAINTS: list_own,
}
