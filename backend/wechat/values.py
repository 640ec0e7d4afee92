"""What the adapter takes and gives. Secrets and personal data never show in a repr. Knows no HTTP."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Account:
    """One registered WeChat account, as the 公众平台 shows it."""

    appid: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MiniSession:
    """Who signed in to the mini-program. `session_key` stays on this server and out of every log."""

    openid: str
    session_key: str = field(repr=False)
    unionid: str | None


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number WeChat has verified: digits only, and the country code beside it (``86``)."""

    number: str = field(repr=False)
    country_code: str


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """Who signed in on a web page, by the 服务号's openid.

    Attributes:
        unionid: only with `Scope.PROFILE`, and only if both accounts share an open-platform account.
        snapshot: True for a throw-away identity of WeChat's 快照页; never bind a person to it.
    """

    openid: str
    unionid: str | None
    snapshot: bool


class Scope(StrEnum):
    """How much a web page asks for."""

    SILENT = "snsapi_base"  # 静默授权
    PROFILE = "snsapi_userinfo"  # 用户点“允许”


class Release(StrEnum):
    """Which build of the mini-program a QR code opens."""

    RELEASE = "release"  # 正式版
    TRIAL = "trial"  # 体验版
    DEVELOP = "develop"  # 开发版
