"""The queries that go through every whole blob, to see whether its file is what its name says."""

from dataclasses import dataclass

from backend import db


@dataclass(frozen=True, slots=True)
class Claimed:
    """A blob as the database knows it."""

    id: str
    sha: str
    size: int


async def whole(*, after: str, limit: int) -> list[Claimed]:
    """Whole blobs of every township by id, from the one after `after`."""
    found = await db.long_read(
        "SELECT id, sha, size FROM blob WHERE id > ? ORDER BY id LIMIT ?", [after, limit]
    )
    return [Claimed(row["id"], row["sha"], row["size"]) for row in found]
