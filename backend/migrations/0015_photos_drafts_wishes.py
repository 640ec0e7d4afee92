"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0014_case_tasks_holds_links")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CaseDraftRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("citizen_id", fields.CharField(max_length=32)),
                ("item_id", fields.CharField(max_length=32)),
                ("sealed", fields.BinaryField()),
                ("saved_at", fields.BigIntField()),
                ("keep_until", fields.BigIntField(db_index=True)),
            ],
            options={
                "table": "case_draft",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("citizen_id", "tenant_id", "item_id"), name="uq_case_draft")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DataWishRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("citizen_id", fields.CharField(max_length=32)),
                ("rid", fields.CharField(unique=True, max_length=32)),
                ("wish", fields.CharField(max_length=40)),
                ("state", fields.CharField(max_length=40)),
                ("outcome", fields.CharField(null=True, max_length=40)),
                ("sealed", fields.BinaryField()),
                ("answer", fields.BinaryField(null=True)),
                ("asked_at", fields.BigIntField()),
                ("due_on", fields.CharField(max_length=10)),
                ("answered_at", fields.BigIntField(null=True)),
                ("answered_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "data_wish",
                "app": "township",
                "indexes": [
                    Index(fields=["tenant_id", "state", "due_on"]),
                    Index(fields=["citizen_id", "asked_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OwnPhotoRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("citizen_id", fields.CharField(max_length=32)),
                ("sha", fields.CharField(max_length=64)),
                ("size", fields.BigIntField()),
                ("sent_at", fields.BigIntField(db_index=True)),
            ],
            options={
                "table": "own_photo",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "citizen_id", "sha"), name="uq_own_photo"),
                    CheckConstraint(check="size >= 1", name="ck_own_photo_size"),
                ],
                "indexes": [Index(fields=["citizen_id", "sent_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
