"""Tables of the hall: published holidays (county-wide), opening hours, exceptions and rosters (by township)."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import DayPeriod, DutyPlace
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
