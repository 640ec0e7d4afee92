"""Feeds of the nodes: written in the transaction of each change, numbered, chained and sealed; read page by page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import msgspec

from api_spec import chain, feed
from api_spec.feed import FeedRow
from api_spec.sync import ROWS_MAX, FeedEntry, PullAnswer, PullAsk, PullStatus
from backend.blobs.service import Blobs, Counts
from backend.intake import rows, store_feed, store_nodes, store_streams
from backend.intake.rows import Change
from backend.intake.store_feed import End, Stored
from backend.vault import Vault

PAGE_BYTES: Final = 256 * 1024

_gathered: ContextVar[list[Change] | None] = ContextVar("gathered", default=None)


class Feeds:
    """Every node's feed."""

    def __init__(self, vault: Vault, blobs: Blobs) -> None:
        self._vault = vault
        self._blobs = blobs

    async def tell_changes(self, changes: Sequence[Change]) -> None:
        """Tell every node of the cases' villages; inside the transaction of the change."""
        gathering = _gathered.get()
        if gathering is not None:
            gathering.extend(changes)
        else:
            await self.tell(changes, {})

    async def tell_arrived(self, changes: Sequence[Change]) -> None:
        """Tell the villages of cases that nobody moved: a photo of theirs has arrived."""
        await self._tell(changes, {}, photos=await self._count(changes))

    async def tell(self, changes: Sequence[Change], told: dict[int, list[FeedRow]]) -> None:
        """Write the rows of these changes and those in `told`; inside the transaction.

        A case just filed comes from the node itself: its photos are counted when the first of them arrives.
        """
        moved = [change for change in changes if change.version > 1 and change.village_id]
        await self._tell(changes, told, photos=await self._count(moved))

    async def _count(self, changes: Sequence[Change]) -> dict[str, Counts]:
        """Photos by case."""
        found: dict[str, Counts] = {}
        for tenant_id in sorted({change.tenant_id for change in changes}):
            rids = [change.rid for change in changes if change.tenant_id == tenant_id]
            found |= await self._blobs.counts(tenant_id, rids)
        return found

    async def _tell(
        self, changes: Sequence[Change], told: dict[int, list[FeedRow]], *, photos: Mapping[str, Counts]
    ) -> None:
        ours = [change for change in changes if change.village_id]
        villages = sorted({change.village_id for change in ours})
        nodes = await store_nodes.of_villages(villages) if villages else {}
        for change in ours:
            numbers = nodes.get(change.village_id, [])
            if not numbers:
                continue
            counts = photos.get(change.rid, rows.NO_PHOTOS)
            row = rows.case_row(change, rev=await _revision(change), photos=counts)
            for number in numbers:
                told.setdefault(number, []).append(row)
        await self.append(told)

    @contextmanager
    def gathering(self) -> Iterator[list[Change]]:
        """Collect what would be told in this task, so that it can be told in one go at the end of a transaction.

        A feed is held from its first row to the commit; taking it last keeps it from waiting for, and being waited
        for by, those who move one case.
        """
        gathered: list[Change] = []
        token = _gathered.set(gathered)
        try:
            yield gathered
        finally:
            _gathered.reset(token)

    async def append(self, told: Mapping[int, Sequence[FeedRow]]) -> None:
        """Write rows behind the ends of feeds; inside a transaction. Nodes in order, so that no two writers wait."""
        stored: list[Stored] = []
        for number in sorted(told):
            end = await store_feed.hold(number)
            stored += self._chained(number, end, told[number])
        await store_feed.add(stored)

    def _chained(self, number: int, end: End, told: Sequence[FeedRow]) -> Iterator[Stored]:
        dig = end.dig
        for pos, row in enumerate(told, end.pos + 1):
            plain = feed.encode_row(row)
            dig = chain.feed_digest(dig, plain)
            sealed = self._vault.seal(plain, context=_context(number, pos))
            yield Stored(number, pos, _kind(row), row.rid, row.srev, sealed, dig)

    async def page(self, node: int, asked: PullAsk) -> PullAnswer:
        """The rows behind the node's position, or from the start if we do not know it."""
        knows = await store_feed.knows(node, asked.pos, asked.dig)
        pos, dig = (asked.pos, asked.dig) if knows else (0, chain.FEED_START)
        limit = min(asked.max, ROWS_MAX)
        found = await store_feed.page(node, pos, limit=limit + 1)
        entries: list[FeedEntry] = []
        size = 0
        for at, sealed, digest in found[:limit]:
            plain = self._vault.open(sealed, context=_context(node, at))
            size += len(plain)
            if entries and size > PAGE_BYTES:
                break
            entries.append(FeedEntry(pos=at, row=msgspec.Raw(plain)))
            pos, dig = at, digest
        return PullAnswer(
            status=PullStatus.OK if knows else PullStatus.REFETCH,
            rows=tuple(entries),
            pos=pos,
            dig=dig,
            more=len(entries) < len(found),
        )

    def opened(self, sealed: Iterable[tuple[int, int, bytes]]) -> Iterator[FeedRow]:
        """Rows as they were told, from (node, position, sealed row)."""
        for node, pos, row in sealed:
            found = feed.find_row(self._vault.open(row, context=_context(node, pos)))
            if found is not None:
                yield found

    async def latest(self, node: int, kind: type[FeedRow]) -> list[FeedRow]:
        """The newest row of each id of one kind, as it was told."""
        stored = await store_feed.latest(node, str(kind.__struct_config__.tag))
        opened = (self._vault.open(row.row, context=_context(node, row.pos)) for row in stored)
        return [row for plain in opened if (row := feed.find_row(plain)) is not None]


async def _revision(change: Change) -> int:
    """The newest revision of the node's that took effect; a case just filed has its first."""
    if not change.node_id:
        return 0
    if change.version == 1:
        return 1
    last = await store_streams.last_applied(change.rid)
    return last[0] if last else 1


def _kind(row: FeedRow) -> str:
    return str(row.__struct_config__.tag)


def _context(node: int, pos: int) -> str:
    return f"feed/{node}/{pos}"
