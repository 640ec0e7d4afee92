"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0008_outbox")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DocumentRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("subject", fields.CharField(max_length=40)),
                ("subject_id", fields.CharField(max_length=32)),
                ("department_id", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=40)),
                ("year", fields.IntField()),
                ("serial", fields.IntField()),
                ("number", fields.CharField(max_length=60)),
                ("event_seq", fields.IntField()),
                ("edition", fields.IntField()),
                ("code", fields.CharField(max_length=28)),
                ("confidential", fields.SmallIntField()),
                ("issued_at", fields.BigIntField()),
                ("issued_by", fields.CharField(max_length=64)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("sealed", fields.BinaryField()),
                ("state", fields.CharField(max_length=40)),
                ("ended_at", fields.BigIntField(null=True)),
                ("ended_by", fields.CharField(max_length=64)),
                ("end_reason", fields.TextField(unique=False)),
                ("replaced_by", fields.CharField(max_length=32)),
            ],
            options={
                "table": "document",
                "app": "township",
                "constraints": [
                    UniqueConstraint(
                        fields=("tenant_id", "kind", "year", "serial"), name="uq_document_serial"
                    ),
                    UniqueConstraint(
                        fields=("subject_id", "kind", "event_seq", "edition"), name="uq_document_event"
                    ),
                    UniqueConstraint(fields=("code",), name="uq_document_code"),
                    CheckConstraint(check="serial >= 1 AND edition >= 1", name="ck_document_serial"),
                    CheckConstraint(check="confidential IN (0, 1)", name="ck_document_confidential"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DocumentSeriesRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=40)),
                ("year", fields.IntField()),
                ("taken", fields.IntField()),
            ],
            options={
                "table": "document_series",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "kind", "year"), name="uq_document_series"),
                    CheckConstraint(check="taken >= 1", name="ck_document_series_taken"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
