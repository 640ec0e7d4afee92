"""Whether the hall is open now and until when, in the words people ask it: "今天开到几点". Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api_spec.china_time import clock_text, day_text
from backend.hall.hours import NOT_SET, Opening

LOOKED_AHEAD_DAYS: Final = 15
"""The longest rest of the year (春节) with the weekends around it is shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallToday:
    """What a visitor is told.

    Args:
        is_open: somebody is at the windows at this moment.
        words: one line, "现在开着，今天开到 17:30"; hours: all of today, "08:00–12:00、14:30–17:30", "" on a day of rest.
    """

    is_open: bool
    words: str
    hours: str


def hall_today(days: Iterable[Opening], *, minute: int) -> HallToday:
    """What is said at `minute` (since midnight in China) of the first of `days`; those after it are only looked at
    where the next opening is asked for. Without a day nothing is known."""
    later = iter(days)
    today = next(later, None)
    if today is None:
        return HallToday(is_open=False, words=f"今天{NOT_SET}", hours="")
    hours = "、".join(f"{clock_text(span.opens)}–{clock_text(span.closes)}" for span in today.spans)
    if today.is_open_at(minute):
        return HallToday(is_open=True, words=_open_words(today, minute), hours=hours)
    coming = next((span for span in today.spans if span.opens > minute), None)
    if coming is None:
        return HallToday(is_open=False, words=_over_words(today, later), hours=hours)
    first = coming == today.spans[0]
    said = (
        f"还没到开门时间，{clock_text(coming.opens)} 开"
        if first
        else f"正在休息，{clock_text(coming.opens)} 再开"
    )
    return HallToday(is_open=False, words=f"{said}，今天到 {clock_text(today.closes)}", hours=hours)


def _open_words(today: Opening, minute: int) -> str:
    """A rest at noon is told while it is still ahead."""
    now = next(span for span in today.spans if span.opens <= minute < span.closes)
    after = next((span for span in today.spans if span.opens >= now.closes), None)
    rest = f"（{clock_text(now.closes)} 到 {clock_text(after.opens)} 休息）" if after else ""
    return f"现在开着，今天开到 {clock_text(today.closes)}{rest}"


def _over_words(today: Opening, later: Iterable[Opening]) -> str:
    if today.spans:
        said = "今天下班了"
    elif today.note == NOT_SET:
        return f"今天{NOT_SET}"
    else:
        said = f"今天休息（{today.note}）" if today.note else "今天休息"
    back = next((day for day in later if day.spans), None)
    return f"{said}，{day_text(back.day)} {clock_text(back.spans[0].opens)} 开" if back else said
