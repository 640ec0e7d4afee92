"""The township's reply to a bundle: what the node would have been told over the line, sealed to it, signed by the county."""

import asyncio
import secrets
from datetime import datetime
from typing import BinaryIO, Final

import msgspec

from api_spec import bundle, coding, sync
from api_spec.bundle import BadBundle, BundleHeader, Item, Piece, Reply
from api_spec.bundle_writer import BundleWriter
from api_spec.errors import ErrorCode
from api_spec.records import SCHEMA
from api_spec.sync import ExchangeAnswer, ExchangeRequest, PullAsk
from backend.faults import Fault
from backend.intake.county import County
from backend.intake.delivery import Account
from backend.intake.service import Intake
from backend.intake.values import Node

PAGES_MOST: Final = 2_000
BLOBS_ASKED: Final = 1_000


class Replying:
    """Writes replies."""

    def __init__(self, intake: Intake, county: County) -> None:
        self._intake = intake
        self._county = county

    async def write(
        self, out: BinaryIO, node: Node, header: BundleHeader, *, account: Account, at: datetime
    ) -> ExchangeAnswer:
        """Write the whole reply; gives the answer it begins with.

        Raises:
            BadBundle: the node's key seals nothing.
            Fault: NODE_REVOKED, and the bundle brought no record.
        """
        first = await self._first(node, header, account=account, at=at)
        try:
            writer = BundleWriter(
                out,
                self._header(node, header, first),
                recipient=node.seal_key,
                key=self._county.signing,
                file_key=secrets.token_bytes(bundle.KEY_LENGTH),
            )
        except ValueError:
            raise BadBundle("seal key") from None
        await _add(writer, Reply(asked=account.pull, answer=first))
        if node.revoked_at is None:
            await self._add_rest(writer, node, first, header=header, account=account, at=at)
        await asyncio.to_thread(writer.finish)
        return first

    async def _first(
        self, node: Node, header: BundleHeader, *, account: Account, at: datetime
    ) -> ExchangeAnswer:
        """What became of the last push, with the first page of the feed and the first photos' whereabouts."""
        pushed = account.answer
        if node.revoked_at is not None:
            if pushed is None:
                raise Fault(ErrorCode.NODE_REVOKED)
            return pushed
        ask = _ask(node, header, account, pull=account.pull, blobs=_offered(account)[:BLOBS_ASKED])
        answer = await self._intake.exchange(node, ask, at=at)
        if pushed is None:
            return answer
        return msgspec.structs.replace(
            answer,
            push=pushed.push,
            numbers=account.numbers or answer.numbers,
            escrowed=account.escrowed,
        )

    async def _add_rest(
        self,
        writer: BundleWriter,
        node: Node,
        answer: ExchangeAnswer,
        *,
        header: BundleHeader,
        account: Account,
        at: datetime,
    ) -> None:
        """Further pages and photos, then the catalogue if the node has another."""
        offered = _offered(account)
        for turn in range(1, PAGES_MOST):
            page = answer.pull
            asked = PullAsk(pos=page.pos, dig=page.dig) if page and page.more else None
            blobs = offered[turn * BLOBS_ASKED : (turn + 1) * BLOBS_ASKED]
            if asked is None and not blobs:
                break
            answer = await self._intake.exchange(
                node, _ask(node, header, account, pull=asked, blobs=blobs), at=at
            )
            await _add(writer, Reply(asked=asked, answer=answer))
        if account.app:
            await self._add_catalogue(writer, node, account.catalog)

    async def _add_catalogue(self, writer: BundleWriter, node: Node, has: str | None) -> None:
        manifest = await self._intake.nodes.manifest(node)
        if manifest.pack == has:
            return
        body = await self._intake.pack(node, manifest.pack)
        await asyncio.to_thread(writer.add, Item.MANIFEST, msgspec.json.encode(manifest))
        sha = bytes.fromhex(manifest.pack)
        for offset in range(0, len(body), bundle.PIECE):
            piece = Piece(sha, offset, len(body), body[offset : offset + bundle.PIECE])
            await asyncio.to_thread(writer.add, Item.PACK, piece.pack())

    def _header(self, node: Node, header: BundleHeader, answer: ExchangeAnswer) -> BundleHeader:
        """The same numbers as the bundle it answers, turned round."""
        return msgspec.structs.replace(
            header,
            way="down",
            last=max(header.first - 1, answer.push.upto),
            after=answer.push.chain,
            sign_key=bundle.key_id(self._county.public_key),
            seal_key=bundle.key_id(node.seal_key),
        )


async def _add(writer: BundleWriter, reply: Reply) -> None:
    def add() -> None:
        packed = coding.pack(sync.encode(reply), level=bundle.ZSTD_LEVEL)
        writer.add(Item.ANSWER, packed)

    await asyncio.to_thread(add)


def _offered(account: Account) -> tuple[tuple[str, int], ...]:
    return tuple(account.photos.items())


def _ask(
    node: Node,
    header: BundleHeader,
    account: Account,
    *,
    pull: PullAsk | None,
    blobs: tuple[tuple[str, int], ...],
) -> ExchangeRequest:
    """An exchange without records, from where the bundle ends."""
    return ExchangeRequest(
        proto=sync.PROTO,
        app=account.app,
        schema=SCHEMA,
        node=node.number,
        epoch=header.epoch,
        base=header.last,
        base_chain=header.after,
        pull=pull,
        catalog=account.catalog,
        blobs=blobs,
        machine=account.machine,
    )
