"""Reads every photo there is and compares it with its name: what a backup is worth, found before it is needed."""

import asyncio
import hashlib
from typing import Final

from backend.blobs import store_proof
from backend.blobs.files import Files, Lost
from backend.blobs.store_proof import Claimed
from backend.vault import SealBroken

_AT_ONCE: Final = 200


async def damaged(files: Files) -> int:
    """How many whole blobs have no file, or one that is not what was stored."""
    wrong, after = 0, ""
    while found := await store_proof.whole(after=after, limit=_AT_ONCE):
        after = found[-1].id
        wrong += await asyncio.to_thread(_count_damaged, files, found)
    return wrong


def _count_damaged(files: Files, blobs: list[Claimed]) -> int:
    return sum(not _is_whole(files, blob) for blob in blobs)


def _is_whole(files: Files, blob: Claimed) -> bool:
    reading = hashlib.sha256()
    try:
        for piece in files.read(blob.id, size=blob.size):
            reading.update(piece)
    except (OSError, Lost, SealBroken):
        return False
    return reading.hexdigest() == blob.sha
