"""The citizen's own page: who they are, how to reach them, what they agreed to; and all pages of people."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from api_spec import identity_number
from api_spec.china_time import day_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Message, OptionalLine, ShortLine
from api_spec.route import CITIZENS, Door
from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType
from backend.drafts.pages_begun import begun
from backend.edge import Page, actor, form, form_fields, now, path_id, redirect, render
from backend.edge.pages import local_path
from backend.faults import Fault
from backend.keys import PEOPLE
from backend.people import notices, pages_sign_in
from backend.wording import SENTENCES

OWN_PAGE = "/me"


class IdentityPageForm(Message):
    """`agree` is the version of the notice whose box was ticked, `next` the page to go back to."""

    name: ShortLine
    document_type: DocumentType
    document_number: ShortLine
    agree: Annotated[int, Field(ge=1, le=10_000)] | None = None
    next: Annotated[str, StringConstraints(max_length=4000)] = OWN_PAGE


class ContactPageForm(Message):
    phone: ShortLine | None = None
    address: OptionalLine | None = None


async def own_page(request: web.Request) -> web.Response:
    return await _own(request)


async def keep_identity(request: web.Request) -> web.Response:
    async def keep() -> str:
        sent = await form(request, IdentityPageForm)
        people, caller, at = request.app[PEOPLE], actor(request), now(request)
        await people.citizens.set_identity(
            caller,
            name=sent.name,
            document_type=sent.document_type,
            document_number=sent.document_number,
            at=at,
            agreeing=sent.agree,
        )
        return local_path(sent.next, default=OWN_PAGE)

    return await _kept(request, keep)


async def keep_contact(request: web.Request) -> web.Response:
    async def keep() -> str:
        sent = await form(request, ContactPageForm)
        await request.app[PEOPLE].citizens.set_contact(
            actor(request).id, phone=sent.phone, address=sent.address or ""
        )
        return OWN_PAGE

    return await _kept(request, keep)


async def allow_notices(request: web.Request) -> web.Response:
    at = now(request)
    await request.app[PEOPLE].citizens.give_consent(
        actor(request).id,
        ConsentPurpose.NOTICES,
        version=notices.current(ConsentPurpose.NOTICES, day_in_china(at)).version,
        partner=None,
        channel=Channel.WEB,
        at=at,
    )
    return redirect(OWN_PAGE)


async def withdraw_consent(request: web.Request) -> web.Response:
    await request.app[PEOPLE].citizens.withdraw_consent(
        actor(request).id, path_id(request, "consent_id"), at=now(request)
    )
    return redirect(OWN_PAGE)


async def _kept(request: web.Request, keep: Callable[[], Awaitable[str]]) -> web.Response:
    """Do it and go to the page it names; what was refused is shown there with what was typed."""
    try:
        path = await keep()
    except Fault as fault:
        typed = {name: values[-1] for name, values in (await form_fields(request)).items()}
        return await _own(request, fault=fault, typed=typed)
    return redirect(path)


async def _own(
    request: web.Request, *, fault: Fault | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    people, caller, today = request.app[PEOPLE], actor(request), day_in_china(now(request))
    given = await people.citizens.consents(caller.id)
    own = await people.citizens.own(caller.id)
    errors = {wrong.field: wrong.sentence for wrong in fault.wrong} if fault else {}
    if fault is not None and fault.code is ErrorCode.CONSENT_MISSING:
        errors["agree"] = SENTENCES[fault.code]
    return render(
        request,
        "people/me.html",
        status=STATUS[fault.code] if fault else 200,
        me=await people.citizen(caller.id),
        drafts=await begun(request),
        own_phone=own.phone,
        own_address=own.address,
        consents=[consent for consent in given if consent.ended_at is None],
        sensitive=notices.current(ConsentPurpose.SENSITIVE, today),
        agreed=notices.is_covered(given, ConsentPurpose.SENSITIVE, day=today),
        reminded=notices.is_covered(given, ConsentPurpose.NOTICES, day=today),
        document_types=[(kind.value, kind.zh) for kind in identity_number.DOCUMENT_TYPES],
        sentence=SENTENCES[fault.code] if fault and not errors else "",
        errors=errors,
        typed=typed or {},
        next_path=local_path((typed or request.query).get("next", OWN_PAGE), default=OWN_PAGE),
    )


def _own_page(method: str, path: str, handler: Callable[[web.Request], Awaitable[web.Response]]) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=CITIZENS)


PAGES: tuple[Page, ...] = (
    *pages_sign_in.PAGES,
    _own_page("GET", OWN_PAGE, own_page),
    _own_page("POST", "/me/identity", keep_identity),
    _own_page("POST", "/me/contact", keep_contact),
    _own_page("POST", "/me/notices", allow_notices),
    _own_page("POST", "/me/consents/{consent_id}/withdraw", withdraw_consent),
)
