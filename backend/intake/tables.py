"""Tables of what nodes send and fetch. Record bodies and feed rows hold names, so both are sealed."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.records import HeldReason
from api_spec.sync import PushStatus
from api_spec.vocabulary import Term
from backend.columns import Choice, Day, Id, Instant, Json
from backend.intake.values import Resolution


class Outcome(Term):
    """What became of one record of a stream."""

    APPLIED = "applied", "已生效"
    KNOWN = "known", "已收过"
    HELD = "held", "已搁置"


class NodeRow(Model):
    """A village computer. Its number is always given, drawn at random: a restored township must not repeat one."""

    number = fields.IntField(primary_key=True)
    tenant_id = Id()
    village_id = Id(db_index=True)
    alg = fields.CharField(40)
    sign_key = fields.BinaryField()
    seal_key = fields.BinaryField()
    serial = fields.BigIntField(unique=True)
    enrolled_at = Instant()
    enrolled_by = fields.CharField(64)
    revoked_at = Instant(null=True)
    revoked_by = fields.CharField(64)
    revoke_reason = fields.CharField(200)
    app = fields.CharField(100)
    last_seen = Instant(null=True)
    machine = fields.TextField()
    record_schema = fields.IntField(null=True)
    compared_at = Instant(null=True)
    compared = fields.TextField(null=True)

    class Meta:
        table = "node"
        indexes = (("tenant_id", "number"),)
        constraints = (CheckConstraint(check="number BETWEEN 1 AND 1048575", name="ck_node_number"),)


class NodeKeyRow(Model):
    """Every signing key a node had besides the one it enrolled with: certified, then in use, then replaced."""

    serial = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    node_number = fields.IntField(db_index=True)
    sign_key = fields.BinaryField()
    certified_at = Instant()
    taken_at = Instant(null=True)
    replaced_at = Instant(null=True)

    class Meta:
        table = "node_key"
        constraints = (UniqueConstraint(fields=("node_number", "sign_key"), name="uq_node_key_key"),)


class EscrowRow(Model):
    """A node's hand-over secret, sealed: for the clerk who comes after one that left without a word."""

    id = Id(primary_key=True)
    tenant_id = Id()
    node_number = fields.IntField()
    mark = fields.CharField(8)
    sealed = fields.BinaryField()
    received_at = Instant()
    issued_at = Instant(null=True)
    issued_by = fields.CharField(64)

    class Meta:
        table = "node_escrow"
        constraints = (UniqueConstraint(fields=("node_number", "mark"), name="uq_node_escrow_mark"),)


class EnrolmentCodeRow(Model):
    """A one-time code by its hash; `sign_key` is who used it, so that a lost answer can be given again."""

    code_hash = fields.CharField(64, primary_key=True)
    tenant_id = Id()
    village_id = Id()
    made_at = Instant()
    made_by = fields.CharField(64)
    expires_at = Instant()
    used_at = Instant(null=True)
    node_number = fields.IntField(null=True)

    class Meta:
        table = "enrolment_code"


class StreamRow(Model):
    """One (node, epoch): how far it is here. `block` is null when none was left; never granted twice."""

    id = Id(primary_key=True)
    node: fields.ForeignKeyRelation[NodeRow] = fields.ForeignKeyField(
        "township.NodeRow", on_delete=fields.RESTRICT
    )
    tenant_id = Id()
    epoch = fields.CharField(16)
    old_epoch = fields.CharField(16)
    upto = fields.BigIntField()
    chain = fields.BinaryField()
    safe = fields.BigIntField()
    block = fields.IntField(null=True)
    started_at = Instant()

    class Meta:
        table = "node_stream"
        constraints = (
            UniqueConstraint(fields=("node_id", "epoch"), name="uq_node_stream_epoch"),
            UniqueConstraint(fields=("tenant_id", "block"), name="uq_node_stream_block"),
            CheckConstraint(check="upto >= 0 AND safe >= 0 AND safe <= upto", name="ck_node_stream_upto"),
        )


class RecordRow(Model):
    """What came at each place of a stream, without gaps. Bytes stand where they came first, or in `held_record`."""

    id = fields.BigIntField(primary_key=True)
    stream: fields.ForeignKeyRelation[StreamRow] = fields.ForeignKeyField(
        "township.StreamRow", on_delete=fields.RESTRICT
    )
    seq = fields.BigIntField()
    h = fields.BinaryField()
    outcome = Choice(Outcome)
    kind = fields.CharField(20)
    rid = Id(null=True)
    rev = fields.BigIntField(null=True)
    body = fields.BinaryField(null=True)
    received_at = Instant()

    class Meta:
        table = "node_record"
        constraints = (
            UniqueConstraint(fields=("stream_id", "seq"), name="uq_node_record_seq"),
            UniqueConstraint(fields=("rid", "rev"), name="uq_node_record_rev"),
        )


