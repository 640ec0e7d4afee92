"""Bodies on the wire: zstd or gzip, never inflated beyond a cap.

The signature is checked on the compressed bytes before this is called. Nesting needs no counter of its own: every
message type has a fixed depth, and msgspec gives up on deeper ones (`sync.decode` turns that into a refusal).
"""

import zlib
from typing import Final

import zstandard

from api_spec.vocabulary import Term

INFLATED_MAX: Final = 8 * 1024 * 1024
ZSTD_LEVEL: Final = 9
_GZIP: Final = 16 + zlib.MAX_WBITS


class Coding(Term):
    """Values of `Content-Encoding`."""

    ZSTD = "zstd", "zstd 压缩"
    GZIP = "gzip", "gzip 压缩"
    IDENTITY = "identity", "不压缩"


class BadBody(ValueError):
    """A body cannot be unpacked, or would be larger than allowed; `args[0]` says which."""


def pack(data: bytes, coding: Coding = Coding.ZSTD, *, level: int = ZSTD_LEVEL) -> bytes:
    """Compress one body. A zstd frame made here declares its size, as `unpack` demands.

    Args:
        level: of zstd; a stick can wait longer than a line.
    """
    match coding:
        case Coding.ZSTD:
            return zstandard.ZstdCompressor(level=level).compress(data)
        case Coding.GZIP:
            packer = zlib.compressobj(wbits=_GZIP)
            return packer.compress(data) + packer.flush()
        case Coding.IDENTITY:
            return data


def unpack(data: bytes, coding: str, *, limit: int = INFLATED_MAX) -> bytes:
    """Undo `pack`.

    Args:
        coding: the Content-Encoding header; "" means identity.
        limit: most bytes after inflating.

    Raises:
        BadBody: unknown coding, damaged or cut short, something behind its end, or larger than `limit`.
    """
    match coding:
        case Coding.ZSTD:
            return _unzstd(data, limit)
        case Coding.GZIP:
            return _gunzip(data, limit)
        case Coding.IDENTITY | "":
            if len(data) > limit:
                raise BadBody("too large")
            return data
    raise BadBody("unknown coding")


def _unzstd(data: bytes, limit: int) -> bytes:
    try:
        declared = zstandard.get_frame_parameters(data).content_size
        if declared > limit:  # an undeclared size reads as 2^64-1
            raise BadBody("too large")
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError:
        raise BadBody("damaged") from None


def _gunzip(data: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        inflated = unpacker.decompress(data, limit + 1)
    except zlib.error:
        raise BadBody("damaged") from None
    if len(inflated) > limit:
        raise BadBody("too large")
    if not unpacker.eof or unpacker.unused_data:
        raise BadBody("damaged")
    return inflated
