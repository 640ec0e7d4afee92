"""Binds the routes of the contract to their handlers, each exactly once."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from api_spec.route import Door, Route
from backend.edge.accounting import account
from backend.edge.doors import authorise
from backend.edge.requests import ROUTE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def bind_all(app: web.Application, handlers: Mapping[Route, Handler]) -> None:
    """Raises ValueError when two handlers claim one method and path."""
    for route, handler in handlers.items():
        app.router.add_route(route.method, route.path, _guarded(route, handler), name=route.name)


def _guarded(route: Route, handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route
        authorise(
            request,
            door=route.door,
            who=route.who,
            first_password_allowed=route.before_password_change,
        )
        answer = await handler(request)
        await account(request, answer, page=False)
        return answer

    async def open_door(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route
        return await handler(request)

    chosen = guarded if route.door is Door.TOKEN else open_door
    chosen.__name__ = route.name
    return chosen
