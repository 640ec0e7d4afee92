"""Notices of the township to its village computers: written once, told to whom they concern, gone after their day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.feed import NoticeRow
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.catalogue.service import Catalogue
from backend.db import in_transaction
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import whole_ms
from backend.intake import store_villages
from backend.intake.store_villages import VillageNotice
from backend.intake.values import Node

REMEMBERED: Final = timedelta(days=60)
"""How long an ended notice is still compared: a computer that was away learns that it ended."""
LONGEST: Final = timedelta(days=366)
SUBJECT: Final = "village_notice"


class VillageNotices:
    """What staff tell the village clerks. Feeds take it up by themselves (`announcing`), also for new computers."""

    def __init__(self, catalogue: Catalogue, audit: Audit) -> None:
        self._catalogue = catalogue
        self._audit = audit

    async def write(
        self, title: str, text: str, *, until: date, villages: Sequence[str], actor: Actor, at: datetime
    ) -> VillageNotice:
        """Tell these villages, or all if none is named.

        Raises:
            Fault: NOT_FOUND, a village of another township; BODY_INVALID, a last day that is past or over a year away.
        """
        today = day_in_china(at)
        if not today <= until <= today + LONGEST:
            raise Fault(ErrorCode.BODY_INVALID, reason="until")
        known = {village.id for village in await self._catalogue.villages(actor.tenant_id)}
        if not known.issuperset(villages):
            raise Fault(ErrorCode.NOT_FOUND)
        notice = VillageNotice(
            id=new_id(), title=title, text=text, until=until, villages=tuple(villages), made_at=whole_ms(at)
        )
        async with in_transaction():
            await store_villages.add_notice(notice, tenant_id=actor.tenant_id, by=actor.id)
            await self._record(notice.id, actor, at=at, step="written")
        return notice

    async def end(self, notice_id: str, *, actor: Actor, at: datetime) -> None:
        """Take a notice back before its day.

        Raises:
            Fault: NOT_FOUND, no such notice that is still shown.
        """
        async with in_transaction():
            yesterday = day_in_china(at) - timedelta(days=1)
            if not await store_villages.end_notice(actor.tenant_id, notice_id, until=yesterday):
                raise Fault(ErrorCode.NOT_FOUND)
            await self._record(notice_id, actor, at=at, step="ended")

    async def all(self, tenant_id: str, *, at: datetime) -> list[VillageNotice]:
        """Those shown now and those of the last two months, the newest first."""
        return await store_villages.notices(tenant_id, since=day_in_china(at) - REMEMBERED)

    async def missing(self, node: Node, told: Mapping[str, NoticeRow], *, at: datetime) -> list[NoticeRow]:
        """What a node is still to be told, given what it was told: new notices, and those that ended earlier."""
        today, rows = day_in_china(at), []
        for notice in reversed(await self.all(node.tenant_id, at=at)):
            before = told.get(notice.id)
            until = notice.until.isoformat()
            concerns = before is not None or (notice.is_for(node.village_id) and notice.until >= today)
            if concerns and (before is None or before.until != until):
                srev = before.srev + 1 if before else 1
                rows.append(
                    NoticeRow(rid=notice.id, srev=srev, title=notice.title, text=notice.text, until=until)
                )
        return rows

    async def _record(self, notice_id: str, actor: Actor, *, at: datetime, step: str) -> None:
        await self._audit.record(
            AuditAction.CHANGE_SETTING,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=notice_id,
            step=step,
        )
