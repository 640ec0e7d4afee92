"""What cases need of the other features, as narrow as it is: so that tests can hand in their own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from api_spec.catalogue import Item, WindowCard
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.cases.deadlines import Calendar


class TenantCard(Protocol):
    """A township's settings."""

    @property
    def case_prefix(self) -> str: ...
    @property
    def hall_name(self) -> str: ...
    @property
    def complaint_phone(self) -> str: ...
    @property
    def pack_sha(self) -> str: ...


class Items(Protocol):
    """The catalogue."""

    async def item_in(self, pack_sha: str, item_id: str) -> Item: ...
    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...
    async def tenant(self, tenant_id: str) -> TenantCard: ...


class WorkingDays(Protocol):
    """The hall."""

    def calendar(self) -> Calendar: ...


class Appointed(Protocol):
    """People: whose appointment covers what, and who may read a number in full."""

    async def covers(self, staff_id: str, item_id: str, *, role: Role, day: date) -> bool: ...

    async def allow_full_number(
        self, actor: Actor, *, subject_kind: str, subject_id: str, reason: str, at: datetime
    ) -> None: ...
