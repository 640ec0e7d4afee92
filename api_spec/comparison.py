"""What a node and its township both work out of the node's view, to see once a day that it is the same (sync/1, 2.7).

Pure, and the same code on both sides: a digest that two programs compute differently compares nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from api_spec.china_time import CHINA
from api_spec.sync import MonthSum

_DIGEST_BYTES: Final = 16


def month_of(received_ms: int) -> str:
    """The month, YYYY-MM in China, in which the township received a case."""
    return datetime.fromtimestamp(received_ms // 1000, tz=UTC).astimezone(CHINA).strftime("%Y-%m")


def month_sums(rows: Iterable[tuple[str, int, int]]) -> tuple[MonthSum, ...]:
    """Count and digest of each month, in order.

    Args:
        rows: (rid, srev, received_ms) of each case in the view, in any order.
    """
    months: dict[str, list[str]] = {}
    for rid, srev, received_ms in rows:
        months.setdefault(month_of(received_ms), []).append(f"{rid}:{srev}")
    return tuple(
        MonthSum(month=month, count=len(lines), digest=_digest(lines))
        for month, lines in sorted(months.items())
    )


def differing(ours: Sequence[MonthSum], theirs: Sequence[MonthSum]) -> tuple[str, ...]:
    """The months that are not alike, in order; one that only one side has is not alike."""
    other = {each.month: each for each in theirs}
    own = {each.month: each for each in ours}
    return tuple(month for month in sorted({*own, *other}) if own.get(month) != other.get(month))


def _digest(lines: list[str]) -> bytes:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).digest()[:_DIGEST_BYTES]
