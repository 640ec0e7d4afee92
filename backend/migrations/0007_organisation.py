"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0006_anchors_and_recounts")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AppointmentPaperRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("post_id", fields.CharField(unique=True, max_length=32)),
                ("media", fields.CharField(max_length=40)),
                ("pages", fields.IntField()),
                ("size", fields.IntField()),
                ("sealed", fields.BinaryField()),
                ("kept_at", fields.BigIntField()),
                ("kept_by", fields.CharField(max_length=64)),
            ],
            options={"table": "appointment_paper", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AssignmentRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(db_index=True, max_length=32)),
                ("staff_id", fields.CharField(db_index=True, max_length=32)),
                ("post_id", fields.CharField(unique=True, max_length=32)),
                ("department_id", fields.CharField(max_length=32)),
                ("keeps_rules", fields.BooleanField()),
                ("knows_process", fields.BooleanField()),
                ("uses_computer", fields.BooleanField()),
                ("speaks_mandarin", fields.BooleanField()),
                ("under_45", fields.BooleanField()),
                ("nothing_against", fields.BooleanField()),
                ("attested_by", fields.CharField(max_length=50)),
                ("attested_on", fields.CharField(max_length=10)),
                ("recorded_at", fields.BigIntField()),
                ("recorded_by", fields.CharField(max_length=64)),
            ],
            options={"table": "assignment", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DelegationRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("partner", fields.CharField(max_length=40)),
                ("item_ids", fields.TextField(unique=False)),
                ("document", fields.CharField(max_length=100)),
                ("valid_from", fields.CharField(max_length=10)),
                ("valid_to", fields.CharField(null=True, max_length=10)),
                ("given_at", fields.BigIntField()),
                ("given_by", fields.CharField(max_length=64)),
                ("ended_at", fields.BigIntField(null=True)),
                ("ended_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "delegation",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "partner"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HallEntryRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("item_id", fields.CharField(max_length=32)),
                ("department_id", fields.CharField(max_length=32)),
                ("due_on", fields.CharField(max_length=10)),
                ("entered_on", fields.CharField(null=True, max_length=10)),
                ("document", fields.CharField(max_length=100)),
                ("changed_at", fields.BigIntField()),
                ("changed_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "hall_entry",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "item_id"), name="uq_hall_entry_item"),
                    CheckConstraint(
                        check="entered_on IS NULL OR document <> ''", name="ck_hall_entry_document"
                    ),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HandOverRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("window_id", fields.CharField(max_length=32)),
                ("from_staff_id", fields.CharField(max_length=32)),
                ("from_name", fields.CharField(max_length=50)),
                ("to_staff_id", fields.CharField(db_index=True, max_length=32)),
                ("to_name", fields.CharField(max_length=50)),
                ("open_cases", fields.IntField()),
                ("open_errands", fields.IntField()),
                ("due_soon", fields.IntField()),
                ("money_fen", fields.BigIntField()),
                ("papers", fields.CharField(max_length=200)),
                ("note", fields.CharField(max_length=200)),
                ("at", fields.BigIntField()),
                ("seen_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "duty_hand_over",
                "app": "township",
                "constraints": [
                    CheckConstraint(check="from_staff_id <> to_staff_id", name="ck_duty_hand_over_two_people")
                ],
                "indexes": [Index(fields=["tenant_id", "at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LeaveRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("staff_id", fields.CharField(db_index=True, max_length=32)),
                ("first_day", fields.CharField(max_length=10)),
                ("first_period", fields.CharField(max_length=40)),
                ("last_day", fields.CharField(max_length=10)),
                ("last_period", fields.CharField(max_length=40)),
                ("reason", fields.CharField(max_length=40)),
                ("decided_by", fields.CharField(max_length=64)),
                ("decided_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
                ("ended_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "duty_leave",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "last_day"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ListPlacingRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("entry_id", fields.CharField(max_length=32)),
                ("item_id", fields.CharField(max_length=32)),
                ("placed_at", fields.BigIntField()),
                ("placed_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "list_placing",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "entry_id"), name="uq_list_placing_entry")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffCardRow",
            fields=[
                ("staff_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(db_index=True, max_length=32)),
                ("title", fields.CharField(max_length=50)),
                ("phone", fields.CharField(max_length=20)),
                ("handles", fields.CharField(max_length=200)),
                ("badge", fields.CharField(max_length=20)),
                ("photo_sealed", fields.BinaryField(null=True)),
                ("photo_basis", fields.CharField(max_length=100)),
                ("photo_at", fields.BigIntField(null=True)),
                ("changed_at", fields.BigIntField()),
                ("changed_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "staff_card",
                "app": "township",
                "constraints": [
                    CheckConstraint(
                        check="photo_sealed IS NULL OR photo_basis <> ''", name="ck_staff_card_photo_basis"
                    )
                ],
                "pk_attr": "staff_id",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="StaffPostRow",
            name="paper",
            field=fields.CharField(null=True, max_length=32),
        ),
    ]
