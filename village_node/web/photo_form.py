"""Reads a form that carries photos: each file is made a photo and kept as it arrives, one at a time in memory.

What comes out are plain pairs (`photo_slots`), so that a draft holds its photos as it holds everything else.
"""

from collections.abc import Sequence
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from village_node.desk import photo_slots
from village_node.desk.photo_slots import FILE, MOST_OF_ONE, PHOTO, REFUSED
from village_node.photos.photos import Photos
from village_node.photos.pictures import LARGEST_RAW_BYTES, PictureRefused, Refused
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import DISK, LARGEST_FORM_BYTES, Refusal

MOST_FILES: Final = 40
MOST_FIELDS: Final = 1000
MULTIPART: Final = "multipart/form-data"
_BROKEN: Final = Refusal(400, "表单没有传完整", "请返回上一页重新提交。已经存下的照片和草稿都还在。")
_TOO_MUCH: Final = Refusal(413, "内容太多", f"一次最多选 {MOST_FILES} 个文件，请分几次提交。")

Pairs = list[tuple[str, str]]


async def pairs(request: web.Request) -> Pairs:
    """A submitted form in its own order; its files are kept and stand in it by name.

    Raises:
        Refusal: as `edge.pairs`; too many files; the disk is full.
    """
    if request.content_type == MULTIPART:
        sent = await _read(request)
    else:
        sent = [(key, value) for key, value in await edge.pairs(request) if not key.startswith(FILE)]
    return await _known(station(request).photos, photo_slots.without_removed(sent))


async def _read(request: web.Request) -> Pairs:
    # The form is read part by part under limits of its own; what aiohttp allows a whole body is far less than a photo.
    request = request.clone(client_max_size=MOST_FILES * LARGEST_RAW_BYTES)
    found: Pairs = []
    files = text_bytes = 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise _BROKEN
            if part.filename is None:
                value = await _text(part, LARGEST_FORM_BYTES - text_bytes)
                text_bytes += len(part.name) + len(value.encode())
                found.append((part.name, value))
            elif part.filename:
                files += 1
                found += await _file(request, part, found)
            if files > MOST_FILES or len(found) > MOST_FIELDS:
                raise _TOO_MUCH
    except (ValueError, HttpProcessingError, web.RequestPayloadError):
        raise _BROKEN from None
    return found


async def _file(request: web.Request, part: BodyPartReader, found: Pairs) -> Pairs:
    """The pair a file becomes; an empty one is no choice at all."""
    slot = (part.name or "").removeprefix(FILE)
    if part.name != FILE + slot or not photo_slots.is_slot(slot):
        raise _BROKEN
    if sum(key in {PHOTO + slot, REFUSED + slot} for key, _ in found) >= MOST_OF_ONE:
        return [(REFUSED + slot, Refused.TOO_MANY.value)]
    here = station(request)
    try:
        raw = await _bytes(part)
        if not raw:
            return []
        photo = await here.photos.keep(raw, now_ms=here.clock.now_ms())
    except PictureRefused as refused:
        return [(REFUSED + slot, refused.why.value)]
    except OSError:
        raise DISK from None
    return [(PHOTO + slot, photo_slots.value_of(photo))]


async def _bytes(part: BodyPartReader) -> bytes:
    """The rest of too large a file is read past, so that the form behind it is not lost.

    Raises:
        PictureRefused: TOO_LARGE.
    """
    raw, too_large = bytearray(), False
    while chunk := await part.read_chunk():
        too_large = too_large or len(raw) + len(chunk) > LARGEST_RAW_BYTES
        if too_large:
            raw.clear()
        else:
            raw += chunk
    if too_large:
        raise PictureRefused(Refused.TOO_LARGE)
    return bytes(raw)


async def _text(part: BodyPartReader, most: int) -> str:
    """Raises UnicodeDecodeError, Refusal."""
    raw = bytearray()
    while chunk := await part.read_chunk():
        raw += chunk
        if len(raw) > most:
            raise _TOO_MUCH
    return raw.decode().replace("\r\n", "\n")


async def _known(photos: Photos, sent: Sequence[tuple[str, str]]) -> Pairs:
    """Photos a form names and this computer does not have are left out; the others get their true size."""
    named = [
        photo for key, value in sent if key.startswith(PHOTO) and (photo := photo_slots.find_photo(value))
    ]
    sizes = await photos.known([photo.sha for photo in named])
    found: Pairs = []
    for key, value in sent:
        if not key.startswith(PHOTO):
            found.append((key, value))
            continue
        photo = photo_slots.find_photo(value)
        pair = (key, f"{photo.sha}.{sizes[photo.sha]}") if photo and photo.sha in sizes else None
        if pair and pair not in found:
            found.append(pair)
    return found
