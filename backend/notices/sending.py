"""Tries one notice by one channel: WeChat if the person allowed it, then a short message, then a person rings.

Knows neither HTTP nor the outbox's table; what a try came to is an `Outcome`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import msgspec
import structlog

from api_spec import phones
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.notices import NoticeKind
from api_spec.problems import BadInput
from api_spec.vocabulary import ConsentPurpose
from backend.faults import Fault
from backend.notices import store
from backend.notices.fields import fields_of, is_over
from backend.notices.rules import RULES, QuietHours, Rule, sentence, timely
from backend.notices.sms import ShortMessage, SmsBusy, SmsGateway, SmsRefused, text_of
from backend.notices.telling import Letter, read_letter
from backend.outbox import rules as outbox
from backend.outbox.service import Outcome, ParcelState, Stored
from backend.wechat.faults import (
    BadField,
    Busy,
    Misconfigured,
    NotGranted,
    UnknownOpenid,
    Unreachable,
    WeChatFault,
)

WECHAT: Final = "wechat"
SMS: Final = "sms"
CHANNELS: Final[dict[str, str]] = {WECHAT: "微信", SMS: "短信"}
MOST_TRIES: Final = 5
"""On one channel; then the next one is taken: a person who waits is better served by another way than by patience."""
QUOTA_OVER: Final = 45009
"""WeChat's daily quota: tomorrow is too late."""

log = structlog.get_logger("township")


class MessageCalls(Protocol):
    """What is asked of the mini-program's adapter."""

    async def send_subscribe(
        self, openid: str, template_id: str, *, fields: dict[str, str], page: str = ""
    ) -> None: ...


