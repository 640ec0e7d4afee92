"""What other features are told when an errand that is there already was moved. Values only; pure."""

from dataclasses import dataclass, field

from backend.proxy.errand import Errand, Event
from backend.proxy.records import Entry
from backend.proxy.request import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandMoved:
    """One move of an errand; `errand` and `contents` as they are after it, `contents` never in a log."""

    entry: Entry
    errand: Errand
    event: Event
    contents: Contents = field(repr=False)
