"""Signing in and out on web pages. Tokens stay in cookies that no script can read."""

import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.route import Door
from api_spec.routes.people import ALL_STAFF, SIGNED_IN
from api_spec.vocabulary import Channel, ConsentPurpose
from backend.edge import SESSION_COOKIE, Page, actor, carry_on, find_actor, form_fields, now, redirect, render
from backend.edge.pages import local_path
from backend.faults import Fault
from backend.keys import PEOPLE, SETTINGS
from backend.people import notices
from backend.people.session import SignedIn
from backend.wording import SENTENCES

REFRESH_COOKIE: Final = "bmt_refresh"
STATE_COOKIE: Final = "bmt_state"
STATE_LIFE_S: Final = 600
LONGEST_NEXT: Final = 500
CITIZEN_DOOR: Final = "/signin"
STAFF_DOOR: Final = "/staff/signin"
FIRST_PAGE_OF_STAFF: Final = "/staff"
PASSWORD_PAGE: Final = "/staff/password"  # noqa: S105 - a path


async def sign_in_page(request: web.Request) -> web.Response:
    """The citizen's door; who still holds a good refresh token passes without a tap."""
    onward = _onward(request, default="/")
    caller = find_actor(request)
    if caller is not None and caller.is_citizen:
        return redirect(onward)
    renewed = await _renewed(request, onward, door=CITIZEN_DOOR)
    return renewed or _citizen_door(request, onward)


async def ask_wechat(request: web.Request) -> web.Response:
    """Send the browser to WeChat; the state cookie says what it must bring back."""
    people = request.app[PEOPLE]
    onward = _onward(request, default="/")
    if not people.wechat.has_web:
        return _citizen_door(request, onward, ErrorCode.WECHAT_UNAVAILABLE)
    state = secrets.token_hex(16)
    version = notices.current(ConsentPurpose.SERVICE, day_in_china(now(request))).version
    back = f"{request.app[SETTINGS].base_url}/signin/wechat"
    answer = redirect(people.wechat.authorize_url(back, state))
    _set(answer, request, STATE_COOKIE, f"{state}.{version}.{quote(onward)}", STATE_LIFE_S, CITIZEN_DOOR)
    return answer


async def back_from_wechat(request: web.Request) -> web.Response:
    """WeChat brought the browser back: sign in if it is the browser we sent."""
    sent_state, _, rest = request.cookies.get(STATE_COOKIE, "").partition(".")
    version, _, path = rest.partition(".")
    onward = local_path(unquote(path))
    code = request.query.get("code", "")
    brought = request.query.get("state", "")
    if not code:
        return _citizen_door(request, onward)
    if not sent_state or not secrets.compare_digest(sent_state.encode(), brought.encode("utf-8", "replace")):
        return _citizen_door(request, onward, ErrorCode.WECHAT_CODE_INVALID)
    people, at = request.app[PEOPLE], now(request)
    try:
        signed_in = await people.sign_in_web(code[:200], tenant_id=None, at=at)
    except Fault as fault:
        return _citizen_door(request, onward, fault.code)
    await _agree(request, signed_in, version, at)
    answer = redirect(onward)
    answer.del_cookie(STATE_COOKIE, path=CITIZEN_DOOR)
    _keep(answer, request, signed_in, door=CITIZEN_DOOR, at=at)
    return answer


async def staff_sign_in_page(request: web.Request) -> web.Response:
    onward = _onward(request, default=FIRST_PAGE_OF_STAFF)
    caller = find_actor(request)
    if caller is not None and caller.has(ALL_STAFF):
        return redirect(onward)
    renewed = await _renewed(request, onward, door=STAFF_DOOR)
    return renewed or _staff_door(request, onward)


async def staff_sign_in(request: web.Request) -> web.Response:
    sent = await form_fields(request)
    onward = local_path(sent.get("next", [""])[-1][:LONGEST_NEXT], default=FIRST_PAGE_OF_STAFF)
    login_name, password = sent.get("login_name", [""])[-1][:50], sent.get("password", [""])[-1][:200]
    at = now(request)
    try:
        signed_in = await request.app[PEOPLE].staff.sign_in(login_name, password, at=at)
    except Fault as fault:
        return _staff_door(request, onward, fault, login_name=login_name)
    answer = redirect(PASSWORD_PAGE if signed_in.must_change_password else onward)
    _keep(answer, request, signed_in, door=STAFF_DOOR, at=at)
    return answer


async def password_page(request: web.Request) -> web.Response:
    return render(request, "people/password.html", sentence="", errors={})


async def change_password(request: web.Request) -> web.Response:
    sent = await form_fields(request)
    current, new, again = (
        sent.get(name, [""])[-1][:200] for name in ("current_password", "new_password", "again")
    )
    if new != again:
        errors = {"again": "两次输入的新密码不一样，请重新输入。"}
        return render(request, "people/password.html", status=422, sentence="", errors=errors)
    at = now(request)
    try:
        signed_in = await request.app[PEOPLE].staff.change_password(actor(request), current, new=new, at=at)
    except Fault as fault:
        errors = {wrong.field: wrong.sentence for wrong in fault.wrong}
        if fault.code is ErrorCode.SIGN_IN_FAILED:
            errors = {"current_password": "现在的密码不对，请重新输入。"}
        sentence = "" if errors else SENTENCES[fault.code]
        status = 422 if errors else STATUS[fault.code]
        return render(request, "people/password.html", status=status, sentence=sentence, errors=errors)
    answer = redirect(FIRST_PAGE_OF_STAFF)
    _keep(answer, request, signed_in, door=STAFF_DOOR, at=at)
    return answer


