"""What programs outside are told, as CloudEvents 1.0. Ids, codes and states only; nothing that names or finds a person.

Pure: values in, bytes out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from api_spec.vocabulary import Term
from backend.cases.changes import CaseMoved
from backend.proxy.service import ErrandChange

MEDIA: Final = "application/cloudevents+json"
PREFIX: Final = "cn.bianmintong."


class EventType(Term):
    """What a subscription may ask for."""

    CASE_MOVED = "case.moved", "办件进展"
    ERRAND_CHANGED = "errand.changed", "代办进展"
    PING = "ping", "测试事件"


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event in structured mode (CloudEvents 1.0, 3.1 and JSON format)."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    data: dict[str, str | int]


def of_case(moved: CaseMoved, *, source: str) -> list[tuple[str, bytes]]:
    """Each new move of a case with its id. A confidential case is not told of at all."""
    case = moved.case
    if case.terms.confidential:
        return []
    return [
        _written(
            f"{case.id}-{event.seq}",
            EventType.CASE_MOVED,
            source=source,
            subject=f"cases/{case.id}",
            at=event.at,
            data={
                "case_id": case.id,
                "item_code": case.terms.item_code,
                "action": event.action.value,
                "before": event.before.value,
                "state": event.after.value,
                "version": event.seq,
            },
        )
        for event in moved.new
    ]


def of_errands(
    changes: Sequence[ErrandChange], *, source: str, at: datetime
) -> list[tuple[str, tuple[str, bytes]]]:
    """Each changed errand, with the township it is of."""
    return [
        (
            change.tenant_id,
            _written(
                f"{change.errand_id}-{change.version}",
                EventType.ERRAND_CHANGED,
                source=source,
                subject=f"errands/{change.errand_id}",
                at=at,
                data={
                    "errand_id": change.errand_id,
                    "item_code": change.item_code,
                    "state": change.state.value,
                    "version": change.version,
                },
            ),
        )
        for change in changes
    ]


def ping(webhook_id: str, *, source: str, at: datetime) -> tuple[str, bytes]:
    """An event that says nothing, to try an address."""
    event_id = f"ping-{webhook_id}-{int(at.timestamp())}"
    return _written(event_id, EventType.PING, source=source, subject="ping", at=at, data={})


def _written(
    event_id: str,
    kind: EventType,
    *,
    source: str,
    subject: str,
    at: datetime,
    data: dict[str, str | int],
) -> tuple[str, bytes]:
    event = CloudEvent(
        id=event_id, source=source, type=PREFIX + kind.value, subject=subject, time=at, data=data
    )
    return event_id, msgspec.json.encode(event)
