"""The table of what has to leave the township."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.columns import Choice, Id, Instant, Json
from backend.outbox.parcel import Line, ParcelState


class ParcelRow(Model):
    """One parcel. `due_at` is when it is tried next; whoever sends it moves it on and writes its own `lease`.

    `sealed` opens only in the vault and is dropped some time after the parcel was settled.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    line = Choice(Line)
    kind = fields.CharField(60)
    key = fields.CharField(140)
    stream = fields.CharField(64)
    place = fields.IntField()
    about_kind = fields.CharField(20)
    about_id = fields.CharField(64)
    facts = Json(dict[str, str])
    sealed = fields.BinaryField(null=True)
    to_index = fields.CharField(32)
    owner_id = fields.CharField(32)
    village_id = fields.CharField(32)
    state = Choice(ParcelState)
    channel = fields.CharField(20)
    tried = fields.CharField(80)
    tries = fields.IntField()
    due_at = Instant()
    lease = fields.CharField(32)
    reason = fields.CharField(80)
    receipt = fields.CharField(100)
    made_at = Instant()
    changed_at = Instant()

    class Meta:
        table = "outbox"
        indexes = (
            ("line", "state", "due_at"),
            ("tenant_id", "line", "state", "made_at"),
            ("tenant_id", "line", "made_at"),
            ("line", "stream", "place"),
            ("owner_id", "id"),
            ("to_index", "id"),
        )
        constraints = (
            UniqueConstraint(fields=("tenant_id", "line", "key"), name="uq_outbox_key"),
            CheckConstraint(check="tries >= 0", name="ck_outbox_tries"),
        )
