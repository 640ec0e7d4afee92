"""Takes in pushes: judged by the chain, written with all their effects in one transaction, answered after COMMIT.

Pushes that arrive together share a commit. A long push is divided among several, so that nobody else waits long for
the one writer; what of it is durable then counts, also when a later part fails.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from api_spec.feed import FeedRow
from api_spec.records import HeldReason
from api_spec.sync import ExchangeRequest, PushAnswer, PushStatus
from backend.blobs.service import Blobs
from backend.cases.service import CaseChange, Cases
from backend.cases.service import Raced as CasesRaced
from backend.group_commit import GroupCommit
from backend.intake import filings, photos, rows, rules, store_held, store_streams
from backend.intake.applying import Applying, Brought, Refusal
from backend.intake.arrivals import (
    UNREADABLE,
    Arrival,
    Fresh,
    Part,
    Taken,
    Work,
    admit,
    arrival_of,
    heads_of,
    held_of,
    held_places,
    kind_of,
    overtaking,
    revision_of,
    seal_context,
)
from backend.intake.feeds import Feeds
from backend.intake.rows import Change
from backend.intake.rules import Push, Verdict
from backend.intake.store_held import NewHeld
from backend.intake.store_streams import Line, Raced
from backend.intake.tables import Outcome
from backend.intake.values import Node, Stream
from backend.proxy.service import ErrandChange, Proxy
from backend.proxy.service import Raced as ProxyRaced
from backend.vault import Vault

PART: Final = 250
"""New records in one transaction: some 45 ms of the writer's time."""
TOGETHER: Final = 64
TRIES: Final = 5
BREATH: Final = 32
"""Records made ready before others get their turn: some two milliseconds."""
log = logging.getLogger(__name__)


class _Deferred(Exception):
    """The transaction was full before this part's turn."""