class HeldRow(Model):
    """A record that could not be applied, until a clerk has settled it; kept for ever after."""

    id = Id(primary_key=True)
    tenant_id = Id()
    village_id = Id()
    node_number = fields.IntField()
    seq = fields.BigIntField()
    rid = fields.CharField(32)
    kind = fields.CharField(20)
    h = fields.BinaryField()
    reason = Choice(HeldReason)
    wrong = Json(list[str])
    body = fields.BinaryField()
    held_at = Instant()
    resolved_at = Instant(null=True)
    resolved_by = fields.CharField(64)
    resolution = Choice(Resolution, null=True)
    note = fields.CharField(200)

    class Meta:
        table = "held_record"
        indexes = (("tenant_id", "resolved_at", "id"),)
        constraints = (
            UniqueConstraint(fields=("node_number", "h"), name="uq_held_record_h"),
            CheckConstraint(
                check="(resolved_at IS NULL) = (resolution IS NULL)", name="ck_held_record_resolved"
            ),
        )


class FeedRow(Model):
    """One row of one node's feed, numbered without gaps and chained by `dig`."""

    id = fields.BigIntField(primary_key=True)
    node_number = fields.IntField()
    pos = fields.BigIntField()
    kind = fields.CharField(20)
    rid = fields.CharField(32)
    srev = fields.BigIntField()
    row = fields.BinaryField()
    dig = fields.BinaryField()

    class Meta:
        table = "node_feed"
        indexes = (("node_number", "kind", "pos"),)
        constraints = (
            UniqueConstraint(fields=("node_number", "pos"), name="uq_node_feed_pos"),
            CheckConstraint(check="pos >= 1", name="ck_node_feed_pos"),
        )


class ManifestRow(Model):
    """The catalogues a township has announced, in order; `manifest` is what the county signed."""

    id = Id(primary_key=True)
    tenant_id = Id()
    version = fields.BigIntField()
    pack = fields.CharField(64)
    manifest = fields.BinaryField()

    class Meta:
        table = "catalogue_manifest"
        constraints = (UniqueConstraint(fields=("tenant_id", "version"), name="uq_manifest_version"),)


class VisitRow(Model):
    """帮办 log of the villages, to be read; `id` is the record's, `body` its words, sealed."""

    id = Id(primary_key=True)
    tenant_id = Id()
    village_id = Id()
    node_number = fields.IntField()
    about = Id(null=True)
    body = fields.BinaryField()
    received_at = Instant()

    class Meta:
        table = "village_visit"
        indexes = (("tenant_id", "received_at"),)


class NoticeToVillagesRow(Model):
    """A notice of the township to its village computers; `villages` empty: to all of them."""

    id = Id(primary_key=True)
    tenant_id = Id()
    title = fields.CharField(60)
    text = fields.CharField(500)
    until = Day()
    villages = Json(list[str])
    made_at = Instant()
    made_by = fields.CharField(64)

    class Meta:
        table = "village_notice"
        indexes = (("tenant_id", "until"),)


class OrphanReceiptRow(Model):
    """A genuine tracking code somebody asked for before its case was here."""

    tracking_code = fields.CharField(20, primary_key=True)
    tenant_id = Id()
    node_number = fields.IntField()
    first_asked_at = Instant()
    last_asked_at = Instant()
    times = fields.IntField()

    class Meta:
        table = "orphan_receipt"
        indexes = (("tenant_id", "last_asked_at"),)


class BundleRow(Model):
    """One part of a bundle that was brought in. `reasons`: how many records of it were held, by reason."""

    id = Id(primary_key=True)
    tenant_id = Id()
    village_id = Id()
    node_number = fields.IntField()
    bundle = fields.CharField(32)
    part = fields.IntField()
    parts = fields.IntField()
    epoch = fields.CharField(16)
    first_seq = fields.BigIntField()
    last_seq = fields.BigIntField()
    digest = fields.BinaryField()
    size = fields.BigIntField()
    status = Choice(PushStatus)
    records = fields.IntField()
    taken = fields.IntField()
    reasons = Json(dict[str, int])
    photos = fields.IntField()
    photos_refused = fields.IntField()
    imported_at = Instant()
    imported_by = fields.CharField(64)

    class Meta:
        table = "node_bundle"
        indexes = (("tenant_id", "id"),)
        constraints = (CheckConstraint(check="part >= 1 AND part <= parts", name="ck_node_bundle_part"),)
