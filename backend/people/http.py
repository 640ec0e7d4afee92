"""People over JSON: reads, asks, answers. Views are the masked ones; only the export is in full."""

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import people as m
from api_spec.route import Route
from api_spec.routes import people as routes
from api_spec.vocabulary import Channel, ConsentPurpose
from backend.edge import Handler, actor, body, no_content, now, path_id, query, reply
from backend.keys import PEOPLE
from backend.people import notices
from backend.people.accounts import Member, NewAccount
from backend.people.identity import Citizen
from backend.people.notices import Consent
from backend.people.posts import Post
from backend.people.session import SignedIn


async def open_session(request: web.Request) -> web.Response:
    form = await body(request, m.WeChatSignIn)
    signed_in = await request.app[PEOPLE].sign_in_mini_program(
        form.code, tenant_id=form.tenant_id, at=now(request)
    )
    return reply(_session(signed_in), status=201)


async def refresh_session(request: web.Request) -> web.Response:
    form = await body(request, m.RefreshSession)
    return reply(_session(await request.app[PEOPLE].sessions.refresh(form.refresh_token, at=now(request))))


async def end_session(request: web.Request) -> web.Response:
    await request.app[PEOPLE].sign_out(actor(request), at=now(request))
    return no_content()


async def show_me(request: web.Request) -> web.Response:
    return reply(_me(await request.app[PEOPLE].citizen(actor(request).id)))


async def bind_phone(request: web.Request) -> web.Response:
    form = await body(request, m.PhoneBinding)
    return reply(_me(await request.app[PEOPLE].bind_phone(actor(request), form.code)))


async def set_contact(request: web.Request) -> web.Response:
    form = await body(request, m.ContactForm)
    people, citizen_id = request.app[PEOPLE], actor(request).id
    await people.citizens.set_contact(citizen_id, phone=form.phone, address=form.address)
    return reply(_me(await people.citizen(citizen_id)))


async def set_identity(request: web.Request) -> web.Response:
    form = await body(request, m.IdentityForm)
    people, caller = request.app[PEOPLE], actor(request)
    await people.citizens.set_identity(
        caller,
        name=form.name,
        document_type=form.document_type,
        document_number=form.document_number,
        at=now(request),
    )
    return reply(_me(await people.citizen(caller.id)))


async def list_notices(request: web.Request) -> web.Response:
    today = day_in_china(now(request))
    current = [notices.current(purpose, today) for purpose in ConsentPurpose]
    return reply(
        m.Notices(
            items=[
                m.NoticeView(purpose=each.purpose, version=each.version, title=each.title, text=each.text)
                for each in current
            ]
        )
    )


async def list_consents(request: web.Request) -> web.Response:
    given = await request.app[PEOPLE].citizens.consents(actor(request).id)
    return reply(m.Consents(items=[consent_view(each) for each in given]))


async def give_consent(request: web.Request) -> web.Response:
    form = await body(request, m.ConsentForm)
    given = await request.app[PEOPLE].citizens.give_consent(
        actor(request).id,
        form.purpose,
        version=form.version,
        partner=form.partner,
        channel=Channel.MINI_PROGRAM,
        at=now(request),
    )
    return reply(consent_view(given), status=201)


async def withdraw_consent(request: web.Request) -> web.Response:
    await request.app[PEOPLE].citizens.withdraw_consent(
        actor(request).id, path_id(request, "consent_id"), at=now(request)
    )
    return no_content()


async def open_staff_session(request: web.Request) -> web.Response:
    form = await body(request, m.StaffSignIn)
    signed_in = await request.app[PEOPLE].staff.sign_in(form.login_name, form.password, at=now(request))
    return reply(_session(signed_in), status=201)


async def change_password(request: web.Request) -> web.Response:
    form = await body(request, m.PasswordChange)
    signed_in = await request.app[PEOPLE].staff.change_password(
        actor(request), form.current_password, new=form.new_password, at=now(request)
    )
    return reply(_session(signed_in))


async def show_staff_me(request: web.Request) -> web.Response:
    caller = actor(request)
    return reply(_account(await request.app[PEOPLE].accounts.member(caller.tenant_id, caller.id)))


async def list_accounts(request: web.Request) -> web.Response:
    wanted = query(request, m.AccountsQuery)
    found = await request.app[PEOPLE].accounts.members(
        actor(request).tenant_id, after=wanted.cursor, limit=wanted.limit
    )
    more = found[-1].account.login_name if len(found) == wanted.limit else None
    return reply(m.Accounts(items=[_account(each) for each in found], next=more))


