"""The tables of errands, of hand-over lists and of money in custody. Rows of events, lines and closes are only added."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import Channel, ErrandAction, ErrandState, MoneyMove, Partner, Role
from backend.columns import Choice, Day, Id, Instant, Json
from backend.proxy.errand import EventFacts, Terms
from backend.proxy.trail import Trail

STATES = ", ".join(f"'{state.value}'" for state in ErrandState)


class ErrandRow(Model):
    """One errand.

    `sealed` holds applicant, mandate and answers together, bound to the errand's id; the indexes find them again
    without opening. `terms` is the item as it stood. `held_fen` is what the ledger says is held. `batch` is the
    number of the list it was handed over by.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    rid = Id()
    content_hash = fields.CharField(32)
    number = fields.CharField(24)
    tracking_code = fields.CharField(20)
    state = Choice(ErrandState)
    version = fields.IntField()
    is_open = fields.SmallIntField()
    due_on = Day()
    soon_on = Day()
    provisional = fields.SmallIntField()
    item_id = Id()
    partner = Choice(Partner)
    department_id = fields.CharField(32)
    pack_sha = fields.CharField(64)
    terms = Json(Terms)
    trail = Json(Trail)
    paper = fields.SmallIntField()
    batch = fields.CharField(24)
    held_fen = fields.BigIntField()
    lines = fields.IntField()
    sealed = fields.BinaryField()
    document_index = fields.CharField(32)
    phone_index = fields.CharField(32)
    channel = Choice(Channel)
    owner_id = fields.CharField(32)
    village_id = fields.CharField(32)
    node_id = fields.CharField(32)
    node_time = fields.CharField(200)
    received_at = Instant()
    changed_at = Instant()

    class Meta:
        table = "errands"
        indexes = (
            ("tenant_id", "is_open", "due_on", "id"),
            ("tenant_id", "partner", "is_open", "due_on", "id"),
            ("tenant_id", "state", "due_on", "id"),
            ("tenant_id", "village_id", "id"),
            ("tenant_id", "document_index"),
            ("owner_id", "id"),
        )
        constraints = (
            UniqueConstraint(fields=("tenant_id", "rid"), name="uq_errands_rid"),
            UniqueConstraint(fields=("tenant_id", "number"), name="uq_errands_number"),
            UniqueConstraint(fields=("tracking_code",), name="uq_errands_tracking_code"),
            CheckConstraint(check=f"state IN ({STATES})", name="ck_errands_state"),
            CheckConstraint(check="version >= 1 AND lines >= 0", name="ck_errands_version"),
            CheckConstraint(
                check="is_open IN (0, 1) AND provisional IN (0, 1) AND paper IN (0, 1)",
                name="ck_errands_flags",
            ),
            CheckConstraint(check="soon_on <= due_on", name="ck_errands_soon"),
            CheckConstraint(check="held_fen >= 0", name="ck_errands_held"),
            CheckConstraint(check="is_open = 1 OR held_fen = 0", name="ck_errands_settled"),
        )


class ErrandEventRow(Model):
    """One event of an errand. `facts` is kept as the text that was hashed."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    errand: fields.ForeignKeyRelation[ErrandRow] = fields.ForeignKeyField(
        "township.ErrandRow", related_name="events", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    at = Instant()
    actor_id = fields.CharField(64)
    actor_role = Choice(Role)
    action = Choice(ErrandAction)
    before = Choice(ErrandState, null=True)
    after = Choice(ErrandState)
    note = fields.TextField()
    facts = Json(EventFacts)
    prev_hash = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "errand_events"
        indexes = (("tenant_id", "at"), ("tenant_id", "actor_id", "id"))
        constraints = (
            UniqueConstraint(fields=("errand_id", "seq"), name="uq_errand_events_seq"),
            CheckConstraint(check="seq >= 1", name="ck_errand_events_seq"),
        )


class ErrandSerialRow(Model):
    """How many errand numbers the township gave on a day; whoever takes numbers holds this row until its commit."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    day = Day()
    taken = fields.IntField()

    class Meta:
        table = "errand_serials"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "day"), name="uq_errand_serials_day"),
            CheckConstraint(check="taken >= 1", name="ck_errand_serials_taken"),
        )


