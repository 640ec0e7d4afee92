"""Reply bundles: what the township answers on a stick, verified to the last byte before anything of it is believed."""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from api_spec import bundle, bundle_reader, coding, sync
from api_spec.bundle import BadBundle, BundleHeader, Item, Reply
from api_spec.coding import BadBody, Coding
from api_spec.feed import CatalogueManifest
from village_node.access.enrolment import Enrolment
from village_node.access.keys import NodeKeys
from village_node.clock import Clock
from village_node.journal import Journal
from village_node.sticks.patience import open_file, patiently
from village_node.sync.synchroniser import Synchroniser

PACK_MAX: Final = 32 * 1024 * 1024
DAMAGED: Final = "这个文件不完整或已损坏，里面的内容没有导入。请回镇里重新拷一份。"
NOT_OURS: Final = "这个文件不是给这台电脑的回执，没有导入。请核对是不是拿错了 U 盘。"
OURS_TO_SEND: Final = "这是本村导出的数据，要交到镇里导入，不能在这里导入。"
LATER: Final = "这个文件是新版本程序做的，没有导入，请先升级这台电脑上的程序。"
_manifest = msgspec.json.Decoder(CatalogueManifest)


class ReplyRefused(Exception):
    """Nothing of the file was believed; `args[0]` is the sentence for the clerk."""


@dataclass(slots=True)
class Heard:
    """What a reply brought. `new` is false where everything in it was known or overtaken."""

    answers: int = 0
    new: bool = False
    catalogue: bool = False


@dataclass(slots=True)
class _Pack:
    """A catalogue on its way through the frames."""

    manifest: CatalogueManifest | None = None
    body: bytearray = field(default_factory=bytearray)

    def take(self, piece: bundle.Piece) -> bytes | None:
        """The whole, once the last piece is here.

        Raises:
            BadBundle: pieces out of order, too many, or of another pack.
        """
        if self.manifest is None or piece.sha.hex() != self.manifest.pack or piece.offset != len(self.body):
            raise BadBundle("pack")
        if piece.size > PACK_MAX:
            raise BadBundle("pack too long")
        self.body += piece.data
        if len(self.body) < piece.size:
            return None
        if sha256(self.body).digest() != piece.sha:
            raise BadBundle("pack")
        return bytes(self.body)


class Replies:
    """Takes in what comes back from the township on a stick."""

    def __init__(
        self, enrolment: Enrolment, keys: NodeKeys, *, sync: Synchroniser, clock: Clock, journal: Journal
    ) -> None:
        self._enrolment = enrolment
        self._keys = keys
        self._sync = sync
        self._clock = clock
        self._journal = journal

    def is_for_us(self, path: Path) -> bool:
        """Whether a file says so itself; nothing is proved."""
        try:
            with open_file(path) as file:
                self._refuse_foreign(bundle_reader.read_head(file).header)
        except (BadBundle, ReplyRefused, OSError):
            return False
        return True

    async def take(self, path: Path, *, clerk_id: str) -> Heard:
        """Take in one part of a reply; doubled and late ones change nothing.

        Raises:
            ReplyRefused: damaged, cut short, of a later version, or not for this computer.
            OSError: the stick is gone or does not answer, or this is no file.
        """
        with await patiently(lambda: open_file(path)) as file:
            try:
                verified = await asyncio.to_thread(self._verify, file)
                heard = Heard()
                pack = _Pack()
                items = bundle_reader.items(file, self._keys.sealing)
                while (item := await asyncio.to_thread(next, items, None)) is not None:
                    await self._take(item, heard, pack)
            except BadBundle as bad:
                raise ReplyRefused(LATER if bad.args[0] == "version" else DAMAGED) from None
        await self._journal.note(
            "bundle_in",
            at_ms=self._clock.now_ms(),
            clerk_id=clerk_id,
            bundle=verified.head.header.bundle,
            answers=heard.answers,
        )
        return heard

    def _verify(self, file: BinaryIO) -> bundle_reader.Verified:
        self._refuse_foreign(bundle_reader.read_head(file).header)
        return bundle_reader.verify(file, self._enrolment.answer.county_key)

    def _refuse_foreign(self, header: BundleHeader) -> None:
        answer = self._enrolment.answer
        if header.node != self._enrolment.node or header.county != answer.county:
            raise ReplyRefused(NOT_OURS)
        if header.way == "up":
            raise ReplyRefused(OURS_TO_SEND)
        if header.seal_key != bundle.key_id(self._keys.sealing_public):
            raise ReplyRefused(NOT_OURS)

    async def _take(self, item: tuple[int, bytes], heard: Heard, pack: _Pack) -> None:
        kind, body = item
        match kind:
            case Item.ANSWER:
                heard.answers += 1
                heard.new |= await self._sync.hear(_reply(body))
            case Item.MANIFEST:
                pack.manifest, pack.body = _read_manifest(body), bytearray()
            case Item.PACK:
                whole = pack.take(bundle.unpack_piece(body))
                if whole is not None and pack.manifest is not None:
                    heard.catalogue |= await self._sync.take_pack(pack.manifest, whole)


def _reply(body: bytes) -> Reply:
    try:
        return sync.decode(coding.unpack(body, Coding.ZSTD.value), Reply)
    except (BadBody, sync.BadMessage):
        raise BadBundle("answer") from None


def _read_manifest(body: bytes) -> CatalogueManifest:
    try:
        return _manifest.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BadBundle("manifest") from None
