"""Citizens' photos: taken whole, kept by the blobs, named in a case by whoever sent them and by nobody else.

A photo may be sent before the application it is for; what is named in none within 90 days is collected.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from api_spec.errors import ErrorCode
from api_spec.sync import BLOB_MAX, CHUNK_MAX
from backend.actors import Actor
from backend.blobs.service import MANDATE, Blob, Blobs, Link, Owner, Photo
from backend.db import in_transaction
from backend.faults import Fault
from backend.photos import rules, store
from backend.photos.rules import OwnPhoto

__all__ = ["MANDATE", "Naming", "OwnPhoto", "OwnPhotos", "Photo"]

Naming = Sequence[tuple[str, OwnPhoto]]
"""Photos with the code of the paper each shows."""
SHOWN: Final = 200


class OwnPhotos:
    """What citizens have sent."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._coming = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Room for one photo in memory; held from before its bytes are read.

        Raises:
            Fault: BUSY.
        """
        if self._coming >= rules.AT_ONCE:
            raise Fault(ErrorCode.BUSY, retry_after_s=rules.BUSY_WAIT_S)
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1

    async def receive(self, plain: bytes, *, actor: Actor, at: datetime) -> tuple[OwnPhoto, Blob]:
        """Keep a photo; the same again is the same photo.

        Raises:
            Fault: BODY_INVALID empty; BLOB_TOO_LARGE, BLOB_TYPE, BLOB_BROKEN, BLOB_HUGE; TOO_MANY_REQUESTS; BUSY.
        """
        if not plain:
            raise Fault(ErrorCode.BODY_INVALID, reason="empty")
        if len(plain) > BLOB_MAX:
            raise Fault(ErrorCode.BLOB_TOO_LARGE, limit_bytes=BLOB_MAX)
        rules.refuse_too_many(await store.count_since(actor.id, at - rules.DAY))
        sha = hashlib.sha256(plain).hexdigest()
        owner = Owner(actor.tenant_id, f"citizen/{actor.id}")
        blob = await self._blobs.find_stored(actor.tenant_id, sha)
        if blob is None:
            await self._append(owner, sha, plain, at=at)
            blob = await self._blobs.find_stored(actor.tenant_id, sha)
        if blob is None:
            raise Fault(ErrorCode.BUSY, retry_after_s=rules.BUSY_WAIT_S)
        await self._blobs.wanted(owner, [(sha, len(plain))], at=at)
        return await store.add(actor.tenant_id, actor.id, sha, size=len(plain), at=at), blob

    async def load(self, photo_id: str, *, actor: Actor) -> tuple[OwnPhoto, Blob]:
        """One of one's own.

        Raises:
            Fault: NOT_FOUND, also for somebody else's.
        """
        found = (await store.find(actor.tenant_id, actor.id, [photo_id])).get(photo_id)
        blob = await self._blobs.find_stored(found.tenant_id, found.sha) if found else None
        if found is None or blob is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return found, blob

    async def small(self, blob: Blob) -> bytes:
        """Its first page as a JPEG. Raises Fault: NOT_FOUND, BUSY."""
        return await self._blobs.preview(blob, 0)

    async def take_back(self, photo_id: str, *, actor: Actor) -> None:
        """Forget that it was sent; what a case names already stays with the case.

        Raises:
            Fault: NOT_FOUND.
        """
        if not await store.drop(actor.tenant_id, actor.id, photo_id):
            raise Fault(ErrorCode.NOT_FOUND)

    async def chosen(self, asked: Mapping[str, Sequence[str]], *, actor: Actor) -> Naming:
        """The photos named under each paper.

        Raises:
            Fault: BODY_INVALID: somebody else's, or none at all.
        """
        ids = [each for named in asked.values() for each in named]
        return rules.chosen(asked, await store.find(actor.tenant_id, actor.id, ids))

    async def kept(self, ids: Sequence[str], *, actor: Actor) -> set[str]:
        """Those of these photos that are still this person's."""
        return set(await store.find(actor.tenant_id, actor.id, ids))

    async def hang(self, naming: Naming, *, rid: str, at: datetime) -> None:
        """Put them under the case that was filed under `rid`, which the caller has shown to be theirs.

        Done twice it is done once: whoever sends an application again mends what a crash left out.
        """
        links = [
            Link(
                tenant_id=photo.tenant_id,
                rid=rid,
                material=code,
                sha=photo.sha,
                size=photo.size,
            )
            for code, photo in naming
        ]
        if links:
            async with in_transaction():
                await self._blobs.refer(links, at=at)

    async def of_case(self, tenant_id: str, rid: str) -> list[Photo]:
        """A case's photos, whoever sent them."""
        return await self._blobs.photos(tenant_id, rid)

    async def of_citizen(self, citizen_id: str) -> list[OwnPhoto]:
        """What somebody has sent lately, the latest first."""
        return await store.of_citizen(citizen_id, limit=SHOWN)

    async def forget(self, at: datetime) -> int:
        """Forget whose the old ones were; the blobs no case names are collected by themselves."""
        return await store.drop_before(at - rules.KEPT)

    async def _append(self, owner: Owner, sha: str, plain: bytes, *, at: datetime) -> None:
        """Piece by piece, from where an earlier try ended."""
        begun = await self._blobs.find(owner, sha)
        offset = begun.offset if begun else 0
        while offset < len(plain):
            piece = plain[offset : offset + CHUNK_MAX]
            receipt = await self._blobs.append(owner, sha, piece, offset=offset, size=len(plain), at=at)
            offset = receipt.offset
