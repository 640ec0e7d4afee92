"""Which photos a record brings for which case, and which a record names that nobody could apply. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from api_spec.record_parts import MaterialLine, Photo
from api_spec.records import AmendRecord, CaseRecord, Record, SupplementRecord
from backend.blobs.service import MANDATE, Link

_NAME: Final = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def links(record: Record, *, tenant_id: str, rid: str = "") -> list[Link]:
    """Every photo of a record with the case it belongs to; most records have none.

    Args:
        rid: the case's id where it was filed under another than the record's.
    """
    match record:
        case CaseRecord(body=body) | AmendRecord(body=body):
            case, signed = rid or record.rid, body.mandate.photos if body.mandate else ()
        case SupplementRecord(body=body):
            case, signed = rid or body.case, body.mandate_photos
        case _:
            return []
    return [
        Link(
            tenant_id=tenant_id,
            rid=case,
            material=material,
            sha=photo.sha,
            size=photo.size,
            label=photo.label,
        )
        for material, photo in _named(body.materials or (), signed)
    ]


def named_in(stored: bytes) -> set[str]:
    """Whatever could be a photo's name in a record's bytes, also in those of a record that cannot be read."""
    return {name.decode() for name in _NAME.findall(stored)}


def _named(lines: tuple[MaterialLine, ...], signed: tuple[Photo, ...]) -> Iterator[tuple[str, Photo]]:
    for line in lines:
        for photo in line.photos:
            yield line.code, photo
    for photo in signed:
        yield MANDATE, photo
