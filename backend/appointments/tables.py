"""Tables of booking and of the hall's queues. The constraints are the last line: a slot can not be oversold, whoever writes.

`booked` of a slot is the number of appointments whose `place_key` names it; a person holds one place in a slot.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import (
    AppointmentAction,
    AppointmentState,
    Channel,
    DeviceKind,
    Lane,
    ParkReason,
    Priority,
    Role,
    WindowType,
)
from backend.columns import Choice, Day, Id, Instant


class SlotRow(Model):
    """A slot somebody has booked once; until then it is only derived. Minutes since midnight in China."""

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    day = Day()
    start_minute = fields.IntField()
    end_minute = fields.IntField()
    capacity = fields.IntField()
    booked = fields.IntField()

    class Meta:
        table = "slot"
        constraints = (
            UniqueConstraint(fields=("window_id", "day", "start_minute"), name="uq_slot_start"),
            CheckConstraint(check="booked >= 0 AND booked <= capacity", name="ck_slot_not_oversold"),
        )


class AppointmentRow(Model):
    """A booking, a hold or a walk-in ticket.

    `place_key` is "slot:person" while a place is taken and null once it is given back (null is never equal to
    null, so it is unique only among places taken). `held_until` is null unless the state is held. `person_id` is a
    citizen's id or the blind index of a document. `visitor` seals name and phone. `ticket` holds the numbers given
    before there were `hall_ticket` rows.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    code = fields.CharField(16, unique=True)
    slot: fields.ForeignKeyNullableRelation[SlotRow] = fields.ForeignKeyField(
        "township.SlotRow", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    window_id = Id()
    day = Day()
    start_minute = fields.IntField(null=True)
    end_minute = fields.IntField(null=True)
    item_id = Id()
    item_name = fields.CharField(200)
    person_id = Id()
    citizen_id = Id()
    village_id = Id()
    visitor = fields.BinaryField()
    channel = Choice(Channel)
    state = Choice(AppointmentState)
    version = fields.IntField()
    place_key = fields.CharField(65, null=True, unique=True)
    held_until = Instant(null=True, db_index=True)
    confirmed_at = Instant(null=True)
    moves = fields.IntField()
    calls = fields.IntField()
    ticket = fields.IntField(null=True)
    made_at = Instant()
    made_by = fields.CharField(64)
    checked_in_at = Instant(null=True)
    ended_at = Instant(null=True)

    class Meta:
        table = "appointment"
        indexes = (
            ("person_id", "day"),
            ("citizen_id", "day"),
            ("window_id", "day"),
            ("village_id", "day"),
            ("state", "day"),
        )
        constraints = (
            UniqueConstraint(fields=("window_id", "day", "ticket"), name="uq_appointment_ticket"),
            CheckConstraint(
                check="(slot_id IS NULL) OR ((place_key IS NULL) = (state IN ('cancelled', 'expired')))",
                name="ck_appointment_place",
            ),
            CheckConstraint(check="(held_until IS NOT NULL) = (state = 'held')", name="ck_appointment_hold"),
        )


class AppointmentEventRow(Model):
    """One move of an appointment; rows are only added."""

    id = Id(primary_key=True)
    appointment: fields.ForeignKeyRelation[AppointmentRow] = fields.ForeignKeyField(
        "township.AppointmentRow", on_delete=fields.RESTRICT
    )
    version = fields.IntField()
    at = Instant()
    action = Choice(AppointmentAction)
    before = Choice(AppointmentState, null=True)
    after = Choice(AppointmentState)
    slot_id = Id(null=True)
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)

    class Meta:
        table = "appointment_event"
        constraints = (
            UniqueConstraint(fields=("appointment_id", "version"), name="uq_appointment_event_version"),
        )


class QueueTicketRow(Model):
    """The last ticket number given in a queue on a day."""

    id = fields.CharField(43, primary_key=True)
    number = fields.IntField()

    class Meta:
        table = "queue_ticket"
        constraints = (CheckConstraint(check="number >= 1", name="ck_queue_ticket_number"),)


class HallTicketRow(Model):
    """The place of one appointment in a queue of the hall, from the moment its person has come.

    `queue` is the type of window people wait for; `only_window_id` narrows it to one. `turn_at` orders those who
    wait in one lane, `due_at` is when waiting began. `call_no` counts the first calls of the queue's day.
    `open_window_id` is set while the ticket stands called, so a window has one ticket open at most.
    """

    id = Id(primary_key=True)
    appointment: fields.OneToOneRelation[AppointmentRow] = fields.OneToOneField(
        "township.AppointmentRow", on_delete=fields.RESTRICT
    )
    tenant_id = Id()
    day = Day()
    label = fields.CharField(8)
    queue = Choice(WindowType)
    lane = Choice(Lane)
    priority = Choice(Priority, null=True)
    only_window_id = Id(null=True)
    turn_at = Instant()
    due_at = Instant()
    issued_at = Instant()
    first_called_at = Instant(null=True)
    called_at = Instant(null=True)
    call_no = fields.IntField(null=True)
    announced_at = Instant(null=True)
    announcements = fields.IntField()
    parked_for = Choice(ParkReason, null=True)
    open_window_id = Id(null=True, unique=True)

    class Meta:
        table = "hall_ticket"
        indexes = (("tenant_id", "day", "queue"),)
        constraints = (
            UniqueConstraint(fields=("tenant_id", "day", "label"), name="uq_hall_ticket_label"),
            CheckConstraint(check="announcements >= 0", name="ck_hall_ticket_announcements"),
        )


class HallDeviceRow(Model):
    """A screen or a kiosk of the hall. Its code is known to the device alone; `code_index` finds it."""

    id = Id(primary_key=True)
    tenant_id = Id(db_index=True)
    kind = Choice(DeviceKind)
    name = fields.CharField(60)
    code_index = fields.CharField(64, unique=True)
    made_at = Instant()
    made_by = fields.CharField(64)
    revoked_at = Instant(null=True)

    class Meta:
        table = "hall_device"
