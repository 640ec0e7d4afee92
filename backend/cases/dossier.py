"""A case whole, for features that write it up: what it is, all its events, its timers and what the applicant wrote. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
