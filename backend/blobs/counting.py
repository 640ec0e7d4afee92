"""How many photos of a case have arrived, as whoever shows the case is told. Pure."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import msgspec

from api_spec.messages.progress import Progress
from backend.blobs.values import Counts

PhotoCounts: TypeAlias = Callable[[str, Sequence[str]], Awaitable[Mapping[str, Counts]]]
"""Counts of some cases of a township, by their idempotency ids; cases without photos are left out."""


class Filed(Protocol):
    """A case or an errand, as far as its photos go."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def rid(self) -> str: ...


async def no_photos(tenant_id: str, rids: Sequence[str]) -> Mapping[str, Counts]:  # noqa: ARG001
    """Where nobody counts."""
    return {}


async def with_photos(shown: Progress, count: PhotoCounts, filed: Filed) -> Progress:
    """The public's view with the photos of the case; what is not public says nothing of them either."""
    if shown.kind == "not_public":
        return shown
    counts = (await count(filed.tenant_id, [filed.rid])).get(filed.rid)
    if counts is None:
        return shown
    return msgspec.structs.replace(shown, photos=counts.total, photos_here=counts.here)
