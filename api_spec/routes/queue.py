"""The hall's queues over HTTP: the wall's screen, a ticket on the phone, a window's line, the devices."""

from api_spec.errors import ErrorCode as E
from api_spec.messages import queue as messages
from api_spec.route import HALL, Door, Route
from api_spec.vocabulary import Role

TAG = "queue"
KEEPERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
WATCHERS = KEEPERS | {Role.GROUP_LEADER, Role.DEPARTMENT_HEAD, Role.SUPERVISOR}

SHOW_QUEUES = Route(
    name="show_queues",
    method="GET",
    path="/v1/hall/queues",
    summary="How many wait at each type of window, and how long it may take",
    tag=TAG,
    door=Door.OPEN,
    query=messages.QueuesQuery,
    answer=list[messages.QueueView],
    errors=(E.NOT_FOUND,),
)
SHOW_TICKET = Route(
    name="show_ticket",
    method="GET",
    path="/v1/hall/tickets/{code}",
    summary="A ticket's place in its queue, for whoever holds its code; nothing personal",
    tag=TAG,
    door=Door.OPEN,
    answer=messages.TicketView,
    errors=(E.APPOINTMENT_NOT_FOUND,),
)
SHOW_SCREEN = Route(
    name="show_screen",
    method="GET",
    path="/v1/hall/screen",
    summary="What hangs on the hall's wall; for a screen with its own code, 304 while nothing changed",
    tag=TAG,
    door=Door.OPEN,
    answer=messages.ScreenView,
    errors=(E.TOKEN_MISSING, E.TOKEN_INVALID),
    etag=True,
)
SHOW_LINE = Route(
    name="show_line",
    method="GET",
    path="/v1/staff/windows/{window_id}/line",
    summary="Who is called at a window, and who waits for it in which order",
    tag=TAG,
    who=HALL,
    answer=messages.LineView,
    errors=(E.OUT_OF_SCOPE,),
)
LIST_DEVICES = Route(
    name="list_hall_devices",
    method="GET",
    path="/v1/staff/hall/devices",
    summary="The hall's screens and kiosks",
    tag=TAG,
    who=KEEPERS,
    answer=list[messages.DeviceView],
)
ADD_DEVICE = Route(
    name="add_hall_device",
    method="POST",
    path="/v1/staff/hall/devices",
    summary="Register a screen or a kiosk; its code is told this once",
    tag=TAG,
    who=KEEPERS,
    body=messages.DeviceBody,
    answer=messages.DeviceView,
    status=201,
)
REVOKE_DEVICE = Route(
    name="revoke_hall_device",
    method="DELETE",
    path="/v1/staff/hall/devices/{device_id}",
    summary="Shut a screen or a kiosk out",
    tag=TAG,
    who=KEEPERS,
    status=204,
    errors=(E.NOT_FOUND,),
)
LIST_WAITS = Route(
    name="list_waits",
    method="GET",
    path="/v1/staff/hall/waits",
    summary="How long people waited and were served, by queue and day",
    tag=TAG,
    who=WATCHERS,
    query=messages.WaitsQuery,
    answer=list[messages.WaitsRow],
)

ROUTES = (
    SHOW_QUEUES,
    SHOW_TICKET,
    SHOW_SCREEN,
    SHOW_LINE,
    LIST_DEVICES,
    ADD_DEVICE,
    REVOKE_DEVICE,
    LIST_WAITS,
)
