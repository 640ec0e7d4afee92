"""The table of drafts: one for each citizen and matter, sealed, gone after its day."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.columns import Id, Instant


class CaseDraftRow(Model):
    """What was typed so far. `keep_until`: when it is thrown away if nobody goes on with it."""

    id = Id(primary_key=True)
    tenant_id = Id()
    citizen_id = Id()
    item_id = Id()
    sealed = fields.BinaryField()
    saved_at = Instant()
    keep_until = Instant(db_index=True)

    class Meta:
        table = "case_draft"
        constraints = (UniqueConstraint(fields=("citizen_id", "tenant_id", "item_id"), name="uq_case_draft"),)
