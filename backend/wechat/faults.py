"""What can go wrong with a call to WeChat, sorted by who has to do something about it; knows no HTTP.

    WeChatFault                  any errcode not listed below
    ├── CodeSpent                the person: tap again, the one-time code is used, too old or of another kind
    ├── Busy                     nobody: try later
    ├── Misconfigured            us: account, rights, address list, template or page
    │   └── TokenRefused         us: the access token is not the newest, or too old
    ├── RiskyUser                nobody: WeChat itself has locked this user out
    ├── UnknownOpenid            nobody: this openid is not (or no longer) one of this account's users
    ├── NotGranted               nobody: the person has not allowed this message; take the next channel
    ├── BadField                 us: a message field breaks its template type; `field` names it
    └── Unreachable              nobody: no answer in time, or one that cannot be read

A fault carries the name of the call, the errcode and WeChat's request id. It never carries errmsg, a
code, a token or an openid, because faults are logged.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


class WeChatFault(Exception):
    """A call WeChat refused.

    Attributes:
        call: the last part of the path, such as ``jscode2session``.
        errcode: WeChat's number; None where no readable answer came.
        rid: WeChat's request id, the only thing its support asks for; may be empty.
    """

    def __init__(self, call: str, errcode: int | None, *, rid: str = "", why: str = "") -> None:
        self.call = call
        self.errcode = errcode
        self.rid = rid
        self.why = why
        said = [str(part) for part in (errcode, why, rid) if part not in (None, "")]
        super().__init__(f"{call}: {' '.join(said)}")


class CodeSpent(WeChatFault):
    """The one-time code is used, older than five minutes, or meant for another call."""


class Busy(WeChatFault):
    """-1 in a moment, 45011 next minute, 45009 next day."""


class Misconfigured(WeChatFault):
    """Only an administrator can help: appid, secret, rights, address list, template or page."""


class TokenRefused(Misconfigured):
    """Still refused after one renewal: some other program renews this account's token by force."""


class RiskyUser(WeChatFault):
    """WeChat judged this user dangerous and lets no account sign them in."""


class UnknownOpenid(WeChatFault):
    """No user of this account has this openid; 服务号 and mini-program openids are easily mixed up."""


class NotGranted(WeChatFault):
    """The person has no accepted subscription left for this template."""


class BadField(WeChatFault):
    """A message field does not fit its template type.

    Attributes:
        field: the name in the template, such as ``thing1``; empty if WeChat did not say.
    """

    def __init__(self, call: str, errcode: int | None, *, rid: str = "", field: str = "") -> None:
        super().__init__(call, errcode, rid=rid, why=field)
        self.field = field


class Unreachable(WeChatFault):
    """No answer, a cut line, or an answer that is not what WeChat documents."""

    def __init__(self, call: str, why: str) -> None:
        super().__init__(call, None, why=why)


KINDS: Final[Mapping[int, type[WeChatFault]]] = MappingProxyType(
    {
        40029: CodeSpent,
        40163: CodeSpent,  # the web sign-in's own number for a used code
        -1: Busy,
        45009: Busy,
        45011: Busy,
        40001: TokenRefused,
        40014: TokenRefused,
        42001: TokenRefused,
        40013: Misconfigured,
        40037: Misconfigured,
        40097: Misconfigured,
        40125: Misconfigured,
        40129: Misconfigured,
        40164: Misconfigured,
        40169: Misconfigured,
        41001: Misconfigured,
        41002: Misconfigured,
        41004: Misconfigured,
        41030: Misconfigured,
        43002: Misconfigured,
        43302: Misconfigured,
        44002: Misconfigured,
        47001: Misconfigured,
        48001: Misconfigured,
        40226: RiskyUser,
        40003: UnknownOpenid,
        43101: NotGranted,
        47003: BadField,
    }
)

_RID = re.compile(r"rid:\s*([0-9A-Za-z-]{1,64})")
_FIELD = re.compile(r"data\.([0-9A-Za-z_]{1,40})\.value")


def fault_for(call: str, errcode: int, errmsg: str) -> WeChatFault:
    """The fault WeChat's `errcode` stands for; of `errmsg` only the request id and a field name survive."""
    rid = found[1] if (found := _RID.search(errmsg)) else ""
    kind = KINDS.get(errcode, WeChatFault)
    if kind is BadField:
        return BadField(call, errcode, rid=rid, field=named[1] if (named := _FIELD.search(errmsg)) else "")
    return kind(call, errcode, rid=rid)
