"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0003_villages_watched")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BundleRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("village_id", fields.CharField(max_length=32)),
                ("node_number", fields.IntField()),
                ("bundle", fields.CharField(max_length=32)),
                ("part", fields.IntField()),
                ("parts", fields.IntField()),
                ("epoch", fields.CharField(max_length=16)),
                ("first_seq", fields.BigIntField()),
                ("last_seq", fields.BigIntField()),
                ("digest", fields.BinaryField()),
                ("size", fields.BigIntField()),
                ("status", fields.CharField(max_length=40)),
                ("records", fields.IntField()),
                ("taken", fields.IntField()),
                ("reasons", fields.TextField(unique=False)),
                ("photos", fields.IntField()),
                ("photos_refused", fields.IntField()),
                ("imported_at", fields.BigIntField()),
                ("imported_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "node_bundle",
                "app": "township",
                "constraints": [
                    CheckConstraint(check="part >= 1 AND part <= parts", name="ck_node_bundle_part")
                ],
                "indexes": [Index(fields=["tenant_id", "id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
