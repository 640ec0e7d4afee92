"""Takes up what an older township could not read: after an upgrade those records come into force by themselves (2.12).

The village was told "you need not report this again"; this file keeps that word.
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from api_spec.records import HeldReason, Record
from backend.actors import system
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.service import Blobs
from backend.cases.service import CaseChange, Cases
from backend.db import in_transaction
from backend.intake import filings, photos, rows, store_held, store_nodes, store_streams
from backend.intake.applying import Applying, Brought, Ready, Refusal
from backend.intake.feeds import Feeds
from backend.intake.pushing import Pushing
from backend.intake.rows import Change
from backend.intake.values import Held, Node, Resolution
from backend.proxy.service import Proxy

AWAITING_UPGRADE: Final = (HeldReason.UNKNOWN_SCHEMA, HeldReason.UNKNOWN_KIND)
AT_ONCE: Final = 200
SUBJECT: Final = "held_record"
log = logging.getLogger(__name__)


class _Refused(Exception):
    """Takes the transaction's effects back; the record stays set aside, for this reason now."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason.value)


class Rejudging:
    """Looks through what waits for an upgrade, in the order it came."""

    def __init__(
        self,
        cases: Cases,
        proxy: Proxy,
        audit: Audit,
        *,
        applying: Applying,
        pushing: Pushing,
        feeds: Feeds,
        blobs: Blobs,
    ) -> None:
        self._cases = cases
        self._proxy = proxy
        self._audit = audit
        self._applying = applying
        self._pushing = pushing
        self._feeds = feeds
        self._blobs = blobs

    async def look(self, *, at: datetime) -> int:
        """Judge again what this version can read; gives how many records came into force."""
        released, after = 0, ""
        while found := await store_held.awaiting(AWAITING_UPGRADE, after=after, limit=AT_ONCE):
            for held, sealed in found:
                after = held.id
                reading = filings.read(self._pushing.open(sealed, held.h))
                node = await store_nodes.find(held.node)
                if isinstance(reading, HeldReason) or node is None or node.revoked_at is not None:
                    continue
                released += await self._judge(held, sealed, reading, node=node, at=at)
        if released:
            log.warning("%d records came into force after an upgrade", released)
        return released

    async def _judge(self, held: Held, sealed: bytes, record: Record, *, node: Node, at: datetime) -> bool:
        [ready] = await self._applying.make_ready([Brought(node, record)], at=at)
        read = replace(held, rid=record.rid, kind=str(record.__struct_config__.tag))
        try:
            changes = await self._release(read, sealed, record, ready=ready, at=at)
        except _Refused as refused:
            await self._keep(read, refused.refusal)
            return False
        codes = [one.tracking_code for one in changes]
        self._cases.committed(
            [code for code, one in zip(codes, changes, strict=True) if isinstance(one, CaseChange)]
        )
        self._proxy.committed(
            [code for code, one in zip(codes, changes, strict=True) if not isinstance(one, CaseChange)]
        )
        return True

    async def _release(
        self, held: Held, sealed: bytes, record: Record, *, ready: Ready, at: datetime
    ) -> list[Change]:
        """One transaction: the record in force, the held one settled, the village told.

        Raises:
            _Refused: it cannot be applied; nothing was written.
        """
        if isinstance(ready, Refusal):
            raise _Refused(ready)
        async with in_transaction():
            owners = await store_streams.owners([record.rid])
            if owners.get((record.rid, record.rev), held.h) != held.h:
                raise _Refused(Refusal(HeldReason.SAME_REV_OTHER_CONTENT))
            with self._feeds.gathering() as changes:
                await store_streams.release(
                    held.node, held.h, kind=held.kind, rid=record.rid, rev=record.rev, body=sealed
                )
                [refusal] = await self._applying.apply([ready], at=at)
                if refusal is not None:
                    raise _Refused(refusal)
                await self._blobs.refer(photos.links(record, tenant_id=held.tenant_id), at=at)
            await self._settle(held, at)
            settled = replace(held, resolution=Resolution.APPLIED, resolved_at=at)
            await self._feeds.tell(changes, {held.node: [rows.held_row(settled)]})
        return changes

    async def _settle(self, held: Held, at: datetime) -> None:
        actor = system(held.tenant_id)
        if not await store_held.settle(held.id, Resolution.APPLIED, by=actor.id, note="", at=at):
            raise _Refused(Refusal(held.reason, tuple(held.wrong)))
        await self._audit.record(
            AuditAction.SETTLE_HELD,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=held.id,
            resolution=Resolution.APPLIED,
        )

    async def _keep(self, held: Held, refusal: Refusal) -> None:
        """It can be read now and is not in order: the clerks see the true reason from here on."""
        if refusal.reason is held.reason:
            return
        async with in_transaction():
            if await store_held.set_reason(held, refusal.reason, refusal.wrong):
                told = replace(held, reason=refusal.reason, wrong=refusal.wrong)
                await self._feeds.append({held.node: [rows.held_row(told, judged_again=True)]})
