"""Joins everything that leaves the township: the outbox with notices, and what they send by. Built once, by the office."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.audit.service import Audit
from backend.notices.http_gateway import HttpGateway
from backend.notices.rules import QuietHours
from backend.notices.sending import Sender, SmsWay, WeChatWay
from backend.notices.service import Notices
from backend.outbox import signing
from backend.outbox.http_line import HttpLine, checked_url
from backend.outbox.service import Outbox
from backend.people.citizens import Citizens
from backend.settings import Settings
from backend.vault import Vault
from backend.wechat.client import MiniProgram

SEND_EVERY_S: Final = 10.0
TIDY_EVERY_S: Final = 86_400.0

Rounds = tuple[tuple[str, float, Callable[[datetime], Awaitable[object]]], ...]
"""Name, pause in seconds, and what is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOut:
    """What leaves, by which service."""

    outbox: Outbox
    notices: Notices

    @property
    def rounds(self) -> Rounds:
        """What is done again and again."""
        return (
            ("notices", SEND_EVERY_S, self.notices.send_round),
            ("tidying", TIDY_EVERY_S, self.notices.tidy_round),
        )


def open_ways(
    settings: Settings, *, vault: Vault, audit: Audit, citizens: Citizens, mini: MiniProgram, line: HttpLine
) -> WaysOut:
    """Everything the settings allow; what they do not name stays shut, and says so."""
    outbox = Outbox(vault)
    sender = Sender(
        citizens,
        wechat=WeChatWay(appid=settings.wechat_appid, calls=mini) if settings.wechat_appid else None,
        sms=_sms(settings, line) if settings.sms_url else None,
        quiet=QuietHours(settings.quiet_from, settings.quiet_until),
        random=outbox.random,
    )
    notices = Notices(
        outbox,
        vault,
        audit,
        citizens,
        sender=sender,
        base_url=settings.base_url,
        pushes=bool(settings.wechat_push_token),
    )
    return WaysOut(outbox=outbox, notices=notices)


def _sms(settings: Settings, line: HttpLine) -> SmsWay:
    gateway = HttpGateway(
        line,
        checked_url(settings.sms_url, plain=not settings.is_production),
        account=settings.sms_account,
        secret=signing.secret_key(settings.sms_secret),
        as_form=settings.sms_form,
    )
    return SmsWay(gateway=gateway, sign=settings.sms_sign)
