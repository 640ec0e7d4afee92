"""What is asked of a 一体化平台, whoever runs it: rows in batches, a receipt for each. Knows no HTTP.

PlatformFault
└── PlatformBusy      nobody: try later; any other fault is ours or the platform's, and stays visible
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class PlatformFault(Exception):
    """`args[0]` is a word, never a field's content."""


class PlatformBusy(PlatformFault):
    """It may go later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpRow:
    """One row. The same guid is the same row, however often it comes; `again` says that it was taken before."""

    guid: str
    table: str
    fields: Mapping[str, str] = field(repr=False)
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the platform says of one row; `code` and `reason` where it refused."""

    guid: str
    accepted: bool
    code: str = ""
    reason: str = ""


class Platform(Protocol):
    """An adapter to one platform."""

    async def send(self, batch_no: str, rows: Sequence[UpRow], *, at: datetime) -> Sequence[Receipt]:
        """Hand over a batch; a row without a receipt was not taken.

        Raises:
            PlatformFault.
        """
        ...
