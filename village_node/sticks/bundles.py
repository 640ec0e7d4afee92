"""Bundles at the village (U 盘交换): everything that waits goes onto a stick, the township's reply comes back from one.

What is inside is what would go over the line; what an answer means, `synchroniser` decides as for any other. A bundle
handed to somebody counts for nothing until the township has answered, by whatever way.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from api_spec import bundle, coding, sync
from api_spec.bundle import PART_MAX, BundleHeader, Item, Piece
from api_spec.sync import RECORDS_MAX
from api_spec.vocabulary import Term
from village_node.access.clerks import Clerk
from village_node.access.enrolment import Enrolment
from village_node.access.keys import NodeKeys
from village_node.clock import Clock
from village_node.journal import note
from village_node.photos.photos import Photos, Waiting
from village_node.sticks import bundle_plan
from village_node.sticks.bundle_plan import Part
from village_node.sticks.part_file import Create, PartFile, Written, create
from village_node.storage.database import Database, Row, Writing
from village_node.storage.sealed_file import Damaged
from village_node.sync.exchange import Stream
from village_node.sync.outbox import Outbox
from village_node.sync.synchroniser import Synchroniser

PHOTOS_MOST: Final = 100_000
LONGEST_NAME: Final = 30
_parts = msgspec.json.Decoder(tuple[Written, ...])


class Standing(Term):
    """What has become of a bundle that was handed over."""

    WAITING = "waiting", "镇里尚未确认"
    CONFIRMED = "confirmed", "镇里已确认"
    REPLACED = "replaced", "编号已重排，请重新导出"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """One bundle on its way.

    Args:
        last: the township has it all once it confirms up to here.
        handed_to: who carries it, in the clerk's words. Stays on this computer and on the hand-over slip.
    """

    bundle: str
    epoch: str
    first: int
    last: int
    records: int
    photos: int
    parts: tuple[Written, ...]
    handed_to: str
    clerk_name: str
    made_ms: int
    standing: Standing = Standing.WAITING

    @property
    def digest(self) -> bytes:
        return bundle.overall_digest(tuple(part.digest for part in self.parts))


class Restarted(RuntimeError):
    """The stream began anew while it was being written down; once more is enough."""


class Bundles:
    """The clerk's side of the stick.

    Args:
        part_max: bytes of a file; push_max: records of a push in it.
        random: as many bytes as asked for, for names and file keys.
    """

    def __init__(
        self,
        database: Database,
        enrolment: Enrolment,
        keys: NodeKeys,
        *,
        sync: Synchroniser,
        photos: Photos | None,
        clock: Clock,
        part_max: int = PART_MAX,
        push_max: int = RECORDS_MAX,
        create: Create = create,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._enrolment = enrolment
        self._keys = keys
        self._sync = sync
        self._photos = photos
        self._clock = clock
        self._part_max = part_max
        self._push_max = push_max
        self._create = create
        self._random = random
        self._outbox = Outbox(database)
        self._turn = asyncio.Lock()

    async def export(self, folder: Path, *, handed_to: str, clerk: Clerk) -> HandedOver:
        """Write everything the township has not confirmed to a folder: whole, verified, or nothing.

        Raises:
            OSError: the folder is full, read-only or gone; Spoilt: it did not keep what was written.
            Restarted
        """
        async with self._turn:
            stream = await self._outbox.stream()
            plan = await self._plan(stream)
            name = self._random(16).hex()
            written = await self._write(folder, stream, name=name, plan=plan)
            over = HandedOver(
                bundle=name,
                epoch=stream.epoch,
                first=stream.acked + 1,
                last=stream.last_seq,
                records=sum(part.records for part in plan),
                photos=sum(len(part.photos) for part in plan),
                parts=written,
                handed_to=handed_to,
                clerk_name=clerk.name,
                made_ms=self._clock.now_ms(),
            )
            await self._keep(over, clerk)
            return over

    async def handed_over(self, limit: int = 20) -> list[HandedOver]:
        """What was handed over, the latest first."""
        rows = await self._database.rows(
            "SELECT b.*, s.epoch AS now_epoch FROM bundle_out b, stream s ORDER BY made_ms DESC, bundle LIMIT ?",
            limit,
        )
        return [_handed_over(row) for row in rows]

    async def find(self, name: str) -> HandedOver | None:
        row = await self._database.row(
            "SELECT b.*, s.epoch AS now_epoch FROM bundle_out b, stream s WHERE bundle = ?", name
        )
        return _handed_over(row) if row else None

    async def _plan(self, stream: Stream) -> list[Part]:
        rows = await self._database.rows(
            "SELECT seq, length(body) AS size FROM outbox WHERE seq > ? AND seq <= ? ORDER BY seq",
            stream.acked,
            stream.last_seq,
        )
        pushes = bundle_plan.batches(((row["seq"], row["size"]) for row in rows), most=self._push_max)
        photos = await self._photos.next_up(PHOTOS_MOST) if self._photos else []
        return bundle_plan.parts(pushes, photos, limit=self._part_max)

    async def _write(
        self, folder: Path, stream: Stream, *, name: str, plan: list[Part]
    ) -> tuple[Written, ...]:
        """Every part is on the stick and verified before the first gets its name."""
        files: list[PartFile] = []
        try:
            for place, part in enumerate(plan, 1):
                header = await self._header(stream, name, plan=plan, place=place, part=part)
                files.append(await asyncio.to_thread(self._begin, folder, header))
                await self._fill(files[-1], part, stream)
                await asyncio.to_thread(files[-1].settle)
            written = []
            for place, file in enumerate(files, 1):
                stem = self._stem(stream, place, len(plan))
                written.append(await asyncio.to_thread(file.publish, stem, suffix=bundle.SUFFIX))
            return tuple(written)
        except BaseException:
            for file in files:
                file.discard()
            raise

    async def _header(
        self, stream: Stream, name: str, *, plan: list[Part], place: int, part: Part
    ) -> BundleHeader:
        first = part.batches[0].first if part.batches else stream.last_seq + 1
        last = part.batches[-1].last if part.batches else stream.last_seq
        before, after = await self._outbox.chain_at(first - 1), await self._outbox.chain_at(last)
        if before is None or after is None:
            raise Restarted
        answer = self._enrolment.answer
        return BundleHeader(
            way="up",
            county=answer.county,
            node=self._enrolment.node,
            bundle=name,
            part=place,
            parts=len(plan),
            epoch=stream.epoch,
            first=first,
            last=last,
            before=before,
            after=after,
            records=part.records,
            photos=len(part.photos),
            sign_key=bundle.key_id(self._keys.signing_public),
            seal_key=bundle.key_id(answer.township_seal_key),
        )

    def _begin(self, folder: Path, header: BundleHeader) -> PartFile:
        return PartFile(
            folder,
            header,
            recipient=self._enrolment.answer.township_seal_key,
            key=self._keys.signing,
            file_key=self._random(bundle.KEY_LENGTH),
            create=self._create,
        )

    async def _fill(self, file: PartFile, part: Part, stream: Stream) -> None:
        """The pushes of a part, then its photos. An empty push after the last record says and asks the rest."""
        wanted = [(batch.first, batch.last) for batch in part.batches]
        if not part.photos or wanted:
            last = wanted[-1][1] if wanted else stream.last_seq
            wanted.append((last + 1, last))
        for first, last in wanted:
            request = await self._sync.written_down(stream, first, upto=last)
            if request.epoch != (await self._outbox.stream()).epoch or len(request.recs) != last - first + 1:
                raise Restarted
            await asyncio.to_thread(_add_push, file, sync.encode(request))
        for photo in part.photos:
            await self._add_photo(file, photo)

    async def _add_photo(self, file: PartFile, photo: Waiting) -> None:
        """A photo that cannot be read stays behind: the way over the line finds that out and tells the clerk."""
        assert self._photos is not None  # noqa: S101 - only a node with photos has any in its plan
        for offset in range(0, photo.size, bundle.PIECE):
            try:
                data = await self._photos.part(photo.sha, start=offset, length=bundle.PIECE)
            except (Damaged, OSError):
                return
            piece = Piece(bytes.fromhex(photo.sha), offset, photo.size, data)
            await asyncio.to_thread(file.add, Item.PHOTO, piece.pack())

    def _stem(self, stream: Stream, place: int, parts: int) -> str:
        stem = f"{self._enrolment.answer.village}-{stream.acked + 1}-{stream.last_seq}"
        return f"{stem}-p{place}" if parts > 1 else stem

    async def _keep(self, over: HandedOver, clerk: Clerk) -> None:
        async def work(tx: Writing) -> None:
            await tx.run(
                "INSERT INTO bundle_out (bundle, epoch, first_seq, last_seq, records, photos, parts, handed_to,"
                " clerk_name, made_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                over.bundle,
                over.epoch,
                over.first,
                over.last,
                over.records,
                over.photos,
                msgspec.json.encode(over.parts),
                over.handed_to,
                over.clerk_name,
                over.made_ms,
            )
            await tx.run(
                "UPDATE bundle_out SET confirmed = 1 WHERE bundle = ?"
                " AND EXISTS (SELECT 1 FROM stream WHERE epoch = ? AND acked >= ?)",
                over.bundle,
                over.epoch,
                over.last if over.records else over.last + 1,
            )
            await note(
                tx,
                "bundle_out",
                at_ms=over.made_ms,
                clerk_id=clerk.id,
                facts={"bundle": over.bundle, "records": over.records, "photos": over.photos},
            )

        await self._database.write(work)


def _add_push(file: PartFile, body: bytes) -> None:
    file.add(Item.PUSH, coding.pack(body, level=bundle.ZSTD_LEVEL))


def _handed_over(row: Row) -> HandedOver:
    if row["confirmed"]:
        standing = Standing.CONFIRMED
    else:
        standing = Standing.WAITING if row["epoch"] == row["now_epoch"] else Standing.REPLACED
    return HandedOver(
        bundle=row["bundle"],
        epoch=row["epoch"],
        first=row["first_seq"],
        last=row["last_seq"],
        records=row["records"],
        photos=row["photos"],
        parts=_parts.decode(row["parts"]),
        handed_to=row["handed_to"],
        clerk_name=row["clerk_name"],
        made_ms=row["made_ms"],
        standing=standing,
    )
