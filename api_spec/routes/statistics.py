"""Statistics over HTTP, for the centre, the supervisor and each department's own."""

from api_spec.errors import ErrorCode
from api_spec.messages import statistics as m
from api_spec.route import Route
from api_spec.vocabulary import Role

TAG = "statistics"
READERS = frozenset(
    {Role.CENTRE_STAFF, Role.DIRECTOR, Role.SUPERVISOR, Role.DEPARTMENT_HEAD, Role.GROUP_LEADER}
)
ERRORS = (ErrorCode.FORM_INVALID,)

SHOW_FIGURES = Route(
    name="show_figures",
    method="GET",
    path="/v1/staff/statistics",
    summary="Counts by item, window, department, village, channel, kind or month; outcomes kept apart",
    tag=TAG,
    who=READERS,
    query=m.FiguresQuery,
    answer=m.Figures,
    errors=ERRORS,
)
SHOW_HOT_SPOTS = Route(
    name="show_hot_spots",
    method="GET",
    path="/v1/staff/statistics/hot-spots",
    summary="堵点 - where people get stuck, against the place's own average",
    tag=TAG,
    who=READERS,
    query=m.FiguresQuery,
    answer=m.HotSpots,
    errors=ERRORS,
)
SHOW_WORK = Route(
    name="show_work",
    method="GET",
    path="/v1/staff/statistics/work",
    summary="Each person's work in a time, without score or ranking",
    tag=TAG,
    who=READERS,
    query=m.PeriodQuery,
    answer=m.Work,
    errors=ERRORS,
)

ROUTES = (SHOW_FIGURES, SHOW_HOT_SPOTS, SHOW_WORK)
