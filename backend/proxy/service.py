"""Errands: ask, consent, take on, hand over, bring back; and the money held for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from backend.faults import Fault, Wrong
from backend.group_commit import GroupCommit
from backend.proxy.custody import Move
from backend.proxy.deadlines import NOTHING_RUNS
from backend.proxy.desk import ErrandDesk
from backend.proxy.errand import EventFacts
from backend.proxy.handover import HandingOver
from backend.proxy.machine import Command
from backend.proxy.money import MoneyDesk
from backend.proxy.neighbours import Consents, Items, WorkingDays
from backend.proxy.records import ErrandChange, Raced, change_of
from backend.proxy.request import (
    Contents,
    ErrandRequest,
    FiledErrand,
    Mandate,
    MoneyTaken,
    Sharing,
)
from backend.proxy.store_filing import NewErrand, add_many
from backend.proxy.store_lists import ErrandFilter
from backend.proxy.vetting import vet
from backend.vault import Vault

__all__ = [
    "Command",
    "Contents",
    "ErrandChange",
    "ErrandFilter",
    "ErrandRequest",
    "EventFacts",
    "FiledErrand",
    "Mandate",
    "MoneyTaken",
    "Move",
    "NewErrand",
    "Proxy",
    "Raced",
    "Sharing",
]

TRIES = 3


class Proxy(HandingOver):
    """All errands. Open it (`async with`) while the database is open: requests share commits through one task.

    `money` is the ledger of what is held for them.
    """

    def __init__(
        self,
        items: Items,
        hall: WorkingDays,
        vault: Vault,
        people: Consents,
        *,
        desk: ErrandDesk | None = None,
    ) -> None:
        super().__init__(items, hall, people, desk or ErrandDesk(items, vault))
        self.money = MoneyDesk(self.desk)
        self._filing: GroupCommit[NewErrand, FiledErrand] = GroupCommit(self.add_many)

    async def __aenter__(self) -> Self:
        await self._filing.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._filing.__aexit__(exc_type, exc_val, exc_tb)

    def check(self, request: ErrandRequest) -> list[Wrong]:
        """Everything wrong with a request; the same for every channel."""
        return list(vet(request, today=day_in_china(request.received_at)).wrong)

    async def file(self, request: ErrandRequest, *, at: datetime) -> FiledErrand:
        """File one errand; those that arrive together share a commit.

        Raises:
            Fault: ITEM_NOT_OFFERED, FORM_INVALID with every mistake, IDEMPOTENCY_CONFLICT, NOT_YOUR_ACTION,
                NOTICE_OUTDATED a citizen agreed to words that have changed since.
        """
        new = await self.desk.prepare(request, at=at)
        if request.mandate is not None and request.sharing is not None:
            await self._keep_consent(
                request.owner_citizen_id, request.filed_by, request.sharing, channel=request.channel, at=at
            )
        for _ in range(TRIES):
            try:
                filed = await self._filing.submit(new)
            except Raced:
                continue
            if filed.created:
                self.committed([filed.tracking_code])
            return filed
        raise Fault(ErrorCode.BUSY)

    async def file_many(
        self, requests: Sequence[ErrandRequest], *, at: datetime
    ) -> list[FiledErrand | Fault]:
        """File what a node brings, inside the caller's transaction; a Fault stands for each that cannot be filed.

        After its COMMIT the caller hands the tracking codes to `committed`.

        Raises:
            Raced: only on PostgreSQL; roll back and send again.
        """
        ready = await self.desk.prepare_many(requests, at=at)
        filed = iter(await self.add_many([one for one in ready if isinstance(one, NewErrand)]))
        return [next(filed) if isinstance(one, NewErrand) else one for one in ready]

    async def prepare_many(
        self, requests: Sequence[ErrandRequest], *, at: datetime
    ) -> list[NewErrand | Fault]:
        """All of filing that needs no transaction; `add_many` does the rest inside one."""
        return await self.desk.prepare_many(requests, at=at)

    async def add_many(self, new: Sequence[NewErrand]) -> list[FiledErrand | Fault]:
        """Write prepared errands down, inside the caller's transaction; for the rest see `file_many`."""
        filed = await add_many(new)
        changes = [
            change_of(
                replace(one.entry, number=answer.number),
                one.errand,
                one.events,
                NOTHING_RUNS,
                applicant=one.applicant,
            )
            for one, answer in zip(new, filed, strict=True)
            if isinstance(answer, FiledErrand) and answer.created
        ]
        await self._announce(changes)
        return filed
