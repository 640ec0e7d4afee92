"""Tables of the catalogue. Divisions and lists belong to the county, everything else to one township.

Validity of codes and names is text as far as it is known: "" (unknown or still valid), "1983", "2023-06-30".
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.catalogue import Item
from api_spec.vocabulary import DepartmentKind, DivisionKind, Partner, WindowType
from backend.columns import Choice, Day, Id, Instant, Json


class DivisionRow(Model):
    """A county, township or village. Its codes and names change, it stays the same: they stand beside it."""

    id = Id(primary_key=True)
    kind = Choice(DivisionKind)
    parent: fields.ForeignKeyNullableRelation["DivisionRow"] = fields.ForeignKeyField(
        "township.DivisionRow", on_delete=fields.RESTRICT, null=True, db_index=True
    )

    class Meta:
        table = "division"


class DivisionCodeRow(Model):
    """A code of a division in one code system. They are given out again: the first year is part of the key."""

    id = Id(primary_key=True)
    division: fields.ForeignKeyRelation[DivisionRow] = fields.ForeignKeyField(
        "township.DivisionRow", on_delete=fields.RESTRICT, db_index=True
    )
    code_system = fields.CharField(20)
    code = fields.CharField(20)
    valid_from = fields.CharField(10)
    valid_to = fields.CharField(10)
    source = fields.CharField(200)

    class Meta:
        table = "division_code"
        constraints = (
            UniqueConstraint(fields=("code_system", "code", "valid_from"), name="uq_division_code"),
        )


class DivisionNameRow(Model):
    """A name of a division; the one without an end is today's."""

    id = Id(primary_key=True)
    division: fields.ForeignKeyRelation[DivisionRow] = fields.ForeignKeyField(
        "township.DivisionRow", on_delete=fields.RESTRICT
    )
    name = fields.CharField(60)
    valid_from = fields.CharField(10)
    valid_to = fields.CharField(10)
    source = fields.CharField(200)

    class Meta:
        table = "division_name"
        constraints = (
            UniqueConstraint(fields=("division_id", "name", "valid_from"), name="uq_division_name"),
        )


class TenantRow(Model):
    """A township that works with the product. `pack_sha` names the catalogue in force, "" before the first."""

    id = Id(primary_key=True)
    division: fields.OneToOneRelation[DivisionRow] = fields.OneToOneField(
        "township.DivisionRow", on_delete=fields.RESTRICT
    )
    name = fields.CharField(60)
    centre_name = fields.CharField(60)
    hall_name = fields.CharField(60)
    case_prefix = fields.CharField(6, unique=True)
    complaint_phone = fields.CharField(20)
    pack_sha = fields.CharField(64)

    class Meta:
        table = "tenant"


class DepartmentRow(Model):
    id = Id(primary_key=True)
    tenant: fields.ForeignKeyRelation[TenantRow] = fields.ForeignKeyField(
        "township.TenantRow", on_delete=fields.RESTRICT
    )
    code = fields.CharField(20)
    name = fields.CharField(60)
    kind = Choice(DepartmentKind)

    class Meta:
        table = "department"
        constraints = (UniqueConstraint(fields=("tenant_id", "code"), name="uq_department_code"),)


class WindowRow(Model):
    """One window of the hall, by the number on its plate."""

    id = Id(primary_key=True)
    tenant: fields.ForeignKeyRelation[TenantRow] = fields.ForeignKeyField(
        "township.TenantRow", on_delete=fields.RESTRICT
    )
    department: fields.ForeignKeyRelation[DepartmentRow] = fields.ForeignKeyField(
        "township.DepartmentRow", on_delete=fields.RESTRICT, db_index=True
    )
    number = fields.IntField()
    type = Choice(WindowType)
    phone = fields.CharField(20)
    scope = Json(list[str])

    class Meta:
        table = "service_window"
        constraints = (UniqueConstraint(fields=("tenant_id", "number"), name="uq_service_window_number"),)


