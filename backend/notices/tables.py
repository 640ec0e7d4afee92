"""Tables of notices besides the outbox: what WeChat allowed, whose templates, what people answered."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.columns import Id, Instant, Json


class GrantRow(Model):
    """How many messages of a template a person still allows; WeChat cannot be asked for it."""

    id = fields.BigIntField(primary_key=True)
    openid = fields.CharField(64)
    template_id = fields.CharField(64)
    left = fields.IntField(source_field="grants_left")
    changed_at = Instant()

    class Meta:
        table = "wechat_grant"
        constraints = (
            UniqueConstraint(fields=("openid", "template_id"), name="uq_wechat_grant"),
            CheckConstraint(check="grants_left >= 0", name="ck_wechat_grant_left"),
        )


class PushSeenRow(Model):
    """An event WeChat pushed, by its fingerprint: it comes again when our answer was late."""

    id = fields.CharField(64, primary_key=True)
    seen_at = Instant(db_index=True)

    class Meta:
        table = "wechat_push_seen"


class TemplateRow(Model):
    """Which WeChat template a township uses for a group of notices, with the names of its fields in order."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    purpose = fields.CharField(40)
    template_id = fields.CharField(64)
    names = Json(list[str])
    changed_at = Instant()
    changed_by = fields.CharField(64)

    class Meta:
        table = "notice_template"
        constraints = (UniqueConstraint(fields=("tenant_id", "purpose"), name="uq_notice_template"),)


class SmsReplyRow(Model):
    """A short message somebody sent back, by the gateway's own number for it; its text is sealed."""

    id = Id(primary_key=True)
    gateway_id = fields.CharField(64, unique=True)
    tenant_id = fields.CharField(32)
    about_kind = fields.CharField(20)
    about_id = fields.CharField(64)
    from_index = fields.CharField(32)
    sealed = fields.BinaryField()
    received_at = Instant()

    class Meta:
        table = "sms_reply"
        indexes = (("tenant_id", "received_at"),)
