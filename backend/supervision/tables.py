"""The tables of supervision. Events, fees and draws are only ever added; cards and tasks keep where they stand."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.supervision_terms import (
    CardAction,
    CardLevel,
    CardState,
    CheckResult,
    RuleCode,
    SubjectKind,
    TaskAction,
    TaskOrigin,
    TaskState,
)
from api_spec.vocabulary import CaseState, Outcome, Role
from backend.columns import Choice, Day, Id, Instant, Json

CARD_STATES = ", ".join(f"'{state.value}'" for state in CardState)
TASK_STATES = ", ".join(f"'{state.value}'" for state in TaskState)


class CardRow(Model):
    """One card. Rule, subject and occurrence together are the finding: two scanners make one card of it."""

    id = Id(primary_key=True)
    tenant_id = Id()
    rule = Choice(RuleCode)
    level = Choice(CardLevel)
    state = Choice(CardState)
    is_open = fields.SmallIntField()
    stage = fields.SmallIntField()
    version = fields.IntField()
    subject_kind = Choice(SubjectKind)
    subject_id = fields.CharField(64)
    subject_number = fields.CharField(60)
    occurrence = fields.CharField(80)
    happened_on = Day()
    seq = fields.IntField()
    department_id = fields.CharField(32)
    staff_id = fields.CharField(64)
    item_id = fields.CharField(32)
    href = fields.CharField(200)
    facts = Json(dict[str, str])
    opened_at = Instant()
    changed_at = Instant()
    prev_hash = fields.CharField(64)

    class Meta:
        table = "supervision_cards"
        indexes = (
            ("tenant_id", "is_open", "id"),
            ("tenant_id", "department_id", "is_open", "id"),
        )
        constraints = (
            UniqueConstraint(
                fields=("tenant_id", "subject_kind", "subject_id", "rule", "occurrence"),
                name="uq_supervision_cards_finding",
            ),
            CheckConstraint(check=f"state IN ({CARD_STATES})", name="ck_supervision_cards_state"),
            CheckConstraint(check="is_open IN (0, 1)", name="ck_supervision_cards_open"),
        )


class CardEventRow(Model):
    """One event of a card's history, chained to the one before it."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    card: fields.ForeignKeyRelation[CardRow] = fields.ForeignKeyField(
        "township.CardRow", related_name="events", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    at = Instant()
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)
    action = Choice(CardAction)
    before = Choice(CardState)
    after = Choice(CardState)
    note = fields.TextField()
    facts = Json(dict[str, str])
    prev_hash = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "supervision_card_events"
        constraints = (
            UniqueConstraint(fields=("card_id", "seq"), name="uq_supervision_card_events_seq"),
            CheckConstraint(check="seq >= 1", name="ck_supervision_card_events_seq"),
        )


class RuleSettingRow(Model):
    """What a township set for one rule; without a row the plan's own holds."""

    id = Id(primary_key=True)
    tenant_id = Id()
    rule = Choice(RuleCode)
    is_on = fields.SmallIntField()
    threshold = fields.IntField(null=True)
    set_by = fields.CharField(64)
    set_at = Instant()

    class Meta:
        table = "supervision_rule_settings"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "rule"), name="uq_supervision_rule_settings_rule"),
        )


class ScanRow(Model):
    """How far the reading of a day's limits has come: a round that is cut off goes on where it stopped."""

    tenant_id = Id(primary_key=True)
    day = Day()
    since = Day()
    place = fields.CharField(60)
    is_done = fields.SmallIntField()

    class Meta:
        table = "supervision_scans"


class ClosedRow(Model):
    """A finished case as it may be published and drawn for a check; made as it finishes, so that no list opens cases.

    `surname` is masked, and "" where even that may not be shown. `handlers`: staff who had a hand in it.
    """

    case_id = Id(primary_key=True)
    tenant_id = Id()
    case_number = fields.CharField(24)
    item_id = Id()
    item_name = fields.CharField(200)
    department_id = fields.CharField(32)
    surname = fields.CharField(40)
    is_public = fields.SmallIntField()
    state = Choice(CaseState)
    outcome = Choice(Outcome, null=True)
    received_on = Day()
    closed_on = Day()
    handlers = Json(list[str])

    class Meta:
        table = "supervision_closed"
        indexes = (("tenant_id", "closed_on", "case_id"),)


