"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0012_statistics")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CardRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("rule", fields.CharField(max_length=40)),
                ("level", fields.CharField(max_length=40)),
                ("state", fields.CharField(max_length=40)),
                ("is_open", fields.SmallIntField()),
                ("stage", fields.SmallIntField()),
                ("version", fields.IntField()),
                ("subject_kind", fields.CharField(max_length=40)),
                ("subject_id", fields.CharField(max_length=64)),
                ("subject_number", fields.CharField(max_length=60)),
                ("occurrence", fields.CharField(max_length=80)),
                ("happened_on", fields.CharField(max_length=10)),
                ("seq", fields.IntField()),
                ("department_id", fields.CharField(max_length=32)),
                ("staff_id", fields.CharField(max_length=64)),
                ("item_id", fields.CharField(max_length=32)),
                ("href", fields.CharField(max_length=200)),
                ("facts", fields.TextField(unique=False)),
                ("opened_at", fields.BigIntField()),
                ("changed_at", fields.BigIntField()),
                ("prev_hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "supervision_cards",
                "app": "township",
                "constraints": [
                    UniqueConstraint(
                        fields=("tenant_id", "subject_kind", "subject_id", "rule", "occurrence"),
                        name="uq_supervision_cards_finding",
                    ),
                    CheckConstraint(
                        check="state IN ('open', 'explained', 'appealed', 'referred', 'upheld', 'withdrawn', 'lifted', 'closed')",
                        name="ck_supervision_cards_state",
                    ),
                    CheckConstraint(check="is_open IN (0, 1)", name="ck_supervision_cards_open"),
                ],
                "indexes": [
                    Index(fields=["tenant_id", "is_open", "id"]),
                    Index(fields=["tenant_id", "department_id", "is_open", "id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CardEventRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                (
                    "card",
                    fields.ForeignKeyField(
                        "township.CardRow",
                        source_field="card_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("seq", fields.IntField()),
                ("at", fields.BigIntField()),
                ("actor_id", fields.CharField(max_length=64)),
                ("actor_role", fields.CharField(max_length=40)),
                ("action", fields.CharField(max_length=40)),
                ("before", fields.CharField(max_length=40)),
                ("after", fields.CharField(max_length=40)),
                ("note", fields.TextField(unique=False)),
                ("facts", fields.TextField(unique=False)),
                ("prev_hash", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "supervision_card_events",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("card_id", "seq"), name="uq_supervision_card_events_seq"),
                    CheckConstraint(check="seq >= 1", name="ck_supervision_card_events_seq"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CheckLineRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("check_id", fields.CharField(max_length=32)),
                ("position", fields.IntField()),
                ("case_id", fields.CharField(max_length=32)),
                ("case_number", fields.CharField(max_length=24)),
                ("item_id", fields.CharField(max_length=32)),
                ("item_name", fields.CharField(max_length=200)),
                ("department_id", fields.CharField(max_length=32)),
                ("handlers", fields.TextField(unique=False)),
                ("result", fields.CharField(null=True, max_length=40)),
                ("points", fields.TextField(unique=False)),
                ("note", fields.TextField(unique=False)),
                ("checked_by", fields.CharField(max_length=64)),
                ("checked_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "supervision_check_lines",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("check_id", "position"), name="uq_supervision_check_lines_place")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CheckRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("first_day", fields.CharField(max_length=10)),
                ("last_day", fields.CharField(max_length=10)),
                ("wanted", fields.IntField()),
                ("seed", fields.CharField(max_length=64)),
                ("numbers", fields.TextField(unique=False)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("drawn_by", fields.CharField(max_length=64)),
                ("drawn_at", fields.BigIntField()),
            ],
            options={
                "table": "supervision_checks",
                "app": "township",
                "constraints": [
                    UniqueConstraint(
                        fields=("tenant_id", "first_day", "last_day"), name="uq_supervision_checks_period"
                    )
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ClosedRow",
            fields=[
                ("case_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_number", fields.CharField(max_length=24)),
                ("item_id", fields.CharField(max_length=32)),
                ("item_name", fields.CharField(max_length=200)),
                ("department_id", fields.CharField(max_length=32)),
                ("surname", fields.CharField(max_length=40)),
                ("is_public", fields.SmallIntField()),
                ("state", fields.CharField(max_length=40)),
                ("outcome", fields.CharField(null=True, max_length=40)),
                ("received_on", fields.CharField(max_length=10)),
                ("closed_on", fields.CharField(max_length=10)),
                ("handlers", fields.TextField(unique=False)),
            ],
            options={
                "table": "supervision_closed",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "closed_on", "case_id"])],
                "pk_attr": "case_id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FeeRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("case_id", fields.CharField(max_length=32)),
                ("rid", fields.CharField(max_length=32)),
                ("amount_fen", fields.BigIntField()),
                ("allowed_fen", fields.BigIntField()),
                ("paper", fields.CharField(max_length=60)),
                ("is_outside", fields.SmallIntField()),
                ("entered_by", fields.CharField(max_length=64)),
                ("entered_at", fields.BigIntField()),
            ],
            options={
                "table": "supervision_fees",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "rid"), name="uq_supervision_fees_rid"),
                    CheckConstraint(
                        check="amount_fen > 0 AND allowed_fen >= 0", name="ck_supervision_fees_amount"
                    ),
                ],
                "indexes": [Index(fields=["tenant_id", "case_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RuleSettingRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("rule", fields.CharField(max_length=40)),
                ("is_on", fields.SmallIntField()),
                ("threshold", fields.IntField(null=True)),
                ("set_by", fields.CharField(max_length=64)),
                ("set_at", fields.BigIntField()),
            ],
            options={
                "table": "supervision_rule_settings",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "rule"), name="uq_supervision_rule_settings_rule")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScanRow",
            fields=[
                ("tenant_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("since", fields.CharField(max_length=10)),
                ("place", fields.CharField(max_length=60)),
                ("is_done", fields.SmallIntField()),
            ],
            options={"table": "supervision_scans", "app": "township", "pk_attr": "tenant_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TaskRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("title", fields.CharField(max_length=200)),
                ("origin", fields.CharField(max_length=40)),
                ("origin_id", fields.CharField(max_length=64)),
                ("href", fields.CharField(max_length=200)),
                ("department_id", fields.CharField(max_length=32)),
                ("owner_id", fields.CharField(max_length=64)),
                ("due_on", fields.CharField(max_length=10)),
                ("measures", fields.TextField(unique=False)),
                ("result", fields.TextField(unique=False)),
                ("state", fields.CharField(max_length=40)),
                ("version", fields.IntField()),
                ("set_by", fields.CharField(max_length=64)),
                ("set_at", fields.BigIntField()),
                ("reported_by", fields.CharField(max_length=64)),
                ("closed_by", fields.CharField(max_length=64)),
                ("closed_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "supervision_tasks",
                "app": "township",
                "constraints": [
                    CheckConstraint(
                        check="state IN ('open', 'reported', 'closed')", name="ck_supervision_tasks_state"
                    )
                ],
                "indexes": [Index(fields=["tenant_id", "state", "due_on", "id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TaskEventRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                (
                    "task",
                    fields.ForeignKeyField(
                        "township.TaskRow",
                        source_field="task_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("seq", fields.IntField()),
                ("at", fields.BigIntField()),
                ("actor_id", fields.CharField(max_length=64)),
                ("action", fields.CharField(max_length=40)),
                ("note", fields.TextField(unique=False)),
            ],
            options={
                "table": "supervision_task_events",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("task_id", "seq"), name="uq_supervision_task_events_seq")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
