"""Tables of 好差评. A rating is one row that is never changed; what became of a bad one stands beside it."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api_spec.review_terms import (
    BadReviewAction,
    BadReviewState,
    Occasion,
    ReviewChannel,
    ReviewLevel,
    Verdict,
)
from api_spec.vocabulary import Role, WindowType
from backend.columns import Choice, Day, Id, Instant, Json


class OccasionRow(Model):
    """Something that may be rated once. `subject_key` is "case:<id>", "contact:<id>" and so on.

    `token_mark` finds it by the keyed mark of its link. `contact` seals the phone an invitation may go to and
    `phone_index` finds an SMS answer; both are emptied once it is rated. `staff_id` is who served.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    kind = Choice(Occasion)
    subject_key = fields.CharField(64, unique=True)
    token_mark = fields.CharField(32, unique=True)
    tracking_code = fields.CharField(20, null=True, unique=True)
    window_type = Choice(WindowType)
    window_id = fields.CharField(32)
    department_id = fields.CharField(32)
    staff_id = fields.CharField(64)
    village_id = fields.CharField(32)
    item_id = fields.CharField(32)
    item_name = fields.CharField(200)
    citizen_id = fields.CharField(32)
    contact = fields.BinaryField(null=True)
    phone_index = fields.CharField(32, null=True, db_index=True)
    opened_at = Instant()
    rated_at = Instant(null=True)
    invited_at = Instant(null=True)

    class Meta:
        table = "review_occasion"
        indexes = (
            ("tenant_id", "opened_at"),
            ("citizen_id", "opened_at"),
            ("tenant_id", "rated_at", "invited_at", "opened_at"),
        )


class ReviewRow(Model):
    """One rating. `words` seals the free text, `contact` a phone left for a call back; nobody is named.

    `shown_on` is the first day on which the rated side sees it; `shuffle` orders what is shown on one day.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    occasion_id = fields.CharField(32, unique=True)
    kind = Choice(Occasion)
    level = Choice(ReviewLevel)
    reasons = Json(tuple[str, ...])
    words = fields.BinaryField(null=True)
    contact = fields.BinaryField(null=True)
    channel = Choice(ReviewChannel)
    terminal_id = fields.CharField(32)
    window_type = Choice(WindowType)
    window_id = fields.CharField(32)
    department_id = fields.CharField(32)
    village_id = fields.CharField(32)
    item_id = fields.CharField(32)
    item_name = fields.CharField(200)
    at = Instant()
    shown_on = Day()
    shuffle = fields.IntField()

    class Meta:
        table = "review"
        indexes = (
            ("tenant_id", "at"),
            ("tenant_id", "department_id", "shown_on", "shuffle"),
            ("tenant_id", "window_type", "at"),
        )


class BadReviewRow(Model):
    """What is done about a bad rating (差评). `due_on` is the day of the step that is next, 9999-12-31 for none."""

    id = Id(primary_key=True)
    tenant_id = Id()
    review_id = fields.CharField(32, unique=True)
    state = Choice(BadReviewState)
    version = fields.IntField()
    is_open = fields.SmallIntField()
    due_on = Day()
    window_type = Choice(WindowType)
    department_id = fields.CharField(32)
    verdict = Choice(Verdict, null=True)
    classified_by = fields.CharField(64)
    appeals = fields.IntField()
    rectified = fields.SmallIntField()
    called_back = fields.SmallIntField()
    created_at = Instant()
    changed_at = Instant()

    class Meta:
        table = "bad_review"
        indexes = (
            ("tenant_id", "is_open", "due_on", "id"),
            ("tenant_id", "department_id", "is_open", "due_on", "id"),
        )


class BadReviewEventRow(Model):
    """One move of a bad rating; rows are only added. `sealed` holds what was written."""

    id = Id(primary_key=True)
    tenant_id = Id()
    subject_id = Id()
    version = fields.IntField()
    at = Instant()
    action = Choice(BadReviewAction)
    before = Choice(BadReviewState)
    after = Choice(BadReviewState)
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)
    sealed = fields.BinaryField()

    class Meta:
        table = "bad_review_event"
        constraints = (
            UniqueConstraint(fields=("subject_id", "version"), name="uq_bad_review_event_version"),
        )


class ReviewTerminalRow(Model):
    """A rating device at a window. `code_mark` is of the code it is set up with, used once; `token_mark` of its own
    token, which nobody is shown. `occasion_id` is what its screen asks about since `asked_at`.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    window_id = Id()
    code_mark = fields.CharField(32, null=True, unique=True)
    code_until = Instant()
    token_mark = fields.CharField(32, null=True, unique=True)
    made_at = Instant()
    made_by = fields.CharField(64)
    started_at = Instant(null=True)
    ended_at = Instant(null=True)
    occasion_id = fields.CharField(32, null=True)
    asked_at = Instant(null=True)

    class Meta:
        table = "review_terminal"
        indexes = (("tenant_id", "window_id"),)
