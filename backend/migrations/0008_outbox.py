"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("township", "0007_organisation")]

    initial = False

    operations = [
        ops.CreateModel(
            name="GrantRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("openid", fields.CharField(max_length=64)),
                ("template_id", fields.CharField(max_length=64)),
                ("left", fields.IntField(source_field="grants_left")),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "wechat_grant",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("openid", "template_id"), name="uq_wechat_grant"),
                    CheckConstraint(check="grants_left >= 0", name="ck_wechat_grant_left"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ParcelRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("line", fields.CharField(max_length=40)),
                ("kind", fields.CharField(max_length=60)),
                ("key", fields.CharField(max_length=140)),
                ("stream", fields.CharField(max_length=64)),
                ("place", fields.IntField()),
                ("about_kind", fields.CharField(max_length=20)),
                ("about_id", fields.CharField(max_length=64)),
                ("facts", fields.TextField(unique=False)),
                ("sealed", fields.BinaryField(null=True)),
                ("to_index", fields.CharField(max_length=32)),
                ("owner_id", fields.CharField(max_length=32)),
                ("village_id", fields.CharField(max_length=32)),
                ("state", fields.CharField(max_length=40)),
                ("channel", fields.CharField(max_length=20)),
                ("tried", fields.CharField(max_length=80)),
                ("tries", fields.IntField()),
                ("due_at", fields.BigIntField()),
                ("lease", fields.CharField(max_length=32)),
                ("reason", fields.CharField(max_length=80)),
                ("receipt", fields.CharField(max_length=100)),
                ("made_at", fields.BigIntField()),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "outbox",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "line", "key"), name="uq_outbox_key"),
                    CheckConstraint(check="tries >= 0", name="ck_outbox_tries"),
                ],
                "indexes": [
                    Index(fields=["line", "state", "due_at"]),
                    Index(fields=["tenant_id", "line", "state", "made_at"]),
                    Index(fields=["tenant_id", "line", "made_at"]),
                    Index(fields=["line", "stream", "place"]),
                    Index(fields=["owner_id", "id"]),
                    Index(fields=["to_index", "id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProjectRow",
            fields=[
                ("case_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("project_no", fields.CharField(unique=True, max_length=50)),
            ],
            options={"table": "upward_project", "app": "township", "pk_attr": "case_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProjectSerialRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("task_code", fields.CharField(max_length=31)),
                ("day", fields.CharField(max_length=10)),
                ("taken", fields.IntField()),
            ],
            options={
                "table": "upward_serial",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("task_code", "day"), name="uq_upward_serial"),
                    CheckConstraint(check="taken BETWEEN 1 AND 9999", name="ck_upward_serial"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PushSeenRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("seen_at", fields.BigIntField(db_index=True)),
            ],
            options={"table": "wechat_push_seen", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SmsReplyRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("gateway_id", fields.CharField(unique=True, max_length=64)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("about_kind", fields.CharField(max_length=20)),
                ("about_id", fields.CharField(max_length=64)),
                ("from_index", fields.CharField(max_length=32)),
                ("sealed", fields.BinaryField()),
                ("received_at", fields.BigIntField()),
            ],
            options={
                "table": "sms_reply",
                "app": "township",
                "indexes": [Index(fields=["tenant_id", "received_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TemplateRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("purpose", fields.CharField(max_length=40)),
                ("template_id", fields.CharField(max_length=64)),
                ("names", fields.TextField(unique=False)),
                ("changed_at", fields.BigIntField()),
                ("changed_by", fields.CharField(max_length=64)),
            ],
            options={
                "table": "notice_template",
                "app": "township",
                "constraints": [UniqueConstraint(fields=("tenant_id", "purpose"), name="uq_notice_template")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(db_index=True, max_length=32)),
                ("url", fields.CharField(max_length=500)),
                ("types", fields.TextField(unique=False)),
                ("sealed_secret", fields.BinaryField()),
                ("made_at", fields.BigIntField()),
                ("made_by", fields.CharField(max_length=64)),
                ("failing_since", fields.BigIntField(null=True)),
                ("ended_at", fields.BigIntField(null=True)),
                ("end_reason", fields.CharField(max_length=40)),
            ],
            options={"table": "webhook", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
