"""The table of referrals; rows are only ever added."""

from tortoise import fields
from tortoise.models import Model

from backend.columns import Day, Id, Instant


class ReferralRow(Model):
    """One request that is on no list: what it was about, where the person was sent, and the phone there. Nobody's name."""

    id = Id(primary_key=True)
    tenant_id = Id()
    day = Day()
    subject = fields.CharField(200)
    go_to = fields.CharField(200)
    phone = fields.CharField(50)
    basis = fields.CharField(200)
    department_id = fields.CharField(32)
    by_id = Id()
    at = Instant()

    class Meta:
        table = "referrals"
        indexes = (("tenant_id", "day", "id"),)
