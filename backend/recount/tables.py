"""The tables of recounting: which calendar a township's rows were reckoned with, and every day that moved."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.columns import Day, Id, Instant


class CalendarAppliedRow(Model):
    """The calendar with which everything open in a township was reckoned last, and when."""

    tenant_id = Id(primary_key=True)
    version = fields.CharField(40)
    at = Instant()

    class Meta:
        table = "calendar_applied"


class DueChangeRow(Model):
    """The last day of one case or errand before and after a changed calendar; null: no clock ran. Only added."""

    id = Id(primary_key=True)
    tenant_id = Id()
    subject_kind = fields.CharField(40)
    subject_id = Id()
    version = fields.IntField()
    due_before = Day(null=True)
    due_after = Day(null=True)
    provisional = fields.SmallIntField()
    calendar = fields.CharField(40)
    at = Instant()

    class Meta:
        table = "due_changes"
        constraints = (
            UniqueConstraint(
                fields=("tenant_id", "subject_kind", "subject_id", "version", "calendar"),
                name="uq_due_changes_once",
            ),
            CheckConstraint(check="provisional IN (0, 1)", name="ck_due_changes_provisional"),
        )
