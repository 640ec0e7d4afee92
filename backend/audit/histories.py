"""What the audit asks of a register whose histories are chained: its events, its breaks, its lines for a search. Pure."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.audit.anchors import Trace
from backend.audit.store_seals import Seal


@dataclass(frozen=True, slots=True)
class Break:
    """A history that can no longer be proved. `seq`: the first event that does not follow; 0: none is left to say."""

    subject_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; what is empty or None narrows nothing.

    Args:
        since, until: moments, the end not included.
        before: number of the last line of the page before.
    """

    tenant_id: str
    actor_id: str = ""
    subject_id: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of what was found: an entry of the log, or an event of a history. `number` counts within its source."""

    number: int
    at: datetime
    actor_id: str
    action_label: str
    subject_kind: str
    subject_id: str
    reason: str = ""


class SealedRows(Protocol):
    """A table whose rows are held against seals."""

    @property
    def kind(self) -> str: ...

    def unsealed(self, tenant_id: str) -> AsyncIterator[list[Seal]]:
        """A seal for every row that has none as it stands, batch by batch."""
        ...

    async def breaks(self, tenant_id: str) -> Sequence[Break]:
        """Every row that was altered or taken away since it was sealed."""
        ...


class History(Protocol):
    """A register with a chain of events for each of its subjects."""

    @property
    def kind(self) -> str: ...

    async def traces(self, tenant_id: str, since: datetime, until: datetime) -> Sequence[Trace]:
        """Every event of the time, as it is stored."""
        ...

    async def breaks(self, tenant_id: str) -> Sequence[Break]:
        """Every history that was altered or cut short."""
        ...

    async def search(self, asked: Search) -> Sequence[Line]:
        """Events found, newest first."""
        ...

    async def find_subject(self, tenant_id: str, number: str) -> str:
        """The id under a number people use; "" when there is none."""
        ...

    async def numbers(self, tenant_id: str, ids: Sequence[str]) -> dict[str, str]:
        """The numbers people use, by id; of those that are there."""
        ...