async def sign_out(request: web.Request) -> web.Response:
    """End the sign-in on the server and forget it here; without one there is nothing to end."""
    await request.app[PEOPLE].sign_out(actor(request), at=now(request))
    staff = actor(request).has(ALL_STAFF)
    answer = redirect(STAFF_DOOR if staff else "/")
    answer.del_cookie(SESSION_COOKIE, path="/")
    answer.del_cookie(REFRESH_COOKIE, path=STAFF_DOOR if staff else CITIZEN_DOOR)
    return answer


async def _agree(request: web.Request, signed_in: SignedIn, version: str, at: datetime) -> None:
    """The button said "agree and sign in" above the notice of this version; a newer one is asked for later."""
    people = request.app[PEOPLE]
    citizen = people.authenticate(signed_in.access_token, at)
    current = notices.current(ConsentPurpose.SERVICE, day_in_china(at))
    if version == str(current.version):
        await people.citizens.give_consent(
            citizen.id,
            ConsentPurpose.SERVICE,
            version=current.version,
            partner=None,
            channel=Channel.WEB,
            at=at,
        )


async def carry_form_on(request: web.Request) -> web.Response:
    """A form whose sender's token has run out goes on with a new one; who cannot be renewed signs in first."""
    door = STAFF_DOOR if request.path.startswith(STAFF_DOOR) else CITIZEN_DOOR
    onward = _onward(request, default="/")
    signed_in = await _renewal(request)
    if signed_in is None:
        return redirect(f"{door}?next={quote(onward)}")
    answer = carry_on(onward)
    _keep(answer, request, signed_in, door=door, at=now(request))
    return answer


async def _renewed(request: web.Request, onward: str, *, door: str) -> web.Response | None:
    """On with new tokens, if the refresh cookie is still good."""
    signed_in = await _renewal(request)
    if signed_in is None:
        return None
    answer = redirect(onward)
    _keep(answer, request, signed_in, door=door, at=now(request))
    return answer


async def _renewal(request: web.Request) -> SignedIn | None:
    token, at = request.cookies.get(REFRESH_COOKIE, ""), now(request)
    if not token or len(token) > 100 or not token.isascii():
        return None
    try:
        return await request.app[PEOPLE].sessions.refresh(token, at=at)
    except Fault:
        return None


def _citizen_door(request: web.Request, onward: str, refusal: ErrorCode | None = None) -> web.Response:
    return render(
        request,
        "people/signin.html",
        status=STATUS[refusal] if refusal else 200,
        next=onward,
        sentence=SENTENCES[refusal] if refusal else "",
        notice=notices.current(ConsentPurpose.SERVICE, day_in_china(now(request))),
        has_wechat=request.app[PEOPLE].wechat.has_web,
    )


def _staff_door(
    request: web.Request, onward: str, refusal: Fault | None = None, *, login_name: str = ""
) -> web.Response:
    wait_s = int(refusal.facts.get("retry_after_s", "0")) if refusal else 0
    return render(
        request,
        "people/staff_signin.html",
        status=STATUS[refusal.code] if refusal else 200,
        next=onward,
        sentence=SENTENCES[refusal.code] if refusal else "",
        wait_minutes=-(-wait_s // 60),
        login_name=login_name,
    )


def _onward(request: web.Request, *, default: str) -> str:
    """Where the visitor wanted to go: a path of this site, and not the door itself."""
    path = local_path(request.query.get("next", "")[:LONGEST_NEXT], default=default)
    return default if path.startswith((CITIZEN_DOOR, STAFF_DOOR)) else path


def _keep(
    answer: web.Response, request: web.Request, signed_in: SignedIn, *, door: str, at: datetime
) -> None:
    """Put the tokens into cookies; the refresh token is sent to its door only."""
    access_s = int((signed_in.access_expires_at - at).total_seconds())
    refresh_s = int((signed_in.refresh_expires_at - at).total_seconds())
    _set(answer, request, SESSION_COOKIE, signed_in.access_token, access_s, "/")
    _set(answer, request, REFRESH_COOKIE, signed_in.refresh_token, refresh_s, door)


def _set(answer: web.Response, request: web.Request, name: str, value: str, life_s: int, path: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=life_s,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=request.app[SETTINGS].base_url.startswith("https:"),
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=CITIZEN_DOOR, handler=sign_in_page),
    Page(method="POST", path=f"{CITIZEN_DOOR}/renew", handler=carry_form_on),
    Page(method="POST", path=f"{STAFF_DOOR}/renew", handler=carry_form_on),
    Page(method="GET", path="/signin/go", handler=ask_wechat),
    Page(method="GET", path="/signin/wechat", handler=back_from_wechat),
    Page(method="POST", path="/signout", handler=sign_out, door=Door.TOKEN, who=SIGNED_IN),
    Page(method="GET", path=STAFF_DOOR, handler=staff_sign_in_page),
    Page(method="POST", path=STAFF_DOOR, handler=staff_sign_in),
    Page(
        method="POST",
        path="/staff/signout",
        handler=sign_out,
        door=Door.TOKEN,
        who=ALL_STAFF,
        before_password_change=True,
    ),
    Page(
        method="GET",
        path=PASSWORD_PAGE,
        handler=password_page,
        door=Door.TOKEN,
        who=ALL_STAFF,
        before_password_change=True,
    ),
    Page(
        method="POST",
        path=PASSWORD_PAGE,
        handler=change_password,
        door=Door.TOKEN,
        who=ALL_STAFF,
        before_password_change=True,
    ),
)
