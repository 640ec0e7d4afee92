"""Signing in through WeChat: which of our accounts was asked, and its refusals in the office's words."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from api_spec import phones
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from backend.faults import Fault
from backend.wechat.faults import Busy, CodeSpent, RiskyUser, WeChatFault
from backend.wechat.values import MiniSession, PhoneNumber, Scope, WebIdentity

T = TypeVar("T")

CHINA_CODE = "86"


class MiniCalls(Protocol):
    """What is asked of the mini-program's adapter."""

    async def code_to_session(self, js_code: str) -> MiniSession: ...
    async def phone_number(self, code: str) -> PhoneNumber: ...


class WebCalls(Protocol):
    """What is asked of the 服务号's adapter."""

    def authorize_url(self, redirect_uri: str, state: str, *, scope: Scope) -> str: ...
    async def oauth_openid(self, code: str) -> WebIdentity: ...


@dataclass(frozen=True, slots=True)
class WeChatPerson:
    """Who WeChat says is there: an openid of one of our accounts and, if known, the unionid above both."""

    appid: str
    openid: str
    unionid: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatDoor:
    """The two accounts through which citizens come in; without a `web_appid` only the mini-program does."""

    mini_appid: str
    mini: MiniCalls
    web_appid: str
    web: WebCalls

    @property
    def has_web(self) -> bool:
        return bool(self.web_appid)

    async def from_mini_program(self, code: str) -> WeChatPerson:
        """Raises Fault: WECHAT_CODE_INVALID, WECHAT_BUSY, WECHAT_RISKY, WECHAT_UNAVAILABLE."""
        session = await _asked(self.mini.code_to_session(code))
        return WeChatPerson(self.mini_appid, session.openid, session.unionid)

    async def from_web(self, code: str) -> WeChatPerson:
        """As `from_mini_program`; a 快照页's throw-away identity counts as an invalid code."""
        found = await _asked(self.web.oauth_openid(code))
        if found.snapshot:
            raise Fault(ErrorCode.WECHAT_CODE_INVALID, reason="snapshot")
        return WeChatPerson(self.web_appid, found.openid, found.unionid)

    async def phone_number(self, code: str) -> str:
        """The number WeChat verified, in one form.

        Raises:
            Fault: as `from_mini_program`.
        """
        found = await _asked(self.mini.phone_number(code))
        if found.country_code != CHINA_CODE:
            return f"+{found.country_code}{found.number}"
        try:
            return phones.parse_mobile(found.number)
        except BadInput:
            raise Fault(ErrorCode.WECHAT_UNAVAILABLE) from None

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Where a browser inside WeChat signs in. Only the asking scope brings the unionid, without which one
        person would become two citizens."""
        return self.web.authorize_url(redirect_uri, state, scope=Scope.PROFILE)


async def _asked(call: Awaitable[T]) -> T:
    try:
        return await call
    except CodeSpent:
        raise Fault(ErrorCode.WECHAT_CODE_INVALID) from None
    except Busy:
        raise Fault(ErrorCode.WECHAT_BUSY) from None
    except RiskyUser:
        raise Fault(ErrorCode.WECHAT_RISKY) from None
    except WeChatFault:
        raise Fault(ErrorCode.WECHAT_UNAVAILABLE) from None
