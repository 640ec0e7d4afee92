"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0004_bundles")]

    initial = False

    operations = [
        ops.CreateModel(
            name="EscrowRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("node_number", fields.IntField()),
                ("mark", fields.CharField(max_length=8)),
                ("sealed", fields.BinaryField()),
                ("received_at", fields.BigIntField()),
                ("issued_at", fields.BigIntField(null=True)),
                ("issued_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "node_escrow",
                "app": "township",
                "constraints": [UniqueConstraint(fields=("node_number", "mark"), name="uq_node_escrow_mark")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="NodeKeyRow",
            fields=[
                ("serial", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("node_number", fields.IntField(db_index=True)),
                ("sign_key", fields.BinaryField()),
                ("certified_at", fields.BigIntField()),
                ("taken_at", fields.BigIntField(null=True)),
                ("replaced_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "node_key",
                "app": "township",
                "constraints": [UniqueConstraint(fields=("node_number", "sign_key"), name="uq_node_key_key")],
                "pk_attr": "serial",
            },
            bases=["Model"],
        ),
    ]
