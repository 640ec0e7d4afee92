"""All queries about blobs: how far uploads are, what is whole, what belongs to which case."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from backend import db
from backend.blobs.values import Blob, Counts, Link, Media, Owner, Photo, Refusal, Upload
from backend.ids import new_id
from backend.instants import from_ms

_UPLOAD: Final = (
    "SELECT id, tenant_id, source, sha, size, durable, kept, restarts, done, refused FROM blob_upload"
)
_UPLOAD_COLUMNS: Final = (
    "id",
    "tenant_id",
    "source",
    "sha",
    "size",
    "durable",
    "kept",
    "restarts",
    "done",
    "begun_at",
    "changed_at",
)
_BLOB_COLUMNS: Final = ("id", "tenant_id", "sha", "size", "media", "pages", "stored_at", "wanted_at")
_LINK_COLUMNS: Final = ("id", "tenant_id", "rid", "material", "sha", "size", "label", "linked_at")
_PHOTOS: Final = """
    SELECT l.id, l.tenant_id, l.rid, l.material, l.sha, l.size, l.label,
        b.id AS blob_id, b.size AS blob_size, b.media, b.pages
    FROM blob_link l LEFT JOIN blob b ON b.tenant_id = l.tenant_id AND b.sha = l.sha
    WHERE l.tenant_id = ? AND l.rid = ? ORDER BY l.id
"""


async def find_upload(owner: Owner, sha: str) -> Upload | None:
    """One sender's upload, as committed."""
    row = await db.point_read(
        f"{_UPLOAD} WHERE tenant_id = ? AND source = ? AND sha = ?", [owner.tenant_id, owner.source, sha]
    )
    return _upload(row) if row else None


async def uploads(owner: Owner, shas: Sequence[str]) -> dict[str, Upload]:
    """One sender's uploads of these blobs, by name."""
    found = await db.rows(
        f"{_UPLOAD} WHERE tenant_id = ? AND source = ? AND sha IN ({_marks(shas)})",
        [owner.tenant_id, owner.source, *shas],
    )
    return {row["sha"]: _upload(row) for row in found}


async def begin(owner: Owner, sha: str, *, size: int, at: datetime) -> Upload:
    """A new upload, or the one somebody began at the same moment."""
    values = [new_id(), owner.tenant_id, owner.source, sha, size, 0, 0, 0, 0, at, at]
    while True:
        await db.insert_many("blob_upload", _UPLOAD_COLUMNS, [values], conflict="ON CONFLICT DO NOTHING")
        found = await find_upload(owner, sha)
        if found is not None:
            return found


async def begun_bytes(tenant_id: str, *, since: datetime) -> dict[str, int]:
    """Bytes that each sender of a township began to send since then, what it sent anew included."""
    found = await db.rows(
        "SELECT source, SUM(size * (restarts + 1)) AS bytes FROM blob_upload"
        " WHERE tenant_id = ? AND begun_at > ? GROUP BY source",
        [tenant_id, since],
    )
    return {row["source"]: int(row["bytes"]) for row in found}


async def advance(upload: Upload, *, offset: int, kept: int, at: datetime) -> bool:
    """Note what is durable now; False if the upload is no longer where `upload` says."""
    moved = await db.row(
        "UPDATE blob_upload SET durable = ?, kept = ?, changed_at = ?"
        " WHERE id = ? AND durable = ? AND kept = ? AND done = 0 AND refused IS NULL RETURNING id",
        [offset, kept, at, upload.id, upload.offset, upload.kept],
    )
    return moved is not None


async def restart(upload: Upload, *, at: datetime) -> None:
    """The whole did not hash to its name: the next piece is the first."""
    await db.row(
        "UPDATE blob_upload SET durable = 0, kept = 0, restarts = restarts + 1, begun_at = ?, changed_at = ?"
        " WHERE id = ? AND durable = ? RETURNING id",
        [at, at, upload.id, upload.offset],
    )


