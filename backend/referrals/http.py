"""The JSON API of referrals."""

from datetime import date

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import referrals as m
from api_spec.route import Route
from api_spec.routes import referrals as routes
from backend.edge import Handler, actor, body, now, query, reply
from backend.keys import REFERRALS
from backend.referrals.service import Referral


async def refer(request: web.Request) -> web.Response:
    sent = await body(request, m.Refer)
    made = await request.app[REFERRALS].refer(sent, actor=actor(request), at=now(request))
    return reply(_line(made), status=201)


async def show_month(request: web.Request) -> web.Response:
    first = first_day(query(request, m.ReferralQuery).month, today=day_in_china(now(request)))
    found = await request.app[REFERRALS].month(actor(request).tenant_id, first)
    lines = [_line(one) for one in found.referrals]
    return reply(m.ReferralPage(month=f"{first:%Y-%m}", count=found.count, referrals=lines))


def first_day(month: str | None, *, today: date) -> date:
    """Of the month asked for, or of this one."""
    return date.fromisoformat(f"{month}-01") if month else today.replace(day=1)


def _line(one: Referral) -> m.ReferralLine:
    return m.ReferralLine(
        id=one.id,
        day=one.day,
        at=one.at,
        subject=one.subject,
        go_to=one.go_to,
        phone=one.phone,
        basis=one.basis,
        by_id=one.by_id,
    )


HANDLERS: dict[Route, Handler] = {routes.REFER: refer, routes.REFERRALS: show_month}
