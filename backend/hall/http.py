"""The hall's JSON API."""

from aiohttp import web

from api_spec.china_time import clock_text, day_in_china, minute_of
from api_spec.errors import ErrorCode
from api_spec.messages import hall as messages
from api_spec.route import Route
from api_spec.routes import hall as routes
from backend.edge import Handler, actor, body, find_actor, no_content, now, query, reply
from backend.faults import Fault, Wrong
from backend.hall.calendar import DayKind, SpecialDay
from backend.hall.hours import WHOLE_HALL, HoursException, Opening, Span
from backend.hall.roster import Clerk, Duty, DutyChange, Pair
from backend.hall.service import WindowToday
from backend.keys import CATALOGUE, HALL, RECOUNT


async def count_workdays(request: web.Request) -> web.Response:
    asked = query(request, messages.WorkdaysQuery)
    calendar = request.app[HALL].calendar()
    due = calendar.add_working_days(asked.start, asked.days)
    return reply(
        messages.Workdays(
            start=asked.start,
            days=asked.days,
            due=due.day,
            provisional=due.provisional,
            skipped=[messages.SkippedDay(day=each.day, why=each.why) for each in due.skipped],
            calendar_version=calendar.version,
        )
    )


async def list_hall_windows(request: web.Request) -> web.Response:
    asked = query(request, messages.HallQuery)
    windows = await request.app[HALL].board(asked_tenant(request, asked.tenant_id), at=now(request))
    return reply([_window(window) for window in windows])


async def list_roster_gaps(request: web.Request) -> web.Response:
    asked = query(request, messages.GapsQuery)
    first = asked.start or day_in_china(now(request))
    gaps = await request.app[HALL].gaps(actor(request), first=first, days=asked.days)
    return reply(
        [messages.RosterGap(window_id=gap.window_id, day=gap.day, period=gap.period) for gap in gaps]
    )


async def declare_exception(request: web.Request) -> web.Response:
    command = await body(request, messages.ExceptionBody)
    try:
        exception = HoursException(
            window_id=command.window_id or WHOLE_HALL,
            day=command.day,
            reason=command.reason,
            spans=tuple(Span(minute_of(span.opens), minute_of(span.closes)) for span in command.spans),
        )
    except ValueError:
        raise _wrong("spans", "overlap", "开始时间要早于结束时间，各时段不能重叠。") from None
    opening = await request.app[HALL].declare_exception(exception, actor=actor(request), at=now(request))
    return reply(
        messages.HallDay(
            window_id=opening.window_id,
            day=opening.day,
            hours=_hours(opening),
            note=opening.note,
            provisional=opening.provisional,
        )
    )


async def set_pair(request: web.Request) -> web.Response:
    command = await body(request, messages.PairBody)
    if command.a.staff_id == command.b.staff_id:
        raise _wrong("b", "same_person", "A岗和B岗不能是同一个人。")
    pair = Pair(
        window_id=command.window_id,
        since=command.since,
        a=Clerk(command.a.staff_id, command.a.name),
        b=Clerk(command.b.staff_id, command.b.name),
    )
    await request.app[HALL].duties.set_pair(pair, actor=actor(request))
    return no_content()


async def change_duty(request: web.Request) -> web.Response:
    command = await body(request, messages.DutyBody)
    change = DutyChange(
        window_id=command.window_id,
        day=command.day,
        period=command.period,
        place=command.place,
        note=command.note,
    )
    duty = await request.app[HALL].duties.change_duty(change, actor=actor(request), at=now(request))
    return reply(_on_duty(duty))


async def load_calendar(request: web.Request) -> web.Response:
    command = await body(request, messages.CalendarBody)
    try:
        days = [
            SpecialDay(each.day, DayKind(each.kind), each.holiday, each.notice, each.source)
            for each in command.days
        ]
    except ValueError:
        raise _wrong("days", "weekday", "调休上班日应当是周六或周日，请对照通知核对。") from None
    if len({each.day for each in days}) != len(days):
        raise _wrong("days", "repeated", "同一天写了两次，请删掉重复的一行。")
    change, _ = await request.app[RECOUNT].take_over(days, actor=actor(request), at=now(request))
    calendar = change.calendar
    return reply(messages.CalendarState(version=calendar.version, known_years=sorted(calendar.known_years)))


def asked_tenant(request: web.Request, tenant_id: str | None) -> str:
    """The township asked for, else the caller's own, else the first one set up.

    Raises:
        Fault: NOT_FOUND: there is no township yet.
    """
    visitor = find_actor(request)
    chosen = tenant_id or (visitor.tenant_id if visitor else "")
    chosen = chosen or next(iter(request.app[CATALOGUE].tenant_ids), "")
    if not chosen:
        raise Fault(ErrorCode.NOT_FOUND)
    return chosen


def _wrong(field: str, code: str, sentence: str) -> Fault:
    return Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(field, code, sentence)])


def _window(window: WindowToday) -> messages.HallWindow:
    card = window.card
    return messages.HallWindow(
        id=card.id,
        number=card.number,
        name=card.name,
        department=card.department,
        phone=card.phone,
        scope=list(card.scope),
        is_open=window.is_open,
        hours=_hours(window.opening),
        note=window.opening.note,
        on_duty=None if window.duty is None else _on_duty(window.duty),
    )


def _hours(opening: Opening) -> list[messages.OpenSpan]:
    return [
        messages.OpenSpan(opens=clock_text(span.opens), closes=clock_text(span.closes), period=span.period)
        for span in opening.spans
    ]


def _on_duty(duty: Duty) -> messages.OnDuty:
    return messages.OnDuty(
        place=duty.place,
        place_label=duty.place.zh,
        name=duty.clerk.name if duty.clerk else "",
        note=duty.note,
    )


HANDLERS: dict[Route, Handler] = {
    routes.COUNT_WORKDAYS: count_workdays,
    routes.LIST_HALL_WINDOWS: list_hall_windows,
    routes.LIST_ROSTER_GAPS: list_roster_gaps,
    routes.DECLARE_EXCEPTION: declare_exception,
    routes.SET_PAIR: set_pair,
    routes.CHANGE_DUTY: change_duty,
    routes.LOAD_CALENDAR: load_calendar,
}
