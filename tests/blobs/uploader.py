"""A process that sends one blob to itself piece by piece and says after each how much is acknowledged; made to be killed.

python -m tests.blobs.uploader DATABASE_URL FOLDER SEED
"""

import asyncio
import hashlib
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from backend.blobs.looking import Looking
from backend.blobs.service import Blobs, Media, Owner
from backend.db import open_database
from backend.vault import Vault

SIZE = 300_000
PIECE = 40_000
SENDER = Owner("a" * 32, "node/1")
AT = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)


class AnythingGoes(Looking):
    """What is in the blob does not matter here."""

    async def check(self, plain: bytes) -> tuple[Media, int]:
        assert len(plain) == SIZE
        return Media.JPEG, 1


def blob(seed: int) -> bytes:
    return random.Random(seed).randbytes(SIZE)


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def desk(folder: Path) -> Blobs:
    return Blobs(Vault({0: bytes(32)}), folder=folder, free_bytes=lambda: 2**40, looking=AnythingGoes())


def say(word: str, offset: int) -> None:
    sys.stdout.write(f"{word} {offset}\n")
    sys.stdout.flush()


async def main(url: str, folder: Path, seed: int) -> None:
    # One thread for all files, so that the n-th write of a run is always the same one.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    data = blob(seed)
    async with open_database(url, models=["backend.blobs.tables"]):
        blobs = desk(folder)
        found = await blobs.find(SENDER, sha_of(data))
        offset = found.offset if found else 0
        say("resumed", offset)
        while offset < SIZE:
            piece = data[offset : offset + PIECE]
            receipt = await blobs.append(SENDER, sha_of(data), piece, offset=offset, size=SIZE, at=AT)
            offset = receipt.offset
            say("acked", offset)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
