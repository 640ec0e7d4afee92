"""A case whole, for features that write it up: what it is, all its events, its timers and what the applicant wrote. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from api_spec.vocabulary import TimerKind
from backend.cases.case import Case, Event
from backend.cases.deadlines import Timer
from backend.cases.filing import Contents
from backend.cases.records import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A case as it stands; `contents` is personal and never in a log."""

    entry: Entry
    case: Case
    events: tuple[Event, ...]
    timers: Mapping[TimerKind, Timer]
    contents: Contents = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCase:
    """A case whose limits have to be looked at; `case` None: its history was tampered with, nothing of it holds."""

    case_id: str
    place: tuple[date, str]
    entry: Entry | None = None
    case: Case | None = None
    events: tuple[Event, ...] = ()
    timers: Mapping[TimerKind, Timer] = field(default_factory=dict)
