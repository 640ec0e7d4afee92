"""Bundles villages bring on a stick: taken in, with what became of them, and the reply to carry back."""

from typing import Final

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from api_spec.errors import ErrorCode
from api_spec.records import HeldReason
from api_spec.route import Door
from api_spec.routes.intake import WATCHERS
from api_spec.sync import PushStatus
from backend.console.frame import show
from backend.edge import Page, actor, now, path_id, redirect
from backend.faults import Fault
from backend.intake.bundle_values import Imported
from backend.intake.http_bundles import receive, reply_file
from backend.keys import BUNDLES, CATALOGUE
from backend.wording import SENTENCES

HOME: Final = "/staff/bundles"
FIELD: Final = "file"
FORM_TYPE: Final = "multipart/form-data"
ADVICE: Final = {
    PushStatus.OK: "",
    PushStatus.GAP: "前面还有一部分没有导入，请先导入编号在前的文件，再把这个文件导入一次。",
    PushStatus.FORK: "村里这台电脑恢复过旧数据。请把回执带回村里导入，再重新导出一次；一件也不会丢。",
    PushStatus.FULL: "镇里服务器存储已满，没有导入完。请联系管理员清理后再导入一次。",
}


class _FormFile:
    """The file of a form, read as it comes."""

    def __init__(self, part: BodyPartReader) -> None:
        self._part = part

    async def read(self, size: int) -> bytes:
        return bytes(await self._part.read_chunk(size))


async def list_bundles(request: web.Request) -> web.Response:
    return await _list(request)


async def bring(request: web.Request) -> web.StreamResponse:
    """Take the file in while it comes; it is never whole in memory."""
    who, at, bundles = actor(request), now(request), request.app[BUNDLES]
    try:
        async with receive(bundles, await _file(request), at=at, actor=who) as path:
            imported = await bundles.take(path, at=at, actor=who)
    except Fault as fault:
        return await _list(request, refused=fault)
    return redirect(f"{HOME}/{imported.id}")


async def show_bundle(request: web.Request) -> web.Response:
    bundles = request.app[BUNDLES]
    imported = await bundles.load(path_id(request, "bundle_id"), actor(request))
    return await show(
        request,
        "console/bundle.html",
        imported=imported,
        village=(await _villages(request)).get(imported.village_id, ""),
        reasons=[(HeldReason(reason).zh, count) for reason, count in sorted(imported.reasons.items())],
        advice=ADVICE[imported.status],
        reply=bundles.find_reply(imported.id) is not None,
    )


async def fetch_reply(request: web.Request) -> web.StreamResponse:
    bundles = request.app[BUNDLES]
    imported = await bundles.load(path_id(request, "bundle_id"), actor(request))
    path = bundles.find_reply(imported.id)
    if path is None:
        raise Fault(ErrorCode.NOT_FOUND)
    return reply_file(path, imported.bundle)


async def _file(request: web.Request) -> _FormFile:
    """The first file of the form.

    Raises:
        Fault: MEDIA_TYPE no form with a file; BUNDLE_INVALID none was chosen.
    """
    if request.content_type != FORM_TYPE:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=FORM_TYPE)
    try:
        part = await (await request.multipart()).next()
    except ValueError:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=FORM_TYPE) from None
    if not isinstance(part, BodyPartReader) or part.name != FIELD or not part.filename:
        raise Fault(ErrorCode.BUNDLE_INVALID, reason="no file")
    return _FormFile(part)


async def _list(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    found: list[Imported] = await request.app[BUNDLES].latest(actor(request))
    return await show(
        request,
        "console/bundles.html",
        status=200 if refused is None else 422,
        imported=found,
        names=await _villages(request),
        sentence=SENTENCES[refused.code] if refused else "",
    )


async def _villages(request: web.Request) -> dict[str, str]:
    villages = await request.app[CATALOGUE].villages(actor(request).tenant_id)
    return {village.id: village.name for village in villages}


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=HOME, handler=list_bundles, door=Door.TOKEN, who=WATCHERS),
    Page(method="POST", path=HOME, handler=bring, door=Door.TOKEN, who=WATCHERS),
    Page(method="GET", path=f"{HOME}/{{bundle_id}}", handler=show_bundle, door=Door.TOKEN, who=WATCHERS),
    Page(
        method="GET", path=f"{HOME}/{{bundle_id}}/reply", handler=fetch_reply, door=Door.TOKEN, who=WATCHERS
    ),
)
