"""What may be received, what a file's first bytes say it is, and when the township takes no more. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api_spec.errors import ErrorCode
from api_spec.sync import BLOB_MAX, CHUNK_MAX
from backend.blobs.values import Media, Owner, Refusal, Upload
from backend.faults import Fault

BUDGET_SPAN: Final = timedelta(days=1)
FULL_WAIT_S: Final = 600
BUDGET_WAIT_S: Final = 3600

PART_KEPT: Final = timedelta(days=30)
UNREFERRED_KEPT: Final = timedelta(days=90)
"""sync/1, 2.11."""

WRONG_CODES: Final[Mapping[Refusal, ErrorCode]] = {
    Refusal.TYPE: ErrorCode.BLOB_TYPE,
    Refusal.BROKEN: ErrorCode.BLOB_BROKEN,
    Refusal.HUGE: ErrorCode.BLOB_HUGE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bytes that may begin to come within `BUDGET_SPAN`: of one sender (three times a village's month), of a township."""

    sender: int = 2 * 1024**3
    tenant: int = 40 * 1024**3


_HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)


def sniff(head: bytes) -> Media | None:
    """What the first 16 bytes say; None for anything that is not shown here."""
    if head.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Media.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Media.HEIC
    if head[:4] in (b"II*\0", b"MM\0*"):
        return Media.TIFF
    return Media.PDF if head.startswith(b"%PDF-") else None


def refuse_unfit_piece(chunk: bytes, *, offset: int, size: int) -> None:
    """What no state of the upload could make good.

    Raises:
        Fault: BLOB_TOO_LARGE; BODY_INVALID, a piece that is empty, too long or ends behind the end.
    """
    if size > BLOB_MAX:
        raise Fault(ErrorCode.BLOB_TOO_LARGE, limit_bytes=BLOB_MAX)
    if size < 1 or offset < 0 or not 1 <= len(chunk) <= CHUNK_MAX or offset + len(chunk) > size:
        raise Fault(ErrorCode.BODY_INVALID, reason="piece")


def refuse_misplaced(upload: Upload, *, offset: int, size: int) -> None:
    """Where the upload is, and where the piece says it goes on.

    Raises:
        Fault: BODY_INVALID another size; what it was refused for; BLOB_OFFSET with the true offset.
    """
    if size != upload.size:
        raise Fault(ErrorCode.BODY_INVALID, reason="size")
    if upload.refused is not None:
        raise Fault(WRONG_CODES[upload.refused])
    if offset != upload.offset:
        raise Fault(ErrorCode.BLOB_OFFSET, upload_offset=upload.offset)


def refuse_over_budget(begun: Mapping[str, int], owner: Owner, *, size: int, budget: Budget) -> None:
    """Args:
        begun: bytes by sender, of the owner's township in the last `BUDGET_SPAN`.

    Raises:
        Fault: TOO_MANY_REQUESTS.
    """
    mine, all_of_them = begun.get(owner.source, 0) + size, sum(begun.values()) + size
    if mine > budget.sender or all_of_them > budget.tenant:
        raise Fault(ErrorCode.TOO_MANY_REQUESTS, retry_after_s=BUDGET_WAIT_S)


def refuse_full(free_bytes: int, *, floor_bytes: int) -> None:
    """Raises Fault: BUSY, the disk is needed for records."""
    if free_bytes < floor_bytes:
        raise Fault(ErrorCode.BUSY, retry_after_s=FULL_WAIT_S)
