"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0015_photos_drafts_wishes")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SealRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=40)),
                ("row_id", fields.CharField(max_length=32)),
                ("stamp", fields.BigIntField()),
                ("digest", fields.CharField(max_length=64)),
                ("moves", fields.CharField(max_length=64)),
                ("at", fields.BigIntField()),
            ],
            options={
                "table": "audit_seals",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("kind", "row_id", "stamp"), name="uq_audit_seals_stamp")
                ],
                "indexes": [Index(fields=["tenant_id", "at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
