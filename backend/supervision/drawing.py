"""Draws closed cases for a spot check so that anybody can repeat it and nobody can choose. Pure.

Whoever has the published list of numbers and the published seed puts SHA-256 of "seed:number" beside each number,
sorts by it, and takes the first ones: `printf '%s' 'seed:number' | sha256sum` is all it takes.
"""

import hashlib
from collections.abc import Collection, Sequence


def draw(numbers: Collection[str], seed: str, *, count: int) -> list[str]:
    """`count` of the case numbers, fewer when there are fewer; the order they were listed in does not matter."""
    return sorted(set(numbers), key=lambda number: (_rank(seed, number), number))[:count]


def fingerprint(numbers: Collection[str]) -> str:
    """SHA-256 over the sorted numbers, one a line: shows later that nothing was added to the list or left out."""
    return hashlib.sha256("\n".join(sorted(set(numbers))).encode()).hexdigest()


def _rank(seed: str, number: str) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def may_check(staff_id: str, handlers: Sequence[str]) -> bool:
    """Nobody checks a case they had a hand in."""
    return staff_id not in handlers
