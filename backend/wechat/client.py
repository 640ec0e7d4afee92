"""The adapter: WeChat's calls as typed functions. Knows nothing of cases, people or the stand-in.

`MiniProgram` and `ServiceAccount` are two accounts with two secrets: a person has another openid in
each, and only unionid says that the two are one. Every call raises `WeChatFault` (tree in `faults`).
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import urlencode

import aiohttp
import msgspec

from backend.wechat.access_token import AccessToken, AccessTokens
from backend.wechat.faults import TokenRefused
from backend.wechat.values import Account, MiniSession, PhoneNumber, Release, Scope, WebIdentity
from backend.wechat.wire import Image, Wire, base_url

API: Final = "https://api.weixin.qq.com"
OPEN: Final = "https://open.weixin.qq.com"
ANSWER_WITHIN: Final = timedelta(seconds=5)

_STATE = re.compile(r"[0-9A-Za-z]{1,128}")

T = TypeVar("T")


# The message call names the same three builds differently.
_MESSAGE_STATE: Final[Mapping[Release, str]] = {
    Release.RELEASE: "formal",
    Release.TRIAL: "trial",
    Release.DEVELOP: "developer",
}


class _SessionAnswer(msgspec.Struct):
    openid: str
    session_key: str
    unionid: str | None = None


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: int


class _PhoneInfo(msgspec.Struct, rename="camel"):
    pure_phone_number: str
    country_code: str


class _PhoneAnswer(msgspec.Struct):
    phone_info: _PhoneInfo


class _WebAnswer(msgspec.Struct):
    openid: str
    unionid: str | None = None
    is_snapshotuser: int = 0


class _Done(msgspec.Struct):
    errcode: int


class MiniProgram:
    """The mini-program's calls.

    Args:
        http: shared session; must be open for as long as this object is used.
        clock: now, aware UTC; decides when the access token is renewed.
        release: the build that messages and QR codes open.
        api: WeChat's server; the stand-in's address in demo and tests.
        answer_within: limit for each single call, everything included.

    Raises:
        ValueError: `api` is plain http to another machine.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        account: Account,
        *,
        clock: Callable[[], datetime],
        release: Release = Release.RELEASE,
        api: str = API,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._account = account
        self._clock = clock
        self._release = release
        self._wire = Wire(http, api, timeout=answer_within)
        self._tokens = AccessTokens(self._fetch_token, clock)

    async def code_to_session(self, js_code: str) -> MiniSession:
        """Exchange the code of `wx.login` (five minutes, once).

        Raises:
            CodeSpent, RiskyUser, Busy, Misconfigured, Unreachable.
        """
        answer = await self._wire.get(
            "/sns/jscode2session",
            {
                "appid": self._account.appid,
                "secret": self._account.secret,
                "js_code": js_code,
                "grant_type": "authorization_code",
            },
            _SessionAnswer,
        )
        return MiniSession(answer.openid, answer.session_key, answer.unionid)

    async def phone_number(self, code: str) -> PhoneNumber:
        """Exchange the code of the phone-number button, which is not the sign-in code.

        Raises:
            CodeSpent, Busy, Misconfigured, Unreachable.
        """
        answer = await self._post("/wxa/business/getuserphonenumber", {"code": code}, _PhoneAnswer)
        return PhoneNumber(answer.phone_info.pure_phone_number, answer.phone_info.country_code)

    async def send_subscribe(
        self, openid: str, template_id: str, *, fields: Mapping[str, str], page: str = ""
    ) -> None:
        """Send one 订阅消息; it uses up one acceptance. Never promise delivery: have the next channel ready.

        Args:
            fields: text by the template's field name, such as ``{"thing1": "低保申请"}``.
            page: mini-program page the message opens, with query; empty opens nothing.

        Raises:
            NotGranted, BadField, UnknownOpenid, Busy, Misconfigured, Unreachable.
        """
        await self._post(
            "/cgi-bin/message/subscribe/send",
            {
                "touser": openid,
                "template_id": template_id,
                "page": page,
                "data": {name: {"value": value} for name, value in fields.items()},
                "miniprogram_state": _MESSAGE_STATE[self._release],
                "lang": "zh_CN",
            },
            _Done,
        )

    async def unlimited_code(self, scene: str, page: str, *, width: int = 430) -> Image:
        """Draw a 小程序码.

        Args:
            scene: at most 32 of ``0-9A-Za-z!#$&'()*+,/:;=?@-._~``.
            page: without leading slash and without query.
            width: pixels, 280 to 1280.

        Raises:
            Misconfigured: `scene`, `page` or `width` breaks WeChat's rule.
            Busy, Unreachable.
        """
        payload = {
            "scene": scene,
            "page": page,
            # A page that is not in the released build yet can only be drawn unchecked.
            "check_path": self._release is Release.RELEASE,
            "env_version": self._release,
            "width": width,
        }
        return await self._with_token(
            lambda query: self._wire.post_for_image("/wxa/getwxacodeunlimit", query, payload)
        )

    async def _post(self, path: str, payload: object, shape: type[T]) -> T:
        return await self._with_token(lambda query: self._wire.post(path, query, payload, shape=shape))

    async def _with_token(self, call: Callable[[Mapping[str, str]], Awaitable[T]]) -> T:
        """Call, and once more with another token if WeChat refuses the first."""
        token = await self._tokens.current()
        try:
            return await call({"access_token": token})
        except TokenRefused:
            token = await self._tokens.after_refusal(token)
        return await call({"access_token": token})

    async def _fetch_token(self, *, force: bool) -> AccessToken:
        asked_at = self._clock()
        answer = await self._wire.post(
            "/cgi-bin/stable_token",
            {},
            {
                "grant_type": "client_credential",
                "appid": self._account.appid,
                "secret": self._account.secret,
                "force_refresh": force,
            },
            shape=_TokenAnswer,
        )
        return AccessToken(answer.access_token, asked_at + timedelta(seconds=answer.expires_in))