class Pushing:
    """The one way records get in: over the line, and later from a stick."""

    def __init__(
        self, cases: Cases, proxy: Proxy, applying: Applying, feeds: Feeds, vault: Vault, *, blobs: Blobs
    ) -> None:
        self._cases = cases
        self._proxy = proxy
        self._applying = applying
        self._feeds = feeds
        self._vault = vault
        self._blobs = blobs
        self._queue: GroupCommit[Part, Taken] = GroupCommit(self._write, largest=TOGETHER)

    async def __aenter__(self) -> Self:
        await self._queue.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._queue.__aexit__(exc_type, exc_val, exc_tb)

    async def push(self, node: Node, stream: Stream, request: ExchangeRequest, *, at: datetime) -> PushAnswer:
        """Take what is new of a push; the answer is given when it is durable.

        Raises:
            Exception: whatever went wrong with the first part; nothing of it was written.
        """
        arrivals = [arrival_of(entry) for entry in request.recs]
        heads = heads_of(request.base_chain, arrivals)
        whole = Push(request.base, request.base_chain, heads)
        verdict = rules.judge(stream.head, whole)
        held: list[tuple[int, str]] = []
        if verdict.status is PushStatus.OK and verdict.fresh:
            known = len(arrivals) - verdict.fresh
            cuts = rules.parts(len(arrivals), known=known, size=PART)
            parts = [
                Part(node, stream.id, whole.part(start, stop), arrivals[start:stop], at)
                for start, stop in cuts
            ]
            async for taken in self._in_turn(parts, known=known):
                verdict = taken.verdict
                held += taken.held
        return PushAnswer(
            status=verdict.status,
            epoch=stream.epoch,
            upto=verdict.head.upto,
            chain=verdict.head.chain,
            safe=min(stream.safe, verdict.head.upto),
            held=tuple(held),
        )

    async def _in_turn(self, parts: Sequence[Part], *, known: int) -> AsyncIterator[Taken]:
        """Take the parts one after the other, making the next ready while the one before is written."""
        await self._make_ready(parts[0], known)
        for place, part in enumerate(parts):
            writing = asyncio.ensure_future(self._take(part))
            try:
                if place + 1 < len(parts):
                    await self._make_ready(parts[place + 1], 0)
            finally:
                [outcome] = await asyncio.gather(writing, return_exceptions=True)
            if isinstance(outcome, BaseException):
                if place == 0 or not isinstance(outcome, Exception):
                    raise outcome
                log.error(
                    "node %d: records after %d failed", part.node.number, part.push.base, exc_info=outcome
                )
                return
            yield outcome
            if outcome.verdict.status is not PushStatus.OK:
                return

    async def _make_ready(self, part: Part, known: int) -> None:
        """Decode, shape and seal the new records of a part, giving way to others now and then."""
        for start in range(known, len(part.arrivals), BREATH):
            await self._prepare(part, part.arrivals[start : start + BREATH])
            await asyncio.sleep(0)

    async def _prepare(self, part: Part, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            arrival.sealed = self._vault.seal(arrival.stored, context=seal_context(arrival.h))
        if part.node.revoked_at is not None:
            for arrival in arrivals:
                arrival.ready = Refusal(HeldReason.KEY_REVOKED)
            return
        brought: list[tuple[Arrival, Brought]] = []
        for arrival in arrivals:
            reading = arrival.reading if arrival.opaque else filings.read(arrival.stored)
            arrival.reading = reading
            if isinstance(reading, HeldReason):
                arrival.ready = Refusal(reading)
            else:
                brought.append((arrival, Brought(part.node, reading)))
        ready = await self._applying.make_ready([each for _, each in brought], at=part.at)
        for (arrival, _), made in zip(brought, ready, strict=True):
            arrival.ready = made

    async def _take(self, part: Part) -> Taken:
        raced = 0
        while True:
            try:
                taken = await self._queue.submit(part)
            except _Deferred:
                continue
            except (Raced, CasesRaced, ProxyRaced):
                raced += 1
                if raced == TRIES:
                    raise
                continue
            if taken.cases:
                self._cases.committed(taken.cases)
            if taken.errands:
                self._proxy.committed(taken.errands)
            return taken

    async def _write(self, parts: Sequence[Part]) -> list[Taken | Exception]:
        """One transaction: the parts in turn, as many as fit."""
        work = Work()
        work.before = await store_streams.load_many([part.stream_id for part in parts])
        work.streams = dict(work.before)
        verdicts: list[Verdict | None] = []
        for part in parts:
            full = bool(work.fresh) and len(work.fresh) + len(part.arrivals) > 2 * PART
            verdicts.append(None if full else admit(work, part))
        with self._feeds.gathering() as changes:
            if work.fresh:
                await self._effects(work, at=max(one.part.at for one in work.fresh))
        await self._tell(work, changes)
        for stream_id, after in work.streams.items():
            if after.head != work.before[stream_id].head:
                await store_streams.move(work.before[stream_id], after.head)
        cases = tuple({one.tracking_code for one in changes if isinstance(one, CaseChange)})
        errands = tuple({one.tracking_code for one in changes if isinstance(one, ErrandChange)})
        return [
            _Deferred() if verdict is None else Taken(verdict, cases, errands, held_places(work, part))
            for part, verdict in zip(parts, verdicts, strict=True)
        ]

    async def _effects(self, work: Work, *, at: datetime) -> None:
        """Write every new record down, once, and do what it asks."""
        for one in work.fresh:
            if isinstance(one.arrival.reading, HeldReason) or one.part.node.revoked_at is not None:
                one.refusal = one.arrival.ready if isinstance(one.arrival.ready, Refusal) else UNREADABLE
        owning = [one for one in work.fresh if one.refusal is None]
        written = await store_streams.add([self._line(one) for one in owning])
        await self._tell_apart([one for one in owning if one.place not in written])
        applied = [one for one in owning if one.place in written]
        refusals = await self._applying.apply([one.arrival.ready for one in applied], at=at)
        for one, refusal in zip(applied, refusals, strict=True):
            one.refusal = refusal
        await self._refer(applied, at)
        await store_streams.set_held(one.place for one in applied if one.refusal)
        await store_streams.add([self._bare_line(one) for one in work.fresh if one.place not in written])

    async def _refer(self, applied: Sequence[Fresh], at: datetime) -> None:
        """Note the photos of what took effect; a record set aside keeps its own by its bytes."""
        links = [
            link
            for one in applied
            if one.refusal is None and not isinstance(one.arrival.reading, HeldReason)
            for link in photos.links(one.arrival.reading, tenant_id=one.part.node.tenant_id)
        ]
        await self._blobs.refer(links, at=at)

    async def _tell_apart(self, repeated: Sequence[Fresh]) -> None:
        """Records whose revision is here already: the same bytes are known, others are held."""
        if not repeated:
            return
        owners = await store_streams.owners([rid for one in repeated for rid, _ in [revision_of(one)]])
        for one in repeated:
            if owners.get(revision_of(one)) == one.arrival.h:
                one.known = True
            else:
                one.refusal = Refusal(HeldReason.SAME_REV_OTHER_CONTENT)

    async def _tell(self, work: Work, changes: Sequence[Change]) -> None:
        """Feed rows of everything that happened, last in the transaction."""
        told: dict[int, list[FeedRow]] = {}
        for one, rid, resolution in overtaking(work):
            node = one.part.node
            for each in await store_held.overtake(
                node.village_id, rid, resolution, by=node.number, at=one.part.at
            ):
                told.setdefault(each.node, []).append(rows.held_row(each))
        held = [held_of(one) for one in work.fresh if one.refusal]
        new = {one.id for one in held}
        if held:
            sealed = {one.arrival.h: one.arrival.sealed for one in work.fresh}
            new = await store_held.add([NewHeld(each, sealed[each.h]) for each in held])
        for each in held:
            if each.id in new:
                told.setdefault(each.node, []).append(rows.held_row(each))
        await self._feeds.tell(changes, told)

    def open(self, sealed: bytes, h: bytes) -> bytes:
        """A record's bytes as they came."""
        return self._vault.open(sealed, context=seal_context(h))

    @staticmethod
    def _line(one: Fresh) -> Line:
        rid, rev = revision_of(one)
        return Line(
            stream_id=one.part.stream_id,
            seq=one.arrival.seq,
            h=one.arrival.h,
            outcome=Outcome.APPLIED,
            received_at=one.part.at,
            kind=kind_of(one.arrival),
            rid=rid,
            rev=rev,
            body=one.arrival.sealed,
        )

    @staticmethod
    def _bare_line(one: Fresh) -> Line:
        return Line(
            stream_id=one.part.stream_id,
            seq=one.arrival.seq,
            h=one.arrival.h,
            outcome=Outcome.KNOWN if one.known else Outcome.HELD,
            received_at=one.part.at,
            kind=kind_of(one.arrival),
        )
