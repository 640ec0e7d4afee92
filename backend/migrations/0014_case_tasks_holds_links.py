"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0013_supervision")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CaseHoldRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_id", fields.CharField(max_length=32)),
                ("staff_id", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=100)),
                ("role", fields.CharField(max_length=40)),
                ("current", fields.SmallIntField(null=True)),
                ("since", fields.BigIntField()),
                ("until", fields.BigIntField(null=True)),
                ("ended", fields.CharField(null=True, max_length=40)),
                ("note", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "case_holds",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("case_id", "role", "current"), name="uq_case_holds_current"),
                    CheckConstraint(check="current IS NULL OR current = 1", name="ck_case_holds_current"),
                ],
                "indexes": [Index(fields=["tenant_id", "staff_id", "current"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseLinkRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_id", fields.CharField(max_length=32)),
                ("other_id", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=40)),
                ("by_id", fields.CharField(max_length=64)),
                ("at", fields.BigIntField()),
            ],
            options={
                "table": "case_links",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("case_id", "other_id"), name="uq_case_links_pair"),
                    CheckConstraint(check="case_id <> other_id", name="ck_case_links_two"),
                ],
                "indexes": [Index(fields=["other_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseTaskRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_id", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=40)),
                ("department_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(null=True, max_length=10)),
                ("opened_seq", fields.IntField()),
                ("opened_at", fields.BigIntField()),
                ("done_seq", fields.IntField(default=0)),
                ("done_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "case_tasks",
                "app": "township",
                "constraints": [
                    UniqueConstraint(
                        fields=("case_id", "kind", "department_id", "opened_seq"), name="uq_case_tasks_opened"
                    )
                ],
                "indexes": [
                    Index(fields=["tenant_id", "kind", "done_seq", "day"]),
                    Index(fields=["tenant_id", "department_id", "done_seq"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReferralRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("subject", fields.CharField(max_length=200)),
                ("go_to", fields.CharField(max_length=200)),
                ("phone", fields.CharField(max_length=50)),
                ("basis", fields.CharField(max_length=200)),
                ("department_id", fields.CharField(max_length=32)),
                ("by_id", fields.CharField(max_length=32)),
                ("at", fields.BigIntField()),
            ],
            options={
                "table": "referrals",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "day", "id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
