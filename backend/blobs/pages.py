"""Photos of a case or an errand for the staff who decide on it: one at a time, turned upright, every look written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from api_spec.errors import ErrorCode
from api_spec.messages.base import Message
from api_spec.messages.cases import CaseView
from api_spec.messages.proxy import ErrandView
from api_spec.route import Door
from api_spec.routes import cases, proxy
from api_spec.vocabulary import Role
from backend.audit.chain import AuditAction
from backend.blobs.service import MANDATE, Blob, Photo
from backend.cases.service import Cases
from backend.console.frame import show
from backend.edge import Page, Panel, actor, now, path_id, query, reply_bytes
from backend.faults import Fault
from backend.keys import AUDIT, BLOBS, CASES, PROXY
from backend.proxy.service import Proxy

MANDATE_NAME: Final = "委托书"
TURNS: Final = 4
PRIVATE: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""For a stranger's bytes: never kept, never taken for a page."""

Ordinal = Annotated[int, Field(ge=1, le=10_000)]


class Look(Message):
    """Which photo of the case, which page of it, and how many quarter turns to the right."""

    n: Ordinal = 1
    page: Ordinal = 1
    turn: Annotated[int, Field(ge=0, le=TURNS - 1)] = 0


class PageOf(Message):
    """Which page of a photo; most have one."""

    page: Ordinal = 1


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where photos hang: under a case, or under an errand."""

    kind: str
    path: str
    who: frozenset[Role]

    @property
    def parameter(self) -> str:
        return f"{self.kind}_id"

    def desk(self, request: web.Request) -> Cases | Proxy:
        return request.app[CASES] if self.kind == "case" else request.app[PROXY]


SHELVES: Final = (
    Shelf("case", "/staff/cases", cases.LOOKERS),
    Shelf("errand", "/staff/errands", proxy.REVEALERS),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of one photo, in the order in which they are leafed through."""

    n: int
    page: int
    pages: int
    photo: Photo
    paper: str

    def address(self, turn: int = 0) -> str:
        """The query string that opens it."""
        asked = {
            "n": self.n,
            **({"page": self.page} if self.page > 1 else {}),
            **({"turn": turn} if turn else {}),
        }
        return f"?{urlencode(asked)}"


async def leaf_through(shelf: Shelf, request: web.Request) -> web.Response:
    """The viewer. It names the papers; the picture itself, and the note of the look, are `see`'s."""
    asked = query(request, Look)
    subject_id = path_id(request, shelf.parameter)
    view = await shelf.desk(request).show(subject_id, actor=actor(request), at=now(request))
    leaves = leaves_of(await _photos(shelf, request), view)
    if not leaves:
        raise Fault(ErrorCode.NOT_FOUND)
    at = next((i for i, leaf in enumerate(leaves) if (leaf.n, leaf.page) == (asked.n, asked.page)), 0)
    return await show(
        request,
        "console/photos.html",
        title=view.item_name,
        number=view.case_number if isinstance(view, CaseView) else view.number,
        base=f"{shelf.path}/{subject_id}",
        leaves=leaves,
        leaf=leaves[at],
        before=leaves[at - 1] if at else None,
        after=leaves[at + 1] if at + 1 < len(leaves) else None,
        turn=asked.turn,
        right=(asked.turn + 1) % TURNS,
        left=(asked.turn - 1) % TURNS,
        photos=len({leaf.photo.link.sha for leaf in leaves}),
        arrived=len({leaf.photo.link.sha for leaf in leaves if leaf.photo.blob}),
    )


def leaves_of(photos: Sequence[Photo], view: CaseView | ErrandView) -> list[Leaf]:
    """Material by material, in the order of the checklist; what the checklist does not know comes last."""
    names: Mapping[str, str] = {**{paper.code: paper.name for paper in view.papers}, MANDATE: MANDATE_NAME}
    order = {code: place for place, code in enumerate(names)}
    sorted_ones = sorted(photos, key=lambda photo: order.get(photo.link.material, len(order)))
    return [
        Leaf(n, page, pages, photo, names.get(photo.link.material, photo.link.material))
        for n, photo in enumerate(sorted_ones, 1)
        for pages in [photo.blob.pages if photo.blob else 1]
        for page in range(1, pages + 1)
    ]


async def staff_viewer(request: web.Request, view: CaseView) -> Panel | None:
    """The photos beside what was filled in; each is fetched, and the look written down, when it is opened."""
    who = actor(request)
    if not who.has(cases.LOOKERS):
        return None
    rid = await request.app[CASES].filed_under(view.id, actor=who)
    leaves = leaves_of(await request.app[BLOBS].photos(who.tenant_id, rid), view)
    return (
        Panel("console/viewer.html", {"leaves": leaves, "base": f"/staff/cases/{view.id}"})
        if leaves
        else None
    )


async def see(shelf: Shelf, request: web.Request) -> web.Response:
    """One page of a photo, made small."""
    page = query(request, PageOf).page
    photo, blob = await _photo(shelf, request)
    drawn = await request.app[BLOBS].preview(blob, page - 1)
    await _note(shelf, request, photo, what="preview", page=page)
    return reply_bytes(drawn, headers={**PRIVATE, "Content-Type": "image/jpeg"})


async def save(shelf: Shelf, request: web.Request) -> web.StreamResponse:
    """The original as it was sent, to be saved: a browser must not open it here."""
    photo, blob = await _photo(shelf, request)
    pieces = request.app[BLOBS].original(blob)
    first = await anext(pieces)
    await _note(shelf, request, photo, what="original", page=0)
    name = f"{blob.sha[:12]}.{blob.media.suffix}"
    answer = web.StreamResponse(
        headers={
            **PRIVATE,
            "Content-Type": blob.media.value,
            "Content-Length": str(blob.size),
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )
    await answer.prepare(request)
    await answer.write(first)
    async for piece in pieces:
        await answer.write(piece)
    await answer.write_eof()
    return answer


async def _photos(shelf: Shelf, request: web.Request) -> list[Photo]:
    """Raises Fault: not found, also for a case this person may not know of."""
    who = actor(request)
    rid = await shelf.desk(request).filed_under(path_id(request, shelf.parameter), actor=who)
    return await request.app[BLOBS].photos(who.tenant_id, rid)


async def _photo(shelf: Shelf, request: web.Request) -> tuple[Photo, Blob]:
    photo_id = path_id(request, "photo_id")
    for photo in await _photos(shelf, request):
        if photo.id == photo_id and photo.blob is not None:
            return photo, photo.blob
    raise Fault(ErrorCode.NOT_FOUND)


async def _note(shelf: Shelf, request: web.Request, photo: Photo, *, what: str, page: int) -> None:
    await request.app[AUDIT].record(
        AuditAction.READ_PAPERS,
        actor=actor(request),
        at=now(request),
        subject_kind=shelf.kind,
        subject_id=path_id(request, shelf.parameter),
        photo=photo.id,
        what=what,
        page=page,
    )


def _pages(shelf: Shelf) -> tuple[Page, ...]:
    base = f"{shelf.path}/{{{shelf.parameter}}}/photos"
    handlers = {"": leaf_through, "/{photo_id}/view": see, "/{photo_id}/original": save}
    return tuple(
        Page(method="GET", path=base + tail, handler=partial(handler, shelf), door=Door.TOKEN, who=shelf.who)
        for tail, handler in handlers.items()
    )


PAGES: tuple[Page, ...] = tuple(page for shelf in SHELVES for page in _pages(shelf))