async def refuse(upload: Upload, refusal: Refusal, *, at: datetime) -> None:
    """For good."""
    await db.row(
        "UPDATE blob_upload SET refused = ?, durable = 0, kept = 0, changed_at = ? WHERE id = ? RETURNING id",
        [refusal, at, upload.id],
    )


async def finish(upload: Upload, media: Media, *, pages: int, at: datetime) -> bool:
    """Make a whole upload a blob, in the caller's transaction; False if the township has this blob already."""
    added = await db.insert_many(
        "blob",
        _BLOB_COLUMNS,
        [(upload.id, upload.owner.tenant_id, upload.sha, upload.size, media, pages, at, at)],
        conflict="ON CONFLICT DO NOTHING",
        returning="id",
    )
    await db.row(
        "UPDATE blob_upload SET durable = size, done = 1, changed_at = ? WHERE id = ? RETURNING id",
        [at, upload.id],
    )
    return bool(added)


async def find_blob(tenant_id: str, sha: str) -> Blob | None:
    """A whole blob of this township, as committed."""
    row = await db.point_read(
        "SELECT id, tenant_id, sha, size, media, pages FROM blob WHERE tenant_id = ? AND sha = ?",
        [tenant_id, sha],
    )
    return _blob(row) if row else None


async def known(tenant_id: str, shas: Sequence[str], *, at: datetime, fresh: timedelta) -> dict[str, str]:
    """Which of these the township has, id by name. They are then kept as if they had come now; noted once in `fresh`."""
    found = await db.rows(
        f"SELECT id, sha, wanted_at FROM blob WHERE tenant_id = ? AND sha IN ({_marks(shas)})",  # noqa: S608
        [tenant_id, *shas],
    )
    if any(from_ms(row["wanted_at"]) < at - fresh for row in found):
        kept = await db.rows(
            f"UPDATE blob SET wanted_at = ? WHERE tenant_id = ? AND sha IN ({_marks(shas)}) RETURNING id, sha",  # noqa: S608
            [at, tenant_id, *shas],
        )
        return {row["sha"]: row["id"] for row in kept}
    return {row["sha"]: row["id"] for row in found}


async def link(links: Sequence[Link], *, at: datetime) -> None:
    """Add what belongs where; what is known already stays as it is."""
    # Ids of one millisecond are in no order; sorted, they keep the order in which the photos were named.
    ids = sorted(new_id() for _ in links)
    await db.insert_many(
        "blob_link",
        _LINK_COLUMNS,
        [
            (link_id, one.tenant_id, one.rid, one.material, one.sha, one.size, one.label, at)
            for link_id, one in zip(ids, links, strict=True)
        ],
        conflict="ON CONFLICT DO NOTHING",
    )


async def photos(tenant_id: str, rid: str) -> list[Photo]:
    """A case's photos in the order in which they were named."""
    return [_photo(row) for row in await db.rows(_PHOTOS, [tenant_id, rid])]


async def counts(tenant_id: str, rids: Sequence[str]) -> dict[str, Counts]:
    """How many photos each case names and how many are here; cases without any are left out."""
    found = await db.rows(
        "SELECT l.rid, COUNT(DISTINCT l.sha) AS total, COUNT(DISTINCT b.sha) AS here FROM blob_link l"  # noqa: S608
        " LEFT JOIN blob b ON b.tenant_id = l.tenant_id AND b.sha = l.sha"
        f" WHERE l.tenant_id = ? AND l.rid IN ({_marks(rids)}) GROUP BY l.rid",
        [tenant_id, *rids],
    )
    return {row["rid"]: Counts(row["here"], row["total"]) for row in found}


async def cases_of(tenant_id: str, sha: str) -> list[str]:
    """The cases a blob belongs to."""
    found = await db.rows(
        "SELECT DISTINCT rid FROM blob_link WHERE tenant_id = ? AND sha = ? ORDER BY rid", [tenant_id, sha]
    )
    return [row["rid"] for row in found]