async def create_account(request: web.Request) -> web.Response:
    form = await body(request, m.NewAccountForm)
    made = await request.app[PEOPLE].accounts.create(
        actor(request), login_name=form.login_name, name=form.name, at=now(request)
    )
    return reply(_first_password(made), status=201)


async def reset_password(request: web.Request) -> web.Response:
    made = await request.app[PEOPLE].accounts.reset(
        actor(request), path_id(request, "staff_id"), at=now(request)
    )
    return reply(_first_password(made))


async def disable_account(request: web.Request) -> web.Response:
    await request.app[PEOPLE].accounts.disable(actor(request), path_id(request, "staff_id"), at=now(request))
    return no_content()


async def enable_account(request: web.Request) -> web.Response:
    await request.app[PEOPLE].accounts.enable(actor(request), path_id(request, "staff_id"), at=now(request))
    return no_content()


async def give_post(request: web.Request) -> web.Response:
    form = await body(request, m.PostForm)
    given = await request.app[PEOPLE].accounts.appoint(
        actor(request),
        Post(
            id="",
            staff_id=path_id(request, "staff_id"),
            role=form.role,
            department_id=form.department_id or "",
            window_ids=tuple(form.window_ids),
            village_id=form.village_id or "",
            partner=form.partner,
            item_ids=tuple(form.item_ids),
            document=form.document or "",
            valid_from=form.valid_from,
            valid_to=form.valid_to,
        ),
        at=now(request),
    )
    return reply(_post(given), status=201)


async def end_post(request: web.Request) -> web.Response:
    await request.app[PEOPLE].accounts.end_post(actor(request), path_id(request, "post_id"), at=now(request))
    return no_content()


def _session(signed_in: SignedIn) -> m.Session:
    return m.Session(
        access_token=signed_in.access_token,
        access_expires_at=signed_in.access_expires_at,
        refresh_token=signed_in.refresh_token,
        refresh_expires_at=signed_in.refresh_expires_at,
        must_change_password=signed_in.must_change_password,
    )


def _me(citizen: Citizen) -> m.Me:
    return m.Me(
        id=citizen.id,
        masked_name=citizen.masked_name,
        document_type=citizen.document_type,
        document_label=citizen.document_type.zh if citizen.document_type else "",
        masked_document=citizen.masked_document,
        masked_phone=citizen.masked_phone,
        phone_verified=citizen.phone_verified,
        has_address=citizen.has_address,
        has_identity=bool(citizen.masked_document),
    )


def consent_view(consent: Consent) -> m.ConsentView:
    return m.ConsentView(
        id=consent.id,
        purpose=consent.purpose,
        label=consent.purpose.zh,
        partner=consent.partner,
        version=consent.version,
        channel=consent.channel,
        given_at=consent.given_at,
        ended_at=consent.ended_at,
    )


def _account(member: Member) -> m.Account:
    return m.Account(
        id=member.account.id,
        login_name=member.account.login_name,
        name=member.account.name,
        must_change_password=member.account.must_change_password,
        disabled_at=member.account.disabled_at,
        posts=[_post(each) for each in member.posts],
    )


def _post(post: Post) -> m.PostView:
    return m.PostView(
        id=post.id,
        role=post.role,
        label=post.role.zh,
        department_id=post.department_id,
        window_ids=list(post.window_ids),
        village_id=post.village_id,
        partner=post.partner,
        item_ids=list(post.item_ids),
        document=post.document,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        ended_at=post.ended_at,
    )


def _first_password(made: NewAccount) -> m.FirstPassword:
    return m.FirstPassword(
        staff_id=made.account.id, login_name=made.account.login_name, first_password=made.first_password
    )


HANDLERS: dict[Route, Handler] = {
    routes.OPEN_SESSION: open_session,
    routes.REFRESH_SESSION: refresh_session,
    routes.END_SESSION: end_session,
    routes.SHOW_ME: show_me,
    routes.BIND_PHONE: bind_phone,
    routes.SET_CONTACT: set_contact,
    routes.SET_IDENTITY: set_identity,
    routes.LIST_NOTICES: list_notices,
    routes.LIST_CONSENTS: list_consents,
    routes.GIVE_CONSENT: give_consent,
    routes.WITHDRAW_CONSENT: withdraw_consent,
    routes.OPEN_STAFF_SESSION: open_staff_session,
    routes.CHANGE_PASSWORD: change_password,
    routes.SHOW_STAFF_ME: show_staff_me,
    routes.LIST_ACCOUNTS: list_accounts,
    routes.CREATE_ACCOUNT: create_account,
    routes.RESET_PASSWORD: reset_password,
    routes.DISABLE_ACCOUNT: disable_account,
    routes.ENABLE_ACCOUNT: enable_account,
    routes.GIVE_POST: give_post,
    routes.END_POST: end_post,
}
