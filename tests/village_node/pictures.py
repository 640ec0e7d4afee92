"""Photos as telephones and scanners make them, for tests."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw

GPS_WORDS = b"LOCATION-OF-A-HOUSE"


def phone_photo(width: int = 3000, height: int = 2000, *, orientation: int = 1, seed: int = 1) -> bytes:
    """A JPEG with EXIF: maker, GPS and the way the telephone was held. Its upper left corner is red."""
    picture = noise(width, height, seed=seed)
    ImageDraw.Draw(picture).rectangle((0, 0, width // 4, height // 4), fill="red")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Maker of telephones"
    exif.get_ifd(0x8825)[0x001B] = GPS_WORDS
    return _saved(picture, "JPEG", quality=90, exif=exif)


def noise(width: int, height: int, *, seed: int = 1) -> Image.Image:
    """Blobs of colour with some grain: neither flat nor white noise."""
    rough = Image.frombytes("RGB", (48, 32), random.Random(seed).randbytes(48 * 32 * 3))
    return rough.resize((width, height), Image.Resampling.BICUBIC)


def page_of_text(width: int = 2480, height: int = 3508) -> bytes:
    """A4 at 300 dpi, full of small letters."""
    picture = Image.new("L", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    chance = random.Random(7)
    for y in range(150, height - 150, 48):
        letters = "".join(chance.choice("abcdefghiklmnopqrstuvwxyz     ") for _ in range(95))
        draw.text((150, y), letters, fill=20, font_size=34)
    return _saved(picture.convert("RGB"), "JPEG", quality=95)


def heic() -> bytes:
    pillow_heif.register_heif_opener()
    return _saved(noise(900, 600), "HEIF")


def tiff() -> bytes:
    return _saved(noise(300, 200), "TIFF")


def pdf() -> bytes:
    return _saved(noise(300, 200), "PDF")


def signature_png() -> bytes:
    """Strokes on glass: everything else is transparent."""
    picture = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(30, 200), (180, 40), (330, 200), (560, 60)], fill="black", width=6)
    return _saved(picture, "PNG")


def bomb(side: int = 50_000) -> bytes:
    """A valid small PNG that says it has `side` × `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    body = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
