"""What a push means, decided from the hash chain alone (sync/1, 2.4). No clock, no database, no network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import msgspec

from api_spec import chain
from api_spec.sync import Machine, PushStatus

MOST_COUNTED: Final = 999_999_999
MOST_OFF_MS: Final = 10 * 366 * 86_400_000
LONGEST_WAIT_S: Final = 10 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Head:
    """How far the township has one stream: the highest contiguous sequence number and the chain there."""

    upto: int = 0
    chain: bytes = chain.START


@dataclass(frozen=True, slots=True)
class Push:
    """A run of records after `base`.

    Args:
        base_chain: what the node says the chain is at `base`.
        heads: the chain after each record, computed here from `base_chain` and the records' bytes.
    """

    base: int
    base_chain: bytes
    heads: tuple[bytes, ...] = ()

    @property
    def last(self) -> int:
        return self.base + len(self.heads)

    def head_at(self, seq: int) -> bytes:
        """The chain this push claims at `seq`, base ≤ seq ≤ last."""
        return self.base_chain if seq == self.base else self.heads[seq - self.base - 1]

    def part(self, start: int, stop: int) -> "Push":
        """Records number `start` up to but not including `stop` of this push, counted from 0."""
        return Push(self.base + start, self.head_at(self.base + start), self.heads[start:stop])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows. `fresh`: how many of the push's last records are new; `head`: the stream after taking them."""

    status: PushStatus
    head: Head
    fresh: int = 0


def judge(head: Head, push: Push) -> Verdict:
    """Decide one push against the stream as it stands.

    A push that begins behind the head must agree with it where it passes it. One that ends before the head says
    nothing new; whether the two histories agree, the node sees from the head in the answer.
    """
    if push.base > head.upto:
        return Verdict(PushStatus.GAP, head)
    if push.last < head.upto:
        return Verdict(PushStatus.OK, head)
    if push.head_at(head.upto) != head.chain:
        return Verdict(PushStatus.FORK, head)
    return Verdict(PushStatus.OK, Head(push.last, push.head_at(push.last)), push.last - head.upto)


def is_contiguous(base: int, seqs: Iterable[int]) -> bool:
    """Whether the records carry the numbers base + 1, base + 2, …"""
    return all(seq == base + place for place, seq in enumerate(seqs, 1))


def arrived(base: int, count: int, *, upto: int) -> int:
    """How many of the `count` records after `base` the township has, now that its stream goes as far as `upto`."""
    return max(0, min(base + count, upto) - base)


def parts(total: int, *, known: int, size: int) -> Sequence[tuple[int, int]]:
    """How to divide `total` records among transactions: the known ones go with the first, `size` new ones in each."""
    if total <= known + size:
        return [(0, total)]
    cuts = [0, *range(known + size, total, size), total]
    return list(pairwise(cuts))


def plausible(machine: Machine) -> Machine:
    """What a computer says of itself, within what can be counted and shown: its clock and its disk may say anything.

    A broken one must neither be refused for it nor break the page on which it is to be found.
    """
    off_ms = machine.off_ms
    return msgspec.structs.replace(
        machine,
        off_ms=None if off_ms is None else max(-MOST_OFF_MS, min(off_ms, MOST_OFF_MS)),
        disk_free_mb=None if machine.disk_free_mb is None else min(machine.disk_free_mb, MOST_COUNTED),
        waiting=(min(machine.waiting[0], MOST_COUNTED), min(machine.waiting[1], MOST_COUNTED)),
        oldest_s=min(machine.oldest_s, LONGEST_WAIT_S),
    )
