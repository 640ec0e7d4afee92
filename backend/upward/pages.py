"""The desk of the way upward: what waits, what was refused and why, and a period sent once more."""

from datetime import date, timedelta
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.china_time import day_in_china, moment
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.console.frame import show
from backend.edge import Page, actor, form, now, path_id, query, redirect
from backend.faults import Fault, Wrong
from backend.keys import UPWARD
from backend.outbox.service import ParcelState, Stored
from backend.upward.facts import Table
from backend.upward.words import reason_words

READERS: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SYSTEM_ADMIN})
KEEPERS: Final = frozenset({Role.DIRECTOR, Role.SYSTEM_ADMIN})
LONGEST: Final = timedelta(days=183)
PAGE: Final = 50
STATES: Final = {
    "refused": (ParcelState.DEAD,),
    "waiting": (ParcelState.WAITING,),
    "sent": (ParcelState.SENT,),
    "cancelled": (ParcelState.CANCELLED,),
}


class ListQuery(Message):
    show: Annotated[str, Field(pattern="^(refused|waiting|sent|cancelled)$")] = "refused"
    cursor: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    again: Annotated[int, Field(ge=0, le=10_000_000)] | None = None


class Period(Message):
    since: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
    until: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


async def show_desk(request: web.Request) -> web.Response:
    asked, who, at = query(request, ListQuery), actor(request), now(request)
    desk = request.app[UPWARD]
    found = await desk.page(who.tenant_id, STATES[asked.show], before=asked.cursor or "")
    report = await desk.report(who.tenant_id, at=at)
    return await show(
        request,
        "upward/desk.html",
        rows=[
            (each, Table(each.parcel.kind), reason_words(each.reason), _released_on(each))
            for each in found
            if each.parcel.made_at <= at
        ],
        shown=asked.show,
        report=report,
        totals={name: report.total(*states) for name, states in STATES.items()},
        again=asked.again,
        may_keep=who.has(KEEPERS),
        next_url=f"/staff/upward?show={asked.show}&cursor={found[-1].id}" if len(found) == PAGE else "",
    )


def _released_on(row: Stored) -> date | None:
    """Of a rating only the day is told."""
    return day_in_china(row.parcel.made_at) if row.parcel.kind == Table.REVIEW else None


async def retry(request: web.Request) -> web.Response:
    await request.app[UPWARD].retry(path_id(request, "row_id"), actor=actor(request), at=now(request))
    return redirect("/staff/upward")


async def cancel(request: web.Request) -> web.Response:
    await request.app[UPWARD].cancel(path_id(request, "row_id"), actor=actor(request), at=now(request))
    return redirect("/staff/upward")


async def replay(request: web.Request) -> web.Response:
    asked = await form(request, Period)
    if not timedelta(0) <= asked.until - asked.since <= LONGEST:
        wrong = Wrong("until", "period", f"结束日期要在开始日期之后，一次最多 {LONGEST.days} 天。")
        raise Fault(ErrorCode.FORM_INVALID, wrong=[wrong])
    again = await request.app[UPWARD].replay(
        moment(asked.since, 0),
        moment(asked.until + timedelta(days=1), 0),
        actor=actor(request),
        at=now(request),
    )
    return redirect(f"/staff/upward?show=waiting&again={again}")


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/upward", handler=show_desk, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/upward/replay", handler=replay, door=Door.TOKEN, who=KEEPERS),
    Page(method="POST", path="/staff/upward/{row_id}/retry", handler=retry, door=Door.TOKEN, who=KEEPERS),
    Page(method="POST", path="/staff/upward/{row_id}/cancel", handler=cancel, door=Door.TOKEN, who=KEEPERS),
)
