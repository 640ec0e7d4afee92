"""The JSON API of enquiries."""

from aiohttp import web

from api_spec.complaint_terms import EnquiryChannel
from api_spec.messages import complaints as messages
from api_spec.route import Route
from api_spec.routes import enquiries as routes
from backend.edge import Handler, actor, body, now, reply
from backend.enquiries.enquiry import Asking, Question
from backend.keys import ENQUIRIES


async def ask(request: web.Request) -> web.Response:
    sent, who = await body(request, messages.EnquiryBody), actor(request)
    asking = Asking(
        tenant_id=who.tenant_id,
        rid=sent.rid,
        channel=EnquiryChannel.MINI_PROGRAM,
        question=Question(text=sent.text, name=sent.name, phone=sent.phone),
        citizen_id=who.id,
    )
    code = await request.app[ENQUIRIES].ask(who.id, asking, at=now(request))
    return reply(messages.AskedEnquiry(code=code), status=201)


async def list_own(request: web.Request) -> web.Response:
    found = await request.app[ENQUIRIES].own(actor(request).id)
    return reply(
        [
            messages.OwnEnquiry(
                state=each.state,
                state_label=each.state.zh,
                asked_at=each.asked_at,
                question=each.question,
                answer=each.answer,
            )
            for each in found
        ]
    )


HANDLERS: dict[Route, Handler] = {routes.ASK: ask, routes.LIST_OWN_ENQUIRIES: list_own}
