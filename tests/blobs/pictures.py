"""Photos and papers as villages send them, and what somebody makes to harm whoever opens it."""

import hashlib
import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image
from pillow_heif import register_heif_opener


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def photo(kind: str = "JPEG", *, serial: int = 0, side: int = 400) -> bytes:
    """An image of a format Pillow knows; another `serial` is another photo."""
    register_heif_opener()
    image = Image.effect_noise((side, side * 3 // 4), 40).convert("RGB")
    image.putpixel((0, 0), (serial % 256, serial // 256, 7))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@cache
def scan(kind: str = "TIFF", *, pages: int = 3) -> bytes:
    """A paper of several pages."""
    sheets = [Image.new("RGB", (300, 400), (10 * page, 200, 100)) for page in range(pages)]
    out = io.BytesIO()
    packed = {"compression": "tiff_deflate"} if kind == "TIFF" else {}
    sheets[0].save(out, kind, save_all=True, append_images=sheets[1:], **packed)
    return out.getvalue()


def big_png(width: int, height: int) -> bytes:
    """A small file that claims a huge picture."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(290)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")


def big_pdf(points: int) -> bytes:
    """One empty page of this width and height."""
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
        % (points, points)
    )


def looping_tiff() -> bytes:
    """Directories without end: each says that the next one is itself."""
    fields = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    fields += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 8), (279, 4, 1, 64)]
    directory = struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *one) for one in fields)
    return b"II*\0" + struct.pack("<I", 72) + bytes(64) + directory + struct.pack("<I", 72)


def wide_tiff() -> bytes:
    """A directory that claims a picture of 60,000 by 60,000."""
    small = bytearray(scan(pages=1))
    for tag in (256, 257):
        for kind, form in ((3, "<H"), (4, "<I")):
            at = small.find(struct.pack("<HHI", tag, kind, 1))
            if at >= 0:
                small[at + 8 : at + 8 + struct.calcsize(form)] = struct.pack(form, 60_000)
    return bytes(small)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.jpg", photo())
    return out.getvalue()


DISGUISED = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "zip": zipped(),
    "exe": b"MZ" + bytes(200),
    "gif": b"GIF89a" + bytes(64),
    "nothing": b"\0",
    "text": "申请书".encode(),
}
BOMBS = {
    "png of 50,000 by 50,000": big_png(50_000, 50_000),
    "tiff of 60,000 by 60,000": wide_tiff(),
    "pdf page of a kilometre": big_pdf(3_000_000),
}
KINDS = {
    "image/jpeg": photo("JPEG"),
    "image/png": photo("PNG"),
    "image/webp": photo("WEBP"),
    "image/heic": photo("HEIF"),
    "image/tiff": scan("TIFF"),
    "application/pdf": scan("PDF"),
}
