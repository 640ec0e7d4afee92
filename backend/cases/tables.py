"""The tables of cases. A case's history is `case_events`; `cases` keeps where it stands, for searching."""

from tortoise import fields
from tortoise.indexes import PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import (
    CaseAction,
    CaseState,
    Channel,
    ClockEffect,
    HoldEnd,
    LinkKind,
    Role,
    TaskKind,
    WindowType,
)
from backend.cases.case import EventFacts, Terms
from backend.cases.trail import Trail
from backend.columns import Choice, Day, Id, Instant, Json

STATES = ", ".join(f"'{state.value}'" for state in CaseState)


class CaseRow(Model):
    """One case.

    `sealed` holds applicant, mandate and answers together, bound to the case's id; `document_index` and
    `phone_index` find them again without opening. `terms` is the item as it stood at filing. `opening` is the
    state before the first event. `due_on` and `soon_on` are those of the timer a card shows, 9999-12-31 for none.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    rid = Id()
    content_hash = fields.CharField(32)
    case_number = fields.CharField(24)
    tracking_code = fields.CharField(20)
    state = Choice(CaseState)
    opening = Choice(CaseState)
    version = fields.IntField()
    is_open = fields.SmallIntField()
    due_on = Day()
    soon_on = Day()
    promise_on = Day(null=True)
    provisional = fields.SmallIntField()
    item_id = Id()
    window = Choice(WindowType)
    department_id = fields.CharField(32)
    pack_sha = fields.CharField(64)
    terms = Json(Terms)
    trail = Json(Trail)
    sealed = fields.BinaryField()
    document_index = fields.CharField(32)
    phone_index = fields.CharField(32)
    channel = Choice(Channel)
    owner_id = fields.CharField(32)
    village_id = fields.CharField(32)
    node_id = fields.CharField(32)
    node_time = fields.CharField(200)
    received_at = Instant()
    changed_at = Instant()

    class Meta:
        table = "cases"
        indexes = (
            ("tenant_id", "department_id", "is_open", "due_on", "id"),
            ("tenant_id", "is_open", "due_on", "id"),
            ("tenant_id", "state", "due_on", "id"),
            ("tenant_id", "village_id", "id"),
            ("tenant_id", "document_index"),
            ("owner_id", "id"),
            # The counts above every queue: read from the index alone, which the many closed cases do not fill.
            PartialIndex(
                fields=("tenant_id", "state", "due_on", "soon_on", "department_id", "village_id", "is_open"),
                name="ix_cases_open_counts",
                condition={"is_open": 1},
            ),
            # A department looking for one ending among its many closed cases.
            PartialIndex(
                fields=("tenant_id", "department_id", "state", "due_on", "id"),
                name="ix_cases_closed_state",
                condition={"is_open": 0},
            ),
        )
        constraints = (
            UniqueConstraint(fields=("tenant_id", "rid"), name="uq_cases_rid"),
            UniqueConstraint(fields=("tenant_id", "case_number"), name="uq_cases_number"),
            UniqueConstraint(fields=("tracking_code",), name="uq_cases_tracking_code"),
            CheckConstraint(check=f"state IN ({STATES})", name="ck_cases_state"),
            CheckConstraint(check="version >= 1", name="ck_cases_version"),
            CheckConstraint(check="is_open IN (0, 1) AND provisional IN (0, 1)", name="ck_cases_flags"),
            CheckConstraint(check="soon_on <= due_on", name="ck_cases_soon"),
        )


class CaseEventRow(Model):
    """One event of a case; rows are only ever added. `facts` is kept as the text that was hashed."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField(
        "township.CaseRow", related_name="events", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    at = Instant()
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)
    action = Choice(CaseAction)
    before = Choice(CaseState)
    after = Choice(CaseState)
    note = fields.TextField()
    facts = Json(EventFacts)
    clock = Choice(ClockEffect)
    prev_hash = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "case_events"
        indexes = (("tenant_id", "at"), ("tenant_id", "actor_id", "id"))
        constraints = (
            UniqueConstraint(fields=("case_id", "seq"), name="uq_case_events_seq"),
            CheckConstraint(check="seq >= 1", name="ck_case_events_seq"),
        )


class CaseSerialRow(Model):
    """How many case numbers the township gave on a day; whoever takes numbers holds this row until its commit."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    day = Day()
    taken = fields.IntField()

    class Meta:
        table = "case_serials"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "day"), name="uq_case_serials_day"),
            CheckConstraint(check="taken >= 1", name="ck_case_serials_taken"),
        )


class CaseTaskRow(Model):
    """What somebody besides a case's own next hand has to do about it, from one event to another.

    `department_id` "": the centre. `day`: of the visit, or the last one of a pledge. `done_seq` is the event that
    ended it, 0 while it is open.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    case_id = Id()
    kind = Choice(TaskKind)
    department_id = fields.CharField(32)
    day = Day(null=True)
    opened_seq = fields.IntField()
    opened_at = Instant()
    done_seq = fields.IntField(default=0)
    done_at = Instant(null=True)

    class Meta:
        table = "case_tasks"
        indexes = (("tenant_id", "kind", "done_seq", "day"), ("tenant_id", "department_id", "done_seq"))
        constraints = (
            UniqueConstraint(
                fields=("case_id", "kind", "department_id", "opened_seq"), name="uq_case_tasks_opened"
            ),
        )


class CaseHoldRow(Model):
    """Who took a case in hand, in which role, and how that ended. `current` is 1 or NULL: one holder for each role."""

    id = Id(primary_key=True)
    tenant_id = Id()
    case_id = Id()
    staff_id = Id()
    name = fields.CharField(100)
    role = Choice(Role)
    current = fields.SmallIntField(null=True)
    since = Instant()
    until = Instant(null=True)
    ended = Choice(HoldEnd, null=True)
    note = fields.CharField(200, default="")

    class Meta:
        table = "case_holds"
        indexes = (("tenant_id", "staff_id", "current"),)
        constraints = (
            UniqueConstraint(fields=("case_id", "role", "current"), name="uq_case_holds_current"),
            CheckConstraint(check="current IS NULL OR current = 1", name="ck_case_holds_current"),
        )


class CaseLinkRow(Model):
    """Two cases that belong together; `case_id` is the one `kind` is said of."""

    id = Id(primary_key=True)
    tenant_id = Id()
    case_id = Id()
    other_id = Id()
    kind = Choice(LinkKind)
    by_id = fields.CharField(64)
    at = Instant()

    class Meta:
        table = "case_links"
        indexes = (("other_id",),)
        constraints = (
            UniqueConstraint(fields=("case_id", "other_id"), name="uq_case_links_pair"),
            CheckConstraint(check="case_id <> other_id", name="ck_case_links_two"),
        )
