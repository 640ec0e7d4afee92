"""Bundles over HTTP: received as a stream, looked at before the rest is let in, answered with the reply bundle.

Staff bring them by a form of the console (`receive` serves it too); anyone else who holds one by `POST /sync/1/bundles`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from aiohttp import web

from api_spec import bundle
from api_spec.errors import ErrorCode
from api_spec.route import Route
from api_spec.routes import intake as routes
from backend.actors import Actor
from backend.edge import Handler, now
from backend.faults import Fault
from backend.intake.bundles import Bundles
from backend.keys import BUNDLES

CHUNK: Final = 256 * 1024
SLOWEST_BYTES_S: Final = 16 * 1024
FIRST_WITHIN_S: Final = 30.0


class Chunks(Protocol):
    """A body, or one file of a form: gives at most `size` bytes at a time, b"" at its end."""

    async def read(self, size: int) -> bytes: ...


async def bring(request: web.Request) -> web.StreamResponse:
    bundles = request.app[BUNDLES]
    async with receive(bundles, request.content, at=now(request), actor=None) as path:
        imported = await bundles.take(path, at=now(request))
    reply = bundles.find_reply(imported.id)
    if reply is None:
        raise Fault(ErrorCode.BUSY)
    return reply_file(reply, imported.bundle)


def reply_file(path: Path, name: str) -> web.FileResponse:
    """A reply bundle to download. `name`: of the bundle it answers, as we know it, never a name from the sender."""
    headers = {
        "Content-Type": bundle.MEDIA,
        "Content-Disposition": f'attachment; filename="huizhi-{name[:8]}{bundle.SUFFIX}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


@asynccontextmanager
async def receive(
    bundles: Bundles, chunks: Chunks, *, at: datetime, actor: Actor | None
) -> AsyncIterator[Path]:
    """One bundle as a file, for as long as this is open.

    Raises:
        Fault: BUSY; BODY_TOO_LARGE, also for one that comes too slowly; as `Bundles.look`.
    """
    start = await _head(chunks)
    await bundles.look(start, at=at, actor=actor)
    async with bundles.spool.receiving() as incoming:
        try:
            async with asyncio.timeout(FIRST_WITHIN_S) as limit:
                deadline = asyncio.get_running_loop().time() + FIRST_WITHIN_S
                chunk = start
                while chunk:
                    deadline += len(chunk) / SLOWEST_BYTES_S
                    limit.reschedule(deadline)
                    await incoming.write(chunk)
                    chunk = await chunks.read(CHUNK)
        except TimeoutError:
            raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None
        incoming.finish()
        yield incoming.path


async def _head(chunks: Chunks) -> bytes:
    """The beginning of a bundle, enough to look at: whoever sends less has taken no place yet.

    Raises:
        Fault: BODY_TOO_LARGE, it comes too slowly.
    """
    start = b""
    try:
        async with asyncio.timeout(FIRST_WITHIN_S):
            while len(start) < bundle.HEAD_MAX and (chunk := await chunks.read(CHUNK)):
                start += chunk
    except TimeoutError:
        raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None
    return start


HANDLERS: dict[Route, Handler] = {routes.BRING_BUNDLE: bring}
