"""The table of what citizens ask about their own data, each with its answer."""

from tortoise import fields
from tortoise.models import Model

from api_spec.own_data_terms import DataWish, WishOutcome, WishState
from backend.columns import Choice, Day, Id, Instant


class DataWishRow(Model):
    """One request. `sealed`: in the citizen's words; `answer`: in the office's, sealed, null while it waits."""

    id = Id(primary_key=True)
    tenant_id = Id()
    citizen_id = Id()
    rid = fields.CharField(32, unique=True)
    wish = Choice(DataWish)
    state = Choice(WishState)
    outcome = Choice(WishOutcome, null=True)
    sealed = fields.BinaryField()
    answer = fields.BinaryField(null=True)
    asked_at = Instant()
    due_on = Day()
    answered_at = Instant(null=True)
    answered_by = fields.CharField(64)

    class Meta:
        table = "data_wish"
        indexes = (("tenant_id", "state", "due_on"), ("citizen_id", "asked_at"))
