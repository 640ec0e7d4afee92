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


async def set_aside_damaged(files: Files) -> int:
    """Take files out of their place that are not what was stored; how many. One that cannot be read now stays."""
    wrong, after = 0, ""
    while found := await store_proof.whole(after=after, limit=_AT_ONCE):
        after = found[-1].id
        wrong += await asyncio.to_thread(_set_aside, files, found)
    return wrong


def _set_aside(files: Files, blobs: list[Claimed]) -> int:
    wrong = 0
    for blob in blobs:
        try:
            whole = _hashes_to_its_name(files, blob)
        except OSError:
            continue
        except (Lost, SealBroken):
            whole = False
        if not whole:
            files.set_aside(blob.id)
            wrong += 1
    return wrong


def _count_damaged(files: Files, blobs: list[Claimed]) -> int:
    return sum(not _is_whole(files, blob) for blob in blobs)


def _is_whole(files: Files, blob: Claimed) -> bool:
    try:
        return _hashes_to_its_name(files, blob)
    except (OSError, Lost, SealBroken):
        return False


def _hashes_to_its_name(files: Files, blob: Claimed) -> bool:
    reading = hashlib.sha256()
    for piece in files.read(blob.id, size=blob.size):
        reading.update(piece)
    return reading.hexdigest() == blob.sha
