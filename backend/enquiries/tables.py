"""Tables of enquiries (咨询). Who was asked first is written once and stays (plan, clause 37: 首问责任制)."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api_spec.complaint_terms import EnquiryAction, EnquiryChannel, EnquiryState
from api_spec.vocabulary import Role
from backend.columns import Choice, Id, Instant


class EnquiryRow(Model):
    """One question. `sealed` holds it with name and phone. `first_id`: the first receiver, "" while nobody took it."""

    id = Id(primary_key=True)
    tenant_id = Id()
    rid = fields.CharField(32, unique=True)
    code_mark = fields.CharField(32, unique=True)
    channel = Choice(EnquiryChannel)
    state = Choice(EnquiryState)
    version = fields.IntField()
    is_open = fields.SmallIntField()
    first_id = fields.CharField(64)
    holder_id = fields.CharField(64)
    offered_id = fields.CharField(64)
    citizen_id = fields.CharField(32)
    sealed = fields.BinaryField()
    answer = fields.BinaryField(null=True)
    asked_at = Instant()
    changed_at = Instant()

    class Meta:
        table = "enquiry"
        indexes = (
            ("tenant_id", "is_open", "changed_at", "id"),
            ("tenant_id", "holder_id", "is_open"),
            ("tenant_id", "offered_id", "is_open"),
            ("citizen_id", "asked_at"),
        )


class EnquiryEventRow(Model):
    """One move of an enquiry; rows are only added."""

    id = Id(primary_key=True)
    tenant_id = Id()
    subject_id = Id()
    version = fields.IntField()
    at = Instant()
    action = Choice(EnquiryAction)
    before = Choice(EnquiryState)
    after = Choice(EnquiryState)
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)
    sealed = fields.BinaryField()

    class Meta:
        table = "enquiry_event"
        constraints = (UniqueConstraint(fields=("subject_id", "version"), name="uq_enquiry_event_version"),)


class ReplyTemplateRow(Model):
    """A reply the office gives often, to be put in and reworded."""

    id = Id(primary_key=True)
    tenant_id = Id()
    title = fields.CharField(50)
    text = fields.CharField(1000)
    made_by = fields.CharField(64)
    at = Instant()

    class Meta:
        table = "reply_template"
        constraints = (UniqueConstraint(fields=("tenant_id", "title"), name="uq_reply_template_title"),)
