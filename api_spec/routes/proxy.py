"""Operations on proxy errands: the applicant's own, the staff's and the partner's, hand-over and money."""

from api_spec.errors import ErrorCode
from api_spec.messages import proxy as m
from api_spec.messages.cases import FullApplicant, MineQuery, Reveal
from api_spec.route import CITIZENS, Route
from api_spec.vocabulary import Role

TOWNSHIP = frozenset({Role.WINDOW, Role.CENTRE_STAFF, Role.DIRECTOR})
RUNNERS = TOWNSHIP | {Role.VILLAGE_CLERK}
ACTORS = RUNNERS | {Role.PARTNER}
READERS = ACTORS | {Role.SUPERVISOR}
REVEALERS = frozenset({Role.WINDOW, Role.VILLAGE_CLERK, Role.PARTNER})
CLOSERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})

FILING = (
    ErrorCode.ITEM_NOT_FOUND,
    ErrorCode.ITEM_NOT_OFFERED,
    ErrorCode.DELEGATION_ENDED,
    ErrorCode.FORM_INVALID,
    ErrorCode.IDEMPOTENCY_CONFLICT,
    ErrorCode.NOT_YOUR_ACTION,
)
OWN_CONSENT = (ErrorCode.CONSENT_MISSING, ErrorCode.NOTICE_OUTDATED)
ACTING = (
    ErrorCode.ERRAND_NOT_FOUND,
    ErrorCode.CASE_MOVED,
    ErrorCode.ACTION_NOT_ALLOWED,
    ErrorCode.NOT_YOUR_ACTION,
    ErrorCode.NOTE_REQUIRED,
    ErrorCode.FORM_INVALID,
    ErrorCode.MANDATE_REQUIRED,
    ErrorCode.IN_PERSON_ONLY,
    ErrorCode.WET_INK_REQUIRED,
    ErrorCode.MONEY_NOT_BALANCED,
)

