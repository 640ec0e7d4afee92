"""Photos as values: whose they are, how far an upload is, which case they belong to. Rows never leave the store. Pure."""

from dataclasses import dataclass
from typing import Final

from api_spec.vocabulary import Term

MANDATE: Final = ""
"""Stands for the material's code where a photo belongs to the 委托书 of a case."""


class Media(Term):
    """What a blob turned out to be by its own bytes; its name and label are never believed."""

    JPEG = "image/jpeg", "JPEG 照片"
    PNG = "image/png", "PNG 图片"
    WEBP = "image/webp", "WebP 图片"
    HEIC = "image/heic", "HEIC 照片"
    TIFF = "image/tiff", "TIFF 扫描件"
    PDF = "application/pdf", "PDF 文件"

    @property
    def suffix(self) -> str:
        """Of a downloaded file's name."""
        return self.value.rpartition("/")[2].replace("jpeg", "jpg")


class Refusal(Term):
    """Why a blob is refused for good."""

    TYPE = "type", "不是照片或 PDF"
    BROKEN = "broken", "打不开，或没有拍完整"
    HUGE = "huge", "尺寸大得不合理"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sends: `source` tells senders of one township apart (`node/4711`, `citizen/<id>`) and is never parsed."""

    tenant_id: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How far one sender's upload is.

    Args:
        offset: bytes of the blob that are durable here; the next piece begins there.
        kept: bytes of the file that hold them, sealed.
        restarts: how often it began anew because the whole did not hash to its name.
    """

    id: str
    owner: Owner
    sha: str
    size: int
    offset: int
    kept: int
    restarts: int
    done: bool
    refused: Refusal | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sender is told: everything before `offset` will be here after a power cut."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A whole blob: its bytes hash to `sha`."""

    id: str
    tenant_id: str
    sha: str
    size: int
    media: Media
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One photo of one case. The blob itself may come before or after.

    Args:
        rid: the case's (or errand's) idempotency id, as its node made it.
        material: the material's code, `MANDATE` for the mandate.
    """

    tenant_id: str
    rid: str
    material: str
    sha: str
    size: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a case as its page shows it; `blob` None while it is on its way."""

    id: str
    link: Link
    blob: Blob | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many photos of a case are here, of how many its records name."""

    here: int = 0
    total: int = 0
