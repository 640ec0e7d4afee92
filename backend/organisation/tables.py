"""Tables of the organisation: what stands on paper about posts, partners and items in the hall, and the public cards."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import Partner
from backend.columns import Choice, Day, Id, Instant, Json


class AppointmentPaperRow(Model):
    """The scan of an appointment document or 委托书, sealed; it lies in the database so that backups have it."""

    id = Id(primary_key=True)
    tenant_id = Id()
    post_id = Id(unique=True)
    media = fields.CharField(40)
    pages = fields.IntField()
    size = fields.IntField()
    sealed = fields.BinaryField()
    kept_at = Instant()
    kept_by = fields.CharField(64)

    class Meta:
        table = "appointment_paper"


class AssignmentRow(Model):
    """What a department attests of whom it sends to a window (plan, clauses 33 and 34): yes or no, never why."""

    id = Id(primary_key=True)
    tenant_id = Id(db_index=True)
    staff_id = Id(db_index=True)
    post_id = Id(unique=True)
    department_id = Id()
    keeps_rules = fields.BooleanField()
    knows_process = fields.BooleanField()
    uses_computer = fields.BooleanField()
    speaks_mandarin = fields.BooleanField()
    under_45 = fields.BooleanField()
    nothing_against = fields.BooleanField()
    attested_by = fields.CharField(50)
    attested_on = Day()
    recorded_at = Instant()
    recorded_by = fields.CharField(64)

    class Meta:
        table = "assignment"


class DelegationRow(Model):
    """A partner's delegation to the centre (plan, clause 27); no items means everything it offers here."""

    id = Id(primary_key=True)
    tenant_id = Id()
    partner = Choice(Partner)
    item_ids = Json(list[str])
    document = fields.CharField(100)
    valid_from = Day()
    valid_to = Day(null=True)
    given_at = Instant()
    given_by = fields.CharField(64)
    ended_at = Instant(null=True)
    ended_by = fields.CharField(64)

    class Meta:
        table = "delegation"
        indexes = (("tenant_id", "partner"),)


class HallEntryRow(Model):
    """When an item has to be in the hall and when it came, on which authorisation (plan, clause 16)."""

    id = Id(primary_key=True)
    tenant_id = Id()
    item_id = Id()
    department_id = Id()
    due_on = Day()
    entered_on = Day(null=True)
    document = fields.CharField(100)
    changed_at = Instant()
    changed_by = fields.CharField(64)

    class Meta:
        table = "hall_entry"
        constraints = (
            UniqueConstraint(fields=("tenant_id", "item_id"), name="uq_hall_entry_item"),
            CheckConstraint(check="entered_on IS NULL OR document <> ''", name="ck_hall_entry_document"),
        )


class ListPlacingRow(Model):
    """Which item of a township stands for a line of a published list, said by a person."""

    id = Id(primary_key=True)
    tenant_id = Id()
    entry_id = Id()
    item_id = Id()
    placed_at = Instant()
    placed_by = fields.CharField(64)

    class Meta:
        table = "list_placing"
        constraints = (UniqueConstraint(fields=("tenant_id", "entry_id"), name="uq_list_placing_entry"),)


class StaffCardRow(Model):
    """What the sunshine board says of a person (plan, clause 40). `photo_basis` names the notice or signed paper the
    portrait rests on; without it there is no portrait."""

    staff_id = Id(primary_key=True)
    tenant_id = Id(db_index=True)
    title = fields.CharField(50)
    phone = fields.CharField(20)
    handles = fields.CharField(200)
    badge = fields.CharField(20)
    photo_sealed = fields.BinaryField(null=True)
    photo_basis = fields.CharField(100)
    photo_at = Instant(null=True)
    changed_at = Instant()
    changed_by = fields.CharField(64)

    class Meta:
        table = "staff_card"
        constraints = (
            CheckConstraint(
                check="photo_sealed IS NULL OR photo_basis <> ''", name="ck_staff_card_photo_basis"
            ),
        )