class Contacts(Protocol):
    """What is asked of people: whether somebody agreed to messages, and their sign-in names."""

    async def require_consent(self, citizen_id: str, purpose: ConsentPurpose, *, at: datetime) -> None: ...

    async def openids(self, citizen_id: str) -> list[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatWay:
    """The mini-program's account; without an appid no WeChat message goes out."""

    appid: str
    calls: MessageCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsWay:
    """A gateway and the 签名 its messages carry."""

    gateway: SmsGateway
    sign: str


class Sender:
    """Sends notices one by one.

    Args:
        wechat, sms: None where the township has no such way.
        random: 0 up to 1; spreads the pauses.
    """

    def __init__(
        self,
        people: Contacts,
        *,
        wechat: WeChatWay | None,
        sms: SmsWay | None,
        quiet: QuietHours,
        random: Callable[[], float],
    ) -> None:
        self._people = people
        self.wechat = wechat
        self.sms = sms
        self.quiet = quiet
        self._random = random

    async def send(self, stored: Stored, *, at: datetime) -> Outcome:
        """One try by the first channel not yet given up."""
        kind = NoticeKind(stored.parcel.kind)
        rule = RULES[kind]
        if not await self._agreed(stored, at):
            state = ParcelState.BY_HAND if rule.must else ParcelState.CANCELLED
            return outbox.ended(stored, state, "no_consent")
        if not rule.urgent and (morning := self.quiet.over_at(at)):
            return outbox.later(stored, morning)
        written = read_letter(stored.parcel.secret)
        today = day_in_china(at)
        if is_over(written.words.get("when_exact", ""), today=today):
            return outbox.ended(stored, ParcelState.CANCELLED, "too_late")
        letter = msgspec.structs.replace(written, words=timely(written.words, today=today))
        if self.wechat and WECHAT not in stored.tried:
            return await self._by_wechat(self.wechat, stored, letter, kind, rule=rule, at=at)
        if self.sms and SMS not in stored.tried:
            return await self._by_sms(self.sms, stored, letter, kind, at=at)
        return outbox.ended(stored, ParcelState.BY_HAND, stored.reason or "no_channel")

    async def _agreed(self, stored: Stored, at: datetime) -> bool:
        """An account's owner is asked; who left a number at the counter left it for this case."""
        if not stored.parcel.owner_id:
            return True
        try:
            await self._people.require_consent(stored.parcel.owner_id, ConsentPurpose.NOTICES, at=at)
        except Fault as refused:
            if refused.code is not ErrorCode.CONSENT_MISSING:
                raise
            return False
        return True

    async def _by_wechat(
        self,
        way: WeChatWay,
        stored: Stored,
        letter: Letter,
        kind: NoticeKind,
        *,
        rule: Rule,
        at: datetime,
    ) -> Outcome:
        template = (await store.templates(stored.parcel.tenant_id)).get(rule.purpose)
        if template is None or not stored.parcel.owner_id:
            why = "no_template" if stored.parcel.owner_id else "no_account"
            return outbox.next_channel(stored, why, channel=WECHAT, at=at)
        fields = fields_of(kind, rule.purpose, template.names, letter.words)
        if fields is None:
            return outbox.next_channel(stored, "empty_field", channel=WECHAT, at=at)
        openids = [
            openid
            for appid, openid in await self._people.openids(stored.parcel.owner_id)
            if appid == way.appid
        ]
        openid = await _spent(openids, template.template_id, at)
        if openid is None:
            return outbox.next_channel(stored, "no_grant", channel=WECHAT, at=at)
        try:
            await way.calls.send_subscribe(openid, template.template_id, fields=fields, page=letter.page)
        except WeChatFault as fault:
            return await self._after_fault(fault, stored, openid, template.template_id, at=at)
        return outbox.sent(stored, channel=WECHAT)

    async def _after_fault(
        self, fault: WeChatFault, stored: Stored, openid: str, template_id: str, *, at: datetime
    ) -> Outcome:
        """A refused message used up nothing, unless the person said that nothing is allowed any more."""
        log.info("a WeChat message was refused", fault=str(fault), parcel=stored.id)
        if isinstance(fault, NotGranted):
            await store.revoke(openid, template_id, at=at)
        else:
            await store.grant(openid, template_id, at=at)
        reason = f"{reason_of(fault)}"
        for_now = isinstance(fault, Busy | Unreachable) and fault.errcode != QUOTA_OVER
        return self._again_or_next(stored, reason, WECHAT, for_now=for_now, at=at)

    async def _by_sms(
        self, way: SmsWay, stored: Stored, letter: Letter, kind: NoticeKind, *, at: datetime
    ) -> Outcome:
        try:
            phone = phones.parse_mobile(letter.phone)
        except BadInput:
            return outbox.next_channel(stored, "no_mobile", channel=SMS, at=at)
        text = text_of(way.sign, sentence(kind, letter.words))
        try:
            receipt = await way.gateway.send(ShortMessage(id=stored.id, phone=phone, text=text), at=at)
        except SmsBusy as busy:
            return self._again_or_next(stored, f"sms_{busy}", SMS, for_now=True, at=at)
        except SmsRefused as refused:
            return self._again_or_next(stored, f"sms_{refused}", SMS, for_now=False, at=at)
        return outbox.sent(stored, channel=SMS, receipt=receipt)

    def _again_or_next(
        self, stored: Stored, reason: str, channel: str, *, for_now: bool, at: datetime
    ) -> Outcome:
        tries = stored.tries if stored.channel == channel else 0
        if for_now and tries + 1 < MOST_TRIES:
            return outbox.again(stored, reason, at=at, chance=self._random(), channel=channel)
        return outbox.next_channel(stored, reason, channel=channel, at=at)


def reason_of(fault: WeChatFault) -> str:
    """A fault as the list of failures knows it: sorted by who has to do something."""
    match fault:
        case NotGranted():
            return "no_grant"
        case BadField():
            return f"wechat_field:{fault.field}"
        case UnknownOpenid():
            return "wechat_openid"
        case Misconfigured():
            return f"wechat_setup:{fault.errcode}"
        case Unreachable():
            return "wechat_unreachable"
        case _:
            return f"wechat_{fault.errcode}"


async def _spent(openids: Sequence[str], template_id: str, at: datetime) -> str | None:
    """The first sign-in name with a message left, one of which is used up now."""
    for openid in openids:
        if await store.spend(openid, template_id, at=at):
            return openid
    return None
