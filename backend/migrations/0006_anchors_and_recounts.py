"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0005_node_keys")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AnchorRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("number", fields.IntField()),
                ("day", fields.CharField(max_length=10)),
                ("log_number", fields.BigIntField()),
                ("log_hash", fields.CharField(max_length=64)),
                ("histories", fields.IntField()),
                ("events", fields.IntField()),
                ("digest", fields.CharField(max_length=64)),
                ("prev_hash", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
                ("made_at", fields.BigIntField()),
            ],
            options={
                "table": "audit_anchors",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "number"), name="uq_audit_anchors_number"),
                    UniqueConstraint(fields=("tenant_id", "day"), name="uq_audit_anchors_day"),
                    CheckConstraint(check="number >= 1 AND log_number >= 0", name="ck_audit_anchors_number"),
                    CheckConstraint(check="histories >= 0 AND events >= 0", name="ck_audit_anchors_counts"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditCheckRow",
            fields=[
                ("tenant_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("number", fields.BigIntField()),
                ("hash", fields.BinaryField()),
                ("at", fields.BigIntField()),
                ("whole_at", fields.BigIntField(null=True)),
            ],
            options={"table": "audit_checks", "app": "township", "pk_attr": "tenant_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CalendarAppliedRow",
            fields=[
                ("tenant_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("version", fields.CharField(max_length=40)),
                ("at", fields.BigIntField()),
            ],
            options={"table": "calendar_applied", "app": "township", "pk_attr": "tenant_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DueChangeRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("subject_kind", fields.CharField(max_length=40)),
                ("subject_id", fields.CharField(max_length=32)),
                ("version", fields.IntField()),
                ("due_before", fields.CharField(null=True, max_length=10)),
                ("due_after", fields.CharField(null=True, max_length=10)),
                ("provisional", fields.SmallIntField()),
                ("calendar", fields.CharField(max_length=40)),
                ("at", fields.BigIntField()),
            ],
            options={
                "table": "due_changes",
                "app": "township",
                "constraints": [
                    UniqueConstraint(
                        fields=("tenant_id", "subject_kind", "subject_id", "version", "calendar"),
                        name="uq_due_changes_once",
                    ),
                    CheckConstraint(check="provisional IN (0, 1)", name="ck_due_changes_provisional"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddIndex(
            model_name="AuditRow",
            index=Index(fields=["tenant_id", "actor_id", "number"]),
        ),
        ops.AddIndex(
            model_name="AuditRow",
            index=Index(fields=["tenant_id", "action", "number"]),
        ),
        ops.AddIndex(
            model_name="AuditRow",
            index=Index(fields=["tenant_id", "at"]),
        ),
        ops.AddIndex(
            model_name="CaseEventRow",
            index=Index(fields=["tenant_id", "at"]),
        ),
        ops.AddIndex(
            model_name="CaseEventRow",
            index=Index(fields=["tenant_id", "actor_id", "id"]),
        ),
        ops.AddIndex(
            model_name="ErrandEventRow",
            index=Index(fields=["tenant_id", "at"]),
        ),
        ops.AddIndex(
            model_name="ErrandEventRow",
            index=Index(fields=["tenant_id", "actor_id", "id"]),
        ),
    ]
