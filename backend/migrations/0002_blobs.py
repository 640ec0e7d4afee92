"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BlobRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("sha", fields.CharField(max_length=64)),
                ("size", fields.BigIntField()),
                ("media", fields.CharField(max_length=40)),
                ("pages", fields.IntField()),
                ("stored_at", fields.BigIntField()),
                ("wanted_at", fields.BigIntField()),
            ],
            options={
                "table": "blob",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "sha"), name="uq_blob_sha"),
                    CheckConstraint(check="size >= 1 AND pages >= 1", name="ck_blob_size"),
                ],
                "indexes": [Index(fields=["wanted_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LinkRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("rid", fields.CharField(max_length=32)),
                ("material", fields.CharField(max_length=200)),
                ("sha", fields.CharField(max_length=64)),
                ("size", fields.BigIntField()),
                ("label", fields.CharField(max_length=200)),
                ("linked_at", fields.BigIntField()),
            ],
            options={
                "table": "blob_link",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "rid", "material", "sha"), name="uq_blob_link")
                ],
                "indexes": [Index(fields=["tenant_id", "sha"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UploadRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("source", fields.CharField(max_length=64)),
                ("sha", fields.CharField(max_length=64)),
                ("size", fields.BigIntField()),
                ("durable", fields.BigIntField()),
                ("kept", fields.BigIntField()),
                ("restarts", fields.IntField()),
                ("done", fields.SmallIntField()),
                ("refused", fields.CharField(null=True, max_length=40)),
                ("begun_at", fields.BigIntField()),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "blob_upload",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "source", "sha"), name="uq_blob_upload"),
                    CheckConstraint(check="durable >= 0 AND durable <= size", name="ck_blob_upload_durable"),
                    CheckConstraint(check="done IN (0, 1)", name="ck_blob_upload_done"),
                ],
                "indexes": [Index(fields=["tenant_id", "begun_at"]), Index(fields=["done", "changed_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
