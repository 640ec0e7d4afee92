"""U 盘交换: everything that waits goes onto a stick, the township's reply comes back from one; the slip that goes with it."""

import asyncio
import os
from pathlib import Path
from typing import Final

from aiohttp import web

from api_spec import bundle, face
from api_spec.paper import handover
from api_spec.paper.handover import Handover, HandoverPart
from api_spec.paper.slip import Paper
from village_node.desk.slips import moment
from village_node.station import Station
from village_node.sticks import sticks
from village_node.sticks.bundles import LONGEST_NAME, HandedOver, Restarted, Standing
from village_node.sticks.part_file import Spoilt
from village_node.sticks.patience import patiently
from village_node.sticks.replies import Heard, Replies, ReplyRefused
from village_node.sticks.sticks import Stick
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal

HOME: Final = "/stick"
LONGEST_PATH: Final = 1000
FILES_SHOWN: Final = 20
SLIP_STYLESHEET: Final = "/static/slip.css"
FULL: Final = "U 盘写不进去：可能已满、写保护或已拔出。里面没有留下不完整的文件，请换一个 U 盘再试。"
SPOILT: Final = "U 盘上读出来的和写进去的不一样，文件没有留下。这个 U 盘可能坏了，请换一个再试。"
NO_FOLDER: Final = "没有找到这个文件夹，请插好 U 盘，从列表里选，或填写完整的文件夹路径。"
RESTARTED: Final = "导出时记录正在重新编号，请再点一次导出。"
GONE: Final = "读不到这个文件，请插好 U 盘再试。"
_TONES: Final = {Standing.WAITING: "warn", Standing.CONFIRMED: "good", Standing.REPLACED: "bad"}


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def export(request: web.Request) -> web.Response:
    """Write a bundle and show where it is; a refusal keeps what was typed."""
    here = station(request)
    typed = dict(await edge.pairs(request))
    to = typed.get("to", "").strip()[:LONGEST_NAME]
    folder = folder_typed(typed)
    if not to:
        return await _page(request, wrong="请写明 U 盘交给谁带到镇里。", typed=typed)
    if folder is None or not await is_folder(folder):
        return await _page(request, wrong=NO_FOLDER, typed=typed)
    try:
        over = await here.bundles.export(folder, handed_to=to, clerk=edge.clerk(request))
    except Spoilt:
        return await _page(request, wrong=SPOILT, typed=typed)
    except OSError:
        return await _page(request, wrong=FULL, typed=typed)
    except Restarted:
        return await _page(request, wrong=RESTARTED, typed=typed)
    return edge.go(f"{HOME}/{over.bundle}")


async def show_bundle(request: web.Request) -> web.Response:
    """One hand-over: what lies on the stick, the slip to print, and that it must be taken out safely."""
    return await edge.render(
        request, "stick_done.html", over=await _load(request), tones=_TONES, moment=moment
    )


async def show_slip(request: web.Request) -> web.Response:
    over = await _load(request)
    paper = next((each for each in Paper if each.value == request.query.get("paper")), Paper.ROLL)
    html = await asyncio.to_thread(
        handover.page,
        slip_of(over, station(request)),
        paper=paper,
        stylesheet=SLIP_STYLESHEET,
        script=face.asset_url("face.js"),
    )
    return web.Response(text=html, content_type="text/html", headers=edge.HEADERS)


async def take_reply(request: web.Request) -> web.Response:
    typed = dict(await edge.pairs(request))
    text = (typed.get("file") or typed.get("path", "")).strip()
    if not text or len(text) > LONGEST_PATH:
        return await _page(request, wrong="请选镇里给的回执文件，或填写完整的文件路径。", typed=typed)
    try:
        heard = await station(request).replies.take(Path(text), clerk_id=edge.clerk(request).id)
    except ReplyRefused as refused:
        return await _page(request, wrong=str(refused), typed=typed)
    except (OSError, ValueError):
        return await _page(request, wrong=GONE, typed=typed)
    station(request).loop.wake()
    return await _page(request, said=heard_words(heard))


def heard_words(heard: Heard) -> str:
    """What a reply brought, for the clerk."""
    if heard.catalogue:
        return "回执已导入，办件进度和事项目录都更新了。"
    return "回执已导入，办件进度已更新。" if heard.new else "回执已导入，里面没有新的内容。"


def slip_of(over: HandedOver, here: Station) -> Handover:
    """The hand-over slip of a bundle."""
    answer = here.enrolment.answer
    return Handover(
        place=f"{answer.village_name}便民服务站",
        to=answer.centre_name,
        made_at=moment(over.made_ms),
        clerk=over.clerk_name,
        carried_by=over.handed_to,
        records=over.records,
        photos=over.photos,
        first=over.first,
        last=over.last,
        parts=tuple(
            HandoverPart(
                name=part.name, size=size_words(part.size), digest=bundle.digest_display(part.digest)
            )
            for part in over.parts
        ),
        digest=over.digest.hex(),
    )


def size_words(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(1, size // 1024)} KB"


async def _page(
    request: web.Request, *, wrong: str = "", said: str = "", typed: dict[str, str] | None = None
) -> web.Response:
    here = station(request)
    found = await plugged_in()
    return await edge.render(
        request,
        "stick.html",
        status=422 if wrong else 200,
        wrong=wrong,
        said=said,
        typed=typed or {},
        sticks=found,
        waiting=(await here.outbox.stream()).waiting,
        photos=await here.photos.waiting(),
        replies=await _replies_on(here.replies, [each.folder for each in found]),
        handed_over=await here.bundles.handed_over(),
        tones=_TONES,
        moment=moment,
    )


def _replies(replies: Replies, folders: list[Path]) -> list[str]:
    """Reply files for this computer at the top of what is plugged in, the newest first."""
    found: list[tuple[float, str]] = []
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                files = [entry for entry in entries if entry.name.endswith(bundle.SUFFIX) and entry.is_file()]
            found += [
                (each.stat().st_mtime, each.path) for each in files if replies.is_for_us(Path(each.path))
            ]
        except OSError:
            continue  # it was pulled out at this moment
    return [path for _, path in sorted(found, reverse=True)[:FILES_SHOWN]]


async def _replies_on(replies: Replies, folders: list[Path]) -> list[str]:
    try:
        return await patiently(lambda: _replies(replies, folders))
    except TimeoutError:
        return []


async def plugged_in() -> list[Stick]:
    """The drives to choose from; none where one of them does not answer: a folder can still be typed."""
    try:
        return await patiently(sticks.sticks)
    except TimeoutError:
        return []


async def is_folder(folder: Path) -> bool:
    """Whether a folder is there and answers."""
    try:
        return await patiently(folder.is_dir)
    except OSError:
        return False


def folder_typed(typed: dict[str, str]) -> Path | None:
    """The stick chosen or the folder typed (`folder.html`); None if neither is one."""
    text = (typed.get("stick") or typed.get("folder", "")).strip()
    return Path(text) if text and len(text) <= LONGEST_PATH and "\0" not in text else None


async def _load(request: web.Request) -> HandedOver:
    over = await station(request).bundles.find(request.match_info["bundle"])
    if over is None:
        raise Refusal(*NOT_FOUND)
    return over


PAGES: tuple[Page, ...] = (
    Page("GET", HOME, show),
    Page("POST", f"{HOME}/export", export),
    Page("POST", f"{HOME}/reply", take_reply),
    Page("GET", f"{HOME}/{{bundle}}", show_bundle),
    Page("GET", f"{HOME}/{{bundle}}/slip", show_slip),
)
