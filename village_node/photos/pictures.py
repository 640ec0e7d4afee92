"""What becomes of a file before it is kept as a photo: turned upright, shrunk, stripped of where and when it was taken.

Bytes in, bytes out; run it in a process of its own (`picture_process`), because the bytes are a stranger's.
"""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Final

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE: Final = 1600
LARGEST_RAW_BYTES: Final = 25 * 1024 * 1024
LARGEST_DOCUMENT_BYTES: Final = 10 * 1024 * 1024
LARGEST_DRAWING_BYTES: Final = 150 * 1024
AIM_BYTES: Final = 300 * 1024
# Most telephones give 12 to 50 million pixels, the largest 200. JPEG is decoded small at once, the others whole.
MOST_PIXELS: Final = 64_000_000
MOST_JPEG_PIXELS: Final = 220_000_000
_QUALITIES: Final = (82, 74, 66, 58, 50)
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF", "BMP", "GIF", "TIFF")
_SCALED_WHILE_DECODING: Final = frozenset({"JPEG", "MPO"})
_PDF: Final = b"%PDF-"
_HEAD_OF_PDF: Final = 1024


class Refused(StrEnum):
    """Why a file is no photo for us."""

    TOO_LARGE = "too_large"
    NOT_A_PICTURE = "not_a_picture"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    DOCUMENT_TOO_LARGE = "document_too_large"
    SENT_BACK = "sent_back"
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES: Final = {
    Refused.TOO_LARGE: "这个文件超过 25 MB，请重新拍一张，或把清晰度调低一些再拍。",
    Refused.NOT_A_PICTURE: "这个文件不是照片，也不是 PDF，请重新拍照或另选文件。",
    Refused.BROKEN: "这个文件坏了或没有传完整，请重新拍一张。",
    Refused.TOO_MANY_PIXELS: "这张图片的尺寸太大，电脑处理不了，请用手机重新拍一张。",
    Refused.DOCUMENT_TOO_LARGE: "PDF 和 TIFF 文件不能超过 10 MB，请分成几个文件，或改为拍照。",
    Refused.SENT_BACK: "这张照片镇里退回过，请重新拍一张。",
    Refused.NO_ROOM: "电脑磁盘快满了，这张照片没有存。请先清理磁盘，原件交镇里也可以。",
    Refused.TOO_MANY: "一份材料最多 9 张照片，多出来的没有存。页数多的材料请扫描成一个 PDF。",
}


class PictureRefused(Exception):
    """This file cannot be kept; `why` tells the clerk what to do."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept and sent. `media_type`: image/jpeg, image/png, image/tiff or application/pdf."""

    media_type: str
    content: bytes


def prepare(raw: bytes) -> Picture:
    """The final bytes of a photo; the same file always gives the same bytes.

    PDF and TIFF are kept as they are: several pages, and nobody photographs with them.

    Raises:
        PictureRefused
    """
    if len(raw) > LARGEST_RAW_BYTES:
        raise PictureRefused(Refused.TOO_LARGE)
    if raw.startswith(_PDF):
        return _document(raw, "application/pdf", whole=b"%%EOF" in raw[-_HEAD_OF_PDF:])
    pillow_heif.register_heif_opener()
    try:
        with Image.open(BytesIO(raw), formats=_FORMATS) as opened:
            return _shrunk(opened, raw)
    except UnidentifiedImageError:
        raise PictureRefused(Refused.NOT_A_PICTURE) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(Refused.TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, MemoryError) as broken:
        raise PictureRefused(Refused.BROKEN) from broken


def _document(raw: bytes, media_type: str, *, whole: bool) -> Picture:
    if len(raw) > LARGEST_DOCUMENT_BYTES:
        raise PictureRefused(Refused.DOCUMENT_TOO_LARGE)
    if not whole:
        raise PictureRefused(Refused.BROKEN)
    return Picture(media_type, raw)


def _shrunk(opened: Image.Image, raw: bytes) -> Picture:
    kind, (width, height) = opened.format or "", opened.size
    most = MOST_JPEG_PIXELS if kind in _SCALED_WHILE_DECODING else MOST_PIXELS
    if width * height > most:
        raise PictureRefused(Refused.TOO_MANY_PIXELS)
    if kind == "TIFF":
        opened.load()
        return _document(raw, "image/tiff", whole=True)
    if kind in _SCALED_WHILE_DECODING:
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(opened)
    flat = _on_white(upright)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if kind == "PNG":
        drawing = _drawing(flat)
        if drawing is not None:
            return drawing
    return Picture("image/jpeg", _jpeg(flat))


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: a signature drawn on glass would be black on black in a JPEG."""
    if picture.mode in {"RGB", "L"} and "transparency" not in picture.info:
        return picture
    if picture.mode not in {"RGBA", "LA", "PA", "P"}:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _drawing(picture: Image.Image) -> Picture | None:
    """Lines and letters are smaller and sharper as PNG; a photo in a PNG is not."""
    out = BytesIO()
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    bare.save(out, "PNG", optimize=True)
    content = out.getvalue()
    return Picture("image/png", content) if len(content) <= LARGEST_DRAWING_BYTES else None


def _jpeg(picture: Image.Image) -> bytes:
    """A page of A4 stays readable: the best quality that fits, and never less than the last."""
    content = b""
    for quality in _QUALITIES:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None, comment=b"")
        content = out.getvalue()
        if len(content) <= AIM_BYTES:
            break
    return content
