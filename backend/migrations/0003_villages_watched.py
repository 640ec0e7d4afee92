"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("township", "0002_blobs")]

    initial = False

    operations = [
        ops.CreateModel(
            name="NoticeToVillagesRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("title", fields.CharField(max_length=60)),
                ("text", fields.CharField(max_length=500)),
                ("until", fields.CharField(max_length=10)),
                ("villages", fields.TextField(unique=False)),
                ("made_at", fields.BigIntField()),
                ("made_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "village_notice",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "until"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VisitRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("village_id", fields.CharField(max_length=32)),
                ("node_number", fields.IntField()),
                ("about", fields.CharField(null=True, max_length=32)),
                ("body", fields.BinaryField()),
                ("received_at", fields.BigIntField()),
            ],
            options={
                "table": "village_visit",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "received_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="NodeRow",
            name="compared",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="NodeRow",
            name="compared_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="NodeRow",
            name="record_schema",
            field=fields.IntField(null=True),
        ),
    ]
