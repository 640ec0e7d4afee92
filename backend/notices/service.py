"""Notices: written with what they tell, sent in rounds, and handed to a person where no machine gets through."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from api_spec import phones
from api_spec.china_time import day_in_china, moment
from api_spec.errors import ErrorCode
from api_spec.messages.notices import NoticeKind, SmsReply, SubscribeResult, TemplatePurpose
from api_spec.problems import BadInput
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.cases.service import CaseMoved
from backend.complaints.service import Told
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.instants import whole_ms
from backend.notices import of_cases, of_complaints, of_errands, push, store
from backend.notices.fields import TYPES, wrong_names
from backend.notices.rules import for_staff, timely
from backend.notices.sending import Contacts, Sender, SmsWay, WeChatWay
from backend.notices.store import Template
from backend.notices.telling import Letter, Recipient, Telling, read_letter, write_letter
from backend.outbox.service import Counted, Line, Outbox, Parcel, ParcelState, Stored
from backend.proxy.service import ErrandChange
from backend.reviews.review import read_sms
from backend.vault import Vault

__all__ = [
    "Letter",
    "NoticeKind",
    "Notices",
    "Recipient",
    "Reply",
    "Sender",
    "SmsWay",
    "Telling",
    "Template",
    "Unready",
    "WeChatWay",
]

SUBJECT: Final = "notice"
COUNTED: Final = timedelta(days=30)
EVENTS_KEPT: Final = timedelta(days=3)
MOST_CALLS: Final = 500
OPEN: Final = (ParcelState.BY_HAND, ParcelState.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A short message somebody sent back, with what we had last told that number of."""

    tenant_id: str
    about_kind: str
    about_id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime


