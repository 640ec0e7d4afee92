"""Tables of the way upward besides the outbox: the national numbers this township gave."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.columns import Day, Id


class ProjectRow(Model):
    """The 办件编号 a case goes upward under; given once."""

    case_id = Id(primary_key=True)
    tenant_id = Id()
    project_no = fields.CharField(50, unique=True)

    class Meta:
        table = "upward_project"


class ProjectSerialRow(Model):
    """How many numbers an item had on a day; whoever takes one holds this row until its commit."""

    id = fields.BigIntField(primary_key=True)
    task_code = fields.CharField(31)
    day = Day()
    taken = fields.IntField()

    class Meta:
        table = "upward_serial"
        constraints = (
            UniqueConstraint(fields=("task_code", "day"), name="uq_upward_serial"),
            CheckConstraint(check="taken BETWEEN 1 AND 9999", name="ck_upward_serial"),
        )
