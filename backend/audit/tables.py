"""The audit log, the seals of other tables' rows and the daily anchors; rows are only ever added, but for two that keep a place."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.audit.chain import LONGEST_REASON, AuditAction
from backend.columns import Choice, Day, Id, Instant, Json


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
    reason = fields.CharField(LONGEST_REASON)
    facts = Json(dict[str, str])
    prev_hash = fields.BinaryField()
    hash = fields.BinaryField()

    class Meta:
        table = "audit_log"
        indexes = (
            ("tenant_id", "subject_kind", "subject_id"),
            ("tenant_id", "actor_id", "number"),
            ("tenant_id", "action", "number"),
            ("tenant_id", "at"),
        )
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


class AuditCheckRow(Model):
    """Up to which entry the log was last proved, and the hash found there."""

    tenant_id = Id(primary_key=True)
    number = fields.BigIntField()
    hash = fields.BinaryField()
    at = Instant()
    whole_at = Instant(null=True)

    class Meta:
        table = "audit_checks"


class AnchorRow(Model):
    """One day's anchor: the log's head when it was made, and a digest over every history changed on the day."""

    id = Id(primary_key=True)
    tenant_id = Id()
    number = fields.IntField()
    day = Day()
    log_number = fields.BigIntField()
    log_hash = fields.CharField(64)
    histories = fields.IntField()
    events = fields.IntField()
    digest = fields.CharField(64)
    prev_hash = fields.CharField(64)
    hash = fields.CharField(64)
    made_at = Instant()

    class Meta:
        table = "audit_anchors"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "number"), name="uq_audit_anchors_number"),
            UniqueConstraint(fields=("tenant_id", "day"), name="uq_audit_anchors_day"),
            CheckConstraint(check="number >= 1 AND log_number >= 0", name="ck_audit_anchors_number"),
            CheckConstraint(check="histories >= 0 AND events >= 0", name="ck_audit_anchors_counts"),
        )


class SealRow(Model):
    """What a row of another table said at one stamp of its life: digests of the row, and of its moves up to then."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    kind = fields.CharField(40)
    row_id = Id()
    stamp = fields.BigIntField()
    digest = fields.CharField(64)
    moves = fields.CharField(64)
    at = Instant()

    class Meta:
        table = "audit_seals"
        indexes = (("tenant_id", "at"),)
        constraints = (UniqueConstraint(fields=("kind", "row_id", "stamp"), name="uq_audit_seals_stamp"),)