OnReply = Callable[[Reply], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unready:
    """A way that is not set up; `what` is a sentence for the administrator."""

    way: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Short messages that came back: when, from which masked number, what; and how many ratings on which day."""

    shown: Sequence[tuple[datetime, str, str]] = field(repr=False)
    ratings: Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of a call list: whom to ring, and what to say."""

    id: str
    kind: NoticeKind
    name: str = field(repr=False)
    phone: str = field(repr=False)
    text: str = field(repr=False)
    reason: str
    made_at: datetime


class Notices:
    """What people are told, of all townships.

    Args:
        pushes: WeChat reports acceptances by its own events, so what a phone says of them is not counted again.
    """

    def __init__(
        self,
        outbox: Outbox,
        vault: Vault,
        audit: Audit,
        people: Contacts,
        *,
        sender: Sender,
        base_url: str,
        pushes: bool,
    ) -> None:
        self._outbox = outbox
        self._vault = vault
        self._audit = audit
        self._people = people
        self.sender = sender
        self._base_url = base_url
        self._pushes = pushes
        self._on_reply: list[OnReply] = []

    # Telling

    async def tell(self, *tellings: Telling) -> int:
        """Write notices down, inside the caller's transaction; how many had not been told before."""
        return await self._outbox.put([self._parcel(one) for one in tellings])

    async def case_moved(self, moved: CaseMoved) -> None:
        """To be registered with `Cases.on_move`."""
        if telling := of_cases.telling_of(moved, base_url=self._base_url):
            await self.tell(telling)

    async def errands_changed(self, changes: Sequence[ErrandChange]) -> None:
        """To be registered with `Proxy.on_change`."""
        told = [of_errands.telling_of(change, base_url=self._base_url) for change in changes]
        await self.tell(*[each for each in told if each is not None])

    async def complaint_answered(self, told: Told) -> None:
        """To be registered with `Complaints.on_answered`."""
        await self.tell(of_complaints.telling_of(told, base_url=self._base_url))

    def _parcel(self, telling: Telling) -> Parcel:
        to = telling.to
        return Parcel(
            tenant_id=telling.tenant_id,
            line=Line.NOTICE,
            kind=telling.kind.value,
            key=f"{telling.about_kind}:{telling.about_id}:{telling.kind.value}:{telling.once}",
            made_at=whole_ms(telling.at),
            due_at=whole_ms(telling.at),
            about_kind=telling.about_kind,
            about_id=telling.about_id,
            secret=write_letter(telling),
            to_index=self._phone_index(to.phone),
            owner_id=to.citizen_id,
            village_id=to.village_id,
        )

    def _phone_index(self, phone: str) -> str:
        try:
            return self._vault.blind_index("phone", phones.parse_mobile(phone))
        except BadInput:
            return ""

    # Sending

    async def send_round(self, at: datetime) -> int:
        """Try everything that is due; how many notices were settled or put off."""
        return await self._outbox.send_due(
            Line.NOTICE, lambda stored, now: self.sender.send(stored, at=now), at=at
        )

    async def tidy_round(self, at: datetime) -> None:
        """Forget what is no longer needed."""
        await self._outbox.forget(at)
        await store.forget_events(before=whole_ms(at - EVENTS_KEPT))

    def unready(self) -> list[Unready]:
        """The ways that are not set up, to be said wherever somebody might think messages go out."""
        found = []
        if self.sender.wechat is None:
            found.append(Unready(way="wechat", what="没有填写小程序的 appid 和密钥，微信消息发不出去。"))
        if self.sender.sms is None:
            found.append(Unready(way="sms", what="没有接入短信网关，短信发不出去，请打电话告知。"))
        return found

    # What the person themselves sees and allows

    async def own(self, actor: Actor) -> list[Stored]:
        """What was written for this account, newest first."""
        return await self._outbox.of_owner(actor.id, Line.NOTICE)

    async def grants(self, actor: Actor) -> list[tuple[Template, int]]:
        """The township's templates and how many messages of each this person still allows."""
        openids = await self._mini_openids(actor.id)
        allowed = await store.grants(openids)
        templates = await store.templates(actor.tenant_id)
        return [(each, allowed.get(each.template_id, 0)) for each in templates.values()]

    async def take_results(self, actor: Actor, results: Sequence[SubscribeResult], *, at: datetime) -> None:
        """What the subscribe call answered on the phone; only templates of this township count."""
        ours = {each.template_id for each in (await store.templates(actor.tenant_id)).values()}
        openids = await self._mini_openids(actor.id)
        async with in_transaction():
            for each in results:
                if each.template_id not in ours or not openids:
                    continue
                if each.result in ("reject", "ban"):
                    await store.revoke(openids[0], each.template_id, at=whole_ms(at))
                elif each.result != "filter" and not self._pushes:
                    await store.grant(openids[0], each.template_id, at=whole_ms(at))

    async def take_event(self, body: bytes, *, at: datetime) -> None:
        """A genuine event of WeChat; sent again, it changes nothing.

        Raises:
            Fault: BODY_NOT_JSON.
        """
        try:
            pushed = push.read(body)
        except push.NotAnEvent:
            raise Fault(ErrorCode.BODY_NOT_JSON) from None
        async with in_transaction():
            if not await store.is_new_event(pushed.fingerprint, at=whole_ms(at)):
                return
            for change in pushed.changes:
                alter = store.grant if change.granted else store.revoke
                await alter(change.openid, change.template_id, at=whole_ms(at))

    async def _mini_openids(self, citizen_id: str) -> list[str]:
        way = self.sender.wechat
        if way is None:
            return []
        return [openid for appid, openid in await self._people.openids(citizen_id) if appid == way.appid]

    # Replies

    def on_reply(self, callback: OnReply) -> None:
        """`callback` is awaited inside the transaction that keeps a reply; it may only touch the database."""
        self._on_reply.append(callback)

    async def take_reply(self, sent: SmsReply, *, home_tenant: str, at: datetime) -> None:
        """Keep a reply and tell who waits for it; one that came before is left alone."""
        phone = sent.phone.removeprefix("+")
        index = self._phone_index(phone)
        last = await self._outbox.last_to(index, Line.NOTICE) if index else None
        reply = Reply(
            tenant_id=last.parcel.tenant_id if last else home_tenant,
            about_kind=last.parcel.about_kind if last else "",
            about_id=last.parcel.about_id if last else "",
            phone=phone,
            text=sent.text.strip(),
            at=whole_ms(at),
        )
        reply_id = new_id()
        kept = store.KeptReply(
            id=reply_id,
            gateway_id=sent.id,
            tenant_id=reply.tenant_id,
            about_kind=reply.about_kind,
            about_id=reply.about_id,
            from_index=index,
            sealed=self._vault.seal_json(
                {"phone": phone, "text": reply.text}, context=f"sms_reply:{reply_id}"
            ),
            received_at=reply.at,
        )
        async with in_transaction():
            if await store.add_reply(kept):
                for callback in self._on_reply:
                    await callback(reply)

    async def replies(self, tenant_id: str, *, today: date, limit: int = 20) -> Replies:
        """The latest. Of those that rate something, no more than how many came on which day, and that from the day after."""
        shown, ratings = [], Counter[date]()
        for kept in await store.replies(tenant_id, limit=limit):
            opened = self._vault.open_json(kept.sealed, context=f"sms_reply:{kept.id}")
            phone, text, day = str(opened["phone"]), str(opened["text"]), day_in_china(kept.received_at)
            if read_sms(text) is None:
                shown.append((kept.received_at, phones.mask(phone), text))
            elif day < today:
                ratings[day] += 1
        return Replies(shown=shown, ratings=ratings)

    # The desk

    async def counts(self, tenant_id: str, *, at: datetime) -> list[Counted]:
        """Kinds, channels and states of the last 30 days, and whatever is open."""
        return await self._outbox.counts(tenant_id, Line.NOTICE, since=at - COUNTED)

    async def page(self, tenant_id: str, states: Sequence[ParcelState], *, before: str = "") -> list[Stored]:
        """Newest first."""
        return await self._outbox.page(tenant_id, Line.NOTICE, states, before=before)

    async def calls(self, actor: Actor, *, day: date, at: datetime) -> Mapping[str, list[Call]]:
        """Whom to ring, by village ("" for those of no village), written until the end of `day`; an audited read."""
        found = await self._outbox.between(
            actor.tenant_id,
            Line.NOTICE,
            states=OPEN,
            since=moment(day - COUNTED, 0),
            until=moment(day + timedelta(days=1), 0),
            limit=MOST_CALLS,
        )
        lists: dict[str, list[Call]] = defaultdict(list)
        for stored in found:
            lists[stored.parcel.village_id].append(_call(stored, today=day_in_china(at)))
        await self._record(
            actor,
            at,
            "call_list",
            action=AuditAction.READ_CONTACTS,
            day=day.isoformat(),
            lines=str(len(found)),
        )
        return lists

    async def retry(self, parcel_id: str, *, actor: Actor, at: datetime) -> None:
        """Raises Fault: NOT_FOUND, ACTION_NOT_ALLOWED."""
        await self._outbox.retry(actor.tenant_id, Line.NOTICE, parcel_id, at=at)
        await self._record(actor, at, parcel_id, step="retry")

    async def told(self, parcel_id: str, *, actor: Actor, at: datetime) -> None:
        """Somebody rang or went there. Raises Fault: NOT_FOUND, ACTION_NOT_ALLOWED."""
        await self._outbox.end(
            actor.tenant_id, Line.NOTICE, parcel_id, ParcelState.TOLD, reason="by_hand", at=at
        )
        await self._record(actor, at, parcel_id, step="told")

    async def cancel(self, parcel_id: str, *, actor: Actor, at: datetime) -> None:
        """Raises Fault: NOT_FOUND, ACTION_NOT_ALLOWED."""
        await self._outbox.end(
            actor.tenant_id, Line.NOTICE, parcel_id, ParcelState.CANCELLED, reason="by_desk", at=at
        )
        await self._record(actor, at, parcel_id, step="cancelled")

    # Templates

    async def templates(self, tenant_id: str) -> dict[TemplatePurpose, Template]:
        return await store.templates(tenant_id)

    async def set_template(self, template: Template, *, actor: Actor, at: datetime) -> None:
        """Use a WeChat template from now on; without an id, none for this purpose.

        Raises:
            Fault: FORM_INVALID.
        """
        if template.template_id and wrong_names(template.purpose, template.names):
            wanted = "、".join(TYPES[template.purpose])
            sentence_ = f"字段要按顺序填 {len(TYPES[template.purpose])} 个，类型依次是 {wanted}。"
            raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("names", "template_fields", sentence_)])
        if template.template_id:
            await store.set_template(actor.tenant_id, template, by=actor.id, at=whole_ms(at))
        else:
            await store.drop_template(actor.tenant_id, template.purpose)
        await self._record(
            actor, at, template.purpose.value, action=AuditAction.CHANGE_SETTING, step="template"
        )

    async def _record(
        self,
        actor: Actor,
        at: datetime,
        subject_id: str,
        *,
        action: AuditAction = AuditAction.SETTLE_NOTICE,
        **facts: str,
    ) -> None:
        await self._audit.record(
            action,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=subject_id,
            **facts,
        )


def _call(stored: Stored, *, today: date) -> Call:
    letter = read_letter(stored.parcel.secret)
    kind = NoticeKind(stored.parcel.kind)
    return Call(
        id=stored.id,
        kind=kind,
        name=letter.name,
        phone=letter.phone,
        text=for_staff(kind, timely(letter.words, today=today)),
        reason=stored.reason,
        made_at=stored.parcel.made_at,
    )
