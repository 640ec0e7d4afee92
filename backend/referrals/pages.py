"""The window's page of referrals: write one down, look at a month."""

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.referrals import Refer, ReferralQuery
from api_spec.route import Door
from api_spec.routes.referrals import READERS, WRITERS
from backend.console.frame import show
from backend.edge import Page, actor, form, now, query, redirect
from backend.faults import Fault
from backend.keys import PEOPLE, REFERRALS
from backend.referrals.http import first_day

PATH = "/staff/referrals"


async def show_referrals(request: web.Request) -> web.Response:
    return await _page(request, query(request, ReferralQuery).month)


async def refer(request: web.Request) -> web.Response:
    try:
        sent = await form(request, Refer)
    except Fault as fault:
        if fault.code is not ErrorCode.FORM_INVALID:
            raise
        return await _page(request, None, refused=fault)
    await request.app[REFERRALS].refer(sent, actor=actor(request), at=now(request))
    return redirect(PATH)


async def _page(request: web.Request, month: str | None, *, refused: Fault | None = None) -> web.Response:
    who = actor(request)
    first = first_day(month, today=day_in_china(now(request)))
    found = await request.app[REFERRALS].month(who.tenant_id, first)
    return await show(
        request,
        "referrals/list.html",
        status=STATUS[refused.code] if refused else 200,
        found=found,
        names=await request.app[PEOPLE].staff_names(who.tenant_id, [one.by_id for one in found.referrals]),
        may_refer=who.has(WRITERS),
        errors={wrong.field: wrong.sentence for wrong in refused.wrong} if refused else {},
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path=PATH, handler=show_referrals, door=Door.TOKEN, who=READERS),
    Page(method="POST", path=PATH, handler=refer, door=Door.TOKEN, who=WRITERS),
)
