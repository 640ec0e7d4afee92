"""The calendar of the people concerned: China keeps one time all year. UTC inside, this at the edges. Pure."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def day_in_china(at: datetime) -> date:
    """The day on which `at` falls in China.

    Raises:
        ValueError: `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("a moment must be aware")
    return at.astimezone(CHINA).date()


def end_of_day(day: date) -> datetime:
    """The aware UTC moment at which `day` is over in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC) + timedelta(days=1)
