"""Notices over HTTP: a citizen's own, and what WeChat and the short-message gateway report to us."""

from api_spec.errors import ErrorCode
from api_spec.messages import notices as m
from api_spec.route import CITIZENS, Door, Route
from api_spec.vocabulary import Role

TAG = "notices"
DESK = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SERVICE_DESK})
"""Who rings people and settles what no machine could tell."""
SETTERS = frozenset({Role.DIRECTOR, Role.SYSTEM_ADMIN})
READERS = DESK | SETTERS

LIST_OWN_NOTICES = Route(
    name="list_own_notices",
    method="GET",
    path="/v1/me/notices",
    summary="What the township told this person, newest first; “sent” is what we know, not that it arrived",
    tag=TAG,
    who=CITIZENS,
    answer=m.OwnNotices,
)
LIST_GRANTS = Route(
    name="list_grants",
    method="GET",
    path="/v1/notices/grants",
    summary="The WeChat templates of the township and how many messages of each this person still allows",
    tag=TAG,
    who=CITIZENS,
    answer=m.Grants,
)
REPORT_GRANTS = Route(
    name="report_grants",
    method="POST",
    path="/v1/notices/grants",
    summary="What the mini-program's subscribe call answered: one acceptance is one message",
    tag=TAG,
    who=CITIZENS,
    body=m.SubscribeResults,
    answer=m.Grants,
)
CHECK_WECHAT_ADDRESS = Route(
    name="check_wechat_address",
    method="GET",
    path="/v1/wechat/push",
    summary="WeChat asks whether this address is ours: the signed echo comes back",
    tag=TAG,
    door=Door.OPEN,
    media="text/plain",
    errors=(ErrorCode.SIGNATURE_INVALID,),
)
TAKE_WECHAT_EVENT = Route(
    name="take_wechat_event",
    method="POST",
    path="/v1/wechat/push",
    summary="A signed event of WeChat about subscriptions, in JSON and plain mode; sent again, it counts once",
    tag=TAG,
    door=Door.OPEN,
    raw_body="application/json",
    media="text/plain",
    errors=(ErrorCode.SIGNATURE_INVALID, ErrorCode.BODY_NOT_JSON, ErrorCode.BODY_TOO_LARGE),
    max_bytes=32 * 1024,
)
TAKE_SMS_REPLY = Route(
    name="take_sms_reply",
    method="POST",
    path="/v1/sms/replies",
    summary="A short message somebody sent back, passed on by the gateway under the shared secret",
    tag=TAG,
    door=Door.OPEN,
    raw_body="application/json",
    status=204,
    errors=(
        ErrorCode.SIGNATURE_INVALID,
        ErrorCode.BODY_INVALID,
        ErrorCode.BODY_NOT_JSON,
        ErrorCode.BODY_TOO_LARGE,
    ),
    max_bytes=8 * 1024,
)

ROUTES = (
    LIST_OWN_NOTICES,
    LIST_GRANTS,
    REPORT_GRANTS,
    CHECK_WECHAT_ADDRESS,
    TAKE_WECHAT_EVENT,
    TAKE_SMS_REPLY,
)
