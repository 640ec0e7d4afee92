"""The JSON API of one's own data: everything held, who looked, and wishes about it."""

from aiohttp import web

from api_spec.messages import own_data as m
from api_spec.messages.people import OwnExport
from api_spec.route import Route
from api_spec.routes import own_data as routes
from backend.edge import Handler, actor, body, now, reply
from backend.keys import GATHERING, OWN_DATA, PEOPLE
from backend.own_data.rules import Wish
from backend.people.http import consent_view


async def export_me(request: web.Request) -> web.Response:
    caller, at = actor(request), now(request)
    own, consents = await request.app[PEOPLE].citizens.export(caller, at=at)
    return reply(
        OwnExport(
            id=caller.id,
            name=own.name,
            document_type=own.document_type,
            document_number=own.document_number,
            phone=own.phone,
            address=own.address,
            consents=[consent_view(each) for each in consents],
            exported_at=at,
            parts=await request.app[GATHERING].parts(caller, at=at),
        )
    )


async def list_looks(request: web.Request) -> web.Response:
    found = await request.app[GATHERING].looks(actor(request), at=now(request))
    return reply(
        m.Looks(
            items=[
                m.LookView(at=each.at, post=each.post, what=each.what, about=each.about, reason=each.reason)
                for each in found
            ]
        )
    )


async def list_wishes(request: web.Request) -> web.Response:
    return reply(await _wishes(request))


async def make_wish(request: web.Request) -> web.Response:
    sent = await body(request, m.MakeWish)
    await request.app[OWN_DATA].ask(sent.wish, sent.text, rid=sent.rid, actor=actor(request), at=now(request))
    return reply(await _wishes(request), status=201)


async def _wishes(request: web.Request) -> m.Wishes:
    return m.Wishes(items=[_view(each) for each in await request.app[OWN_DATA].own(actor(request).id)])


def _view(wish: Wish) -> m.WishView:
    return m.WishView(
        id=wish.id,
        wish=wish.wish,
        wish_label=wish.wish.zh,
        state=wish.state,
        state_label=wish.state.zh,
        outcome_label=wish.outcome.zh if wish.outcome else "",
        text=wish.text,
        answer=wish.answer,
        asked_at=wish.asked_at,
        due_on=wish.due_on,
    )


HANDLERS: dict[Route, Handler] = {
    routes.EXPORT_ME: export_me,
    routes.LIST_LOOKS: list_looks,
    routes.LIST_WISHES: list_wishes,
    routes.MAKE_WISH: make_wish,
}
