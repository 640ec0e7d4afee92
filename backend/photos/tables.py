"""The table of what citizens have sent: whose photo a blob is. The bytes and their fate are the blobs' business."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.columns import Id, Instant


class OwnPhotoRow(Model):
    """One photo of one citizen; two who send the same picture have a row each, and neither can name the other's."""

    id = Id(primary_key=True)
    tenant_id = Id()
    citizen_id = Id()
    sha = fields.CharField(64)
    size = fields.BigIntField()
    sent_at = Instant(db_index=True)

    class Meta:
        table = "own_photo"
        indexes = (("citizen_id", "sent_at"),)
        constraints = (
            UniqueConstraint(fields=("tenant_id", "citizen_id", "sha"), name="uq_own_photo"),
            CheckConstraint(check="size >= 1", name="ck_own_photo_size"),
        )
