"""Which photo belongs to which part of which case: written with the record that names it, in its transaction.

A photo a record names has to go up; until then it is only kept. It knows rows, not files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from api_spec.record_parts import MaterialLine, Photo
from api_spec.records import AmendRecord, CaseRecord, SupplementRecord
from api_spec.vocabulary import Term
from village_node.desk.photo_slots import MANDATE, MATERIAL
from village_node.storage.database import Database, Row, Writing


class PhotoState(Term):
    """What became of a photo."""

    KEPT = "kept", "还没有交"
    WAITING = "waiting", "待上传"
    SENT = "sent", "已上传"
    FREED = "freed", "已上传，本机已清理"
    REFUSED = "refused", "镇里退回"
    LOST = "lost", "文件已损坏"


THERE: Final = frozenset({PhotoState.SENT, PhotoState.FREED})
NEEDS_A_HAND: Final = frozenset({PhotoState.REFUSED, PhotoState.LOST})


class PhotoMissing(RuntimeError):
    """A record names a photo that is not kept here: nothing of the record was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePhoto:
    """One photo of a case. `part`: `m-` and a material's code, or `mandate`; `why`: the reason if it was refused."""

    part: str
    label: str
    sha: str
    size: int
    media_type: str
    state: PhotoState
    offset: int
    why: str


@dataclass(frozen=True, slots=True)
class Count:
    """Of one case or of all: how many photos were handed in, and how many the township has or cannot use."""

    whole: int = 0
    there: int = 0
    refused: int = 0

    @property
    def waiting(self) -> int:
        return self.whole - self.there - self.refused


async def refer(tx: Writing, record: CaseRecord | AmendRecord | SupplementRecord, *, case_rid: str) -> None:
    """Part of the transaction that writes `record` down: every photo it names has to go up from now on.

    Raises:
        PhotoMissing
    """
    for part, photo in _named(record):
        known = await tx.row(
            "UPDATE blob SET state = CASE state WHEN 'kept' THEN 'waiting' ELSE state END WHERE sha = ?"
            " RETURNING sha",
            photo.sha,
        )
        if known is None:
            raise PhotoMissing
        await tx.run(
            "INSERT INTO photo_link (case_rid, rid, part, sha, label) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            case_rid,
            record.rid,
            part,
            photo.sha,
            photo.label,
        )


async def of_case(database: Database, case_rid: str) -> list[CasePhoto]:
    """In the order they were handed in."""
    rows = await database.rows(
        "SELECT l.part, l.label, b.* FROM photo_link l JOIN blob b USING (sha) WHERE l.case_rid = ? ORDER BY l.id",
        case_rid,
    )
    return [_photo(row) for row in rows]


async def counts(database: Database, case_rids: Sequence[str]) -> dict[str, Count]:
    """Cases without photos are not named."""
    rows = await database.rows(
        "SELECT l.case_rid, count(*) AS whole, sum(b.state IN ('sent', 'freed')) AS there,"
        " sum(b.state IN ('refused', 'lost')) AS refused FROM photo_link l JOIN blob b USING (sha)"
        " WHERE l.case_rid IN (SELECT value FROM json_each(?)) GROUP BY l.case_rid",
        msgspec.json.encode(case_rids).decode(),
    )
    return {row["case_rid"]: Count(row["whole"], row["there"], row["refused"]) for row in rows}


async def cases_needing_a_hand(database: Database) -> list[str]:
    """Cases with a photo the township sent back or this computer lost, and no later one for the same part."""
    rows = await database.rows(
        "SELECT DISTINCT l.case_rid FROM blob b JOIN photo_link l USING (sha) WHERE b.state IN ('refused', 'lost')"
        " AND NOT EXISTS (SELECT 1 FROM photo_link later JOIN blob c ON c.sha = later.sha"
        " WHERE later.case_rid = l.case_rid AND later.part = l.part AND later.id > l.id"
        " AND c.state NOT IN ('refused', 'lost'))"
    )
    return [row["case_rid"] for row in rows]


def _named(record: CaseRecord | AmendRecord | SupplementRecord) -> Iterator[tuple[str, Photo]]:
    lines: tuple[MaterialLine, ...] = record.body.materials or ()
    for line in lines:
        yield from ((MATERIAL + line.code, photo) for photo in line.photos)
    if isinstance(record, SupplementRecord):
        signed = record.body.mandate_photos
    else:
        signed = record.body.mandate.photos if record.body.mandate else ()
    yield from ((MANDATE, photo) for photo in signed)


def _photo(row: Row) -> CasePhoto:
    return CasePhoto(
        part=row["part"],
        label=row["label"],
        sha=row["sha"],
        size=row["size"],
        media_type=row["media_type"],
        state=PhotoState(row["state"]),
        offset=row["offset"],
        why=row["why"],
    )
