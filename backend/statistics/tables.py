"""Tables of the statistics: everything in them can be made again from the cases."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.messages.statistics import End
from api_spec.vocabulary import CaseState, Channel, ItemKind, WindowType
from backend.columns import Choice, Day, Id


class CaseFigureRow(Model):
    """One case as a line of the statistics; `village_id` and `department_id` are "" where there is none."""

    case_id = Id(primary_key=True)
    tenant_id = Id()
    version = fields.IntField()
    item_id = Id()
    item_code = fields.CharField(60)
    item_name = fields.CharField(200)
    window = Choice(WindowType)
    kind = Choice(ItemKind)
    department_id = fields.CharField(32)
    village_id = fields.CharField(32)
    channel = Choice(Channel)
    month = fields.CharField(7)
    received_on = Day()
    accepted_on = Day(null=True)
    ended_on = Day(null=True)
    end = Choice(End, null=True)
    promise_days = fields.IntField()
    used_hundredths = fields.IntField(null=True)
    due_on = Day(null=True)
    late = fields.SmallIntField()
    statutory_late = fields.SmallIntField()
    notices = fields.IntField()
    returned = fields.IntField()
    repeat = fields.SmallIntField()

    class Meta:
        table = "case_figures"
        indexes = (("tenant_id", "received_on"), ("tenant_id", "ended_on"))
        constraints = (
            CheckConstraint(check='("end" IS NULL) = (ended_on IS NULL)', name="ck_case_figures_end"),
            CheckConstraint(check="late IN (0, 1) AND statutory_late IN (0, 1)", name="ck_case_figures_late"),
        )


class CaseStepRow(Model):
    """Hundredths of a working day a case spent in a state."""

    id = Id(primary_key=True)
    tenant_id = Id()
    case_id = Id()
    state = Choice(CaseState)
    hundredths = fields.IntField()

    class Meta:
        table = "case_steps"
        constraints = (UniqueConstraint(fields=("case_id", "state"), name="uq_case_steps_state"),)


class CaseLackRow(Model):
    """A material a notice of this case asked for."""

    id = Id(primary_key=True)
    tenant_id = Id()
    case_id = Id()
    code = fields.CharField(60)
    name = fields.CharField(200)

    class Meta:
        table = "case_lacks"
        constraints = (UniqueConstraint(fields=("case_id", "code"), name="uq_case_lacks_code"),)


class FigureDueRow(Model):
    """A case that moved since its figure was made; `version` is the one it moved to."""

    case_id = Id(primary_key=True)
    tenant_id = Id()
    version = fields.IntField()

    class Meta:
        table = "figures_due"


class FigureMarkRow(Model):
    """Up to which case, and with which holiday calendar, figures were made; one row for the whole deployment."""

    name = fields.CharField(20, primary_key=True)
    last_id = fields.CharField(32)
    calendar_version = fields.CharField(40)

    class Meta:
        table = "figures_mark"
