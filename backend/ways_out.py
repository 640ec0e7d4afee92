"""Joins everything that leaves the township: the outbox with notices, the way upward and events. Built once, by the office."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from backend.appointments.service import Appointments
from backend.audit.service import Audit
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.complaints.service import Complaints
from backend.notices.following import Following
from backend.notices.http_gateway import HttpGateway
from backend.notices.rules import QuietHours
from backend.notices.sending import Sender, SmsWay, WeChatWay
from backend.notices.service import Notices, Reply
from backend.outbox import signing
from backend.outbox.http_line import HttpLine, checked_url
from backend.outbox.service import Outbox
from backend.people.service import People
from backend.proxy.service import Proxy
from backend.reviews.service import Reviews
from backend.settings import Settings
from backend.upward.http_platform import HttpPlatform
from backend.upward.profiles import PROFILES
from backend.upward.service import Upward
from backend.vault import Vault
from backend.webhooks.service import Webhooks
from backend.wechat.client import MiniProgram

log = structlog.get_logger("township")

SEND_EVERY_S: Final = 10.0
LOOK_EVERY_S: Final = 30.0
TASKS_EVERY_S: Final = 3_600.0
TIDY_EVERY_S: Final = 86_400.0

Rounds = tuple[tuple[str, float, Callable[[datetime], Awaitable[object]]], ...]
"""Name, pause in seconds, and what is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOut:
    """What leaves, by which service."""

    outbox: Outbox
    notices: Notices
    upward: Upward
    webhooks: Webhooks

    @property
    def rounds(self) -> Rounds:
        """What is done again and again."""
        return (
            ("notices", SEND_EVERY_S, self.notices.send_round),
            ("upward", SEND_EVERY_S, self.upward.send_round),
            ("webhooks", SEND_EVERY_S, self.webhooks.send_round),
            ("items upward", TASKS_EVERY_S, self.upward.tasks_round),
            ("tidying", TIDY_EVERY_S, self.notices.tidy_round),
        )


def open_ways(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    vault: Vault,
    audit: Audit,
    people: People,
    catalogue: Catalogue,
    mini: MiniProgram,
    line: HttpLine,
    public_line: HttpLine,
) -> WaysOut:
    """Everything the settings allow; what they do not name stays shut, and says so."""
    outbox = Outbox(vault)
    sender = Sender(
        people.citizens,
        wechat=WeChatWay(appid=settings.wechat_appid, calls=mini) if settings.wechat_appid else None,
        sms=_sms(settings, line) if settings.sms_url else None,
        quiet=QuietHours(settings.quiet_from, settings.quiet_until),
        random=outbox.random,
    )
    notices = Notices(
        outbox,
        vault,
        audit,
        people.citizens,
        sender=sender,
        base_url=settings.base_url,
        pushes=bool(settings.wechat_push_token),
    )
    upward = Upward(
        outbox,
        audit,
        catalogue,
        people,
        platform=_platform(settings, line) if settings.upward_url else None,
        profile=PROFILES[settings.upward_profile],
    )
    webhooks = Webhooks(
        outbox,
        vault,
        audit,
        public_line if settings.is_production else line,
        base_url=settings.base_url,
        plain=not settings.is_production,
        clock=clock,
        random=os.urandom,
    )
    ways = WaysOut(outbox=outbox, notices=notices, upward=upward, webhooks=webhooks)
    shut = not_connected(notices, upward)
    if settings.is_production and shut:
        log.warning("not connected: nothing leaves by these ways", ways=shut)
    return ways


def not_connected(notices: Notices, upward: Upward) -> list[str]:
    """The ways this deployment has not set up: nothing leaves by them, and nothing pretends to."""
    shut = [each.way for each in notices.unready()]
    return [*shut, "upward"] if upward.platform is None else shut


def follow(
    ways: WaysOut,
    *,
    settings: Settings,
    catalogue: Catalogue,
    cases: Cases,
    proxy: Proxy,
    appointments: Appointments,
    reviews: Reviews,
    complaints: Complaints,
) -> Rounds:
    """Let what leaves follow what happens; gives what is to be done again and again."""
    cases.on_move(ways.notices.case_moved)
    cases.on_move(ways.upward.case_moved)
    cases.on_move(ways.webhooks.case_moved)
    proxy.on_change(ways.notices.errands_changed)
    proxy.on_change(ways.webhooks.errands_changed)
    reviews.on_rated(ways.upward.rated)
    complaints.on_answered(ways.notices.complaint_answered)

    async def rate(reply: Reply) -> None:
        await reviews.take_sms_reply(reply.phone, reply.text, reply.at)

    ways.notices.on_reply(rate)
    following = Following(ways.notices, catalogue, appointments, reviews, base_url=settings.base_url)
    return (
        *ways.rounds,
        ("notices of appointments", LOOK_EVERY_S, following.appointments_round),
        ("invitations to rate", TASKS_EVERY_S, following.invitations_round),
    )


def _platform(settings: Settings, line: HttpLine) -> HttpPlatform:
    url = checked_url(settings.upward_url, plain=not settings.is_production)
    return HttpPlatform(line, url, secret=signing.secret_key(settings.upward_secret))


def _sms(settings: Settings, line: HttpLine) -> SmsWay:
    gateway = HttpGateway(
        line,
        checked_url(settings.sms_url, plain=not settings.is_production),
        account=settings.sms_account,
        secret=signing.secret_key(settings.sms_secret),
        as_form=settings.sms_form,
    )
    return SmsWay(gateway=gateway, sign=settings.sms_sign)