REQUEST_ERRAND = Route(
    name="request_errand",
    method="POST",
    path="/v1/errands",
    summary="申请代办",
    tag="proxy",
    who=CITIZENS,
    body=m.RequestErrand,
    answer=m.ErrandReceipt,
    status=201,
    errors=(*FILING, *OWN_CONSENT, ErrorCode.IDENTITY_MISSING),
)
MY_ERRANDS = Route(
    name="my_errands",
    method="GET",
    path="/v1/errands",
    summary="我的代办",
    tag="proxy",
    who=CITIZENS,
    query=MineQuery,
    answer=m.ErrandPage,
)
SHOW_ERRAND = Route(
    name="show_errand",
    method="GET",
    path="/v1/errands/{errand_id}",
    summary="查看一个代办",
    tag="proxy",
    who=CITIZENS,
    answer=m.ErrandView,
    errors=(ErrorCode.ERRAND_NOT_FOUND,),
)
SIGN_ERRAND = Route(
    name="sign_errand",
    method="POST",
    path="/v1/errands/{errand_id}/consent",
    summary="签委托书并单独同意提供信息",
    tag="proxy",
    who=CITIZENS,
    body=m.SignErrand,
    answer=m.ErrandView,
    errors=(*ACTING, *OWN_CONSENT),
)
END_ERRAND = Route(
    name="end_errand",
    method="POST",
    path="/v1/errands/{errand_id}/end",
    summary="终止代办",
    tag="proxy",
    who=CITIZENS,
    body=m.EndErrand,
    answer=m.ErrandView,
    errors=ACTING,
)
TAKE_ERRAND = Route(
    name="take_errand",
    method="POST",
    path="/v1/staff/errands",
    summary="窗口或电话登记代办",
    tag="staff",
    who=TOWNSHIP,
    body=m.TakeErrand,
    answer=m.ErrandReceipt,
    status=201,
    errors=FILING,
)
STAFF_ERRANDS = Route(
    name="staff_errands",
    method="GET",
    path="/v1/staff/errands",
    summary="代办队列",
    tag="staff",
    who=READERS,
    query=m.ErrandQuery,
    answer=m.ErrandPage,
)
STAFF_ERRAND = Route(
    name="staff_errand",
    method="GET",
    path="/v1/staff/errands/{errand_id}",
    summary="查看代办和可做的操作",
    tag="staff",
    who=READERS,
    answer=m.ErrandView,
    errors=(ErrorCode.ERRAND_NOT_FOUND,),
)
ACT_ON_ERRAND = Route(
    name="act_on_errand",
    method="POST",
    path="/v1/staff/errands/{errand_id}/actions",
    summary="办理代办的一步",
    tag="staff",
    who=ACTORS,
    body=m.ActOnErrand,
    answer=m.ErrandView,
    errors=ACTING,
)
REVEAL_ERRAND = Route(
    name="reveal_errand",
    method="POST",
    path="/v1/staff/errands/{errand_id}/applicant",
    summary="说明理由后查看申请人完整信息",
    tag="staff",
    who=REVEALERS,
    body=Reveal,
    answer=FullApplicant,
    errors=(ErrorCode.ERRAND_NOT_FOUND, ErrorCode.REASON_REQUIRED),
)
MOVE_MONEY = Route(
    name="move_money",
    method="POST",
    path="/v1/staff/errands/{errand_id}/money",
    summary="登记代收、代缴或退还",
    tag="staff",
    who=RUNNERS,
    body=m.MoveMoney,
    answer=m.MoneyReceipt,
    status=201,
    errors=(
        ErrorCode.ERRAND_NOT_FOUND,
        ErrorCode.ACTION_NOT_ALLOWED,
        ErrorCode.NOT_YOUR_ACTION,
        ErrorCode.FORM_INVALID,
        ErrorCode.MONEY_NOT_BALANCED,
        ErrorCode.IDEMPOTENCY_CONFLICT,
    ),
)
HAND_OVER = Route(
    name="hand_over",
    method="POST",
    path="/v1/staff/handovers",
    summary="开移交清单",
    tag="staff",
    who=TOWNSHIP,
    body=m.HandOver,
    answer=m.HandoverSheet,
    status=201,
    errors=(*ACTING, ErrorCode.CONSENT_MISSING),
)
HANDOVERS = Route(
    name="handovers",
    method="GET",
    path="/v1/staff/handovers",
    summary="移交清单",
    tag="staff",
    who=TOWNSHIP | {Role.PARTNER, Role.SUPERVISOR},
    query=m.HandoverQuery,
    answer=m.HandoverPage,
)
SHOW_HANDOVER = Route(
    name="show_handover",
    method="GET",
    path="/v1/staff/handovers/{handover_id}",
    summary="查看一份移交清单",
    tag="staff",
    who=TOWNSHIP | {Role.PARTNER, Role.SUPERVISOR},
    answer=m.HandoverSheet,
)
SIGN_HANDOVER = Route(
    name="sign_handover",
    method="POST",
    path="/v1/staff/handovers/{handover_id}/receipt",
    summary="企业签收移交清单",
    tag="staff",
    who=TOWNSHIP | {Role.PARTNER},
    body=m.SignHandover,
    answer=m.HandoverSheet,
    errors=(ErrorCode.ACTION_NOT_ALLOWED, ErrorCode.NOT_YOUR_ACTION, ErrorCode.CASE_MOVED),
)
SHOW_MONEY_DAY = Route(
    name="show_money_day",
    method="GET",
    path="/v1/staff/money-days",
    summary="代收代缴一天的账",
    tag="staff",
    who=TOWNSHIP | {Role.SUPERVISOR},
    query=m.MoneyDayQuery,
    answer=m.MoneyDay,
)
CLOSE_MONEY_DAY = Route(
    name="close_money_day",
    method="POST",
    path="/v1/staff/money-days",
    summary="代收代缴日结",
    tag="staff",
    who=CLOSERS,
    body=m.CloseDay,
    answer=m.MoneyDay,
    status=201,
    errors=(ErrorCode.ACTION_NOT_ALLOWED, ErrorCode.NOT_YOUR_ACTION, ErrorCode.MONEY_NOT_BALANCED),
)

ROUTES: tuple[Route, ...] = (
    REQUEST_ERRAND,
    MY_ERRANDS,
    SHOW_ERRAND,
    SIGN_ERRAND,
    END_ERRAND,
    TAKE_ERRAND,
    STAFF_ERRANDS,
    STAFF_ERRAND,
    ACT_ON_ERRAND,
    REVEAL_ERRAND,
    MOVE_MONEY,
    HAND_OVER,
    HANDOVERS,
    SHOW_HANDOVER,
    SIGN_HANDOVER,
    SHOW_MONEY_DAY,
    CLOSE_MONEY_DAY,
)
