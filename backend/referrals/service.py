"""Referrals: a request that is on no list is sent where it is dealt with, written down and counted; it is no case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api_spec.china_time import day_in_china
from api_spec.messages.referrals import Refer
from backend.actors import Actor
from backend.ids import new_id
from backend.instants import whole_ms
from backend.referrals import store
from backend.referrals.store import Referral

__all__ = ["Month", "Referral", "Referrals"]

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Month:
    """One month's referrals, newest first; `count` also of those beyond what is shown."""

    first: date
    count: int
    referrals: list[Referral]


class Referrals:
    """All of them (plan, clause 12)."""

    async def refer(self, sent: Refer, *, actor: Actor, at: datetime) -> Referral:
        """Write one down."""
        one = Referral(
            id=new_id(),
            day=day_in_china(at),
            subject=sent.subject,
            go_to=sent.go_to,
            phone=sent.phone,
            basis=sent.basis,
            department_id=actor.department_id,
            by_id=actor.id,
            at=whole_ms(at),
        )
        await store.add(actor.tenant_id, one)
        return one

    async def month(self, tenant_id: str, first: date) -> Month:
        """Those of the month that begins on `first`."""
        before = (first + timedelta(days=32)).replace(day=1)
        return Month(
            first,
            await store.count(tenant_id, first, before),
            await store.between(tenant_id, first, before, limit=MOST_SHOWN),
        )