async def unfinished(*, before: datetime, limit: int) -> list[Upload]:
    """Uploads, begun and left alone since, also those refused."""
    found = await db.rows(
        f"{_UPLOAD} WHERE done = 0 AND changed_at < ? ORDER BY changed_at LIMIT ?", [before, limit]
    )
    return [_upload(row) for row in found]


async def drop_upload(upload_id: str, *, before: datetime) -> bool:
    """Forget an upload if it is still left alone."""
    gone = await db.row(
        "DELETE FROM blob_upload WHERE id = ? AND changed_at < ? RETURNING id", [upload_id, before]
    )
    return gone is not None


async def unreferred(*, before: datetime, after: str, limit: int) -> list[Blob]:
    """Blobs no case names, by id from the one after `after`, that no sender has offered since then."""
    found = await db.long_read(
        "SELECT id, tenant_id, sha, size, media, pages FROM blob b WHERE wanted_at < ? AND id > ?"
        " AND NOT EXISTS (SELECT 1 FROM blob_link l WHERE l.tenant_id = b.tenant_id AND l.sha = b.sha)"
        " ORDER BY id LIMIT ?",
        [before, after, limit],
    )
    return [_blob(row) for row in found]


async def drop_blob(blob: Blob, *, before: datetime) -> bool:
    """Forget a blob and the uploads that brought it, if nobody has wanted it meanwhile; in one transaction."""
    async with db.in_transaction():
        gone = await db.row(
            "DELETE FROM blob WHERE id = ? AND wanted_at < ? AND NOT EXISTS"
            " (SELECT 1 FROM blob_link WHERE tenant_id = ? AND sha = ?) RETURNING id",
            [blob.id, before, blob.tenant_id, blob.sha],
        )
        if gone is not None:
            await db.rows(
                "DELETE FROM blob_upload WHERE tenant_id = ? AND sha = ? AND done = 1 RETURNING id",
                [blob.tenant_id, blob.sha],
            )
    return gone is not None


async def lose(blob: Blob) -> None:
    """Forget a blob whose file is gone and the uploads that brought it: the next piece of it is a first one."""
    async with db.in_transaction():
        await db.row("DELETE FROM blob WHERE id = ? RETURNING id", [blob.id])
        await db.rows(
            "DELETE FROM blob_upload WHERE tenant_id = ? AND sha = ? AND done = 1 RETURNING id",
            [blob.tenant_id, blob.sha],
        )


async def ids_of_files(ids: Sequence[str]) -> set[str]:
    """Those of these file names that an upload or a blob owns."""
    marks = _marks(ids)
    found = await db.long_read(
        f"SELECT id FROM blob WHERE id IN ({marks}) UNION SELECT id FROM blob_upload WHERE id IN ({marks})"  # noqa: S608
        " AND done = 0",
        [*ids, *ids],
    )
    return {row["id"] for row in found}


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _upload(row: Mapping[str, Any]) -> Upload:
    return Upload(
        id=row["id"],
        owner=Owner(row["tenant_id"], row["source"]),
        sha=row["sha"],
        size=row["size"],
        offset=row["durable"],
        kept=row["kept"],
        restarts=row["restarts"],
        done=bool(row["done"]),
        refused=Refusal(row["refused"]) if row["refused"] else None,
    )


def _blob(row: Mapping[str, Any]) -> Blob:
    return Blob(
        id=row["id"],
        tenant_id=row["tenant_id"],
        sha=row["sha"],
        size=row["size"],
        media=Media(row["media"]),
        pages=row["pages"],
    )


def _photo(row: Mapping[str, Any]) -> Photo:
    link = Link(
        tenant_id=row["tenant_id"],
        rid=row["rid"],
        material=row["material"],
        sha=row["sha"],
        size=row["size"],
        label=row["label"],
    )
    blob = None
    if row["blob_id"] is not None:
        blob = Blob(
            id=row["blob_id"],
            tenant_id=row["tenant_id"],
            sha=row["sha"],
            size=row["blob_size"],
            media=Media(row["media"]),
            pages=row["pages"],
        )
    return Photo(row["id"], link, blob)
