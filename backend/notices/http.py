"""Notices over JSON: a citizen's own, and what WeChat and the gateway report under their secrets."""

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages import notices as m
from api_spec.route import Route
from api_spec.routes import notices as routes
from backend.edge import Handler, actor, body, no_content, now, raw_body, reply
from backend.edge.requests import decode
from backend.faults import Fault
from backend.keys import CATALOGUE, NOTICES, SETTINGS
from backend.notices.rules import sentence
from backend.notices.telling import read_letter
from backend.outbox import signing
from backend.outbox.service import Stored
from backend.wechat.push import check_push_signature

ECHO_LENGTH = 200


async def list_own_notices(request: web.Request) -> web.Response:
    found = await request.app[NOTICES].own(actor(request))
    return reply(m.OwnNotices(items=[_own(each) for each in found if each.parcel.secret]))


def _own(stored: Stored) -> m.OwnNotice:
    kind = m.NoticeKind(stored.parcel.kind)
    return m.OwnNotice(
        kind=kind,
        label=kind.zh,
        text=sentence(kind, read_letter(stored.parcel.secret).words),
        about_kind=stored.parcel.about_kind,
        about_id=stored.parcel.about_id,
        state=stored.state.value,
        state_label=stored.state.zh,
        made_at=stored.parcel.made_at,
    )


async def list_grants(request: web.Request) -> web.Response:
    return reply(await _grants(request))


async def report_grants(request: web.Request) -> web.Response:
    told = await body(request, m.SubscribeResults)
    await request.app[NOTICES].take_results(actor(request), told.results, at=now(request))
    return reply(await _grants(request))


async def _grants(request: web.Request) -> m.Grants:
    found = await request.app[NOTICES].grants(actor(request))
    return m.Grants(
        items=[
            m.Grant(
                template_id=template.template_id,
                purpose=template.purpose,
                label=template.purpose.zh,
                left=left,
            )
            for template, left in found
        ]
    )


async def check_wechat_address(request: web.Request) -> web.Response:
    _refuse_unsigned(request)
    return web.Response(text=request.query.get("echostr", "")[:ECHO_LENGTH], content_type="text/plain")


async def take_wechat_event(request: web.Request) -> web.Response:
    _refuse_unsigned(request)
    raw = await raw_body(request, max_bytes=routes.TAKE_WECHAT_EVENT.max_bytes)
    await request.app[NOTICES].take_event(raw, at=now(request))
    return web.Response(text="success", content_type="text/plain")


def _refuse_unsigned(request: web.Request) -> None:
    """Raises Fault: SIGNATURE_INVALID, also where no word was agreed."""
    token, sent = request.app[SETTINGS].wechat_push_token, request.query
    genuine = bool(token) and check_push_signature(
        sent.get("signature", ""),
        token=token,
        timestamp=sent.get("timestamp", ""),
        nonce=sent.get("nonce", ""),
    )
    if not genuine:
        raise Fault(ErrorCode.SIGNATURE_INVALID)


async def take_sms_reply(request: web.Request) -> web.Response:
    secret = request.app[SETTINGS].sms_secret
    raw = await raw_body(request, max_bytes=routes.TAKE_SMS_REPLY.max_bytes)
    if not secret or not signing.is_genuine(
        signing.secret_key(secret), request.headers, raw, at=now(request)
    ):
        raise Fault(ErrorCode.SIGNATURE_INVALID)
    home = request.app[CATALOGUE].tenant_ids[0]
    sent = decode(raw, m.SmsReply)
    await request.app[NOTICES].take_reply(sent, home_tenant=home, at=now(request))
    return no_content()


HANDLERS: dict[Route, Handler] = {
    routes.LIST_OWN_NOTICES: list_own_notices,
    routes.LIST_GRANTS: list_grants,
    routes.REPORT_GRANTS: report_grants,
    routes.CHECK_WECHAT_ADDRESS: check_wechat_address,
    routes.TAKE_WECHAT_EVENT: take_wechat_event,
    routes.TAKE_SMS_REPLY: take_sms_reply,
}
