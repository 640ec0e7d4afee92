"""Written by `python -m backend.migrate make`."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AuditHeadRow",
            fields=[
                ("tenant_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("number", fields.BigIntField()),
                ("hash", fields.BinaryField()),
            ],
            options={"table": "audit_head", "app": "township", "pk_attr": "tenant_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("number", fields.BigIntField()),
                ("at", fields.BigIntField()),
                ("actor_id", fields.CharField(max_length=64)),
                ("actor_roles", fields.CharField(max_length=400)),
                ("action", fields.CharField(max_length=40)),
                ("subject_kind", fields.CharField(max_length=40)),
                ("subject_id", fields.CharField(max_length=64)),
                ("reason", fields.CharField(max_length=400)),
                ("facts", fields.TextField(unique=False)),
                ("prev_hash", fields.BinaryField()),
                ("hash", fields.BinaryField()),
            ],
            options={
                "table": "audit_log",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "number"), name="uq_audit_log_number"),
                    CheckConstraint(check="number >= 1", name="ck_audit_log_number"),
                ],
                "indexes": [Index(fields=["tenant_id", "subject_kind", "subject_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("rid", fields.CharField(max_length=32)),
                ("content_hash", fields.CharField(max_length=32)),
                ("case_number", fields.CharField(max_length=24)),
                ("tracking_code", fields.CharField(max_length=20)),
                ("state", fields.CharField(max_length=40)),
                ("opening", fields.CharField(max_length=40)),
                ("version", fields.IntField()),
                ("is_open", fields.SmallIntField()),
                ("due_on", fields.CharField(max_length=10)),
                ("soon_on", fields.CharField(max_length=10)),
                ("promise_on", fields.CharField(null=True, max_length=10)),
                ("provisional", fields.SmallIntField()),
                ("item_id", fields.CharField(max_length=32)),
                ("window", fields.CharField(max_length=40)),
                ("department_id", fields.CharField(max_length=32)),
                ("pack_sha", fields.CharField(max_length=64)),
                ("terms", fields.TextField(unique=False)),
                ("sealed", fields.BinaryField()),
                ("document_index", fields.CharField(max_length=32)),
                ("phone_index", fields.CharField(max_length=32)),
                ("channel", fields.CharField(max_length=40)),
                ("owner_id", fields.CharField(max_length=32)),
                ("village_id", fields.CharField(max_length=32)),
                ("node_id", fields.CharField(max_length=32)),
                ("node_time", fields.CharField(max_length=200)),
                ("received_at", fields.BigIntField()),
                ("changed_at", fields.BigIntField()),
            ],
            options={
                "table": "cases",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "rid"), name="uq_cases_rid"),
                    UniqueConstraint(fields=("tenant_id", "case_number"), name="uq_cases_number"),
                    UniqueConstraint(fields=("tracking_code",), name="uq_cases_tracking_code"),
                    CheckConstraint(
                        check="state IN ('queued', 'draft', 'submitted', 'need_fix', 'not_accepted', 'accepted', 'reviewing', 'inspecting', 'special', 'collective', 'legal_sign', 'reported', 'returned_up', 'decided', 'to_collect', 'delivered', 'finished', 'withdrawn', 'voided', 'archived')",
                        name="ck_cases_state",
                    ),
                    CheckConstraint(check="version >= 1", name="ck_cases_version"),
                    CheckConstraint(
                        check="is_open IN (0, 1) AND provisional IN (0, 1)", name="ck_cases_flags"
                    ),
                    CheckConstraint(check="soon_on <= due_on", name="ck_cases_soon"),
                ],
                "indexes": [
                    Index(fields=["tenant_id", "department_id", "is_open", "due_on", "id"]),
                    Index(fields=["tenant_id", "is_open", "due_on", "id"]),
                    Index(fields=["tenant_id", "state", "due_on", "id"]),
                    Index(fields=["tenant_id", "village_id", "id"]),
                    Index(fields=["tenant_id", "document_index"]),
                    Index(fields=["owner_id", "id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseEventRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                (
                    "case",
                    fields.ForeignKeyField(
                        "township.CaseRow",
                        source_field="case_id",
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
                ("clock", fields.CharField(max_length=40)),
                ("prev_hash", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "case_events",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("case_id", "seq"), name="uq_case_events_seq"),
                    CheckConstraint(check="seq >= 1", name="ck_case_events_seq"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseSerialRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("taken", fields.IntField()),
            ],
            options={
                "table": "case_serials",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "day"), name="uq_case_serials_day"),
                    CheckConstraint(check="taken >= 1", name="ck_case_serials_taken"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CitizenRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("created_at", fields.BigIntField()),
                ("name_sealed", fields.BinaryField(null=True)),
                ("phone_sealed", fields.BinaryField(null=True)),
                ("phone_index", fields.CharField(null=True, db_index=True, max_length=32)),
                ("phone_verified", fields.BooleanField()),
                ("address_sealed", fields.BinaryField(null=True)),
            ],
            options={"table": "citizen", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CitizenDocumentRow",
            fields=[
                (
                    "document_index",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32),
                ),
                (
                    "citizen",
                    fields.OneToOneField(
                        "township.CitizenRow",
                        source_field="citizen_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("document_type", fields.CharField(max_length=40)),
                ("number_sealed", fields.BinaryField()),
                ("added_at", fields.BigIntField()),
            ],
            options={"table": "citizen_document", "app": "township", "pk_attr": "document_index"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ConsentRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                (
                    "citizen",
                    fields.ForeignKeyField(
                        "township.CitizenRow",
                        source_field="citizen_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("purpose", fields.CharField(max_length=40)),
                ("partner", fields.CharField(null=True, max_length=40)),
                ("version", fields.IntField()),
                ("channel", fields.CharField(max_length=40)),
                ("given_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
                ("in_force", fields.CharField(null=True, unique=True, max_length=120)),
            ],
            options={
                "table": "consent",
                "app": "township",
                "constraints": [
                    CheckConstraint(
                        check="(ended_at IS NULL) = (in_force IS NOT NULL)", name="ck_consent_in_force"
                    )
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DutyChangeRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("window_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("period", fields.CharField(max_length=40)),
                ("place", fields.CharField(max_length=40)),
                ("note", fields.CharField(max_length=200)),
                ("decided_by", fields.CharField(max_length=64)),
                ("decided_at", fields.BigIntField()),
            ],
            options={
                "table": "duty_change",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("window_id", "day", "period"), name="uq_duty_change_half_day")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DutyPairRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("window_id", fields.CharField(max_length=32)),
                ("since", fields.CharField(max_length=10)),
                ("a_staff_id", fields.CharField(max_length=32)),
                ("a_name", fields.CharField(max_length=50)),
                ("b_staff_id", fields.CharField(max_length=32)),
                ("b_name", fields.CharField(max_length=50)),
            ],
            options={
                "table": "duty_pair",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("window_id", "since"), name="uq_duty_pair_since"),
                    CheckConstraint(check="a_staff_id <> b_staff_id", name="ck_duty_pair_two_people"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HoursExceptionRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("window_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("reason", fields.CharField(max_length=200)),
                ("spans", fields.TextField(unique=False)),
                ("decided_by", fields.CharField(max_length=64)),
                ("decided_at", fields.BigIntField()),
            ],
            options={
                "table": "hours_exception",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "window_id", "day"), name="uq_hours_exception_day")
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="QueueTicketRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=43)),
                ("number", fields.IntField()),
            ],
            options={
                "table": "queue_ticket",
                "app": "township",
                "constraints": [CheckConstraint(check="number >= 1", name="ck_queue_ticket_number")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SeasonRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("window_id", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=40)),
                ("first_day", fields.CharField(max_length=5)),
                ("last_day", fields.CharField(max_length=5)),
                ("spans", fields.TextField(unique=False)),
                ("slot_minutes", fields.IntField()),
                ("places", fields.IntField()),
                ("walk_in_places", fields.IntField()),
            ],
            options={
                "table": "season",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("tenant_id", "window_id", "name"), name="uq_season_name"),
                    CheckConstraint(
                        check="slot_minutes >= 5 AND walk_in_places >= 0 AND walk_in_places <= places",
                        name="ck_season_places",
                    ),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SlotRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("window_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("start_minute", fields.IntField()),
                ("end_minute", fields.IntField()),
                ("capacity", fields.IntField()),
                ("booked", fields.IntField()),
            ],
            options={
                "table": "slot",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("window_id", "day", "start_minute"), name="uq_slot_start"),
                    CheckConstraint(check="booked >= 0 AND booked <= capacity", name="ck_slot_not_oversold"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AppointmentRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                ("code", fields.CharField(unique=True, max_length=16)),
                (
                    "slot",
                    fields.ForeignKeyField(
                        "township.SlotRow",
                        source_field="slot_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("window_id", fields.CharField(max_length=32)),
                ("day", fields.CharField(max_length=10)),
                ("start_minute", fields.IntField(null=True)),
                ("end_minute", fields.IntField(null=True)),
                ("item_id", fields.CharField(max_length=32)),
                ("item_name", fields.CharField(max_length=200)),
                ("person_id", fields.CharField(max_length=32)),
                ("citizen_id", fields.CharField(max_length=32)),
                ("village_id", fields.CharField(max_length=32)),
                ("visitor", fields.BinaryField()),
                ("channel", fields.CharField(max_length=40)),
                ("state", fields.CharField(max_length=40)),
                ("version", fields.IntField()),
                ("place_key", fields.CharField(null=True, unique=True, max_length=65)),
                ("held_until", fields.BigIntField(null=True, db_index=True)),
                ("confirmed_at", fields.BigIntField(null=True)),
                ("moves", fields.IntField()),
                ("calls", fields.IntField()),
                ("ticket", fields.IntField(null=True)),
                ("made_at", fields.BigIntField()),
                ("made_by", fields.CharField(max_length=64)),
                ("checked_in_at", fields.BigIntField(null=True)),
                ("ended_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "appointment",
                "app": "township",
                "constraints": [
                    UniqueConstraint(fields=("window_id", "day", "ticket"), name="uq_appointment_ticket"),
                    CheckConstraint(
                        check="(slot_id IS NULL) OR ((place_key IS NULL) = (state IN ('cancelled', 'expired')))",
                        name="ck_appointment_place",
                    ),
                    CheckConstraint(
                        check="(held_until IS NOT NULL) = (state = 'held')", name="ck_appointment_hold"
                    ),
                ],
                "indexes": [
                    Index(fields=["person_id", "day"]),
                    Index(fields=["citizen_id", "day"]),
                    Index(fields=["window_id", "day"]),
                    Index(fields=["village_id", "day"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AppointmentEventRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                (
                    "appointment",
                    fields.ForeignKeyField(
                        "township.AppointmentRow",
                        source_field="appointment_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("version", fields.IntField()),
                ("at", fields.BigIntField()),
                ("action", fields.CharField(max_length=40)),
                ("before", fields.CharField(null=True, max_length=40)),
                ("after", fields.CharField(max_length=40)),
                ("slot_id", fields.CharField(null=True, max_length=32)),
                ("actor_id", fields.CharField(max_length=64)),
                ("actor_role", fields.CharField(max_length=40)),
            ],
            options={
                "table": "appointment_event",
                "app": "township",
                "constraints": [
                    UniqueConstraint(
                        fields=("appointment_id", "version"), name="uq_appointment_event_version"
                    )
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SpecialDayRow",
            fields=[
                ("day", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=10)),
                ("kind", fields.CharField(max_length=40)),
                ("holiday", fields.CharField(max_length=40)),
                ("notice", fields.CharField(max_length=200)),
                ("source", fields.CharField(max_length=300)),
                ("loaded_at", fields.BigIntField()),
            ],
            options={"table": "special_day", "app": "township", "pk_attr": "day"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(db_index=True, max_length=32)),
                ("login_name", fields.CharField(unique=True, max_length=50)),
                ("name", fields.CharField(max_length=50)),
                ("password_hash", fields.CharField(max_length=200)),
                ("must_change_password", fields.BooleanField()),
                ("password_set_at", fields.BigIntField()),
                ("created_at", fields.BigIntField()),
                ("disabled_at", fields.BigIntField(null=True)),
            ],
            options={"table": "staff", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SessionRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                (
                    "citizen",
                    fields.ForeignKeyField(
                        "township.CitizenRow",
                        source_field="citizen_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "township.StaffRow",
                        source_field="staff_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("started_at", fields.BigIntField()),
                ("ends_at", fields.BigIntField(db_index=True)),
                ("ended_at", fields.BigIntField(null=True, db_index=True)),
                ("end_reason", fields.CharField(max_length=40)),
            ],
            options={
                "table": "session",
                "app": "township",
                "constraints": [
                    CheckConstraint(
                        check="(citizen_id IS NULL) <> (staff_id IS NULL)", name="ck_session_one_person"
                    )
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefreshTokenRow",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "session",
                    fields.ForeignKeyField(
                        "township.SessionRow",
                        source_field="session_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("expires_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
            ],
            options={"table": "refresh_token", "app": "township", "pk_attr": "hash"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffPostRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tenant_id", fields.CharField(max_length=32)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "township.StaffRow",
                        source_field="staff_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("role", fields.CharField(max_length=40)),
                ("department_id", fields.CharField(max_length=32)),
                ("window_ids", fields.TextField(unique=False)),
                ("village_id", fields.CharField(max_length=32)),
                ("partner", fields.CharField(null=True, max_length=40)),
                ("item_ids", fields.TextField(unique=False)),
                ("document", fields.CharField(max_length=100)),
                ("valid_from", fields.CharField(max_length=10)),
                ("valid_to", fields.CharField(null=True, max_length=10)),
                ("given_at", fields.BigIntField()),
                ("given_by", fields.CharField(max_length=64)),
                ("ended_at", fields.BigIntField(null=True)),
                ("ended_by", fields.CharField(max_length=64)),
                ("leader_of", fields.CharField(null=True, unique=True, max_length=80)),
                ("officer", fields.CharField(null=True, unique=True, max_length=32)),
            ],
            options={"table": "staff_post", "app": "township", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TryRow",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("tries", fields.IntField()),
                ("last_at", fields.BigIntField(db_index=True)),
                ("locked_until", fields.BigIntField(null=True)),
            ],
            options={"table": "sign_in_try", "app": "township", "pk_attr": "key"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WeChatLinkRow",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                (
                    "citizen",
                    fields.ForeignKeyField(
                        "township.CitizenRow",
                        source_field="citizen_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("appid", fields.CharField(max_length=64)),
                ("openid", fields.CharField(max_length=64)),
                ("linked_at", fields.BigIntField()),
            ],
            options={
                "table": "wechat_link",
                "app": "township",
                "constraints": [UniqueConstraint(fields=("appid", "openid"), name="uq_wechat_link_openid")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WeChatUnionRow",
            fields=[
                ("unionid", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                (
                    "citizen",
                    fields.ForeignKeyField(
                        "township.CitizenRow",
                        source_field="citizen_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "wechat_union", "app": "township", "pk_attr": "unionid"},
            bases=["Model"],
        ),
    ]
