"""Tables of blobs: who is sending what, what is whole, and which case each belongs to. The bytes lie in files."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.blobs.values import Media, Refusal
from backend.columns import Choice, Id, Instant


class UploadRow(Model):
    """One sender's upload of one blob; `id` names its file. Two senders of one blob never share a file."""

    id = Id(primary_key=True)
    tenant_id = Id()
    source = fields.CharField(64)
    sha = fields.CharField(64)
    size = fields.BigIntField()
    durable = fields.BigIntField()
    kept = fields.BigIntField()
    restarts = fields.IntField()
    done = fields.SmallIntField()
    refused = Choice(Refusal, null=True)
    begun_at = Instant()
    changed_at = Instant()

    class Meta:
        table = "blob_upload"
        indexes = (("tenant_id", "begun_at"), ("done", "changed_at"))
        constraints = (
            UniqueConstraint(fields=("tenant_id", "source", "sha"), name="uq_blob_upload"),
            CheckConstraint(check="durable >= 0 AND durable <= size", name="ck_blob_upload_durable"),
            CheckConstraint(check="done IN (0, 1)", name="ck_blob_upload_done"),
        )


class BlobRow(Model):
    """A whole blob of a township. `wanted_at`: when a sender was last told that it need not send it."""

    id = Id(primary_key=True)
    tenant_id = Id()
    sha = fields.CharField(64)
    size = fields.BigIntField()
    media = Choice(Media)
    pages = fields.IntField()
    stored_at = Instant()
    wanted_at = Instant()

    class Meta:
        table = "blob"
        indexes = (("wanted_at",),)
        constraints = (
            UniqueConstraint(fields=("tenant_id", "sha"), name="uq_blob_sha"),
            CheckConstraint(check="size >= 1 AND pages >= 1", name="ck_blob_size"),
        )


class LinkRow(Model):
    """A photo of a case's material; rows are only ever added, and need no blob to be there."""

    id = Id(primary_key=True)
    tenant_id = Id()
    rid = Id()
    material = fields.CharField(200)
    sha = fields.CharField(64)
    size = fields.BigIntField()
    label = fields.CharField(200)
    linked_at = Instant()

    class Meta:
        table = "blob_link"
        indexes = (("tenant_id", "sha"),)
        constraints = (UniqueConstraint(fields=("tenant_id", "rid", "material", "sha"), name="uq_blob_link"),)
