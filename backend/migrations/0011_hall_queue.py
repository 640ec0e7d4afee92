"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0010_reviews_complaints")]

    initial = False

    operations = [
        ops.CreateModel(
            name="HallDeviceRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(db_index=True, max_length=32)),
                ("kind", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=60)),
                ("code_index", fields.CharField(unique=True, max_length=64)),
                ("made_at", fields.BigIntField()),
                ("made_by", fields.CharField(max_length=64)),
                ("revoked_at", fields.BigIntField(null=True)),
            ],
            options={"table": "hall_device", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HallTicketRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                (
                    "appointment",
                    fields.OneToOneField(
                        "township.AppointmentRow",
                        source_field="appointment_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("tenant_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("label", fields.CharField(max_length=8)),
                ("queue", fields.CharField(max_length=40)),
                ("lane", fields.CharField(max_length=40)),
                ("priority", fields.CharField(null=True, max_length=40)),
                ("only_window_id", fields.CharField(null=True, max_length=32)),
                ("turn_at", fields.BigIntField()),
                ("due_at", fields.BigIntField()),
                ("issued_at", fields.BigIntField()),
                ("first_called_at", fields.BigIntField(null=True)),
                ("called_at", fields.BigIntField(null=True)),
                ("call_no", fields.IntField(null=True)),
                ("announced_at", fields.BigIntField(null=True)),
                ("announcements", fields.IntField()),
                ("parked_for", fields.CharField(null=True, max_length=40)),
                ("open_window_id", fields.CharField(null=True, unique=True, max_length=32)),
            ],
            options={
                "table": "hall_ticket",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "day", "label"), name="uq_hall_ticket_label"),
                    CheckConstraint(check="announcements >= 0", name="ck_hall_ticket_announcements"),
                ],
                "indexes": [Index(fields=["tenant_id", "day", "queue"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
