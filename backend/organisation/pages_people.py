"""Accounts and posts for the system administrator: who is appointed to what, on which document, until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import HexId, Message, OptionalPaperName, OptionalShortLine
from api_spec.messages.hall import CalendarDay
from api_spec.messages.people import NewAccountForm
from api_spec.route import Door
from api_spec.vocabulary import Partner, Role
from backend.console.frame import show
from backend.console.tried_forms import refusal
from backend.edge import Page, actor, form, now, path_id, path_text, query, redirect, reply_bytes
from backend.edge.pages import PageHandler
from backend.edge.uploads import Upload, upload
from backend.faults import Fault
from backend.keys import CATALOGUE, ORGANISATION, PEOPLE
from backend.organisation.papers import LARGEST_SCAN, READERS
from backend.organisation.rules import ATTESTED, SOON, Assignment, advice
from backend.people.posts import APPROVES, POST_ROLES
from backend.people.service import Post

HOME: Final = "/staff/people"
ADMIN: Final = frozenset({Role.SYSTEM_ADMIN})
MOST_STAFF: Final = 500
MANY: Final = frozenset({"window_ids", "item_ids"})
"""Fields of an appointment that may be ticked more than once."""

PICTURE: Final = {
    "Content-Type": "image/jpeg",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
CORRECTABLE: Final = frozenset(
    {
        ErrorCode.FORM_INVALID,
        ErrorCode.BODY_INVALID,
        ErrorCode.BODY_TOO_LARGE,
        ErrorCode.POST_CONFLICT,
        ErrorCode.LOGIN_NAME_TAKEN,
        ErrorCode.NOT_YOUR_ACTION,
        ErrorCode.BLOB_TYPE,
        ErrorCode.BLOB_BROKEN,
        ErrorCode.BLOB_HUGE,
    }
)


class PeopleQuery(Message):
    """`show`: "" all, "soon" posts that end within a month, "paper" approval rights without their scan."""

    show: Annotated[str, Field(pattern="^(soon|paper)?$")] = ""


class AppointForm(Message):
    """One appointment with the department's word; empty fields count as not given."""

    role: Role
    department_id: HexId | None = None
    village_id: HexId | None = None
    partner: Partner | None = None
    document: OptionalPaperName = ""
    valid_from: CalendarDay
    valid_to: CalendarDay | None = None
    keeps_rules: str = ""
    knows_process: str = ""
    uses_computer: str = ""
    speaks_mandarin: str = ""
    under_45: str = ""
    nothing_against: str = ""
    attested_by: OptionalShortLine = ""
    attested_on: CalendarDay | None = None

    def assignment(self, today: date) -> Assignment | None:
        """The department's word, for posts that need it."""
        if self.role not in ATTESTED:
            return None
        return Assignment(
            keeps_rules=self.keeps_rules == "yes",
            knows_process=self.knows_process == "yes",
            uses_computer=self.uses_computer == "yes",
            speaks_mandarin=self.speaks_mandarin == "yes",
            under_45=self.under_45 == "yes",
            nothing_against=self.nothing_against == "yes",
            attested_by=self.attested_by,
            attested_on=self.attested_on or today,
        )


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post as the pages show it."""

    post: Post
    place: str
    held: bool
    ends_soon: bool
    lacks_paper: bool
    attested: Assignment | None
    pages: int
    advice: tuple[str, ...]


async def list_people(request: web.Request) -> web.Response:
    who, today = actor(request), day_in_china(now(request))
    wanted = query(request, PeopleQuery).show
    places = await _places(request)
    members = await request.app[PEOPLE].accounts.members(who.tenant_id, after="", limit=MOST_STAFF)
    shown = [(member, [_line(post, places, today) for post in member.posts]) for member in members]
    tests: dict[str, Callable[[Sequence[PostLine]], bool]] = {
        "": lambda _: True,
        "soon": lambda lines: any(line.ends_soon for line in lines),
        "paper": lambda lines: any(line.lacks_paper for line in lines),
    }
    return await show(
        request,
        "organisation/people.html",
        people=[(member, lines) for member, lines in shown if tests[wanted](lines)],
        soon=sum(tests["soon"](lines) for _, lines in shown),
        paper=sum(tests["paper"](lines) for _, lines in shown),
        wanted=wanted,
    )


async def ask_account(request: web.Request) -> web.Response:
    return await _new_account(request)


async def _new_account(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    return await show(request, "organisation/new_account.html", **refusal(refused))


async def create_account(request: web.Request) -> web.Response:
    """The first password is shown once, on the answer to the form."""
    try:
        sent = await form(request, NewAccountForm)
        made = await request.app[PEOPLE].accounts.create(
            actor(request), login_name=sent.login_name, name=sent.name, at=now(request)
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _new_account(request, refused=fault)
    return await show(
        request, "organisation/first_password.html", account=made.account, password=made.first_password
    )


async def show_person(request: web.Request) -> web.Response:
    return await _person(request, path_id(request, "staff_id"))


async def _person(
    request: web.Request,
    staff_id: str,
    *,
    refused: Fault | None = None,
    typed: Upload | None = None,
) -> web.Response:
    who, today = actor(request), day_in_china(now(request))
    member = await request.app[PEOPLE].accounts.member(who.tenant_id, staff_id)
    organisation = request.app[ORGANISATION]
    attested = await organisation.assignments(staff_id)
    places = await _places(request)
    pages = {
        post.id: await organisation.papers.pages(who.tenant_id, post.id)
        for post in member.posts
        if post.paper
    }
    catalogue = request.app[CATALOGUE]
    return await show(
        request,
        "organisation/person.html",
        **refusal(refused),
        member=member,
        own=staff_id == who.id,
        lines=[
            _line(post, places, today, attested=attested.get(post.id), pages=pages.get(post.id, 0))
            for post in reversed(member.posts)
        ],
        typed=typed.fields if typed else {},
        ticked=typed.many if typed else {},
        roles=[(role.value, role.zh) for role in Role if role in POST_ROLES],
        departments=await catalogue.departments(who.tenant_id),
        windows=await catalogue.windows(who.tenant_id),
        villages=await catalogue.villages(who.tenant_id),
        partners=tuple(Partner),
        items=await catalogue.items(who.tenant_id),
        today=today,
    )


async def reset_password(request: web.Request) -> web.Response:
    made = await request.app[PEOPLE].accounts.reset(
        actor(request), path_id(request, "staff_id"), at=now(request)
    )
    return await show(
        request, "organisation/first_password.html", account=made.account, password=made.first_password
    )


async def disable(request: web.Request) -> web.Response:
    staff_id = path_id(request, "staff_id")
    await request.app[PEOPLE].accounts.disable(actor(request), staff_id, at=now(request))
    return redirect(f"{HOME}/{staff_id}")


async def enable(request: web.Request) -> web.Response:
    staff_id = path_id(request, "staff_id")
    await request.app[PEOPLE].accounts.enable(actor(request), staff_id, at=now(request))
    return redirect(f"{HOME}/{staff_id}")


async def appoint(request: web.Request) -> web.Response:
    """A post with the department's word and the scan of its document, all or nothing."""
    staff_id, sent = path_id(request, "staff_id"), None
    try:
        sent = await upload(request, file="scan", most=LARGEST_SCAN)
        asked = sent.read(AppointForm, besides=MANY)
        await request.app[ORGANISATION].appoint(
            actor(request),
            _post(asked, sent, staff_id),
            form=asked.assignment(day_in_china(now(request))),
            scan=sent.file,
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _person(request, staff_id, refused=fault, typed=sent)
    return redirect(f"{HOME}/{staff_id}")


def _post(asked: AppointForm, sent: Upload, staff_id: str) -> Post:
    return Post(
        id="",
        staff_id=staff_id,
        role=asked.role,
        department_id=asked.department_id or "",
        window_ids=tuple(sent.many.get("window_ids", ())) if asked.role is Role.WINDOW else (),
        village_id=asked.village_id or "",
        partner=asked.partner,
        item_ids=tuple(sent.many.get("item_ids", ())) if asked.role in APPROVES else (),
        document=asked.document,
        valid_from=asked.valid_from,
        valid_to=asked.valid_to,
    )


async def end_post(request: web.Request) -> web.Response:
    ended = await request.app[PEOPLE].accounts.end_post(
        actor(request), path_id(request, "post_id"), at=now(request)
    )
    return redirect(f"{HOME}/{ended.staff_id}")


async def add_scan(request: web.Request) -> web.Response:
    """The scan a post was still waiting for."""
    staff_id, post_id = path_id(request, "staff_id"), path_id(request, "post_id")
    try:
        sent = await upload(request, file="scan", most=LARGEST_SCAN)
        await request.app[ORGANISATION].keep_scan(post_id, sent.file, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code not in CORRECTABLE:
            raise
        return await _person(request, staff_id, refused=fault)
    return redirect(f"{HOME}/{staff_id}")


async def see_scan(request: web.Request) -> web.Response:
    """One page of a scan; every look is written down."""
    number = path_text(request, "page", max_length=3)
    if not (number.isascii() and number.isdigit()):
        raise Fault(ErrorCode.NOT_FOUND)
    drawn = await request.app[ORGANISATION].papers.page(
        path_id(request, "post_id"), int(number) - 1, actor=actor(request), at=now(request)
    )
    return reply_bytes(drawn, headers=PICTURE)


def _line(
    post: Post,
    places: dict[str, str],
    today: date,
    *,
    attested: Assignment | None = None,
    pages: int = 0,
) -> PostLine:
    held = post.is_held(today)
    where: Sequence[str] = (
        places.get(post.department_id, ""),
        "、".join(places[window] for window in post.window_ids if window in places),
        places.get(post.village_id, ""),
        f"{post.partner.zh}企业" if post.partner else "",
    )
    return PostLine(
        post=post,
        place=" ".join(each for each in where if each),
        held=held,
        ends_soon=held and post.valid_to is not None and post.valid_to - today <= SOON,
        lacks_paper=post.may_return(today) and post.paper == "",
        attested=attested,
        pages=pages,
        advice=advice(attested) if attested else (),
    )


async def _places(request: web.Request) -> dict[str, str]:
    """Names of departments, windows and villages by id."""
    tenant_id, catalogue = actor(request).tenant_id, request.app[CATALOGUE]
    return {
        **{each.id: each.name for each in await catalogue.departments(tenant_id)},
        **{each.id: f"{each.number}号窗口" for each in await catalogue.windows(tenant_id)},
        **{each.id: each.name for each in await catalogue.villages(tenant_id)},
    }


def _admin(method: str, path: str, handler: PageHandler) -> Page:
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=ADMIN)


PAGES: tuple[Page, ...] = (
    _admin("GET", HOME, list_people),
    _admin("GET", f"{HOME}/new", ask_account),
    _admin("POST", f"{HOME}/new", create_account),
    _admin("GET", f"{HOME}/{{staff_id}}", show_person),
    _admin("POST", f"{HOME}/{{staff_id}}/reset", reset_password),
    _admin("POST", f"{HOME}/{{staff_id}}/disable", disable),
    _admin("POST", f"{HOME}/{{staff_id}}/enable", enable),
    _admin("POST", f"{HOME}/{{staff_id}}/posts", appoint),
    _admin("POST", "/staff/posts/{post_id}/end", end_post),
    _admin("POST", f"{HOME}/{{staff_id}}/posts/{{post_id}}/scan", add_scan),
    Page(
        method="GET",
        path="/staff/posts/{post_id}/scan/{page}",
        handler=see_scan,
        door=Door.TOKEN,
        who=READERS,
    ),
)
