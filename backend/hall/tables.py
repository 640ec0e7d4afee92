"""Tables of the hall: published holidays (county-wide), opening hours, exceptions and rosters (by township)."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import DayPeriod, DutyPlace, LeaveReason
from backend.columns import Choice, Day, Id, Instant, Json
from backend.hall.calendar import DayKind


class SpecialDayRow(Model):
    """One line of a State Council notice."""

    day = Day(primary_key=True)
    kind = Choice(DayKind)
    holiday = fields.CharField(40)
    notice = fields.CharField(200)
    source = fields.CharField(300)
    loaded_at = Instant()

    class Meta:
        table = "special_day"


class SeasonRow(Model):
    """Hours of a window, or of the whole hall (window_id empty), for a part of every year."""

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    name = fields.CharField(40)
    first_day = fields.CharField(5)
    last_day = fields.CharField(5)
    spans = Json(list[tuple[int, int]])
    slot_minutes = fields.IntField()
    places = fields.IntField()
    walk_in_places = fields.IntField()

    class Meta:
        table = "season"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "window_id", "name"), name="uq_season_name"),
            CheckConstraint(
                check="slot_minutes >= 5 AND walk_in_places >= 0 AND walk_in_places <= places",
                name="ck_season_places",
            ),
        )


class HoursExceptionRow(Model):
    """One day that differs; no spans means closed."""

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    day = Day()
    reason = fields.CharField(200)
    spans = Json(list[tuple[int, int]])
    decided_by = fields.CharField(64)
    decided_at = Instant()

    class Meta:
        table = "hours_exception"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "window_id", "day"), name="uq_hours_exception_day"),
        )


class DutyPairRow(Model):
    """A and B of a window from a day on; the names are public."""

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    since = Day()
    a_staff_id = Id()
    a_name = fields.CharField(50)
    b_staff_id = Id()
    b_name = fields.CharField(50)

    class Meta:
        table = "duty_pair"
        constraints = (
            UniqueConstraint(fields=("window_id", "since"), name="uq_duty_pair_since"),
            CheckConstraint(check="a_staff_id <> b_staff_id", name="ck_duty_pair_two_people"),
        )


class DutyChangeRow(Model):
    """Who sits at a window for half a day instead of A."""

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    day = Day()
    period = Choice(DayPeriod)
    place = Choice(DutyPlace)
    note = fields.CharField(200)
    decided_by = fields.CharField(64)
    decided_at = Instant()

    class Meta:
        table = "duty_change"
        constraints = (
            UniqueConstraint(fields=("window_id", "day", "period"), name="uq_duty_change_half_day"),
        )


class LeaveRow(Model):
    """Half days on which somebody is off duty, first and last included; the reason is a word anybody may read."""

    id = Id(primary_key=True)
    tenant_id = Id()
    staff_id = Id(db_index=True)
    first_day = Day()
    first_period = Choice(DayPeriod)
    last_day = Day()
    last_period = Choice(DayPeriod)
    reason = Choice(LeaveReason)
    decided_by = fields.CharField(64)
    decided_at = Instant()
    ended_at = Instant(null=True)
    ended_by = fields.CharField(64)

    class Meta:
        table = "duty_leave"
        indexes = (("tenant_id", "last_day"),)


class HandOverRow(Model):
    """What one of a pair handed to the other at the window; it counts from `at`, `seen_at` is only when it was read."""

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    from_staff_id = Id()
    from_name = fields.CharField(50)
    to_staff_id = Id(db_index=True)
    to_name = fields.CharField(50)
    open_cases = fields.IntField()
    open_errands = fields.IntField()
    due_soon = fields.IntField()
    money_fen = fields.BigIntField()
    papers = fields.CharField(200)
    note = fields.CharField(200)
    at = Instant()
    seen_at = Instant(null=True)

    class Meta:
        table = "duty_hand_over"
        constraints = (
            CheckConstraint(check="from_staff_id <> to_staff_id", name="ck_duty_hand_over_two_people"),
        )
        indexes = (("tenant_id", "at"),)
