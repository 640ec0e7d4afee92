"""The organisation over HTTP: the public board, delegations of partners, items in the hall, coverage of the lists."""

from api_spec.errors import ErrorCode
from api_spec.messages import organisation as messages
from api_spec.messages.hall import HallQuery
from api_spec.route import Door, Route
from api_spec.vocabulary import Role

TAG = "organisation"
CENTRE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
READERS = CENTRE | {Role.GROUP_LEADER, Role.DEPARTMENT_HEAD, Role.SUPERVISOR}

SHOW_BOARD = Route(
    name="show_board",
    method="GET",
    path="/v1/hall/board",
    summary="The sunshine board: every window with its people, department, work telephone and what they handle",
    tag=TAG,
    door=Door.OPEN,
    query=HallQuery,
    answer=list[messages.BoardWindowView],
    errors=(ErrorCode.NOT_FOUND,),
)
LIST_DELEGATIONS = Route(
    name="list_delegations",
    method="GET",
    path="/v1/staff/delegations",
    summary="What partners delegated to the centre, newest first",
    tag=TAG,
    who=READERS,
    answer=list[messages.DelegationView],
)
GIVE_DELEGATION = Route(
    name="give_delegation",
    method="POST",
    path="/v1/staff/delegations",
    summary="Record a partner's delegation to the centre",
    tag=TAG,
    who=CENTRE,
    body=messages.DelegationBody,
    answer=messages.DelegationView,
    status=201,
    errors=(ErrorCode.FORM_INVALID, ErrorCode.ITEM_NOT_FOUND),
)
END_DELEGATION = Route(
    name="end_delegation",
    method="POST",
    path="/v1/staff/delegations/{delegation_id}/end",
    summary="End a delegation: no new errand rests on it",
    tag=TAG,
    who=CENTRE,
    answer=messages.DelegationView,
)
LIST_HALL_ENTRIES = Route(
    name="list_hall_entries",
    method="GET",
    path="/v1/staff/hall-entries",
    summary="By when items have to be in the hall, and since when they are",
    tag=TAG,
    who=READERS,
    answer=list[messages.HallEntryView],
)
PUT_HALL_ENTRY = Route(
    name="put_hall_entry",
    method="PUT",
    path="/v1/staff/hall-entries",
    summary="Say by when an item has to be in the hall, or that it is",
    tag=TAG,
    who=CENTRE,
    body=messages.HallEntryBody,
    answer=messages.HallEntryView,
    errors=(ErrorCode.FORM_INVALID, ErrorCode.ITEM_NOT_FOUND),
)
LIST_COVER = Route(
    name="list_cover",
    method="GET",
    path="/v1/staff/coverage",
    summary="Every line of the published lists that is applied for, with what it still lacks",
    tag=TAG,
    who=READERS,
    answer=list[messages.CoverView],
)
PLACE_LINE = Route(
    name="place_line",
    method="PUT",
    path="/v1/staff/coverage/{entry_id}",
    summary="Say which item stands for a line of a list",
    tag=TAG,
    who=CENTRE,
    body=messages.PlacingBody,
    status=204,
    errors=(ErrorCode.ITEM_NOT_FOUND,),
)

ROUTES = (
    SHOW_BOARD,
    LIST_DELEGATIONS,
    GIVE_DELEGATION,
    END_DELEGATION,
    LIST_HALL_ENTRIES,
    PUT_HALL_ENTRY,
    LIST_COVER,
    PLACE_LINE,
)
