"""Public progress as JSON."""

from aiohttp import web

from api_spec.route import Route
from api_spec.routes import progress as routes
from backend.edge import Handler, now, path_text, remote_address, reply_bytes
from backend.keys import PROGRESS


async def show_progress(request: web.Request) -> web.Response:
    desk = request.app[PROGRESS]
    kept = desk.find_answer(request.match_info["code"])
    if kept is not None:
        return reply_bytes(kept)
    code = path_text(request, "code")
    return reply_bytes(await desk.answer(code, address=remote_address(request), at=now(request)))


HANDLERS: dict[Route, Handler] = {routes.SHOW_PROGRESS: show_progress}
