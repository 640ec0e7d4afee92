"""The hall over HTTP."""

from api_spec.errors import ErrorCode
from api_spec.messages import hall as messages
from api_spec.route import Door, Route
from api_spec.vocabulary import Role

TAG = "hall"
PLANNERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})

COUNT_WORKDAYS = Route(
    name="count_workdays",
    method="GET",
    path="/v1/workdays",
    summary="The last day of a limit of working days, and every day that did not count",
    tag=TAG,
    door=Door.OPEN,
    query=messages.WorkdaysQuery,
    answer=messages.Workdays,
)
LIST_HALL_WINDOWS = Route(
    name="list_hall_windows",
    method="GET",
    path="/v1/hall/windows",
    summary="Every window with today's hours and who is on duty now",
    tag=TAG,
    door=Door.OPEN,
    query=messages.HallQuery,
    answer=list[messages.HallWindow],
    errors=(ErrorCode.NOT_FOUND,),
)
LIST_ROSTER_GAPS = Route(
    name="list_roster_gaps",
    method="GET",
    path="/v1/staff/hall/gaps",
    summary="Open half days with nobody at the window",
    tag=TAG,
    who=PLANNERS,
    query=messages.GapsQuery,
    answer=list[messages.RosterGap],
)
DECLARE_EXCEPTION = Route(
    name="declare_exception",
    method="PUT",
    path="/v1/staff/hall/exceptions",
    summary="Close a window or the hall for a day, or open it at other hours",
    tag=TAG,
    who=PLANNERS,
    body=messages.ExceptionBody,
    answer=messages.HallDay,
    errors=(ErrorCode.OUT_OF_SCOPE, ErrorCode.NOT_FOUND, ErrorCode.FORM_INVALID),
)
SET_PAIR = Route(
    name="set_pair",
    method="PUT",
    path="/v1/staff/hall/pairs",
    summary="Name A and B of a window from a day on",
    tag=TAG,
    who=PLANNERS,
    body=messages.PairBody,
    status=204,
    errors=(ErrorCode.OUT_OF_SCOPE, ErrorCode.NOT_FOUND, ErrorCode.FORM_INVALID),
)
CHANGE_DUTY = Route(
    name="change_duty",
    method="PUT",
    path="/v1/staff/hall/duty",
    summary="Say who sits at a window for half a day",
    tag=TAG,
    who=PLANNERS,
    body=messages.DutyBody,
    answer=messages.OnDuty,
    errors=(ErrorCode.OUT_OF_SCOPE, ErrorCode.NOT_FOUND, ErrorCode.ROSTER_GAP),
)
LOAD_CALENDAR = Route(
    name="load_calendar",
    method="POST",
    path="/v1/staff/calendar",
    summary="Take over a State Council holiday notice",
    tag=TAG,
    who=frozenset({Role.DIRECTOR, Role.SYSTEM_ADMIN}),
    body=messages.CalendarBody,
    answer=messages.CalendarState,
    errors=(ErrorCode.FORM_INVALID,),
)

ROUTES = (
    COUNT_WORKDAYS,
    LIST_HALL_WINDOWS,
    LIST_ROSTER_GAPS,
    DECLARE_EXCEPTION,
    SET_PAIR,
    CHANGE_DUTY,
    LOAD_CALENDAR,
)
