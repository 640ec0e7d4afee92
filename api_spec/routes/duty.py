"""The roster at work over HTTP: the week, leave, hand-overs, hours of the year."""

from api_spec.errors import ErrorCode
from api_spec.messages import duty as messages
from api_spec.messages.hall import HallDay
from api_spec.route import HALL, Route
from api_spec.routes.hall import PLANNERS
from api_spec.vocabulary import Role

TAG = "hall"
READERS = HALL | {Role.DEPARTMENT_HEAD, Role.SUPERVISOR}
REFUSED = (ErrorCode.OUT_OF_SCOPE, ErrorCode.NOT_FOUND)

SHOW_ROSTER = Route(
    name="show_roster",
    method="GET",
    path="/v1/staff/hall/roster",
    summary="Who is due at every window, half day by half day",
    tag=TAG,
    who=READERS,
    query=messages.RosterQuery,
    answer=list[messages.ShiftView],
)
SHOW_WORK_NOW = Route(
    name="show_work_now",
    method="GET",
    path="/v1/staff/hall/work-now",
    summary="Whose work falls to the caller now, and hand-overs they have not looked at",
    tag=TAG,
    who=READERS,
    answer=messages.WorkNow,
)
LIST_LEAVES = Route(
    name="list_leaves",
    method="GET",
    path="/v1/staff/hall/leaves",
    summary="Leaves that are not over",
    tag=TAG,
    who=READERS,
    answer=list[messages.LeaveView],
)
PLAN_LEAVE = Route(
    name="plan_leave",
    method="POST",
    path="/v1/staff/hall/leaves",
    summary="Put somebody off duty: the other of the pair is due in every half day of it",
    tag=TAG,
    who=PLANNERS,
    body=messages.LeaveBody,
    answer=messages.LeaveView,
    status=201,
    errors=(*REFUSED, ErrorCode.FORM_INVALID, ErrorCode.ROSTER_GAP),
)
END_LEAVE = Route(
    name="end_leave",
    method="POST",
    path="/v1/staff/hall/leaves/{leave_id}/end",
    summary="Take a leave back",
    tag=TAG,
    who=PLANNERS,
    status=204,
    errors=REFUSED,
)
CLOSE_HALF_DAY = Route(
    name="close_half_day",
    method="POST",
    path="/v1/staff/hall/closings",
    summary="Shut a window for half a day, with a public note",
    tag=TAG,
    who=PLANNERS,
    body=messages.ClosingBody,
    answer=HallDay,
    errors=REFUSED,
)
LIST_HAND_OVERS = Route(
    name="list_hand_overs",
    method="GET",
    path="/v1/staff/hall/hand-overs",
    summary="The latest hand-overs at the windows, newest first",
    tag=TAG,
    who=READERS,
    answer=list[messages.HandOverView],
)
HAND_OVER_WINDOW = Route(
    name="hand_over_window",
    method="POST",
    path="/v1/staff/hall/hand-overs",
    summary="Give a window to the other of its pair, at once",
    tag=TAG,
    who=HALL | PLANNERS,
    body=messages.HandOverBody,
    answer=messages.HandOverView,
    status=201,
    errors=(*REFUSED, ErrorCode.ROSTER_CHANGED, ErrorCode.ROSTER_GAP),
)
SEE_HAND_OVER = Route(
    name="see_hand_over",
    method="POST",
    path="/v1/staff/hall/hand-overs/{hand_over_id}/seen",
    summary="Say that one has looked at a hand-over; it holds either way",
    tag=TAG,
    who=READERS,
    status=204,
    errors=(ErrorCode.NOT_FOUND,),
)
SET_SEASON = Route(
    name="set_season",
    method="PUT",
    path="/v1/staff/hall/seasons",
    summary="Set the hours of a part of every year",
    tag=TAG,
    who=PLANNERS,
    body=messages.SeasonBody,
    status=204,
    errors=(*REFUSED, ErrorCode.FORM_INVALID),
)

ROUTES = (
    SHOW_ROSTER,
    SHOW_WORK_NOW,
    LIST_LEAVES,
    PLAN_LEAVE,
    END_LEAVE,
    CLOSE_HALF_DAY,
    LIST_HAND_OVERS,
    HAND_OVER_WINDOW,
    SEE_HAND_OVER,
    SET_SEASON,
)