class PartnerRow(Model):
    """A utility the centre runs errands to."""

    id = Id(primary_key=True)
    tenant: fields.ForeignKeyRelation[TenantRow] = fields.ForeignKeyField(
        "township.TenantRow", on_delete=fields.RESTRICT
    )
    partner = Choice(Partner)
    name = fields.CharField(60)
    phone = fields.CharField(20)

    class Meta:
        table = "partner"
        constraints = (UniqueConstraint(fields=("tenant_id", "partner"), name="uq_partner"),)


class ItemRow(Model):
    """A service item; what it says is in its versions. `published_version` is null while not offered."""

    id = Id(primary_key=True)
    tenant: fields.ForeignKeyRelation[TenantRow] = fields.ForeignKeyField(
        "township.TenantRow", on_delete=fields.RESTRICT
    )
    code = fields.CharField(40)
    published_version = fields.IntField(null=True)

    class Meta:
        table = "item"
        constraints = (UniqueConstraint(fields=("tenant_id", "code"), name="uq_item_code"),)


class ItemVersionRow(Model):
    """One version of an item, as a whole. `digest` is that of the draft it began as: importing the same draft
    again adds nothing; confirming it changes `body` and leaves the digest."""

    id = Id(primary_key=True)
    tenant_id = Id()
    item: fields.ForeignKeyRelation[ItemRow] = fields.ForeignKeyField(
        "township.ItemRow", on_delete=fields.RESTRICT
    )
    version = fields.IntField()
    body = Json(Item)
    digest = fields.CharField(64)
    drafted_at = Instant()
    drafted_by = fields.CharField(64)
    confirmed_at = Instant(null=True)
    confirmed_by = fields.CharField(64)
    confirmed_name = fields.CharField(50)
    published_at = Instant(null=True)
    published_by = fields.CharField(64)
    effective_from = Day(null=True)
    effective_to = Day(null=True)

    class Meta:
        table = "item_version"
        constraints = (
            UniqueConstraint(fields=("item_id", "version"), name="uq_item_version"),
            CheckConstraint(check="version >= 1", name="ck_item_version"),
            CheckConstraint(
                check="(published_at IS NULL) = (effective_from IS NULL)", name="ck_item_version_effective"
            ),
        )


class PackRow(Model):
    """A catalogue pack exactly as it was sent out, named by the SHA-256 of its bytes."""

    sha = fields.CharField(64, primary_key=True)
    tenant: fields.ForeignKeyRelation[TenantRow] = fields.ForeignKeyField(
        "township.TenantRow", on_delete=fields.RESTRICT, db_index=True
    )
    body = fields.BinaryField()
    made_at = Instant()

    class Meta:
        table = "catalogue_pack"


class SynonymRow(Model):
    """An everyday word with what it means, for search; county-wide."""

    word = fields.CharField(20, primary_key=True)
    means = Json(list[str])
    pinyin = fields.CharField(120)

    class Meta:
        table = "synonym"


class ItemListRow(Model):
    """A published list of items (权责清单, 赋权目录) as imported; plan, clauses 10 to 12."""

    id = Id(primary_key=True)
    name = fields.CharField(200, unique=True)
    digest = fields.CharField(64)
    imported_at = Instant()
    imported_by = fields.CharField(64)

    class Meta:
        table = "item_list"


class ItemListEntryRow(Model):
    """One line of a list with its code as printed, and what is wrong with that code."""

    id = Id(primary_key=True)
    item_list: fields.ForeignKeyRelation[ItemListRow] = fields.ForeignKeyField(
        "township.ItemListRow", on_delete=fields.RESTRICT
    )
    line = fields.IntField()
    department = fields.CharField(60)
    name = fields.CharField(200)
    area_code = fields.CharField(20)
    code = fields.CharField(80)
    type = fields.CharField(2)
    warnings = Json(list[str])

    class Meta:
        table = "item_list_entry"
        constraints = (UniqueConstraint(fields=("item_list_id", "line"), name="uq_item_list_entry"),)
