"""Operations on people: signing in and out, own data, consent; accounts and posts of staff."""

from typing import Final

from api_spec.errors import ErrorCode
from api_spec.messages import people as m
from api_spec.route import CITIZENS, STAFF, Door, Route
from api_spec.vocabulary import Role

TAG: Final = "people"
ALL_STAFF: Final = STAFF | {Role.VILLAGE_CLERK}
SIGNED_IN: Final = ALL_STAFF | CITIZENS
ADMIN: Final = frozenset({Role.SYSTEM_ADMIN})
SMALL: Final = 4 * 1024

WECHAT: Final = (
    ErrorCode.WECHAT_CODE_INVALID,
    ErrorCode.WECHAT_BUSY,
    ErrorCode.WECHAT_RISKY,
    ErrorCode.WECHAT_UNAVAILABLE,
)

OPEN_SESSION: Final = Route(
    name="open_session",
    method="POST",
    path="/v1/session",
    summary="Sign a citizen in by the code of wx.login.",
    tag=TAG,
    door=Door.OPEN,
    body=m.WeChatSignIn,
    answer=m.Session,
    status=201,
    errors=(*WECHAT, ErrorCode.NOT_FOUND),
    max_bytes=SMALL,
)
REFRESH_SESSION: Final = Route(
    name="refresh_session",
    method="POST",
    path="/v1/session/refresh",
    summary="Exchange a refresh token for new tokens; used twice, it ends the session.",
    tag=TAG,
    door=Door.OPEN,
    body=m.RefreshSession,
    answer=m.Session,
    errors=(ErrorCode.TOKEN_INVALID,),
    max_bytes=SMALL,
)
END_SESSION: Final = Route(
    name="end_session",
    method="DELETE",
    path="/v1/session",
    summary="Sign out.",
    tag=TAG,
    who=SIGNED_IN,
    status=204,
    before_password_change=True,
)
SHOW_ME: Final = Route(
    name="show_me",
    method="GET",
    path="/v1/me",
    summary="The citizen's own account, masked.",
    tag=TAG,
    who=CITIZENS,
    answer=m.Me,
    errors=(ErrorCode.NOT_FOUND,),
)
BIND_PHONE: Final = Route(
    name="bind_phone",
    method="POST",
    path="/v1/me/phone",
    summary="Keep the phone number WeChat has verified.",
    tag=TAG,
    who=CITIZENS,
    body=m.PhoneBinding,
    answer=m.Me,
    errors=(*WECHAT, ErrorCode.NOT_FOUND),
    max_bytes=SMALL,
)
SET_CONTACT: Final = Route(
    name="set_contact",
    method="PUT",
    path="/v1/me/contact",
    summary="Keep a typed phone number and address.",
    tag=TAG,
    who=CITIZENS,
    body=m.ContactForm,
    answer=m.Me,
    errors=(ErrorCode.FORM_INVALID, ErrorCode.NOT_FOUND),
    max_bytes=SMALL,
)
SET_IDENTITY: Final = Route(
    name="set_identity",
    method="PUT",
    path="/v1/me/identity",
    summary="Say who one is: name and identity document, checked in full; needs the consent for sensitive data.",
    tag=TAG,
    who=CITIZENS,
    body=m.IdentityForm,
    answer=m.Me,
    errors=(
        ErrorCode.CONSENT_MISSING,
        ErrorCode.IDENTITY_INVALID,
        ErrorCode.IDENTITY_TAKEN,
        ErrorCode.NOT_FOUND,
    ),
    max_bytes=SMALL,
)
LIST_NOTICES: Final = Route(
    name="list_notices",
    method="GET",
    path="/v1/notices",
    summary="What citizens are asked to agree to, in the versions now in force.",
    tag=TAG,
    door=Door.OPEN,
    answer=m.Notices,
)
LIST_CONSENTS: Final = Route(
    name="list_consents",
    method="GET",
    path="/v1/me/consents",
    summary="The citizen's consents with their ends, newest first.",
    tag=TAG,
    who=CITIZENS,
    answer=m.Consents,
)
GIVE_CONSENT: Final = Route(
    name="give_consent",
    method="POST",
    path="/v1/me/consents",
    summary="Agree to a notice.",
    tag=TAG,
    who=CITIZENS,
    body=m.ConsentForm,
    answer=m.ConsentView,
    status=201,
    errors=(ErrorCode.NOTICE_OUTDATED, ErrorCode.FORM_INVALID),
    max_bytes=SMALL,
)
WITHDRAW_CONSENT: Final = Route(
    name="withdraw_consent",
    method="DELETE",
    path="/v1/me/consents/{consent_id}",
    summary="Withdraw a consent; without the one for sensitive data the document is deleted.",
    tag=TAG,
    who=CITIZENS,
    status=204,
)
OPEN_STAFF_SESSION: Final = Route(
    name="open_staff_session",
    method="POST",
    path="/v1/staff/session",
    summary="Sign a member of staff in by login name and password.",
    tag=TAG,
    door=Door.OPEN,
    body=m.StaffSignIn,
    answer=m.Session,
    status=201,
    errors=(ErrorCode.SIGN_IN_FAILED, ErrorCode.ACCOUNT_LOCKED, ErrorCode.NOT_ALLOWED),
    max_bytes=SMALL,
)
CHANGE_PASSWORD: Final = Route(
    name="change_password",
    method="POST",
    path="/v1/staff/password",
    summary="Replace one's own password; every sign-in ends, the answer opens a new one.",
    tag=TAG,
    who=ALL_STAFF,
    body=m.PasswordChange,
    answer=m.Session,
    errors=(
        ErrorCode.SIGN_IN_FAILED,
        ErrorCode.ACCOUNT_LOCKED,
        ErrorCode.PASSWORD_WEAK,
        ErrorCode.STAFF_NOT_FOUND,
    ),
    max_bytes=SMALL,
    before_password_change=True,
)
SHOW_STAFF_ME: Final = Route(
    name="show_staff_me",
    method="GET",
    path="/v1/staff/me",
    summary="One's own account and posts.",
    tag=TAG,
    who=ALL_STAFF,
    answer=m.Account,
    errors=(ErrorCode.STAFF_NOT_FOUND,),
)
LIST_ACCOUNTS: Final = Route(
    name="list_accounts",
    method="GET",
    path="/v1/staff/accounts",
    summary="The township's accounts with their posts, by login name.",
    tag=TAG,
    who=ADMIN,
    query=m.AccountsQuery,
    answer=m.Accounts,
)
CREATE_ACCOUNT: Final = Route(
    name="create_account",
    method="POST",
    path="/v1/staff/accounts",
    summary="Open an account with a first password.",
    tag=TAG,
    who=ADMIN,
    body=m.NewAccountForm,
    answer=m.FirstPassword,
    status=201,
    errors=(ErrorCode.LOGIN_NAME_TAKEN,),
    max_bytes=SMALL,
)
RESET_PASSWORD: Final = Route(
    name="reset_password",
    method="POST",
    path="/v1/staff/accounts/{staff_id}/reset",
    summary="Put an account back to a first password; its sign-ins end.",
    tag=TAG,
    who=ADMIN,
    answer=m.FirstPassword,
    errors=(ErrorCode.STAFF_NOT_FOUND, ErrorCode.NOT_YOUR_ACTION),
)
DISABLE_ACCOUNT: Final = Route(
    name="disable_account",
    method="POST",
    path="/v1/staff/accounts/{staff_id}/disable",
    summary="Shut an account; its sign-ins end.",
    tag=TAG,
    who=ADMIN,
    status=204,
    errors=(ErrorCode.STAFF_NOT_FOUND, ErrorCode.NOT_YOUR_ACTION),
)
ENABLE_ACCOUNT: Final = Route(
    name="enable_account",
    method="POST",
    path="/v1/staff/accounts/{staff_id}/enable",
    summary="Open a shut account again.",
    tag=TAG,
    who=ADMIN,
    status=204,
    errors=(ErrorCode.STAFF_NOT_FOUND, ErrorCode.NOT_YOUR_ACTION),
)
GIVE_POST: Final = Route(
    name="give_post",
    method="POST",
    path="/v1/staff/accounts/{staff_id}/posts",
    summary="Appoint a person; nobody appoints themselves.",
    tag=TAG,
    who=ADMIN,
    body=m.PostForm,
    answer=m.PostView,
    status=201,
    errors=(
        ErrorCode.STAFF_NOT_FOUND,
        ErrorCode.NOT_YOUR_ACTION,
        ErrorCode.FORM_INVALID,
        ErrorCode.POST_CONFLICT,
    ),
    max_bytes=16 * 1024,
)
END_POST: Final = Route(
    name="end_post",
    method="POST",
    path="/v1/staff/posts/{post_id}/end",
    summary="End an appointment; the person's sign-ins end.",
    tag=TAG,
    who=ADMIN,
    status=204,
    errors=(ErrorCode.POST_NOT_FOUND, ErrorCode.NOT_YOUR_ACTION),
)

ROUTES: tuple[Route, ...] = (
    OPEN_SESSION,
    REFRESH_SESSION,
    END_SESSION,
    SHOW_ME,
    BIND_PHONE,
    SET_CONTACT,
    SET_IDENTITY,
    LIST_NOTICES,
    LIST_CONSENTS,
    GIVE_CONSENT,
    WITHDRAW_CONSENT,
    OPEN_STAFF_SESSION,
    CHANGE_PASSWORD,
    SHOW_STAFF_ME,
    LIST_ACCOUNTS,
    CREATE_ACCOUNT,
    RESET_PASSWORD,
    DISABLE_ACCOUNT,
    ENABLE_ACCOUNT,
    GIVE_POST,
    END_POST,
)
