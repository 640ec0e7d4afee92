"""The dashboard's year, added up from what the figures say. Pure: it knows no table and no page.

A month's column holds what was received in it, by what has come of it since: the sum is the month's reception, and
outcomes are never added up to one figure.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api_spec.messages.statistics import End
from backend.statistics.rules import Period, share

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A day's figures: `ended` by what came of them; `open`, `late`: as things stand now."""

    received: int
    ended: dict[End, int]
    open: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Cases received in one month through one channel, of one window and village.

    Args:
        judged: decided, or past the last promised day without a decision; late: those of them that were or are late.
    """

    month: str
    window: str
    village_id: str
    channel: str
    received: int
    ended: dict[End, int]
    judged: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases received under one head. `on_time`: per cent of those judged, None where there is nothing to judge."""

    key: str
    label: str
    received: int
    on_time: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Twelve months up to today.

    Args:
        months: their first days' words, "2026-04".
        ended: for each outcome what became of each month's cases; `still_open`: those without one.
        on_time: per cent of each month's judged cases, None where there were none.
    """

    period: Period
    months: tuple[str, ...]
    received: tuple[int, ...]
    ended: Mapping[End, tuple[int, ...]]
    still_open: tuple[int, ...]
    on_time: tuple[int | None, ...]
    windows: tuple[Group, ...]
    villages: tuple[Group, ...]
    channels: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What windows, villages and channels are called, by their keys."""

    windows: Mapping[str, str]
    villages: Mapping[str, str]
    channels: Mapping[str, str]


def year(period: Period, blocks: Sequence[Block], names: Names) -> Year:
    months = _months(period)
    by_month = {month: [block for block in blocks if block.month == month] for month in months}
    received = tuple(sum(block.received for block in by_month[month]) for month in months)
    ended = {
        end: tuple(sum(block.ended[end] for block in by_month[month]) for month in months) for end in End
    }
    return Year(
        period=period,
        months=months,
        received=received,
        ended=ended,
        still_open=tuple(all_ - sum(ended[end][place] for end in End) for place, all_ in enumerate(received)),
        on_time=tuple(_on_time(by_month[month]) for month in months),
        windows=_groups(blocks, lambda block: block.window, names.windows),
        villages=_groups(blocks, lambda block: block.village_id, names.villages),
        channels=_groups(blocks, lambda block: block.channel, names.channels),
    )


def _groups(
    blocks: Sequence[Block], key: Callable[[Block], str], names: Mapping[str, str]
) -> tuple[Group, ...]:
    """The largest first."""
    found: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        found[key(block)].append(block)
    groups = [
        Group(
            key=each,
            label=names.get(each, each),
            received=sum(block.received for block in of),
            on_time=_on_time(of),
        )
        for each, of in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.received, group.label)))


def _on_time(blocks: Sequence[Block]) -> int | None:
    judged, late = sum(block.judged for block in blocks), sum(block.late for block in blocks)
    return round(100 * share(judged - late, judged)) if judged else None


def _months(period: Period) -> tuple[str, ...]:
    first = period.first.year * 12 + period.first.month - 1
    last = period.last.year * 12 + period.last.month - 1
    return tuple(f"{date(month // 12, month % 12 + 1, 1):%Y-%m}" for month in range(first, last + 1))
