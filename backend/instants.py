"""Moments as the database keeps them: whole milliseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 UTC; whatever is finer is cut off.

    Raises:
        ValueError: `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("a stored instant must be aware")
    return (at - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC instant that `to_ms` stored."""
    return _EPOCH + milliseconds * _MILLISECOND


def whole_ms(at: datetime) -> datetime:
    """`at` in UTC as the database will give it back.

    Raises:
        ValueError: `at` is naive.
    """
    return from_ms(to_ms(at))
