"""Forms with a file, as a browser sends them: short fields as text, one file as bytes, nothing longer than allowed."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from api_spec.errors import ErrorCode
from backend.edge.pages import read
from backend.edge.requests import Model
from backend.faults import Fault

MULTIPART: Final = "multipart/form-data"
LONGEST_FIELD: Final = 4 * 1024
MOST_PARTS: Final = 60


@dataclass(frozen=True, slots=True)
class Upload:
    """`file` is b"" where none was chosen; `fields` keeps the last value of each name, `many` all of them."""

    file: bytes = field(repr=False)
    fields: dict[str, str]
    many: dict[str, list[str]]

    def read(self, model: type[Model], *, besides: Collection[str] = ()) -> Model:
        """The fields as `model`; empty ones count as not given, those of `besides` are asked of `many`.

        Raises:
            Fault: BODY_INVALID with every fault by field.
        """
        return read({name: sent for name, sent in self.fields.items() if name not in besides}, model)


async def upload(request: web.Request, *, file: str, most: int) -> Upload:
    """A multipart form with at most one file, under the name `file`.

    Args:
        most: the largest file, bytes.

    Raises:
        Fault: MEDIA_TYPE, BODY_TOO_LARGE, BODY_INVALID.
    """
    if request.content_type != MULTIPART:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=MULTIPART)
    found, many = b"", dict[str, list[str]]()
    try:
        reader = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await reader.next()
            if part is None:
                return Upload(found, {name: values[-1] for name, values in many.items()}, many)
            if not isinstance(part, BodyPartReader) or not part.name:
                raise Fault(ErrorCode.BODY_INVALID)
            content = await _whole(part, most if part.name == file else LONGEST_FIELD)
            if part.name == file:
                found = content
            else:
                many.setdefault(part.name, []).append(_text(content))
    except (ValueError, AssertionError, BadHttpMessage):
        raise Fault(ErrorCode.BODY_INVALID) from None
    raise Fault(ErrorCode.BODY_TOO_LARGE, limit_fields=MOST_PARTS)


async def file_parts(
    request: web.Request, *, most: int, most_files: int
) -> AsyncIterator[tuple[str, bytes, bool]]:
    """The parts of a multipart form one after the other: name, content, and whether it is a file.

    Args:
        most: the largest file, bytes; one that is larger comes cut off behind it, so that whoever reads refuses it alone.

    Raises:
        Fault: MEDIA_TYPE, BODY_TOO_LARGE, BODY_INVALID.
    """
    if request.content_type != MULTIPART:
        raise Fault(ErrorCode.MEDIA_TYPE, expected=MULTIPART)
    files = 0
    try:
        reader = await request.multipart()
        for _ in range(MOST_PARTS + most_files):
            part = await reader.next()
            if part is None:
                return
            if not isinstance(part, BodyPartReader) or not part.name:
                raise Fault(ErrorCode.BODY_INVALID)
            is_file = part.filename is not None
            files += is_file
            if files > most_files:
                raise Fault(ErrorCode.BODY_TOO_LARGE, limit_fields=most_files)
            if is_file:
                yield part.name, await _cut(part, most), True
            else:
                yield part.name, await _whole(part, LONGEST_FIELD), False
    except (ValueError, AssertionError, BadHttpMessage):
        raise Fault(ErrorCode.BODY_INVALID) from None
    raise Fault(ErrorCode.BODY_TOO_LARGE, limit_fields=MOST_PARTS)


async def _cut(part: BodyPartReader, most: int) -> bytes:
    """The part, one byte more than allowed where it is too long; what comes behind is passed over, up to ten times."""
    content = bytearray()
    passed = 0
    while piece := await part.read_chunk():
        passed += len(piece)
        if passed > 10 * most:
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=most)
        content += piece[: most + 1 - len(content)]
    return bytes(content)


async def _whole(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk():
        content += piece
        if len(content) > most:
            raise Fault(ErrorCode.BODY_TOO_LARGE, limit_bytes=most)
    return bytes(content)


def _text(content: bytes) -> str:
    """Raises ValueError: not UTF-8, or NUL."""
    text = content.decode()
    if "\0" in text:
        raise ValueError("NUL")
    return text.replace("\r\n", "\n")
