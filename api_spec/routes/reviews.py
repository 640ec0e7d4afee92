"""好差评 over HTTP: a citizen's own ratings, and the published results."""

from api_spec.errors import ErrorCode
from api_spec.messages import reviews as messages
from api_spec.messages.hall import HallQuery
from api_spec.route import CITIZENS, Door, Route
from api_spec.vocabulary import Role

TAG = "reviews"
OVERSEERS = frozenset({Role.SERVICE_DESK, Role.DIRECTOR, Role.CENTRE_STAFF, Role.SUPERVISOR})
"""Who sees ratings of every department."""
DEALERS = OVERSEERS | {Role.GROUP_LEADER, Role.DEPARTMENT_HEAD}
"""Who sees bad ratings in hand."""
READERS = DEALERS | {Role.WINDOW, Role.BACK_OFFICE}
KEEPERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
"""Who sets up rating devices."""

LIST_OWN_REVIEWS = Route(
    name="list_own_reviews",
    method="GET",
    path="/v1/me/reviews",
    summary="The caller's own matters, rated or still to be rated",
    tag=TAG,
    who=CITIZENS,
    answer=list[messages.OwnOccasion],
)
GIVE_REVIEW = Route(
    name="give_review",
    method="POST",
    path="/v1/me/reviews/{occasion_id}",
    summary="Rate one of the caller's own matters, once",
    tag=TAG,
    who=CITIZENS,
    body=messages.RateBody,
    status=204,
    errors=(ErrorCode.NOT_FOUND, ErrorCode.REVIEW_GIVEN, ErrorCode.FORM_INVALID),
)
LIST_REVIEW_RESULTS = Route(
    name="list_review_results",
    method="GET",
    path="/v1/reviews/results",
    summary="How the hall was rated over twelve months, by window type, with those nobody rated",
    tag=TAG,
    door=Door.OPEN,
    query=HallQuery,
    answer=list[messages.WindowResults],
    errors=(ErrorCode.NOT_FOUND,),
)

ROUTES = (LIST_OWN_REVIEWS, GIVE_REVIEW, LIST_REVIEW_RESULTS)
