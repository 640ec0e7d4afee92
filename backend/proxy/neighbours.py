"""What errands need of the other features, as narrow as it is: so that tests can hand in their own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from api_spec.catalogue import DepartmentCard, Item, PartnerCard, WindowCard
from api_spec.vocabulary import Channel, ConsentPurpose, Partner
from backend.actors import Actor
from backend.hall.calendar import Calendar


class TenantCard(Protocol):
    """A township's settings."""

    @property
    def case_prefix(self) -> str: ...
    @property
    def centre_name(self) -> str: ...
    @property
    def hall_name(self) -> str: ...
    @property
    def complaint_phone(self) -> str: ...


class Items(Protocol):
    """The catalogue."""

    async def item_in(self, pack_sha: str, item_id: str) -> Item: ...
    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...
    async def departments(self, tenant_id: str) -> Sequence[DepartmentCard]: ...
    async def partners(self, tenant_id: str) -> Sequence[PartnerCard]: ...
    async def tenant(self, tenant_id: str) -> TenantCard: ...


class WorkingDays(Protocol):
    """The hall."""

    def calendar(self) -> Calendar: ...


class Delegations(Protocol):
    """Whether a partner still lets the centre take its business (plan, clause 27)."""

    async def __call__(self, tenant_id: str, partner: Partner, item_id: str, *, day: date) -> bool: ...


async def all_delegated(tenant_id: str, partner: Partner, item_id: str, *, day: date) -> bool:  # noqa: ARG001
    """Where nobody keeps delegations, every errand may be taken."""
    return True


class Consents(Protocol):
    """Citizens: their consents, and who may read a number in full."""

    async def give_consent(
        self,
        citizen_id: str,
        purpose: ConsentPurpose,
        *,
        version: int,
        partner: Partner | None,
        channel: Channel,
        at: datetime,
    ) -> object: ...

    async def require_consent(
        self, citizen_id: str, purpose: ConsentPurpose, *, at: datetime, partner: Partner | None = None
    ) -> None: ...

    async def allow_full_number(
        self, actor: Actor, *, subject_kind: str, subject_id: str, reason: str, at: datetime
    ) -> None: ...
