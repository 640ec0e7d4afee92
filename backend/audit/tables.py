"""The audit log; rows are only ever added."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.audit.chain import AuditAction
from backend.columns import Choice, Id, Instant, Json


class AuditRow(Model):
    """One thing somebody did that must be accounted for."""

    id = Id(primary_key=True)
    tenant_id = Id()
    number = fields.BigIntField()
    at = Instant()
    actor_id = fields.CharField(64)
    actor_roles = fields.CharField(400)
    action = Choice(AuditAction)
    subject_kind = fields.CharField(40)
    subject_id = fields.CharField(64)
    reason = fields.CharField(400)
    facts = Json(dict[str, str])
    prev_hash = fields.BinaryField()
    hash = fields.BinaryField()

    class Meta:
        table = "audit_log"
        indexes = (("tenant_id", "subject_kind", "subject_id"),)
        constraints = (
            UniqueConstraint(fields=("tenant_id", "number"), name="uq_audit_log_number"),
            CheckConstraint(check="number >= 1", name="ck_audit_log_number"),
        )


class AuditHeadRow(Model):
    """The last entry of each township: whoever adds one holds this row until its commit."""

    tenant_id = Id(primary_key=True)
    number = fields.BigIntField()
    hash = fields.BinaryField()

    class Meta:
        table = "audit_head"
