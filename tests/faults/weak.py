"""Townships and nodes that forgot one rule of sync/1: the stateful test must catch each of them (sync/1, 2.14).

Without the chain they go without the daily comparison, too: it finds such a loss by itself and heals it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from api_spec import chain
from api_spec.records import HeldReason
from api_spec.sync import ExchangeAnswer, ExchangeRequest, PullAnswer, PushStatus
from backend import db
from backend.intake import store_streams
from backend.intake.service import Node
from tests.faults.town import Front
from tests.faults.world import World


class PrunedAtTheAck(Front):
    """Everything confirmed is called safe at once, backup or not."""

    async def exchange(
        self, node: Node, asked: ExchangeRequest, headers: Mapping[str, str]
    ) -> ExchangeAnswer:
        answer = await super().exchange(node, asked, headers)
        return msgspec.structs.replace(
            answer, push=msgspec.structs.replace(answer.push, safe=answer.push.upto)
        )


class WithoutChain(Front):
    """Only sequence numbers are compared: a push that does not follow the stored records is taken all the same."""

    async def exchange(
        self, node: Node, asked: ExchangeRequest, headers: Mapping[str, str]
    ) -> ExchangeAnswer:
        asked = msgspec.structs.replace(asked, check=None)
        stream = await store_streams.find(node.number, asked.epoch)
        own = [asked.base_chain, *heads_of(asked)]
        if stream is None or asked.base > stream.head.upto:
            return await super().exchange(node, asked, headers)
        fresh = asked.recs[stream.head.upto - asked.base :]
        bent = msgspec.structs.replace(asked, base=stream.head.upto, base_chain=stream.head.chain, recs=fresh)
        answer = await super().exchange(node, bent, headers)
        upto = min(answer.push.upto, asked.base + len(asked.recs))
        push = msgspec.structs.replace(answer.push, upto=upto, chain=own[upto - asked.base])
        return msgspec.structs.replace(answer, push=push)


class ForkIsRewound(Front):
    """A fork is answered as if the node had only run ahead: it goes on behind what is stored."""

    async def exchange(
        self, node: Node, asked: ExchangeRequest, headers: Mapping[str, str]
    ) -> ExchangeAnswer:
        asked = msgspec.structs.replace(asked, check=None)
        answer = await super().exchange(node, asked, headers)
        if answer.push.status is not PushStatus.FORK:
            return answer
        own = [asked.base_chain, *heads_of(asked)]
        upto = min(answer.push.upto, asked.base + len(asked.recs))
        if upto < asked.base:
            return answer
        push = msgspec.structs.replace(
            answer.push, status=PushStatus.OK, upto=upto, chain=own[upto - asked.base]
        )
        return msgspec.structs.replace(answer, push=push)


class CursorWithoutDigest(Front):
    """The township knows every position of a feed, whatever the node says came before it."""

    async def exchange(
        self, node: Node, asked: ExchangeRequest, headers: Mapping[str, str]
    ) -> ExchangeAnswer:
        if asked.pull is None:
            return await super().exchange(node, asked, headers)
        row = await db.row(
            "SELECT dig FROM node_feed WHERE node_number = ? AND pos = ?", [node.number, asked.pull.pos]
        )
        if row is None and asked.pull.pos:
            return msgspec.structs.replace(
                await super().exchange(node, msgspec.structs.replace(asked, pull=None), headers),
                pull=PullAnswer(status="ok", pos=asked.pull.pos, dig=asked.pull.dig),  # type: ignore[arg-type]
            )
        known = bytes(row["dig"]) if row else chain.FEED_START
        bent = msgspec.structs.replace(asked, pull=msgspec.structs.replace(asked.pull, dig=known))
        answer = await super().exchange(node, bent, headers)
        if answer.pull is None:
            return answer
        digest = asked.pull.dig
        for entry in answer.pull.rows:
            digest = chain.feed_digest(digest, bytes(entry.row))
        return msgspec.structs.replace(answer, pull=msgspec.structs.replace(answer.pull, dig=digest))


class SecondContentDropped(Front):
    """Another content of a revision that is here is taken for the same."""

    async def exchange(
        self, node: Node, asked: ExchangeRequest, headers: Mapping[str, str]
    ) -> ExchangeAnswer:
        answer = await super().exchange(node, asked, headers)
        reason = HeldReason.SAME_REV_OTHER_CONTENT
        if any(why == reason for _, why in answer.push.held):
            await db.rows("DELETE FROM held_record WHERE reason = ? RETURNING id", [reason])
        return answer


def heads_of(asked: ExchangeRequest) -> list[bytes]:
    """The chain after each record of a push, from where the node says it begins."""
    return chain.heads(asked.base_chain, [(entry.seq, entry.stored) for entry in asked.recs])


async def _restored_after_a_month(world: World) -> None:
    """The township confirms a case that is in no backup, a month passes, and it loses its disk."""
    [village] = world.villages
    await world.verify_backup()
    await village.file(area=1)
    await village.meet()
    world.pass_a_month()
    await village.meet()
    await world.town.restore(world.backup)


async def _two_copies_write(world: World) -> None:
    """A computer is cloned; both go on writing."""
    [village] = world.villages
    await village.file(area=1)
    await village.meet()
    clone = await world.start_copy(await village.copy(world.fresh()))
    for each in (village, clone):
        await each.file(area=2)
    await village.meet()
    await clone.meet()


async def _two_copies_correct(world: World) -> None:
    """A computer is cloned; both put the same case right, differently."""
    [village] = world.villages
    await village.file(area=1)
    clone = await world.start_copy(await village.copy(world.fresh()))
    for area, each in enumerate((village, clone), 2):
        await each.correct(village.slips[0].rid, area=area)
        await each.meet()


async def _another_history_told(world: World) -> None:
    """The township tells of one acceptance, goes back to before it, and another thing happens at that place."""
    [village] = world.villages
    for area in (1, 2):
        await village.file(area=area)
    await village.meet()
    await world.verify_backup()
    await world.town.accept(village.slips[0].rid)
    await village.meet()
    await world.town.restore(world.backup)
    await world.town.accept(village.slips[1].rid)


@dataclass(frozen=True, slots=True)
class Weakness:
    """One line of the table.

    Args:
        shows: how the checks call the damage.
    """

    rule: str
    front: Callable[..., Front]
    story: Callable[[World], Awaitable[None]]
    shows: str


STORIES: Final = (
    Weakness("safe-watermark", PrunedAtTheAck, _restored_after_a_month, "lost|nowhere"),
    Weakness("hash-chain", WithoutChain, _two_copies_write, "lost"),
    Weakness("new-epoch-on-fork", ForkIsRewound, _two_copies_write, "lost"),
    Weakness("feed-digest", CursorWithoutDigest, _another_history_told, "differs"),
    Weakness("second-content-is-held", SecondContentDropped, _two_copies_correct, "lost"),
)
