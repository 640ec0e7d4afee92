"""Removes what was begun and left, and what no case names (sync/1, 2.11); what a case or a held record names never goes."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Final, TypeAlias

from backend.blobs import rules, store
from backend.blobs.files import Files

Named: TypeAlias = Callable[[str], Awaitable[Collection[str]]]
"""Names of blobs in the records set aside in a township."""

AT_ONCE: Final = 200


async def collect(files: Files, *, at: datetime, named: Named) -> int:
    """How many blobs and uploads went."""
    gone = await _parts(files, at - rules.PART_KEPT)
    gone += await _blobs(files, at - rules.UNREFERRED_KEPT, named)
    await _strays(files, at - rules.UNREFERRED_KEPT)
    return gone


async def _parts(files: Files, before: datetime) -> int:
    gone = 0
    for upload in await store.unfinished(before=before, limit=AT_ONCE):
        if await store.drop_upload(upload.id, before=before):
            await asyncio.to_thread(files.drop, upload.id)
            gone += 1
    return gone


async def _blobs(files: Files, before: datetime, named: Named) -> int:
    gone, after = 0, ""
    held: dict[str, Collection[str]] = {}
    while found := await store.unreferred(before=before, after=after, limit=AT_ONCE):
        after = found[-1].id
        for blob in found:
            if blob.tenant_id not in held:
                held[blob.tenant_id] = await named(blob.tenant_id)
            if blob.sha not in held[blob.tenant_id] and await store.drop_blob(blob, before=before):
                await asyncio.to_thread(files.drop, blob.id)
                gone += 1
    return gone


async def _strays(files: Files, before: datetime) -> None:
    """Files no row names: what a crash left between a file and its row, and a restored database has forgotten."""
    strays = await asyncio.to_thread(lambda: list(files.left_alone(before=before)))
    for start in range(0, len(strays), AT_ONCE):
        some = strays[start : start + AT_ONCE]
        owned = await store.ids_of_files(some)
        for stray in some:
            if stray not in owned:
                await asyncio.to_thread(files.drop, stray)
