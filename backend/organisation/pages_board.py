"""The sunshine board for everybody (on the screen and on A3 paper), portraits, and one's own card with its consent."""

from functools import partial
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.china_time import clock_text, day_in_china, day_text
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, OptionalLine, OptionalPaperName, OptionalShortLine
from api_spec.route import STAFF, Door
from backend.console.frame import show
from backend.edge import Page, actor, form, now, path_id, redirect, render, reply_bytes
from backend.edge.uploads import upload
from backend.faults import Fault
from backend.hall.http import asked_tenant
from backend.keys import CATALOGUE, ORGANISATION, PEOPLE
from backend.organisation.http import photo_path
from backend.organisation.rules import OWN_DEPARTMENT, PORTRAIT_NOTICE, WHOLE_CENTRE, StaffCard
from backend.wording import SENTENCES

KEEPERS: Final = WHOLE_CENTRE | OWN_DEPARTMENT
LARGEST_PHOTO: Final = 8 * 1024 * 1024
PUBLIC_PICTURE: Final = {
    "Content-Type": "image/jpeg",
    "Cache-Control": "public, max-age=300",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""Five minutes at most in anybody's cache: a portrait can be taken back."""

CORRECTABLE: Final = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.BODY_INVALID,
        ErrorCode.CONSENT_MISSING,
        ErrorCode.BLOB_TYPE,
        ErrorCode.BLOB_BROKEN,
        ErrorCode.BLOB_HUGE,
        ErrorCode.BODY_TOO_LARGE,
    }
)


class CardForm(Message):
    title: OptionalShortLine = ""
    phone: Annotated[OptionalLine, Field(max_length=20)] = ""
    handles: OptionalLine = ""
    badge: Annotated[OptionalLine, Field(max_length=20)] = ""


class PhotoForm(Message):
    agreed: str = ""
    paper: OptionalPaperName = ""


async def show_board(request: web.Request) -> web.Response:
    tenant = await request.app[CATALOGUE].tenant(asked_tenant(request, None))
    at = now(request)
    return render(
        request,
        "organisation/board.html",
        tenant=tenant,
        windows=await request.app[ORGANISATION].board.windows(tenant.id, phone=tenant.complaint_phone, at=at),
        today=day_text(day_in_china(at)),
        clock=clock_text,
        photo_path=photo_path,
    )


async def send_photo(request: web.Request) -> web.Response:
    return reply_bytes(
        await request.app[ORGANISATION].board.photo(path_id(request, "staff_id")), headers=PUBLIC_PICTURE
    )


async def show_cards(request: web.Request) -> web.Response:
    """Whose cards are there, for those who keep them."""
    who, at = actor(request), now(request)
    tenant = await request.app[CATALOGUE].tenant(who.tenant_id)
    windows = await request.app[ORGANISATION].board.windows(tenant.id, phone=tenant.complaint_phone, at=at)
    return await show(request, "organisation/cards.html", windows=windows)


async def show_own(request: web.Request) -> web.Response:
    return await _card(request, actor(request).id)


async def show_card(request: web.Request) -> web.Response:
    return await _card(request, path_id(request, "staff_id"))


async def _card(request: web.Request, staff_id: str, *, refused: Fault | None = None) -> web.Response:
    who = actor(request)
    member = await request.app[PEOPLE].accounts.member(who.tenant_id, staff_id)
    card = await request.app[ORGANISATION].board.card(who.tenant_id, staff_id)
    return await show(
        request,
        "organisation/card.html",
        status=STATUS[refused.code] if refused else 200,
        sentence=SENTENCES[refused.code] if refused else "",
        errors={each.field: each.sentence for each in refused.wrong} if refused else {},
        name=member.account.name,
        card=card,
        own=staff_id == who.id,
        base="/staff/card" if staff_id == who.id else f"/staff/cards/{staff_id}",
        notice=PORTRAIT_NOTICE,
    )


async def keep_card(own: bool, request: web.Request) -> web.Response:  # noqa: FBT001 - bound by partial
    """The words of a card."""
    staff_id = _whose(request, own=own)
    try:
        sent = await form(request, CardForm)
        await request.app[ORGANISATION].board.keep(
            StaffCard(
                staff_id=staff_id,
                title=sent.title,
                phone=sent.phone,
                handles=sent.handles,
                badge=sent.badge,
            ),
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _card(request, staff_id, refused=fault)
    return redirect(_home(staff_id, own=own))


async def put_photo(own: bool, request: web.Request) -> web.Response:  # noqa: FBT001 - bound by partial
    """A portrait, with the person's tick or the number of what they signed."""
    staff_id = _whose(request, own=own)
    try:
        sent = await upload(request, file="photo", most=LARGEST_PHOTO)
        said = sent.read(PhotoForm)
        await request.app[ORGANISATION].board.put_photo(
            staff_id,
            sent.file,
            agreed=said.agreed == "yes",
            paper=said.paper,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _card(request, staff_id, refused=fault)
    return redirect(_home(staff_id, own=own))


async def remove_photo(own: bool, request: web.Request) -> web.Response:  # noqa: FBT001 - bound by partial
    staff_id = _whose(request, own=own)
    await request.app[ORGANISATION].board.remove_photo(staff_id, actor=actor(request), at=now(request))
    return redirect(_home(staff_id, own=own))


def _whose(request: web.Request, *, own: bool) -> str:
    return actor(request).id if own else path_id(request, "staff_id")


def _home(staff_id: str, *, own: bool) -> str:
    return "/staff/card" if own else f"/staff/cards/{staff_id}"


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/hall/board", handler=show_board),
    Page(method="GET", path="/hall/people/{staff_id}/photo", handler=send_photo),
    Page(method="GET", path="/staff/card", handler=show_own, door=Door.TOKEN, who=STAFF),
    Page(method="GET", path="/staff/cards", handler=show_cards, door=Door.TOKEN, who=KEEPERS),
    Page(method="GET", path="/staff/cards/{staff_id}", handler=show_card, door=Door.TOKEN, who=KEEPERS),
    *(
        Page(
            method="POST",
            path=f"{path}{tail}",
            handler=partial(handler, path == "/staff/card"),
            door=Door.TOKEN,
            who=who,
        )
        for path, who in (("/staff/card", STAFF), ("/staff/cards/{staff_id}", KEEPERS))
        for tail, handler in (("", keep_card), ("/photo", put_photo), ("/photo/remove", remove_photo))
    ),
)
