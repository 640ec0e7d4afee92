"""Days and times of day as people in China live them; inside, every moment is aware UTC. Pure."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from api_spec.vocabulary import DayPeriod

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One time all year: China has had no summer time since 1991."""

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""Days people mean; those at the ends of the calendar cannot be reckoned with."""

DAY_MINUTES: Final = 24 * 60
ONE_DAY: Final = timedelta(days=1)
NOON: Final = 12 * 60


def day_in_china(at: datetime) -> date:
    """The calendar day on which `at` falls for the people concerned.

    Raises:
        ValueError: `at` is naive.
    """
    return _local(at).date()


def minute_in_china(at: datetime) -> int:
    """The minute of the day, 0…1439, at which `at` falls for the people concerned.

    Raises:
        ValueError: `at` is naive.
    """
    local = _local(at)
    return local.hour * 60 + local.minute


def moment(day: date, minute: int) -> datetime:
    """The aware UTC moment of a minute of the day (0…1440) in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC) + timedelta(minutes=minute)


def period_of(minute: int) -> DayPeriod:
    """上午 before noon."""
    return DayPeriod.MORNING if minute < NOON else DayPeriod.AFTERNOON


def clock_text(minute: int) -> str:
    """A minute of the day as people write it: 510 is 08:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of(text: str) -> int:
    """The minute of the day written as HH:MM; 24:00 is the end of the day.

    Raises:
        ValueError: not a time of day.
    """
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()):
        raise ValueError("a time of day is written HH:MM")
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) >= 60 or minute > DAY_MINUTES:
        raise ValueError("no such time of day")
    return minute


def typed_day(text: str) -> date:
    """A day as a form or an address carries it, YYYY-MM-DD.

    Raises:
        ValueError: not a day, or none people mean.
    """
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("outside of what can be reckoned with")
    return day


WEEKDAYS: Final = "一二三四五六日"


def weekday_text(day: date) -> str:
    """周一 … 周日"""
    return f"周{WEEKDAYS[day.weekday()]}"


def day_text(day: date) -> str:
    """3月2日 周一"""
    return f"{day.month}月{day.day}日 {weekday_text(day)}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment must be aware")
    return at.astimezone(CHINA)
