"""消息推送: signed events sent to the township, twice and out of order where asked. Knows no state."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import aiohttp
import msgspec
from yarl import URL

from backend.wechat.push import push_signature

ANSWER_WITHIN_S: Final = 5


class EventKind(StrEnum):
    POPUP = "subscribe_msg_popup_event"  # the person answered the popup
    CHANGE = "subscribe_msg_change_event"  # the person switched a message off later
    SENT = "subscribe_msg_sent_event"  # a message was delivered, or not


class Event(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One event about one person; `accepted` False means 拒绝."""

    kind: EventKind
    openid: str
    template_ids: list[str]
    accepted: bool = True


class PushOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Events to send to `url`, each `copies` times; `late` sends the last one first."""

    url: str
    events: list[Event] = []
    copies: int = 1
    late: bool = False


def event_body(event: Event, at: datetime) -> bytes:
    """The JSON form. WeChat writes one entry as an object and several as an array; so do we."""
    entries = [_entry(event, template_id) for template_id in event.template_ids]
    return msgspec.json.encode(
        {
            "ToUserName": "gh_standin",
            "FromUserName": event.openid,
            "CreateTime": int(at.timestamp()),
            "MsgType": "event",
            "Event": event.kind,
            "List": entries[0] if len(entries) == 1 else entries,
        }
    )


def _entry(event: Event, template_id: str) -> Mapping[str, str]:
    status = "accept" if event.accepted else "reject"
    match event.kind:
        case EventKind.POPUP:
            return {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "0"}
        case EventKind.CHANGE:
            return {"TemplateId": template_id, "SubscribeStatusString": "reject"}
        case EventKind.SENT:
            ok = event.accepted
            return {
                "TemplateId": template_id,
                "MsgID": "1700000000000000001",
                "ErrorCode": "0" if ok else "43101",
                "ErrorStatus": "success" if ok else "user refuse to accept the msg",
            }


async def send_events(order: PushOrder, *, token: str, at: datetime) -> Sequence[int]:
    """HTTP status of each delivery in the order sent; 0 for no answer within five seconds."""
    bodies = [event_body(event, at) for event in order.events for _ in range(order.copies)]
    statuses = []
    async with _line() as http:
        for body in reversed(bodies) if order.late else bodies:
            target = URL(order.url).update_query(_signed(token, at))
            try:
                async with http.post(target, data=body, headers={"Content-Type": "application/json"}) as got:
                    statuses.append(got.status)
            except (aiohttp.ClientError, TimeoutError):
                statuses.append(0)
    return statuses


async def check_address(url: str, *, token: str, at: datetime) -> bool:
    """WeChat's own check when an address is entered: the echo comes back only if the signature was right."""
    echo = secrets.token_hex(8)
    async with _line() as http:
        try:
            asked = {**_signed(token, at), "echostr": echo}
            async with http.get(URL(url).update_query(asked)) as got:
                return got.status == 200 and await got.text() == echo
        except (aiohttp.ClientError, TimeoutError):
            return False


def _line() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))


def _signed(token: str, at: datetime) -> Mapping[str, str]:
    timestamp, nonce = str(int(at.timestamp())), str(secrets.randbelow(10**10))
    return {"signature": push_signature(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