class HandoverRow(Model):
    """移交清单: one list for one partner. `receipt` is the partner's, null until it signed."""

    id = Id(primary_key=True)
    tenant_id = Id()
    number = fields.IntField()
    partner = Choice(Partner)
    count = fields.IntField()
    digest = fields.CharField(64)
    made_by = fields.CharField(64)
    made_at = Instant()
    receipt = fields.CharField(200, null=True)
    received_at = Instant(null=True)

    class Meta:
        table = "handovers"
        indexes = (("tenant_id", "partner", "number"),)
        constraints = (
            UniqueConstraint(fields=("tenant_id", "number"), name="uq_handovers_number"),
            CheckConstraint(check="count >= 1", name="ck_handovers_count"),
            CheckConstraint(check="(receipt IS NULL) = (received_at IS NULL)", name="ck_handovers_received"),
        )


class HandoverSerialRow(Model):
    """How many lists a township made; whoever makes one holds this row until its commit."""

    tenant_id = Id(primary_key=True)
    taken = fields.IntField()

    class Meta:
        table = "handover_serials"
        constraints = (CheckConstraint(check="taken >= 1", name="ck_handover_serials_taken"),)


class HandoverLineRow(Model):
    """One errand on a list; it stands on one list only."""

    id = fields.BigIntField(primary_key=True)
    handover: fields.ForeignKeyRelation[HandoverRow] = fields.ForeignKeyField(
        "township.HandoverRow", related_name="lines", on_delete=fields.RESTRICT
    )
    errand: fields.ForeignKeyRelation[ErrandRow] = fields.ForeignKeyField(
        "township.ErrandRow", related_name="handovers", on_delete=fields.RESTRICT
    )
    place = fields.IntField()

    class Meta:
        table = "handover_lines"
        constraints = (
            UniqueConstraint(fields=("handover_id", "place"), name="uq_handover_lines_place"),
            UniqueConstraint(fields=("errand_id",), name="uq_handover_lines_errand"),
        )


class MoneyEntryRow(Model):
    """One line of the custody ledger."""

    id = Id(primary_key=True)
    tenant_id = Id()
    errand: fields.ForeignKeyRelation[ErrandRow] = fields.ForeignKeyField(
        "township.ErrandRow", related_name="money", on_delete=fields.RESTRICT
    )
    rid = Id()
    seq = fields.IntField()
    move = Choice(MoneyMove)
    amount_fen = fields.BigIntField()
    balance_fen = fields.BigIntField()
    by = fields.CharField(64)
    at = Instant()
    day = Day()
    number = fields.IntField()
    receipt = fields.CharField(40)
    partner_receipt = fields.CharField(200)
    paper_receipt = fields.CharField(200)
    note = fields.TextField()

    class Meta:
        table = "money_entries"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "rid"), name="uq_money_entries_rid"),
            UniqueConstraint(fields=("errand_id", "seq"), name="uq_money_entries_seq"),
            UniqueConstraint(fields=("tenant_id", "day", "number"), name="uq_money_entries_number"),
            UniqueConstraint(fields=("tenant_id", "receipt"), name="uq_money_entries_receipt"),
            CheckConstraint(check="move IN ('taken', 'paid', 'returned')", name="ck_money_entries_move"),
            CheckConstraint(check="amount_fen > 0", name="ck_money_entries_amount"),
            CheckConstraint(check="balance_fen >= 0", name="ck_money_entries_balance"),
            CheckConstraint(check="seq >= 1 AND number >= 1", name="ck_money_entries_counts"),
            CheckConstraint(check="move <> 'paid' OR partner_receipt <> ''", name="ck_money_entries_paid"),
        )


class MoneyDayRow(Model):
    """How many lines a day of the books has, and whether it is closed; whoever books or closes holds this row."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = Id()
    day = Day()
    entries = fields.IntField()
    closed = fields.SmallIntField()

    class Meta:
        table = "money_days"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "day"), name="uq_money_days_day"),
            CheckConstraint(check="entries >= 0 AND closed IN (0, 1)", name="ck_money_days_counts"),
        )


class MoneyCloseRow(Model):
    """A closed day: it came out at zero, or there would be no row."""

    id = Id(primary_key=True)
    tenant_id = Id()
    day = Day()
    opened_fen = fields.BigIntField()
    taken_fen = fields.BigIntField()
    paid_fen = fields.BigIntField()
    returned_fen = fields.BigIntField()
    held_fen = fields.BigIntField()
    counted_fen = fields.BigIntField()
    entries = fields.IntField()
    by = fields.CharField(64)
    at = Instant()
    digest = fields.CharField(64)

    class Meta:
        table = "money_closes"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "day"), name="uq_money_closes_day"),
            CheckConstraint(
                check="opened_fen + taken_fen = paid_fen + returned_fen + held_fen",
                name="ck_money_closes_zero",
            ),
            CheckConstraint(check="counted_fen = held_fen AND held_fen >= 0", name="ck_money_closes_counted"),
        )
