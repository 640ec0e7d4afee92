"""Bundles that were brought in, as values; rows never leave the store. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api_spec import bundle
from api_spec.sync import PushStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One part of a bundle and what became of it. Brought in twice, it stands here twice.

    Args:
        records, photos: in the file; `taken`: records that were new.
        reasons: how many of the new ones were held, by `HeldReason` value.
        photos_refused: photos that cannot be used, or came without their beginning.
        imported_by: id of the member of staff; "" where it came over a line.
    """

    id: str
    tenant_id: str
    village_id: str
    node: int
    bundle: str
    part: int
    parts: int
    epoch: str
    first: int
    last: int
    digest: bytes
    size: int
    status: PushStatus
    records: int
    taken: int
    reasons: Mapping[str, int]
    photos: int
    photos_refused: int
    imported_at: datetime
    imported_by: str

    @property
    def held(self) -> int:
        return sum(self.reasons.values())

    @property
    def digest_display(self) -> str:
        """As the hand-over slip prints it."""
        return bundle.digest_display(self.digest)
