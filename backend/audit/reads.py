"""Writes down who opened whose papers (features: reads of personal data): once a person, subject and hour."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.audit.veil import named

WITHIN: Final = timedelta(hours=1)
MOST_KEPT: Final = 20_000
THEMSELVES: Final = frozenset({Role.CITIZEN, Role.AGENT, Role.SYSTEM, Role.NODE})
"""People who read what is their own, and what reads nothing with eyes."""


class ReadLog:
    """What was written down lately is remembered here, by each process for itself: once too often harms nobody."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._seen: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()

    async def case(self, case_id: str, actor: Actor, at: datetime) -> None:
        await self._note("case", case_id, actor, at)

    async def errand(self, errand_id: str, actor: Actor, at: datetime) -> None:
        await self._note("errand", errand_id, actor, at)

    async def complaint(self, complaint_id: str, actor: Actor, at: datetime) -> None:
        await self._note("complaint", complaint_id, actor, at, action=AuditAction.READ_VOICE)

    async def enquiry(self, enquiry_id: str, actor: Actor, at: datetime) -> None:
        await self._note("enquiry", enquiry_id, actor, at, action=AuditAction.READ_VOICE)

    async def call_back(self, bad_id: str, actor: Actor, at: datetime) -> None:
        """The number somebody left with a bad rating."""
        await self._note("bad_review", bad_id, actor, at, action=AuditAction.READ_CONTACTS)

    async def _note(
        self,
        kind: str,
        subject_id: str,
        actor: Actor,
        at: datetime,
        *,
        action: AuditAction = AuditAction.READ_CASE,
    ) -> None:
        """Before the answer is given: what cannot be accounted for is not shown."""
        if actor.has(THEMSELVES):
            return
        key = (actor.id, kind, subject_id)
        last = self._seen.get(key)
        if last is not None and timedelta() <= at - last < WITHIN:
            return
        await self._audit.record(
            action, actor=actor, at=at, subject_kind=kind, subject_id=named(kind, subject_id)
        )
        self._seen[key] = at
        self._seen.move_to_end(key)
        while len(self._seen) > MOST_KEPT:
            self._seen.popitem(last=False)
