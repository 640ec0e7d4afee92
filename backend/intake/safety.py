"""Proves that every record of the villages is here, byte for byte, and says up to where backups hold them.

`safe` (sync/1, 2.4 rule 8) is what a computer may forget, so it is promised only for what **every** kept backup holds:
the township can then be put back to any of them, and whatever that one lacks is still at the village.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api_spec import chain
from backend.intake import store_safe
from backend.intake.arrivals import seal_context
from backend.intake.rules import Head
from backend.intake.store_safe import Kept
from backend.intake.tables import Outcome
from backend.vault import SealBroken, Vault

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Proof:
    """What a stream really holds: `head` is recomputed from its records; `wrong` says what is not as it should be."""

    stream: str
    node: int
    epoch: str
    head: Head
    wrong: str = ""


class Safety:
    """The intake's own examiner."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def prove(self) -> list[Proof]:
        """Recompute every stream from the bytes of its records; what is damaged is named, never passed over."""
        return [await self._prove(stream) for stream in await store_safe.streams()]

    async def _prove(self, stream: Kept) -> Proof:
        head = Head()
        while page := await store_safe.records(stream.id, head.upto, node=stream.node, limit=_PAGE):
            for record in page:
                if record.seq != head.upto + 1:
                    return _proof(stream, head, "gap")
                if not self._is_whole(record):
                    return _proof(stream, head, "bytes")
                head = Head(record.seq, chain.advance(head.chain, record.seq, record.h))
        return _proof(stream, head, "" if head == stream.head else "head")

    def _is_whole(self, record: store_safe.Bytes) -> bool:
        """Whether the bytes are those of the hash; of a record that came twice, they stand where it came first."""
        if record.body is None:
            return record.outcome is Outcome.KNOWN
        try:
            return (
                chain.record_hash(self._vault.open(record.body, context=seal_context(record.h))) == record.h
            )
        except SealBroken:
            return False

    async def vouch(self, backups: Sequence[Mapping[str, Head]]) -> dict[str, int]:
        """Promise for each stream what all of these verified backups hold; gives what changed.

        Args:
            backups: the heads of the streams in each backup, by stream. None at all promises nothing.
        """
        changed = {}
        for stream in await store_safe.streams():
            safe = await self._held_by_all(stream, [backup.get(stream.id, Head()) for backup in backups])
            if safe != stream.safe:
                changed[stream.id] = safe
        await store_safe.set_safe(list(changed.items()))
        return changed

    async def _held_by_all(self, stream: Kept, heads: Sequence[Head]) -> int:
        """The lowest place of `heads`, if each lies on this very stream; 0 if one does not, or lies behind its end.

        A township once put back may have taken another copy's records at the same places since.
        """
        lowest = min((head.upto for head in heads), default=0)
        if not lowest or any(head.upto > stream.head.upto for head in heads):
            return 0
        wanted = {head.upto for head in heads}
        ours = {stream.head.upto: stream.head.chain}
        if wanted - ours.keys():
            ours |= await _heads_at(stream.id, wanted)
        return lowest if all(ours.get(head.upto) == head.chain for head in heads) else 0


async def _heads_at(stream_id: str, places: set[int]) -> dict[int, bytes]:
    """The chain of a stream at some places, recomputed from its records."""
    found: dict[int, bytes] = {}
    upto, head, last = 0, chain.START, max(places)
    while upto < last and (page := await store_safe.hashes(stream_id, upto, limit=_PAGE * 10)):
        for seq, h in page:
            upto, head = seq, chain.advance(head, seq, h)
            if seq in places:
                found[seq] = head
    return found


def _proof(stream: Kept, head: Head, wrong: str) -> Proof:
    return Proof(stream.id, stream.node, stream.epoch, head, wrong)
