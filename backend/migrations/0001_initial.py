"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AuditHeadRow",
            fields=[
                ("tenant_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("number", fields.BigIntField()),
                ("hash", fields.BinaryField()),
            ],
            options={
                "table": "audit_head",
                "app": "township",
                "pk_attr": "tenant_id",
                "table_description": "The last entry of each township: whoever adds one holds this row until its commit.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("number", fields.BigIntField()),
                ("at", fields.BigIntField()),
                ("actor_id", fields.CharField(max_length=64)),
                ("actor_roles", fields.CharField(max_length=400)),
                ("action", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=40)),
                ("subject_id", fields.CharField(max_length=64)),
                ("reason", fields.CharField(max_length=400)),
                ("facts", fields.TextField(unique=False)),
                ("prev_hash", fields.BinaryField()),
                ("hash", fields.BinaryField()),
            ],
            options={
                "table": "audit_log",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "number"), name="uq_audit_log_number"),
                    CheckConstraint(check="number >= 1", name="ck_audit_log_number"),
                ],
                "indexes": [Index(fields=["tenant_id", "subject_kind", "subject_id"])],
                "pk_attr": "id",
                "table_description": "One thing somebody did that must be accounted for.",
            },
            bases=["Model"],
        ),
    ]
