"""A citizen's photos over HTTP: one file, as `wx.uploadFile` sends it, and a page's form with files under its papers."""

import asyncio
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages import photos as m
from api_spec.messages.cases import CaseView
from api_spec.route import Route
from api_spec.routes import photos as routes
from backend.blobs.service import Blob
from backend.edge import ROUTE, Handler, actor, no_content, now, path_id, reply, reply_bytes
from backend.edge.uploads import file_parts, upload
from backend.faults import Fault, Wrong
from backend.keys import CASES, OWN_PHOTOS
from backend.photos.service import MANDATE, OwnPhoto, Photo
from backend.wording import SENTENCES

WITHIN_S: Final = 600.0
"""Ten megabytes at 17 KB a second."""
MANDATE_NAME: Final = "委托书"
UNDER: Final = "photo."
"""Before the code of a paper, in the name of a form's file input."""
MOST_AT_ONCE: Final = 20
SAID: Final = frozenset(
    {
        ErrorCode.BLOB_TOO_LARGE,
        ErrorCode.BLOB_TYPE,
        ErrorCode.BLOB_BROKEN,
        ErrorCode.BLOB_HUGE,
        ErrorCode.TOO_MANY_REQUESTS,
        ErrorCode.BUSY,
    }
)
"""What a page says under the paper; the other photos of the form are kept."""


@dataclass(frozen=True, slots=True)
class SentForm:
    """A page's form: its fields, the photos that were kept by their paper, and which were not."""

    fields: dict[str, str]
    photos: list[tuple[str, str]]
    wrong: list[Wrong]


PRIVATE: Final = {
    "Content-Type": "image/jpeg",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def send_photo(request: web.Request) -> web.Response:
    photo, blob = await received(request, max_bytes=request[ROUTE].max_bytes)
    return reply(receipt(photo, blob), status=201)


async def received(request: web.Request, *, max_bytes: int) -> tuple[OwnPhoto, Blob]:
    """The one file of a form, kept.

    Raises:
        Fault: as `OwnPhotos.receive`; MEDIA_TYPE, BODY_TOO_LARGE.
    """
    photos = request.app[OWN_PHOTOS]
    if (request.content_length or 0) > max_bytes:
        raise Fault(ErrorCode.BLOB_TOO_LARGE, limit_bytes=routes.PHOTO_MAX)
    with photos.place():
        try:
            async with asyncio.timeout(WITHIN_S) as limit:
                sent = await upload(request, file=routes.FILE, most=routes.PHOTO_MAX)
                limit.reschedule(None)
        except TimeoutError:
            raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None
        return await photos.receive(sent.file, actor=actor(request), at=now(request))


async def photos_of_form(request: web.Request) -> SentForm:
    """A page's form with files; each is kept as it comes, so that one bad photo loses none of the others.

    Raises:
        Fault: MEDIA_TYPE, BODY_TOO_LARGE, BODY_INVALID.
    """
    photos, caller, at = request.app[OWN_PHOTOS], actor(request), now(request)
    sent = SentForm({}, [], [])
    with photos.place():
        try:
            async with asyncio.timeout(WITHIN_S):
                async for name, content, is_file in file_parts(
                    request, most=routes.PHOTO_MAX, most_files=MOST_AT_ONCE
                ):
                    if not is_file:
                        sent.fields[name] = content.decode(errors="replace").replace("\0", "")
                    elif content and name.startswith(UNDER):
                        try:
                            photo, _ = await photos.receive(content, actor=caller, at=at)
                        except Fault as fault:
                            if fault.code not in SAID:
                                raise
                            sent.wrong.append(Wrong(name, fault.code, SENTENCES[fault.code]))
                        else:
                            sent.photos.append((name.removeprefix(UNDER), photo.id))
        except TimeoutError:
            raise Fault(ErrorCode.BODY_TOO_LARGE, reason="slow") from None
    return sent


async def show_photo(request: web.Request) -> web.Response:
    photos = request.app[OWN_PHOTOS]
    _, blob = await photos.load(path_id(request, "photo_id"), actor=actor(request))
    return reply_bytes(await photos.small(blob), headers=PRIVATE)


async def take_back_photo(request: web.Request) -> web.Response:
    await request.app[OWN_PHOTOS].take_back(path_id(request, "photo_id"), actor=actor(request))
    return no_content()


async def case_photos(request: web.Request) -> web.Response:
    view, found = await photos_of_case(request)
    return reply(m.CasePhotos(photos=lines(view, found)))


async def show_case_photo(request: web.Request) -> web.Response:
    _, found = await photos_of_case(request)
    photo_id = path_id(request, "photo_id")
    blob = next((each.blob for each in found if each.id == photo_id and each.blob), None)
    if blob is None:
        raise Fault(ErrorCode.NOT_FOUND)
    return reply_bytes(await request.app[OWN_PHOTOS].small(blob), headers=PRIVATE)


async def photos_of_case(request: web.Request) -> tuple[CaseView, list[Photo]]:
    """One's own case and its photos.

    Raises:
        Fault: CASE_NOT_FOUND.
    """
    cases, case_id, who = request.app[CASES], path_id(request, "case_id"), actor(request)
    view = await cases.show(case_id, actor=who, at=now(request))
    rid = await cases.filed_under(case_id, actor=who)
    return view, await request.app[OWN_PHOTOS].of_case(who.tenant_id, rid)


def lines(view: CaseView, found: list[Photo]) -> list[m.CasePhoto]:
    """Each photo under the name of its paper."""
    names = {MANDATE: MANDATE_NAME, **{paper.code: paper.name for paper in view.papers}}
    return [
        m.CasePhoto(
            id=photo.id,
            material=photo.link.material,
            name=names.get(photo.link.material, photo.link.material),
            size=photo.link.size,
            here=photo.blob is not None,
            path=f"/v1/cases/{view.id}/photos/{photo.id}",
        )
        for photo in found
    ]


def receipt(photo: OwnPhoto, blob: Blob) -> m.PhotoReceipt:
    return m.PhotoReceipt(
        id=photo.id,
        sha=photo.sha,
        size=photo.size,
        media=blob.media.value,
        media_label=blob.media.zh,
        pages=blob.pages,
        path=f"/v1/photos/{photo.id}",
    )


HANDLERS: dict[Route, Handler] = {
    routes.SEND_PHOTO: send_photo,
    routes.SHOW_PHOTO: show_photo,
    routes.TAKE_BACK_PHOTO: take_back_photo,
    routes.CASE_PHOTOS: case_photos,
    routes.SHOW_CASE_PHOTO: show_case_photo,
}
