"""The photos of a node: sealed files named by the SHA-256 of what is in them, and what has become of each.

A file is whole and durable before any row names it. What no record names is collected once no draft names it either;
what still has to go up never is. It does not know how photos travel.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from api_spec.record_parts import Photo
from api_spec.sync import BlobAnswer
from village_node.photos import photo_links
from village_node.photos.photo_links import CasePhoto, Count
from village_node.photos.picture_process import prepare_apart
from village_node.photos.pictures import Picture, PictureRefused, Refused
from village_node.storage import sealed_file
from village_node.storage.database import Database, Writing
from village_node.storage.sealed_file import Damaged

# A form may lie open for a day before it is sent or saved.
UNNAMED_KEPT: Final = timedelta(days=2)
# A file no row knows may belong to a newer copy of the database that comes back.
STRAY_KEPT: Final = timedelta(days=30)
KEPT_AFTER_ARRIVAL: Final = timedelta(days=30)
# Of the latest photos and of all others: at most 20 KiB of names.
CONFIRMED_A_DAY: Final = 150


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo that has to go up. `offset`: how much of it the township last said it has."""

    sha: str
    size: int
    offset: int


class Photos:
    """Open with `open` before the first use.

    Args:
        folder: where the files lie. key: what they are sealed under, 32 bytes.
        prepare: makes a photo of a file; raises PictureRefused.
        kept_after_arrival: so long after the township has a photo, by its own clock, `free` leaves it alone.
        has_room: whether the disk may take a photo of so many bytes (`Disk.may_keep_photo`).
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        key: bytes,
        prepare: Callable[[bytes], Awaitable[Picture]] = prepare_apart,
        kept_after_arrival: timedelta = KEPT_AFTER_ARRIVAL,
        has_room: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self._database = database
        self._folder = folder
        self._key = key
        self._prepare = prepare
        self._kept_after_arrival = kept_after_arrival
        self._has_room = has_room
        self._turn = asyncio.Lock()

    async def open(self, *, now_ms: int) -> None:
        """Remove what a crash left half written, what was freed, and what no row has known for long."""
        rows = await self._database.rows("SELECT sha, state FROM blob")
        states = {row["sha"]: row["state"] for row in rows}
        oldest_s = now_ms / 1000 - STRAY_KEPT.total_seconds()
        await asyncio.to_thread(_tidy, self._folder, states, oldest_s)

    async def keep(self, raw: bytes, *, now_ms: int) -> Photo:
        """Make a photo of a file and keep it; when this returns, it is on disk. The same photo twice is one file.

        Raises:
            PictureRefused: it is no photo, one the township has sent back, or too large for a disk that fills.
            OSError: the disk refused; nothing was kept.
        """
        picture = await self._prepare(raw)
        if not self._has_room(len(picture.content)):
            raise PictureRefused(Refused.NO_ROOM)
        sha = sha256(picture.content).hexdigest()
        async with self._turn:
            if await self._state(sha) == photo_links.PhotoState.REFUSED.value:
                raise PictureRefused(Refused.SENT_BACK)
            await asyncio.to_thread(self._write_once, sha, picture.content)
            await self._database.write(lambda tx: _note_kept(tx, sha, picture, now_ms))
        return Photo(sha=sha, size=len(picture.content))

    async def find(self, sha: str) -> Picture | None:
        """A photo to show; None if it is not here, no longer or not whole."""
        row = await self._database.row("SELECT media_type FROM blob WHERE sha = ?", sha)
        if row is None:
            return None
        try:
            return Picture(row["media_type"], await self.part(sha))
        except (Damaged, OSError):
            return None

    async def part(self, sha: str, *, start: int = 0, length: int | None = None) -> bytes:
        """The bytes from `start`.

        Raises:
            Damaged: the file is not what it was.
            OSError: it is not here, or cannot be read.
        """
        return await asyncio.to_thread(
            sealed_file.read, self._folder, sha, key=self._key, start=start, length=length
        )

    async def known(self, names: Sequence[str]) -> dict[str, int]:
        """Of these hashes the ones kept here, with their sizes in bytes."""
        rows = await self._database.rows(
            "SELECT sha, size FROM blob WHERE sha IN (SELECT value FROM json_each(?))",
            msgspec.json.encode(names).decode(),
        )
        return {row["sha"]: row["size"] for row in rows}

    async def media_types(self, names: Sequence[str]) -> dict[str, str]:
        """What these photos are, as far as they are known here."""
        rows = await self._database.rows(
            "SELECT sha, media_type FROM blob WHERE sha IN (SELECT value FROM json_each(?))",
            msgspec.json.encode(names).decode(),
        )
        return {row["sha"]: row["media_type"] for row in rows}

    async def of_case(self, case_rid: str) -> list[CasePhoto]:
        return await photo_links.of_case(self._database, case_rid)

    async def counts(self, case_rids: Sequence[str]) -> dict[str, Count]:
        return await photo_links.counts(self._database, case_rids)

    async def cases_needing_a_hand(self) -> list[str]:
        return await photo_links.cases_needing_a_hand(self._database)

    async def waiting(self) -> int:
        """How many photos of records the township does not have."""
        row = await self._database.row("SELECT count(*) AS photos FROM blob WHERE state = 'waiting'")
        return row["photos"] if row else 0

    async def next_up(self, limit: int) -> list[Waiting]:
        """What to send, in order: the oldest case first, within it small before large."""
        rows = await self._database.rows(
            'SELECT b.sha, b.size, b."offset", min((SELECT min(id) FROM photo_link f WHERE f.case_rid = l.case_rid))'
            " AS since FROM blob b JOIN photo_link l USING (sha) WHERE b.state = 'waiting'"
            " GROUP BY b.sha ORDER BY since, b.size, b.sha LIMIT ?",
            limit,
        )
        return [Waiting(row["sha"], row["size"], row["offset"]) for row in rows]

    async def told(self, answer: BlobAnswer, *, township_ms: int) -> None:
        """What the township says it has and wants. Only `have` ends the duty to send.

        It may want again what it once had: then it went back to an older state.
        """
        if not answer.have and not answer.need:
            return

        async def work(tx: Writing) -> None:
            await tx.run_many(
                "UPDATE blob SET state = CASE state WHEN 'lost' THEN 'freed' ELSE 'sent' END,"
                " \"offset\" = size, sent_ms = ? WHERE sha = ? AND state IN ('waiting', 'refused', 'lost')",
                [(township_ms, sha) for sha in answer.have],
            )
            await tx.run_many(
                "UPDATE blob SET state = 'waiting', \"offset\" = min(size, max(0, ?))"
                " WHERE sha = ? AND state IN ('waiting', 'sent')",
                [(offset, sha) for sha, offset in answer.need],
            )

        await self._database.write(work)

    async def reached(self, sha: str, offset: int) -> None:
        """The township has this much of a photo on its disk."""
        await self._database.write(
            lambda tx: tx.run(
                "UPDATE blob SET \"offset\" = ? WHERE sha = ? AND state = 'waiting'", offset, sha
            )
        )

    async def give_up(self, sha: str, state: photo_links.PhotoState, *, why: str) -> None:
        """It cannot go up: the case page says so, and that another one is wanted."""
        await self._database.write(
            lambda tx: tx.run(
                "UPDATE blob SET state = ?, why = ? WHERE sha = ? AND state = 'waiting'",
                state.value,
                why,
                sha,
            )
        )

    async def send_again(self) -> None:
        """The township went back to an older state: offer it everything it had that is still here."""
        await self._database.write(
            lambda tx: tx.run("UPDATE blob SET state = 'waiting', \"offset\" = 0 WHERE state = 'sent'")
        )

    async def to_confirm(self, day: int) -> list[tuple[str, int]]:
        """Name and size of some photos the township once said it has, to ask whether it still does.

        The latest of them every day, of the others as many as make the round again and again.

        Args:
            day: a number that rises by one every day; it says where in the round we are.
        """
        latest = await self._database.rows(
            "SELECT sha, size FROM blob WHERE state = 'sent' ORDER BY sent_ms DESC, sha LIMIT ?",
            CONFIRMED_A_DAY,
        )
        there = await self._database.row("SELECT count(*) AS photos FROM blob WHERE state = 'sent'")
        start = day * CONFIRMED_A_DAY % there["photos"] if there and there["photos"] else 0
        round_ = await self._database.rows(
            "SELECT sha, size FROM blob WHERE state = 'sent' ORDER BY sha LIMIT ? OFFSET ?",
            CONFIRMED_A_DAY,
            start,
        )
        return list({row["sha"]: (row["sha"], row["size"]) for row in (*latest, *round_)}.values())

    async def collect(self, *, now_ms: int) -> int:
        """Remove what no record and no draft names; how many photos that were.

        Args:
            now_ms: this computer's clock; a wrong one costs at most a photo of a form nobody has saved.
        """
        oldest_ms = now_ms - int(UNNAMED_KEPT.total_seconds() * 1000)
        async with self._turn:
            rows = await self._database.write(
                lambda tx: tx.rows(
                    "DELETE FROM blob WHERE state = 'kept' AND kept_ms < ?"
                    " AND NOT EXISTS (SELECT 1 FROM photo_link WHERE photo_link.sha = blob.sha)"
                    " AND NOT EXISTS (SELECT 1 FROM draft WHERE instr(CAST(pairs AS TEXT), blob.sha) > 0)"
                    " AND NOT EXISTS (SELECT 1 FROM draft_aside WHERE instr(CAST(pairs AS TEXT), blob.sha) > 0)"
                    " RETURNING sha",
                    oldest_ms,
                )
            )
            for row in rows:
                await asyncio.to_thread(sealed_file.remove, self._folder, row["sha"])
        return len(rows)

    async def free(self, bytes_needed: int) -> int:
        """Make room by removing photos the township has had for long, the oldest first; how many bytes that gave.

        What is not yet there, or not long enough, stays, however short the disk is.
        """
        freed = 0
        async with self._turn:
            for sha in await self._long_there():
                if freed >= bytes_needed:
                    break
                await self._database.write(
                    lambda tx, sha=sha: tx.run(  # type: ignore[misc]
                        "UPDATE blob SET state = 'freed' WHERE sha = ? AND state = 'sent'", sha
                    )
                )
                freed += await asyncio.to_thread(sealed_file.remove, self._folder, sha)
        return freed

    async def _long_there(self) -> list[str]:
        """By the township's clock throughout: ours may say anything."""
        rows = await self._database.rows(
            "SELECT sha FROM blob, contact WHERE state = 'sent' AND sent_ms <= met_ms - offset_ms - ?"
            " ORDER BY sent_ms, sha",
            int(self._kept_after_arrival.total_seconds() * 1000),
        )
        return [row["sha"] for row in rows]

    async def _state(self, sha: str) -> str:
        row = await self._database.row("SELECT state FROM blob WHERE sha = ?", sha)
        return row["state"] if row else ""

    def _write_once(self, sha: str, content: bytes) -> None:
        try:
            if sealed_file.read(self._folder, sha, key=self._key) == content:
                return
        except (Damaged, FileNotFoundError):
            pass
        sealed_file.write(self._folder, sha, content, key=self._key)


async def _note_kept(tx: Writing, sha: str, picture: Picture, now_ms: int) -> None:
    """A photo handed in again after it was freed or damaged is here again."""
    await tx.run(
        "INSERT INTO blob (sha, size, state, media_type, kept_ms) VALUES (?, ?, 'kept', ?, ?)"
        " ON CONFLICT DO UPDATE SET kept_ms = excluded.kept_ms, media_type = excluded.media_type,"
        " state = CASE state WHEN 'freed' THEN 'sent' WHEN 'lost' THEN 'waiting' ELSE state END",
        sha,
        len(picture.content),
        picture.media_type,
        now_ms,
    )


def _tidy(folder: Path, states: dict[str, str], oldest_s: float) -> None:
    if not folder.exists():
        return
    for path in folder.iterdir():
        known = states.get(path.name)
        stray = known is None and path.stat().st_mtime < oldest_s
        if path.suffix == sealed_file.COMING or known == photo_links.PhotoState.FREED.value or stray:
            path.unlink(missing_ok=True)
