"""The service of blobs on a database and a folder of its own, with looking as it is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api_spec.sync import CHUNK_MAX
from backend.blobs import store
from backend.blobs.looking import Looking
from backend.blobs.rules import Budget
from backend.blobs.service import Blobs, Media, Owner, Receipt
from backend.db import OpenDatabase
from backend.vault import Vault
from tests.blobs.pictures import sha_of

NOON = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
TOWNSHIP, OTHER_TOWNSHIP = "a" * 32, "b" * 32
NODE = Owner(TOWNSHIP, "node/1")
KEY = bytes(range(32))


class AnythingGoes(Looking):
    """For tests of receiving, where what is in a blob does not matter."""

    async def check(self, plain: bytes) -> tuple[Media, int]:
        assert plain
        return Media.JPEG, 1


@dataclass
class Counter:
    """The service, with a clock and a disk the test sets."""

    folder: Path
    looking: Looking = field(default_factory=AnythingGoes)
    at: datetime = NOON
    free_bytes: int = 2**40
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        self.reopen()

    def reopen(self) -> None:
        """As after a restart: nothing in memory is left."""
        self.blobs = Blobs(
            Vault({0: KEY}),
            folder=self.folder,
            free_bytes=lambda: self.free_bytes,
            looking=self.looking,
            budget=self.budget,
        )

    def advance(self, by: timedelta) -> None:
        self.at += by

    async def append(
        self,
        data: bytes,
        *,
        offset: int = 0,
        stop: int | None = None,
        owner: Owner = NODE,
        sha: str = "",
        size: int | None = None,
    ) -> Receipt:
        """Send the bytes from `offset` to `stop` of a blob."""
        return await self.blobs.append(
            owner,
            sha or sha_of(data),
            data[offset:stop],
            offset=offset,
            size=len(data) if size is None else size,
            at=self.at,
        )

    async def send(self, data: bytes, *, owner: Owner = NODE) -> str:
        """A whole blob; gives its name."""
        for start in range(0, len(data), CHUNK_MAX):
            await self.append(data, offset=start, stop=start + CHUNK_MAX, owner=owner)
        assert await store.find_blob(owner.tenant_id, sha_of(data))
        return sha_of(data)

    async def offset(self, data: bytes, *, owner: Owner = NODE) -> int | None:
        found = await self.blobs.find(owner, sha_of(data))
        return found.offset if found else None

    def files(self, pattern: str = "**/*") -> list[Path]:
        return sorted(path for path in self.folder.glob(pattern) if path.is_file())


@pytest.fixture
def counter(db: OpenDatabase, tmp_path: Path) -> Counter:
    assert db.dialect
    return Counter(tmp_path / "blobs")


@pytest.fixture
def careful(db: OpenDatabase, tmp_path: Path) -> Counter:
    """The same, and blobs are looked at as in the township."""
    assert db.dialect
    return Counter(tmp_path / "blobs", looking=Looking())
