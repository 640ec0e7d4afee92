"""Booking over HTTP."""

from api_spec.errors import ErrorCode as E
from api_spec.messages import appointments as messages
from api_spec.route import CITIZENS, HALL, Door, Route
from api_spec.vocabulary import Role

TAG = "appointments"
BOOKERS = HALL | {Role.VILLAGE_CLERK, Role.SERVICE_DESK}
PLACE = "/v1/appointments"
ONE = "/v1/appointments/{appointment_id}"
STAFF_PLACE = "/v1/staff/appointments"
STAFF_ONE = "/v1/staff/appointments/{appointment_id}"

TAKING = (
    E.ITEM_NOT_FOUND,
    E.SLOT_NOT_FOUND,
    E.SLOT_CLOSED,
    E.SLOT_FULL,
    E.BOOKING_LIMIT,
    E.BOOKING_DUPLICATE,
)
MOVING = (E.APPOINTMENT_NOT_FOUND, E.APPOINTMENT_STATE, E.NOT_YOUR_ACTION)

LIST_FREE_TIMES = Route(
    name="list_free_times",
    method="GET",
    path="/v1/free-times",
    summary="Free times for an item or at a window, by day",
    tag=TAG,
    door=Door.OPEN,
    query=messages.FreeTimesQuery,
    answer=messages.FreeTimes,
    errors=(E.ITEM_NOT_FOUND, E.SLOT_NOT_FOUND, E.NOT_FOUND),
)
BOOK = Route(
    name="book_appointment",
    method="POST",
    path=PLACE,
    summary="Book a time, or hold it for some minutes; needs an identity, so that limits go by person",
    tag=TAG,
    who=CITIZENS,
    body=messages.BookBody,
    answer=messages.AppointmentView,
    status=201,
    errors=(*TAKING, E.IDENTITY_MISSING),
)
TAKE_TICKET = Route(
    name="take_ticket",
    method="POST",
    path="/v1/tickets",
    summary="Take a ticket before setting out; it is called once its citizen reported in the hall",
    tag=TAG,
    who=CITIZENS,
    body=messages.TicketBody,
    answer=messages.AppointmentView,
    status=201,
    errors=(E.SLOT_NOT_FOUND, E.SLOT_CLOSED, E.TICKET_HELD, E.IDENTITY_MISSING),
)
LIST_MY_APPOINTMENTS = Route(
    name="list_my_appointments",
    method="GET",
    path=PLACE,
    summary="The citizen's own appointments, the latest day first",
    tag=TAG,
    who=CITIZENS,
    query=messages.MineQuery,
    answer=messages.AppointmentPage,
)
SHOW_APPOINTMENT = Route(
    name="show_appointment",
    method="GET",
    path=ONE,
    summary="One of the citizen's own appointments, with the place in the queue",
    tag=TAG,
    who=CITIZENS,
    answer=messages.AppointmentView,
    errors=(E.APPOINTMENT_NOT_FOUND,),
)
CONFIRM = Route(
    name="confirm_appointment",
    method="POST",
    path=f"{ONE}/confirm",
    summary="Turn a hold into a booking",
    tag=TAG,
    who=CITIZENS,
    body=messages.VersionBody,
    answer=messages.AppointmentView,
    errors=(*MOVING, E.HOLD_EXPIRED),
)
RESCHEDULE = Route(
    name="reschedule_appointment",
    method="POST",
    path=f"{ONE}/reschedule",
    summary="Take another time and give the old one back, or change nothing",
    tag=TAG,
    who=CITIZENS,
    body=messages.MoveBody,
    answer=messages.AppointmentView,
    errors=(*TAKING, *MOVING),
)
CANCEL = Route(
    name="cancel_appointment",
    method="POST",
    path=f"{ONE}/cancel",
    summary="Cancel before the appointment begins",
    tag=TAG,
    who=CITIZENS,
    body=messages.VersionBody,
    answer=messages.AppointmentView,
    errors=MOVING,
)
LIST_DAY = Route(
    name="list_day",
    method="GET",
    path=STAFF_PLACE,
    summary="A day's appointments and walk-ins, waiting ones in the order they will be called",
    tag=TAG,
    who=BOOKERS,
    query=messages.DayQuery,
    answer=list[messages.AppointmentView],
    errors=(E.OUT_OF_SCOPE,),
)
BOOK_FOR = Route(
    name="book_for_somebody",
    method="POST",
    path=STAFF_PLACE,
    summary="Book for somebody at the counter, on the phone or in the village",
    tag=TAG,
    who=BOOKERS,
    body=messages.BookForBody,
    answer=messages.AppointmentView,
    status=201,
    errors=(*TAKING, E.FORM_INVALID),
)
WALK_IN = Route(
    name="take_walk_in",
    method="POST",
    path="/v1/staff/walk-ins",
    summary="A queue ticket for somebody who came without booking",
    tag=TAG,
    who=HALL,
    body=messages.WalkInBody,
    answer=messages.AppointmentView,
    status=201,
    errors=(E.ITEM_NOT_FOUND, E.SLOT_NOT_FOUND, E.SLOT_CLOSED, E.OUT_OF_SCOPE, E.FORM_INVALID),
)
CHECK_IN = Route(
    name="check_in",
    method="POST",
    path="/v1/staff/check-ins",
    summary="Somebody with an appointment has come: scan its QR code or type its code",
    tag=TAG,
    who=HALL,
    body=messages.CheckInBody,
    answer=messages.AppointmentView,
    errors=MOVING,
)
CALL_NEXT = Route(
    name="call_next",
    method="POST",
    path="/v1/staff/windows/{window_id}/calls",
    summary="Call whoever is next at a window",
    tag=TAG,
    who=HALL,
    answer=messages.AppointmentView,
    errors=(E.APPOINTMENT_NOT_FOUND, E.APPOINTMENT_STATE, E.OUT_OF_SCOPE, E.WINDOW_BUSY),
)
ACT = Route(
    name="act_on_appointment",
    method="POST",
    path=f"{STAFF_ONE}/actions",
    summary="Confirm, cancel, check in, call, recall, serve, miss, rejoin, park, resume, or mark as not kept",
    tag=TAG,
    who=BOOKERS,
    body=messages.ActBody,
    answer=messages.AppointmentView,
    errors=(*MOVING, E.HOLD_EXPIRED, E.OUT_OF_SCOPE, E.WINDOW_BUSY, E.NOTE_REQUIRED),
)
TRANSFER = Route(
    name="transfer_ticket",
    method="POST",
    path=f"{STAFF_ONE}/transfer",
    summary="Send a ticket on to another window; it keeps its number and its age",
    tag=TAG,
    who=HALL,
    body=messages.TransferBody,
    answer=messages.AppointmentView,
    errors=(*MOVING, E.OUT_OF_SCOPE, E.SLOT_CLOSED),
)
RESCHEDULE_FOR = Route(
    name="reschedule_for_somebody",
    method="POST",
    path=f"{STAFF_ONE}/reschedule",
    summary="Move somebody's appointment to another time",
    tag=TAG,
    who=BOOKERS,
    body=messages.MoveBody,
    answer=messages.AppointmentView,
    errors=(*TAKING, *MOVING),
)

ROUTES = (
    LIST_FREE_TIMES,
    BOOK,
    TAKE_TICKET,
    LIST_MY_APPOINTMENTS,
    SHOW_APPOINTMENT,
    CONFIRM,
    RESCHEDULE,
    CANCEL,
    LIST_DAY,
    BOOK_FOR,
    WALK_IN,
    CHECK_IN,
    CALL_NEXT,
    ACT,
    TRANSFER,
    RESCHEDULE_FOR,
)
