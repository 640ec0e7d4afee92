"""What an answer of the township means for what this node has written. No clock, no disk, no network: values in,
values out. Rules of sync/1: an answer is believed only where the hash chain proves that both sides mean the same."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from api_spec import chain
from api_spec.bundle import Reply
from api_spec.sync import PullAnswer, PullStatus, PushAnswer, PushStatus

FAILURES_BEFORE_HALVING: Final = 3
SMALLEST_BATCH: Final = 1
LARGEST_BATCH: Final = 500
FIRST_RETRY: Final = timedelta(seconds=5)
LONGEST_RETRY: Final = timedelta(minutes=15)
KEPT_AT_LEAST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stream:
    """Where this node's append-only stream stands.

    Args:
        epoch: which life of the database file this is, 16 hex characters; answers for another one are ignored.
        base_seq: everything up to here is pruned; its chain value is `base_chain`.
        last_seq: the newest record written.
        acked: the newest record the township has durably.
        safe: the newest record inside a township backup that was restored and opened; 0 while there is none.
    """

    epoch: str
    base_seq: int
    base_chain: bytes
    last_seq: int
    acked: int
    safe: int

    @property
    def waiting(self) -> int:
        """How many records the township has not confirmed."""
        return self.last_seq - self.acked


@dataclass(frozen=True, slots=True)
class Advance:
    """Both chains agree up to here. `rewound`: the township has less than it once confirmed."""

    acked: int
    safe: int
    rewound: bool = False


@dataclass(frozen=True, slots=True)
class StartOver:
    """The two histories differ: everything retained goes up again under a new epoch."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing may be concluded."""

    reason: str


def judge(stream: Stream, answer: PushAnswer, *, own_head: bytes | None) -> Advance | StartOver | Ignore:
    """Decide what an answer changes.

    Args:
        stream: as it stands now, not as it stood when the request left.
        own_head: this node's chain value at the answer's `upto`; None if it has none there, or no longer.
    """
    if answer.epoch != stream.epoch:
        return Ignore("another epoch")
    if answer.status is PushStatus.FULL:
        return Ignore("township disk is full")
    if answer.status is PushStatus.FORK:
        return StartOver("fork")
    if own_head != answer.chain:
        return StartOver("head cannot be matched")
    if answer.status is PushStatus.OK and answer.upto < stream.acked:
        return Ignore("older answer")
    # A backup cannot hold what the township has not got: a township that went back keeps a smaller promise.
    return Advance(answer.upto, min(answer.safe, answer.upto), rewound=answer.upto < stream.acked)


def page_digest(digest: bytes, rows: Iterable[bytes]) -> bytes:
    """The feed digest behind a page that begins right after `digest`."""
    for row in rows:
        digest = chain.feed_digest(digest, row)
    return digest


def still_new(reply: Reply, *, pos: int, dig: bytes) -> PullAnswer | None:
    """What of a page that came late lies behind where the node stands by now.

    Args:
        pos, dig: where it stands. The page counts where it begins exactly there, or passes through it.
    """
    page = reply.answer.pull
    if page is None or reply.asked is None:
        return None
    digest = reply.asked.dig
    if (reply.asked.pos, digest) == (pos, dig):
        return page
    if page.status is not PullStatus.OK:
        return None
    for place, entry in enumerate(page.rows, 1):
        digest = chain.feed_digest(digest, bytes(entry.row))
        if (entry.pos, digest) == (pos, dig):
            return msgspec.structs.replace(page, rows=page.rows[place:])
    return None


def prune_limit(stream: Stream, old_enough: int) -> int:
    """The newest record that may be forgotten: confirmed, inside a verified backup, and kept for `KEPT_AT_LEAST`.

    Args:
        old_enough: the newest record confirmed at least `KEPT_AT_LEAST` ago by the township's clock.
    """
    return max(stream.base_seq, min(stream.acked, stream.safe, old_enough))


class Failure(StrEnum):
    """Why an exchange did not succeed."""

    LINE = "line"  # nothing came back, or not from our township
    TOO_LARGE = "too_large"  # 413
    CUT = "cut"  # the line was there and broke before the answer was whole
    SLOW = "slow"  # the time ran out: nothing is said about what was sent
    BROKEN = "broken"  # the township met an unexpected error
    BUSY = "busy"  # the township asks to come later
    REFUSED = "refused"  # the township does not know this node
    REVOKED = "revoked"  # the township has stopped this node, or its key was replaced by another copy's


@dataclass(frozen=True, slots=True)
class Pace:
    """How much to send at once and when to try again.

    Args:
        batch: how many records the next push may hold.
        opaque: send the next record alone and unparsed, so that one poisoned record cannot stop the rest.
        failed, failed_base: what went wrong last where less may help, and from which stream position; how often in
            a row in `times`.
        failures: failed exchanges in a row.
    """

    batch: int = LARGEST_BATCH
    opaque: bool = False
    failed: Failure | None = None
    failed_base: int = -1
    times: int = 0
    failures: int = 0

    def after_success(self) -> "Pace":
        """A quarter more next time."""
        return Pace(batch=min(LARGEST_BATCH, max(self.batch + 1, math.floor(self.batch * 1.25))))

    def after_failure(self, failure: Failure, *, base: int, sent: int) -> "Pace":
        """Send less where less may help.

        Args:
            base: stream position the push started from.
            sent: how many records it held.
        """
        step = replace(self, failures=self.failures + 1)
        if failure is Failure.SLOW and sent:
            # A tower that goes away makes no record too large: alone it is tried again as it is, never unparsed.
            return replace(step, batch=max(SMALLEST_BATCH, sent // 2))
        if failure is Failure.TOO_LARGE and sent:
            return replace(step, batch=max(SMALLEST_BATCH, sent // 2), opaque=self.opaque or sent == 1)
        if failure not in {Failure.BROKEN, Failure.CUT} or not sent:
            return step
        again = (failure, base) == (self.failed, self.failed_base)
        times = self.times + 1 if again else 1
        if times < FAILURES_BEFORE_HALVING:
            return replace(step, failed=failure, failed_base=base, times=times)
        # A line that breaks says nothing against a record: only the township's own failure makes one go unparsed.
        alone = sent == SMALLEST_BATCH and failure is Failure.BROKEN
        smaller = max(SMALLEST_BATCH, sent // 2)
        return replace(
            step,
            batch=smaller,
            opaque=self.opaque or alone,
            failed=failure,
            failed_base=base,
            times=0,
        )


def retry_after(pace: Pace, chance: float, *, asked: timedelta = timedelta(0)) -> timedelta:
    """How long to wait after a failure: full jitter under a ceiling that doubles from 5 s to 15 min.

    Args:
        chance: uniform in [0, 1), from the caller.
        asked: what the township asked for (`wait_s`); never undercut.
    """
    ceiling = min(LONGEST_RETRY, FIRST_RETRY * (1 << min(pace.failures, 10)))
    return max(asked, FIRST_RETRY / 5 + ceiling * chance)
