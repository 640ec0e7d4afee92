"""Blobs: received piece by piece, checked when whole, sealed, given out, and collected when nobody names them.

It knows senders and cases by their names only; that a sender is a village's computer, or a citizen, is its callers' business.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from api_spec.errors import ErrorCode
from api_spec.sync import BlobAnswer
from backend.apart import NotNow
from backend.blobs import collecting, proving, rules, store
from backend.blobs.collecting import Named
from backend.blobs.files import Files, InUse, Lost, Part
from backend.blobs.looking import BadBlob, Looking
from backend.blobs.rules import Budget
from backend.blobs.values import MANDATE, Blob, Counts, Link, Media, Owner, Photo, Receipt, Upload
from backend.db import in_transaction
from backend.faults import Fault
from backend.vault import SealBroken, Vault

__all__ = ["MANDATE", "Blob", "Blobs", "Counts", "Link", "Media", "Owner", "Photo", "Receipt"]

OnArrival = Callable[[str, Sequence[str]], Awaitable[None]]

FLOOR_BYTES: Final = 1024**3
MOST_WANTED: Final = 200
"""Blobs asked for in one answer: hours of a village's line."""
WANTED_FRESH: Final = timedelta(days=1)
HOLD_TRIES: Final = 50
HOLD_WAIT_S: Final = 0.02
RETRY_S: Final = 30

log = logging.getLogger(__name__)
T = TypeVar("T")


