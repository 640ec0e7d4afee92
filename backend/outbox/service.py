"""The outbox: features put parcels in with what they tell, and take them out to send. Knows no channel."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from api_spec.errors import ErrorCode
from backend.chance import chance
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import whole_ms
from backend.outbox import rules, store
from backend.outbox.parcel import STUCK, Line, Outcome, Parcel, ParcelState, Stored
from backend.outbox.store import Counted
from backend.vault import SealBroken, Vault

__all__ = ["Counted", "Line", "Outbox", "Outcome", "Parcel", "ParcelState", "Stored"]

Send = Callable[[Stored, datetime], Awaitable[Outcome]]
"""Tries one parcel at a moment; after `TRY_WITHIN` it is broken off and tried again later."""

BATCH: Final = 50
AT_ONCE: Final = 8
MOST_BATCHES: Final = 40
PAGE: Final = 50
TRY_WITHIN: Final = timedelta(seconds=45)
LANE_WITHIN: Final = timedelta(seconds=60)
"""How long one receiver is served out of a batch; with the last try it stays well within `rules.LEASE`."""
UNREADABLE: Final = "unreadable"
"""Reason of a parcel whose sealed part does not open."""
KEPT: Final = timedelta(days=183)
"""How long the sealed part of a settled parcel is kept, for questions and for a replay."""

log = structlog.get_logger("township")


def some_chance() -> float:
    """0 up to 1, from the operating system."""
    return chance.bits(32) / 2**32


class Outbox:
    """What has to leave, of all townships.

    Args:
        random: 0 up to 1; spreads the pauses.
        seconds: counts on while a round lasts, from anywhere.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        random: Callable[[], float] = some_chance,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self.random = random
        self._seconds = seconds

    def clock(self, at: datetime) -> Callable[[], datetime]:
        """What time it is while a round that began at `at` goes on."""
        began = self._seconds()
        return lambda: at + timedelta(seconds=self._seconds() - began)

    async def put(self, parcels: Sequence[Parcel]) -> int:
        """Write parcels down, inside the caller's transaction if there is one; how many had not been put before."""
        lines = [(new_id(), parcel) for parcel in parcels]
        if not lines:
            return 0
        added = await store.add(
            [
                (
                    each,
                    parcel,
                    self._vault.seal(parcel.secret, context=_context(each)) if parcel.secret else None,
                )
                for each, parcel in lines
            ]
        )
        return len(added)

    async def send_due(
        self,
        line: Line,
        send: Send,
        *,
        at: datetime,
        batch: int = BATCH,
        receiver: Callable[[Stored], str] | None = None,
    ) -> int:
        """One round: everything that is due is tried once, several at a time; how many were settled.

        Args:
            receiver: whom a parcel goes to. One that fails or is slow is left alone for the rest of the round, and
                others do not wait for it. None: there is one way out for all, and a failure is that parcel's own.
        """
        clock = self.clock(at)
        tired: set[str] = set()
        settled = 0
        for _ in range(MOST_BATCHES):
            taken = await self.take(line, at=clock(), limit=batch)
            if not taken:
                break
            lanes: dict[str, list[Stored]] = {}
            for each in taken:
                lanes.setdefault(receiver(each) if receiver else "", []).append(each)
            settled += sum(
                await asyncio.gather(
                    *(
                        self._lane(send, name, parcels, tired=tired, clock=clock, alone=receiver is not None)
                        for name, parcels in lanes.items()
                    )
                )
            )
        return settled

    async def take(self, line: Line, *, at: datetime, limit: int = BATCH) -> list[Stored]:
        """What is due, for this caller alone for `rules.LEASE`; what cannot be opened is set aside as dead."""
        while taken := await store.take(line, at=whole_ms(at), until=whole_ms(at + rules.LEASE), limit=limit):
            readable: list[Stored] = []
            for stored, sealed in taken:
                try:
                    readable.append(self._opened(stored, sealed))
                except SealBroken:
                    log.exception("a parcel cannot be opened", parcel=stored.id, line=line.value)
                    await self.settle(stored, rules.ended(stored, ParcelState.DEAD, UNREADABLE), at=at)
            if readable:
                return readable
        return []

    async def settle(self, stored: Stored, outcome: Outcome, *, at: datetime) -> bool:
        """Write down what a try came to; False if somebody else has the parcel by now."""
        return await store.settle(stored, outcome, at=whole_ms(at))

    async def load(self, tenant_id: str, line: Line, parcel_id: str) -> Stored:
        """Raises Fault: NOT_FOUND."""
        found = await store.find(tenant_id, line, parcel_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return self._shown(*found)

    async def retry(self, tenant_id: str, line: Line, parcel_id: str, *, at: datetime) -> None:
        """Try a stuck parcel again from the beginning.

        Raises:
            Fault: NOT_FOUND; ACTION_NOT_ALLOWED, it is not stuck.
        """
        stored = await self._stuck(tenant_id, line, parcel_id)
        await self._change(stored, rules.afresh(stored, whole_ms(at)), at)

    async def end(
        self, tenant_id: str, line: Line, parcel_id: str, state: ParcelState, *, reason: str, at: datetime
    ) -> Stored:
        """A person settles a parcel that is stuck or waits: told by hand, or given up.

        Raises:
            Fault: NOT_FOUND; ACTION_NOT_ALLOWED, it is settled already.
        """
        stored = await self._stuck(tenant_id, line, parcel_id, also=ParcelState.WAITING)
        await self._change(stored, rules.ended(stored, state, reason), at)
        return stored

    async def page(
        self, tenant_id: str, line: Line, states: Collection[ParcelState], *, before: str = ""
    ) -> list[Stored]:
        """A page of `PAGE`, newest first; `before` is the last id of the page before."""
        found = await store.page(tenant_id, line, states, before=before, limit=PAGE)
        return [self._shown(*each) for each in found]

    async def between(
        self,
        tenant_id: str,
        line: Line,
        *,
        states: Collection[ParcelState],
        since: datetime,
        until: datetime,
        limit: int,
    ) -> list[Stored]:
        """Those made in a period, oldest first."""
        found = await store.between(
            tenant_id, line, states=states, since=whole_ms(since), until=whole_ms(until), limit=limit
        )
        return [self._shown(*each) for each in found]

    async def of_owner(self, owner_id: str, line: Line, *, limit: int = PAGE) -> list[Stored]:
        """What was written for one account, newest first."""
        return [self._shown(*each) for each in await store.of_owner(owner_id, line, limit=limit)]

    async def last_to(self, to_index: str, line: Line) -> Stored | None:
        """What was last handed over to the owner of a telephone number; its secret stays closed."""
        return await store.last_to(to_index, line)

    async def counts(self, tenant_id: str, line: Line, *, since: datetime) -> list[Counted]:
        """How everything made since then stands, and whatever is still open, however old."""
        return await store.count(tenant_id, line, since=whole_ms(since))

    async def replay(
        self, tenant_id: str, line: Line, *, since: datetime, until: datetime, at: datetime
    ) -> int:
        """Send once more what was made in a period, as far as it is still kept; how many parcels that are."""
        return await store.reopen(
            tenant_id,
            line,
            since=whole_ms(since),
            until=whole_ms(until),
            at=whole_ms(at),
            forgotten_before=whole_ms(at - KEPT),
        )

    async def forget(self, at: datetime) -> int:
        """Drop what names people from parcels settled long ago (个人信息保护法 art. 19)."""
        return sum([await store.forget(line, before=whole_ms(at - KEPT)) for line in Line])

    async def _lane(
        self,
        send: Send,
        name: str,
        parcels: Sequence[Stored],
        *,
        tired: set[str],
        clock: Callable[[], datetime],
        alone: bool,
    ) -> int:
        """What goes to one receiver, until it fails or its time is over; the rest is left for a later round."""
        until = clock() + LANE_WITHIN
        settled = 0
        for start in range(0, len(parcels), AT_ONCE):
            part = parcels[start : start + AT_ONCE]
            if clock() >= until:
                tired.add(name)
            if name in tired:
                outcomes = [rules.later(each, clock() + rules.FIRST_PAUSE) for each in part]
            else:
                outcomes = await asyncio.gather(*(self._tried(send, each, clock()) for each in part))
            for stored, outcome in zip(part, outcomes, strict=True):
                settled += await self.settle(stored, outcome, at=clock())
                if alone and rules.has_failed(stored, outcome):
                    tired.add(name)
        return settled

    async def _tried(self, send: Send, stored: Stored, at: datetime) -> Outcome:
        try:
            async with asyncio.timeout(TRY_WITHIN.total_seconds()):
                return await send(stored, at)
        except Exception:
            log.exception("a parcel could not be tried", parcel=stored.id, line=stored.parcel.line.value)
            return rules.again(stored, "internal", at=at, chance=self.random(), channel=stored.channel)

    async def _stuck(
        self, tenant_id: str, line: Line, parcel_id: str, *, also: ParcelState = ParcelState.DEAD
    ) -> Stored:
        stored = await self.load(tenant_id, line, parcel_id)
        if stored.state not in STUCK | {also}:
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=stored.state)
        return stored

    async def _change(self, stored: Stored, outcome: Outcome, at: datetime) -> None:
        if not await self.settle(stored, outcome, at=at):
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, reason="moved_meanwhile")

    def _shown(self, stored: Stored, sealed: bytes | None) -> Stored:
        """For reading: one that does not open is shown like one that was forgotten."""
        try:
            return self._opened(stored, sealed)
        except SealBroken:
            return stored

    def _opened(self, stored: Stored, sealed: bytes | None) -> Stored:
        if sealed is None:
            return stored
        secret = self._vault.open(sealed, context=_context(stored.id))
        return replace(stored, parcel=replace(stored.parcel, secret=secret))


def _context(parcel_id: str) -> str:
    return f"outbox:{parcel_id}"