class ServiceAccount:
    """The 服务号's web sign-in, for the pages opened inside WeChat.

    Args:
        api: the server we ask; `open_base`: the one the person's browser is sent to.

    Raises:
        ValueError: one of them is plain http to another machine.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        account: Account,
        *,
        api: str = API,
        open_base: str = OPEN,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._account = account
        self._open = base_url(open_base)
        self._wire = Wire(http, api, timeout=answer_within)

    def authorize_url(self, redirect_uri: str, state: str, *, scope: Scope = Scope.SILENT) -> str:
        """Where to send the browser; it comes back to `redirect_uri` with `code` and `state`.

        Args:
            state: 1 to 128 letters and digits; compare it on return.

        Raises:
            ValueError: `state` has another form, which WeChat would drop or refuse.
        """
        if not _STATE.fullmatch(state):
            raise ValueError("state is 1 to 128 letters and digits")
        # WeChat matches this address by pattern: the order, full escaping and the fragment are required.
        query = {
            "appid": self._account.appid,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": scope.value,
            "state": state,
        }
        return f"{self._open.joinpath('connect/oauth2/authorize')}?{urlencode(query)}#wechat_redirect"

    async def oauth_openid(self, code: str) -> WebIdentity:
        """Exchange the code the browser brought back (five minutes, once).

        The web access token that comes with it opens only the person's profile; we drop it.

        Raises:
            CodeSpent, Busy, Misconfigured, Unreachable.
        """
        answer = await self._wire.get(
            "/sns/oauth2/access_token",
            {
                "appid": self._account.appid,
                "secret": self._account.secret,
                "code": code,
                "grant_type": "authorization_code",
            },
            _WebAnswer,
        )
        return WebIdentity(answer.openid, answer.unionid, snapshot=answer.is_snapshotuser == 1)
