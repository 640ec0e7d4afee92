"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0011_hall_queue")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CaseFigureRow",
            fields=[
                ("case_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("version", fields.IntField()),
                ("item_id", fields.CharField(max_length=32)),
                ("item_code", fields.CharField(max_length=60)),
                ("item_name", fields.CharField(max_length=200)),
                ("window", fields.CharField(max_length=40)),
                ("kind", fields.CharField(max_length=40)),
                ("department_id", fields.CharField(max_length=32)),
                ("village_id", fields.CharField(max_length=32)),
                ("channel", fields.CharField(max_length=40)),
                ("month", fields.CharField(max_length=7)),
                ("received_on", fields.CharField(max_length=10)),
                ("accepted_on", fields.CharField(null=True, max_length=10)),
                ("ended_on", fields.CharField(null=True, max_length=10)),
                ("end", fields.CharField(null=True, max_length=40)),
                ("promise_days", fields.IntField()),
                ("used_hundredths", fields.IntField(null=True)),
                ("due_on", fields.CharField(null=True, max_length=10)),
                ("late", fields.SmallIntField()),
                ("statutory_late", fields.SmallIntField()),
                ("notices", fields.IntField()),
                ("returned", fields.IntField()),
                ("repeat", fields.SmallIntField()),
            ],
            options={
                "table": "case_figures",
                "app": "township",
                "constraints": [
                    CheckConstraint(check='("end" IS NULL) = (ended_on IS NULL)', name="ck_case_figures_end"),
                    CheckConstraint(
                        check="late IN (0, 1) AND statutory_late IN (0, 1)", name="ck_case_figures_late"
                    ),
                ],
                "indexes": [
                    Index(fields=["tenant_id", "received_on"]),
                    Index(fields=["tenant_id", "ended_on"]),
                ],
                "pk_attr": "case_id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseLackRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_id", fields.CharField(max_length=32)),
                ("code", fields.CharField(max_length=60)),
                ("name", fields.CharField(max_length=200)),
            ],
            options={
                "table": "case_lacks",
                "app": "township",
                "constraints": [UniqueConstraint(fields=("case_id", "code"), name="uq_case_lacks_code")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseStepRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_id", fields.CharField(max_length=32)),
                ("state", fields.CharField(max_length=40)),
                ("hundredths", fields.IntField()),
            ],
            options={
                "table": "case_steps",
                "app": "township",
                "constraints": [UniqueConstraint(fields=("case_id", "state"), name="uq_case_steps_state")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FigureDueRow",
            fields=[
                ("case_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("version", fields.IntField()),
            ],
            options={"table": "figures_due", "app": "township", "pk_attr": "case_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FigureMarkRow",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=20)),
                ("last_id", fields.CharField(max_length=32)),
                ("calendar_version", fields.CharField(max_length=40)),
            ],
            options={"table": "figures_mark", "app": "township", "pk_attr": "name"},
            bases=["Model"],
        ),
    ]