class Blobs:
    """The township's photos.

    Args:
        folder: where the files lie; processes on one machine share it.
        free_bytes: what is left on its disk.
        floor_bytes: left free for records: photos stop before the cases do (sync/1, 2.13).
    """

    def __init__(
        self,
        vault: Vault,
        *,
        folder: Path,
        free_bytes: Callable[[], int],
        floor_bytes: int = FLOOR_BYTES,
        looking: Looking | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._files = Files(folder, vault)
        self._free_bytes = free_bytes
        self._floor_bytes = floor_bytes
        self._looking = looking or Looking()
        self._budget = budget or Budget()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: set[asyncio.Task[Any]] = set()
        self._on_arrival: list[OnArrival] = []

    async def close(self) -> None:
        """Wait for what is being written; the database must still be open."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def on_arrival(self, callback: OnArrival) -> None:
        """`callback` is given a township and the cases a blob belongs to, once it is here for good."""
        self._on_arrival.append(callback)

    async def wanted(self, owner: Owner, offered: Sequence[tuple[str, int]], *, at: datetime) -> BlobAnswer:
        """What of an offer to send, from where on, in the order of the offer; and what need not be sent."""
        if not offered:
            return BlobAnswer()
        shas = [sha for sha, _ in offered]
        known = await store.known(owner.tenant_id, shas, at=at, fresh=WANTED_FRESH)
        have = await asyncio.to_thread(self._with_file, known)
        need: list[tuple[str, int]] = []
        if self._free_bytes() >= self._floor_bytes:
            begun = await store.uploads(owner, shas)
            missing = [sha for sha in dict.fromkeys(shas) if sha not in have]
            need = [
                (sha, begun[sha].offset if sha in begun and sha not in known else 0)
                for sha in missing[:MOST_WANTED]
            ]
        return BlobAnswer(need=tuple(need), have=tuple(sha for sha in dict.fromkeys(shas) if sha in have))

    async def find(self, owner: Owner, sha: str) -> Receipt | None:
        """How far this sender's upload is; None for a blob it never sent, whoever else did."""
        upload = await store.find_upload(owner, sha)
        return Receipt(upload.offset, upload.size) if upload else None

    async def find_stored(self, tenant_id: str, sha: str) -> Blob | None:
        """A whole photo of the township, by its name."""
        return await store.find_blob(tenant_id, sha)

    async def append(
        self, owner: Owner, sha: str, chunk: bytes, *, offset: int, size: int, at: datetime
    ) -> Receipt:
        """Take the piece of a blob that begins at `offset`; what the receipt says is durable.

        Args:
            sha: SHA-256 of the whole, 64 hex; it is the blob's name.
            size: bytes of the whole.

        Raises:
            Fault: BLOB_OFFSET with the true one in `upload_offset`; BLOB_MISMATCH, begin again at 0; BLOB_TOO_LARGE,
                BLOB_TYPE, BLOB_BROKEN, BLOB_HUGE, never again; BODY_INVALID an impossible piece;
                TOO_MANY_REQUESTS over the budget; BUSY the disk is needed for records, or it cannot be checked now.
        """
        rules.refuse_unfit_piece(chunk, offset=offset, size=size)
        if (known := await store.find_blob(owner.tenant_id, sha)) is not None:
            if await asyncio.to_thread(self._files.is_stored, known.id):
                return Receipt(known.size, known.size)
            log.error("the file of blob %s is gone, it is received again", known.id)
            await store.lose(known)
        rules.refuse_full(self._free_bytes() - size, floor_bytes=self._floor_bytes)
        upload = await store.find_upload(owner, sha) or await self._begin(owner, sha, size=size, at=at)
        # A caller that goes away must not leave a file half written under a lock that is gone.
        return await self._to_the_end(self._append(upload, chunk, offset=offset, size=size, at=at))

    async def refer(self, links: Sequence[Link], *, at: datetime) -> None:
        """Note which cases photos belong to, within the current transaction; union, nothing is overwritten."""
        if links:
            await store.link(links, at=at)

    async def photos(self, tenant_id: str, rid: str) -> list[Photo]:
        """A case's photos, here or on their way, in the order in which they were named."""
        return await store.photos(tenant_id, rid)

    async def counts(self, tenant_id: str, rids: Sequence[str]) -> dict[str, Counts]:
        """How many photos each of these cases names, and how many are here; cases without are left out."""
        return await store.counts(tenant_id, rids) if rids else {}

    async def original(self, blob: Blob) -> AsyncIterator[bytes]:
        """A blob's bytes as they were sent, piece by piece.

        Raises:
            Fault: NOT_FOUND, its file is gone or was altered.
        """
        pieces = self._files.read(blob.id, size=blob.size)
        while True:
            piece = await asyncio.to_thread(self._next_piece, pieces, blob.id)
            if piece is None:
                return
            yield piece

    async def preview(self, blob: Blob, page: int) -> bytes:
        """One page, counted from 0, as a JPEG small enough for a screen.

        Raises:
            Fault: NOT_FOUND no such page, or it cannot be shown; BUSY it cannot be drawn now.
        """
        if not 0 <= page < blob.pages:
            raise Fault(ErrorCode.NOT_FOUND)
        kept = await asyncio.to_thread(self._files.find_preview, blob.id, page)
        if kept is not None:
            return kept
        plain = b"".join([piece async for piece in self.original(blob)])
        try:
            drawn = await self._looking.preview(plain, blob.media, page)
        except NotNow as lacking:
            log.warning("blob %s cannot be drawn now: %s", blob.id, lacking)
            raise Fault(ErrorCode.BUSY, retry_after_s=RETRY_S) from None
        if drawn is None:
            raise Fault(ErrorCode.NOT_FOUND)
        await asyncio.to_thread(self._files.keep_preview, blob.id, page, drawn)
        return drawn

    async def collect(self, *, at: datetime, named: Named) -> int:
        """Remove what was begun and left, and what no case names; says how many blobs and uploads went.

        Args:
            named: names of blobs in the records set aside in a township; those stay, however old.
        """
        return await collecting.collect(self._files, at=at, named=named)

    def _next_piece(self, pieces: Iterator[bytes], blob_id: str) -> bytes | None:
        """A file that is not what was stored is set aside: its sender is then asked for it again."""
        try:
            return next(pieces, None)
        except (FileNotFoundError, Lost, SealBroken) as broken:
            log.error("blob %s cannot be read: %s", blob_id, type(broken).__name__)  # noqa: TRY400 - no trace needed
            if not isinstance(broken, FileNotFoundError):
                self._files.set_aside(blob_id)
            raise Fault(ErrorCode.NOT_FOUND) from None

    def _with_file(self, known: Mapping[str, str]) -> set[str]:
        """Of these blobs, id by name, the ones whose file lies where it should."""
        return {sha for sha, blob_id in known.items() if self._files.is_stored(blob_id)}

    async def set_aside_damaged(self) -> int:
        """Read every photo there is; those that are not what was stored are asked for again. Gives how many."""
        return await proving.set_aside_damaged(self._files)

    async def _begin(self, owner: Owner, sha: str, *, size: int, at: datetime) -> Upload:
        begun = await store.begun_bytes(owner.tenant_id, since=at - rules.BUDGET_SPAN)
        rules.refuse_over_budget(begun, owner, size=size, budget=self._budget)
        return await store.begin(owner, sha, size=size, at=at)

    async def _append(self, upload: Upload, chunk: bytes, *, offset: int, size: int, at: datetime) -> Receipt:
        """One piece at a time for each upload, in this process and among all."""
        turn = self._turns.setdefault(upload.id, asyncio.Lock())
        async with turn:
            for _ in range(HOLD_TRIES):
                try:
                    with self._files.part(upload.id) as part:
                        return await self._write(part, upload, chunk, offset=offset, size=size, at=at)
                except InUse:
                    await asyncio.sleep(HOLD_WAIT_S)
                except OSError as trouble:
                    log.error("blob %s cannot be written: %s", upload.id, trouble.strerror)  # noqa: TRY400
                    raise Fault(ErrorCode.BUSY, retry_after_s=rules.FULL_WAIT_S) from None
        raise Fault(ErrorCode.BUSY, retry_after_s=1)

    async def _write(
        self, part: Part, upload: Upload, chunk: bytes, *, offset: int, size: int, at: datetime
    ) -> Receipt:
        now = await store.find_upload(upload.owner, upload.sha)
        if now is None or now.id != upload.id:
            raise Fault(ErrorCode.BLOB_OFFSET, upload_offset=0)
        if now.done:
            return Receipt(now.size, now.size)
        rules.refuse_misplaced(now, offset=offset, size=size)
        kept = await asyncio.to_thread(part.write, chunk, offset=offset, kept=now.kept)
        reached = offset + len(chunk)
        if reached == size:
            await self._complete(part, now, at=at)
        elif not await store.advance(now, offset=reached, kept=kept, at=at):
            raise Fault(ErrorCode.BLOB_OFFSET, upload_offset=0)
        return Receipt(reached, size)

    async def _complete(self, part: Part, upload: Upload, *, at: datetime) -> None:
        """Prove the whole, look at it, put it away. Until that is done the last piece was not received.

        Raises:
            Fault: as `append`.
        """
        plain = await self._proved(part, upload, at=at)
        try:
            media, pages = await self._looking.check(plain)
        except BadBlob as bad:
            await store.refuse(upload, bad.refusal, at=at)
            self._files.drop(upload.id)
            raise Fault(rules.WRONG_CODES[bad.refusal]) from None
        except NotNow as lacking:
            log.warning("blob %s cannot be checked now: %s", upload.id, lacking)
            raise Fault(ErrorCode.BUSY, retry_after_s=RETRY_S) from None
        await asyncio.to_thread(self._files.put_away, upload.id)
        async with in_transaction():
            first = await store.finish(upload, media, pages=pages, at=at)
        if first:
            await self._tell(upload)
        else:
            self._files.drop(upload.id)

    async def _proved(self, part: Part, upload: Upload, *, at: datetime) -> bytes:
        """The whole, if it hashes to its name."""
        plain = await asyncio.to_thread(_whole, part, upload)
        if plain is not None:
            return plain
        begun = await store.begun_bytes(upload.owner.tenant_id, since=at - rules.BUDGET_SPAN)
        await store.restart(upload, at=at)
        rules.refuse_over_budget(begun, upload.owner, size=upload.size, budget=self._budget)
        raise Fault(ErrorCode.BLOB_MISMATCH, upload_offset=0)

    async def _tell(self, upload: Upload) -> None:
        """The blob is stored whatever becomes of this."""
        try:
            rids = await store.cases_of(upload.owner.tenant_id, upload.sha)
            for callback in self._on_arrival if rids else ():
                await callback(upload.owner.tenant_id, rids)
        except Exception:
            log.exception("nobody was told of blob %s", upload.id)

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Let work go on when its caller is cancelled."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen, also when nobody waits for it any more


def _whole(part: Part, upload: Upload) -> bytes | None:
    """What was received, None if it does not hash to its name. Ten megabytes are no work for the event loop."""
    try:
        plain = part.read(size=upload.size)
    except (Lost, SealBroken):
        return None
    return plain if hashlib.sha256(plain).hexdigest() == upload.sha else None
