"""The log of what was looked at and by whom; rows are only ever added."""

from tortoise import fields
from tortoise.models import Model
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from backend.columns import Id, Instant, Json


class AuditRow(Model):
    """One thing somebody did that must be accounted for."""

    id = Id(primary_key=True)
    tenant_id = Id()
    number = fields.BigIntField()
    at = Instant()
    actor_id = fields.CharField(64)
    actor_role = fields.CharField(40)
    action = fields.CharField(40)
    subject_kind = fields.CharField(40)
    subject_id = fields.CharField(64)
    reason = fields.CharField(200)
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
