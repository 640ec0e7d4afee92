"""Cases as they come out of the store: values only; rows never leave it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from api_spec.vocabulary import CaseState, Channel, TimerKind, WindowType
from backend.cases.case import Case, Event, Terms
from backend.cases.deadlines import NO_DAY, Timer, active
from backend.cases.trail import Trail


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How a case entered: numbers, way and time; none of it changes."""

    case_id: str
    tenant_id: str
    rid: str
    case_number: str
    tracking_code: str
    channel: Channel
    node_id: str
    node_time: str
    pack_sha: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """A case with its whole history. `sealed` opens only in the vault."""

    entry: Entry
    case: Case
    events: tuple[Event, ...]
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A case as a line of a list, with the days its row keeps."""

    case_id: str
    tenant_id: str
    case_number: str
    tracking_code: str
    state: CaseState
    version: int
    terms: Terms
    window: WindowType
    department_id: str
    village_id: str
    channel: Channel
    sealed: bytes
    due_on: date
    soon_on: date
    provisional: bool
    received_at: datetime
    changed_at: datetime


class Dues(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a case's row keeps of its timers: the one a card shows, and the promise told to the citizen."""

    due_on: date
    soon_on: date
    promise_on: date | None
    provisional: bool


def dues(state: CaseState, timers: Mapping[TimerKind, Timer]) -> Dues:
    """The days to keep beside a case in `state`."""
    kind = active(state)
    shown = timers.get(kind) if kind else None
    promise = timers.get(TimerKind.PROMISE)
    running = shown is not None and shown.ended is None
    due = (shown.due if shown and running else None) or NO_DAY
    return Dues(
        due_on=due,
        soon_on=(shown.soon_on if shown and due != NO_DAY else None) or NO_DAY,
        promise_on=promise.due if promise else None,
        provisional=bool(shown and shown.provisional),
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a case was taken; both "" at the township. `node_time`: by the village computer's clock, unverified.

    `rid`: what it was filed under, which its photos are named by.
    """

    village_id: str
    node_time: str
    rid: str
    department_id: str


class PublicRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the store gives for a tracking code."""

    tenant_id: str
    rid: str
    village_id: str
    case_number: str
    tracking_code: str
    state: CaseState
    trail: Trail
    has_account: bool
    due_on: date
    soon_on: date
    promise_on: date | None
    provisional: bool
