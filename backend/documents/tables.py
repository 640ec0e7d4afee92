"""The tables of documents. What was issued is sealed as issued and never changed; only its standing is."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.document_terms import DocumentKind, DocumentState, DocumentSubject
from backend.columns import Choice, Id, Instant


class DocumentRow(Model):
    """One document as issued.

    `sealed` holds its whole text, bound to the row's id; `fingerprint` is the SHA-256 of that text. `event_seq` is
    the event it was issued with, `edition` counts what was issued for that event: a replacement is the next one.
    `code` is the random verification code printed on it.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    subject = Choice(DocumentSubject)
    subject_id = Id()
    department_id = fields.CharField(32)
    kind = Choice(DocumentKind)
    year = fields.IntField()
    serial = fields.IntField()
    number = fields.CharField(60)
    event_seq = fields.IntField()
    edition = fields.IntField()
    code = fields.CharField(28)
    confidential = fields.SmallIntField()
    issued_at = Instant()
    issued_by = fields.CharField(64)
    fingerprint = fields.CharField(64)
    sealed = fields.BinaryField()
    state = Choice(DocumentState)
    ended_at = Instant(null=True)
    ended_by = fields.CharField(64)
    end_reason = fields.TextField()
    replaced_by = fields.CharField(32)

    class Meta:
        table = "document"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "kind", "year", "serial"), name="uq_document_serial"),
            UniqueConstraint(fields=("subject_id", "kind", "event_seq", "edition"), name="uq_document_event"),
            UniqueConstraint(fields=("code",), name="uq_document_code"),
            CheckConstraint(check="serial >= 1 AND edition >= 1", name="ck_document_serial"),
            CheckConstraint(check="confidential IN (0, 1)", name="ck_document_confidential"),
        )


class DocumentSeriesRow(Model):
    """How many numbers of a kind the township gave in a year; whoever takes one holds this row until its commit."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    kind = Choice(DocumentKind)
    year = fields.IntField()
    taken = fields.IntField()

    class Meta:
        table = "document_series"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "kind", "year"), name="uq_document_series"),
            CheckConstraint(check="taken >= 1", name="ck_document_series_taken"),
        )
