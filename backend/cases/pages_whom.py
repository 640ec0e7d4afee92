"""Whom to ask about a matter: its windows, whether they are open now, who sits there, and the telephone."""

from dataclasses import dataclass

from aiohttp import web

from api_spec.china_time import clock_text
from api_spec.vocabulary import WindowType
from backend.edge import actor, now
from backend.keys import CATALOGUE, HALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """One window as whoever wants to ask needs it.

    Args:
        hours: today's, in words.
        clerk: who of A and B is there now; "" while it is closed or nobody is.
    """

    number: int
    name: str
    is_open: bool
    hours: str
    clerk: str
    phone: str


async def to_ask(request: web.Request, window: WindowType) -> list[Whom]:
    """The windows of a type, by number."""
    tenant = await request.app[CATALOGUE].tenant(actor(request).tenant_id)
    found = await request.app[HALL].board(tenant.id, at=now(request))
    return [
        Whom(
            number=each.card.number,
            name=each.card.name,
            is_open=each.is_open,
            hours="、".join(f"{clock_text(s.opens)}–{clock_text(s.closes)}" for s in each.opening.spans)
            or (f"休息（{each.opening.note}）" if each.opening.note else "休息"),
            clerk=each.duty.clerk.name if each.duty and each.duty.clerk else "",
            phone=each.card.phone or tenant.complaint_phone,
        )
        for each in found
        if each.card.type is window
    ]