class CheckRow(Model):
    """One draw of closed cases. A period is drawn once: whoever dislikes the draw cannot draw again."""

    id = Id(primary_key=True)
    tenant_id = Id()
    first_day = Day()
    last_day = Day()
    wanted = fields.IntField()
    seed = fields.CharField(64)
    numbers = Json(list[str])
    fingerprint = fields.CharField(64)
    drawn_by = fields.CharField(64)
    drawn_at = Instant()

    class Meta:
        table = "supervision_checks"
        constraints = (
            UniqueConstraint(
                fields=("tenant_id", "first_day", "last_day"), name="uq_supervision_checks_period"
            ),
        )


class CheckLineRow(Model):
    """One drawn case and what was found."""

    id = Id(primary_key=True)
    tenant_id = Id()
    check_id = Id()
    position = fields.IntField()
    case_id = Id()
    case_number = fields.CharField(24)
    item_id = Id()
    item_name = fields.CharField(200)
    department_id = fields.CharField(32)
    handlers = Json(list[str])
    result = Choice(CheckResult, null=True)
    points = Json(dict[str, str])
    note = fields.TextField()
    checked_by = fields.CharField(64)
    checked_at = Instant(null=True)

    class Meta:
        table = "supervision_check_lines"
        constraints = (
            UniqueConstraint(fields=("check_id", "position"), name="uq_supervision_check_lines_place"),
        )


class TaskRow(Model):
    """One improvement task."""

    id = Id(primary_key=True)
    tenant_id = Id()
    title = fields.CharField(200)
    origin = Choice(TaskOrigin)
    origin_id = fields.CharField(64)
    href = fields.CharField(200)
    department_id = fields.CharField(32)
    owner_id = fields.CharField(64)
    due_on = Day()
    measures = fields.TextField()
    result = fields.TextField()
    state = Choice(TaskState)
    version = fields.IntField()
    set_by = fields.CharField(64)
    set_at = Instant()
    reported_by = fields.CharField(64)
    closed_by = fields.CharField(64)
    closed_at = Instant(null=True)

    class Meta:
        table = "supervision_tasks"
        indexes = (("tenant_id", "state", "due_on", "id"),)
        constraints = (CheckConstraint(check=f"state IN ({TASK_STATES})", name="ck_supervision_tasks_state"),)


class TaskEventRow(Model):
    """What was done about a task; rows are only ever added."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    task: fields.ForeignKeyRelation[TaskRow] = fields.ForeignKeyField(
        "township.TaskRow", related_name="events", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    at = Instant()
    actor_id = fields.CharField(64)
    action = Choice(TaskAction)
    note = fields.TextField()

    class Meta:
        table = "supervision_task_events"
        constraints = (UniqueConstraint(fields=("task_id", "seq"), name="uq_supervision_task_events_seq"),)


class FeeRow(Model):
    """Money taken for a case: entered by the window that took it, or found by the supervisor (`is_outside` 1)."""

    id = Id(primary_key=True)
    tenant_id = Id()
    case_id = Id()
    rid = Id()
    amount_fen = fields.BigIntField()
    allowed_fen = fields.BigIntField()
    paper = fields.CharField(60)
    is_outside = fields.SmallIntField()
    entered_by = fields.CharField(64)
    entered_at = Instant()

    class Meta:
        table = "supervision_fees"
        indexes = (("tenant_id", "case_id"),)
        constraints = (
            UniqueConstraint(fields=("tenant_id", "rid"), name="uq_supervision_fees_rid"),
            CheckConstraint(check="amount_fen > 0 AND allowed_fen >= 0", name="ck_supervision_fees_amount"),
        )
