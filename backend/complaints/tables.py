"""Tables of complaints. What was said, and by whom, is sealed; whom it is about decides who may read the row."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api_spec.complaint_terms import (
    ComplaintAbout,
    ComplaintAction,
    ComplaintChannel,
    ComplaintRoute,
    ComplaintState,
)
from api_spec.vocabulary import Role
from backend.columns import Choice, Day, Id, Instant


class ComplaintRow(Model):
    """One complaint. `sealed` holds text, name and phone; `code_mark` finds it by its query code.

    `department_id`: the window or office complained about, "" for none. `assignee_id`: who has to answer.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    rid = fields.CharField(32, unique=True)
    number = fields.CharField(24)
    code_mark = fields.CharField(32, unique=True)
    channel = Choice(ComplaintChannel)
    about = Choice(ComplaintAbout)
    route = Choice(ComplaintRoute)
    state = Choice(ComplaintState)
    version = fields.IntField()
    is_open = fields.SmallIntField()
    due_on = Day()
    extended = fields.SmallIntField()
    department_id = fields.CharField(32)
    assignee_id = fields.CharField(64)
    assigned_at = Instant(null=True)
    citizen_id = fields.CharField(32)
    anonymous = fields.SmallIntField()
    box_opening_id = fields.CharField(32)
    sealed = fields.BinaryField()
    answer = fields.BinaryField(null=True)
    received_at = Instant()
    received_by = fields.CharField(64)
    changed_at = Instant()

    class Meta:
        table = "complaint"
        indexes = (
            ("tenant_id", "is_open", "due_on", "id"),
            ("tenant_id", "assignee_id", "is_open"),
            ("citizen_id", "received_at"),
        )
        constraints = (UniqueConstraint(fields=("tenant_id", "number"), name="uq_complaint_number"),)


class ComplaintSubjectRow(Model):
    """A member of staff a complaint is about: nothing of it may reach them."""

    id = Id(primary_key=True)
    tenant_id = Id()
    complaint_id = Id()
    staff_id = fields.CharField(64, db_index=True)

    class Meta:
        table = "complaint_subject"
        constraints = (UniqueConstraint(fields=("complaint_id", "staff_id"), name="uq_complaint_subject"),)


class ComplaintEventRow(Model):
    """One move of a complaint; rows are only added. `sealed` holds what was written."""

    id = Id(primary_key=True)
    tenant_id = Id()
    subject_id = Id()
    version = fields.IntField()
    at = Instant()
    action = Choice(ComplaintAction)
    before = Choice(ComplaintState)
    after = Choice(ComplaintState)
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)
    sealed = fields.BinaryField()

    class Meta:
        table = "complaint_event"
        constraints = (UniqueConstraint(fields=("subject_id", "version"), name="uq_complaint_event_version"),)


class ComplaintNumberRow(Model):
    """The last number given in a township on a day."""

    id = fields.CharField(43, primary_key=True)
    number = fields.IntField()

    class Meta:
        table = "complaint_number"


class BoxOpeningRow(Model):
    """One opening of the complaint box: always by two people (plan, clause 51)."""

    id = Id(primary_key=True)
    tenant_id = Id()
    day = Day()
    opened_by = fields.CharField(64)
    witness_id = fields.CharField(64)
    letters = fields.IntField()
    note = fields.CharField(200)
    at = Instant()

    class Meta:
        table = "complaint_box_opening"
        indexes = (("tenant_id", "day"),)
