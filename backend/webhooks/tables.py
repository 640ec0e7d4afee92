"""The table of those who want to be told of events."""

from tortoise import fields
from tortoise.models import Model

from backend.columns import Id, Instant, Json


class WebhookRow(Model):
    """One subscription; its secret is sealed. `failing_since` is null while deliveries succeed."""

    id = Id(primary_key=True)
    tenant_id = Id(db_index=True)
    url = fields.CharField(500)
    types = Json(list[str])
    sealed_secret = fields.BinaryField()
    made_at = Instant()
    made_by = fields.CharField(64)
    failing_since = Instant(null=True)
    ended_at = Instant(null=True)
    end_reason = fields.CharField(40)

    class Meta:
        table = "webhook"
