"""Tables of people. Names, numbers, phones and addresses are sealed; blind indexes find them again.

Citizens belong to the county, not to one township: one identity document is one citizen, wherever they file.
"""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Partner, Role
from backend.columns import Choice, Day, Id, Instant, Json


class CitizenRow(Model):
    id = Id(primary_key=True)
    created_at = Instant()
    name_sealed = fields.BinaryField(null=True)
    phone_sealed = fields.BinaryField(null=True)
    phone_index = fields.CharField(32, null=True, db_index=True)
    phone_verified = fields.BooleanField()
    address_sealed = fields.BinaryField(null=True)

    class Meta:
        table = "citizen"


class CitizenDocumentRow(Model):
    """The document of a citizen; the index is the key, so that a second citizen with it cannot exist."""

    document_index = fields.CharField(32, primary_key=True)
    citizen: fields.OneToOneRelation[CitizenRow] = fields.OneToOneField(
        "township.CitizenRow", on_delete=fields.RESTRICT
    )
    document_type = Choice(DocumentType)
    number_sealed = fields.BinaryField()
    added_at = Instant()

    class Meta:
        table = "citizen_document"


class WeChatLinkRow(Model):
    """Under which openid of which account a citizen signs in."""

    id = Id(primary_key=True)
    citizen: fields.ForeignKeyRelation[CitizenRow] = fields.ForeignKeyField(
        "township.CitizenRow", on_delete=fields.RESTRICT, db_index=True
    )
    appid = fields.CharField(64)
    openid = fields.CharField(64)
    linked_at = Instant()

    class Meta:
        table = "wechat_link"
        constraints = (UniqueConstraint(fields=("appid", "openid"), name="uq_wechat_link_openid"),)


class WeChatUnionRow(Model):
    """A unionid joins the mini-program's openid and the 服务号's to one citizen."""

    unionid = fields.CharField(64, primary_key=True)
    citizen: fields.ForeignKeyRelation[CitizenRow] = fields.ForeignKeyField(
        "township.CitizenRow", on_delete=fields.RESTRICT, db_index=True
    )

    class Meta:
        table = "wechat_union"


class ConsentRow(Model):
    """One agreement. `in_force` is the purpose's key while it holds and null afterwards: one at a time."""

    id = Id(primary_key=True)
    citizen: fields.ForeignKeyRelation[CitizenRow] = fields.ForeignKeyField(
        "township.CitizenRow", on_delete=fields.RESTRICT, db_index=True
    )
    purpose = Choice(ConsentPurpose)
    partner = Choice(Partner, null=True)
    version = fields.IntField()
    channel = Choice(Channel)
    given_at = Instant()
    ended_at = Instant(null=True)
    in_force = fields.CharField(120, null=True, unique=True)

    class Meta:
        table = "consent"
        constraints = (
            CheckConstraint(check="(ended_at IS NULL) = (in_force IS NOT NULL)", name="ck_consent_in_force"),
        )


class StaffRow(Model):
    id = Id(primary_key=True)
    tenant_id = Id(db_index=True)
    login_name = fields.CharField(50, unique=True)
    name = fields.CharField(50)
    password_hash = fields.CharField(200)
    must_change_password = fields.BooleanField()
    password_set_at = Instant()
    created_at = Instant()
    disabled_at = Instant(null=True)

    class Meta:
        table = "staff"


class StaffPostRow(Model):
    """One appointment. `leader_of` and `officer` are null once it is over: one 组长 a department, one 三员 post a person.

    `paper`: id of the scan of its document, "" while an approval right waits for one, null where none is asked for.
    """

    id = Id(primary_key=True)
    tenant_id = Id()
    staff: fields.ForeignKeyRelation[StaffRow] = fields.ForeignKeyField(
        "township.StaffRow", on_delete=fields.RESTRICT, db_index=True
    )
    role = Choice(Role)
    department_id = fields.CharField(32)
    window_ids = Json(list[str])
    village_id = fields.CharField(32)
    partner = Choice(Partner, null=True)
    item_ids = Json(list[str])
    document = fields.CharField(100)
    valid_from = Day()
    valid_to = Day(null=True)
    given_at = Instant()
    given_by = fields.CharField(64)
    ended_at = Instant(null=True)
    ended_by = fields.CharField(64)
    leader_of = fields.CharField(80, null=True, unique=True)
    officer = Id(null=True, unique=True)
    paper = Id(null=True)

    class Meta:
        table = "staff_post"


class SessionRow(Model):
    """One sign-in of one person, with all the tokens that descend from it."""

    id = Id(primary_key=True)
    tenant_id = Id()
    citizen: fields.ForeignKeyNullableRelation[CitizenRow] = fields.ForeignKeyField(
        "township.CitizenRow", on_delete=fields.RESTRICT, null=True, db_index=True
    )
    staff: fields.ForeignKeyNullableRelation[StaffRow] = fields.ForeignKeyField(
        "township.StaffRow", on_delete=fields.RESTRICT, null=True, db_index=True
    )
    started_at = Instant()
    ends_at = Instant(db_index=True)
    ended_at = Instant(null=True, db_index=True)
    end_reason = fields.CharField(40)

    class Meta:
        table = "session"
        constraints = (
            CheckConstraint(check="(citizen_id IS NULL) <> (staff_id IS NULL)", name="ck_session_one_person"),
        )


class RefreshTokenRow(Model):
    """The hash of a refresh token; a used one is kept, so that a second use is noticed."""

    hash = fields.CharField(64, primary_key=True)
    session: fields.ForeignKeyRelation[SessionRow] = fields.ForeignKeyField(
        "township.SessionRow", on_delete=fields.RESTRICT, db_index=True
    )
    expires_at = Instant()
    used_at = Instant(null=True)

    class Meta:
        table = "refresh_token"


class TryRow(Model):
    """Wrong tries under one name, known or not; the key is a blind index."""

    key = fields.CharField(32, primary_key=True)
    tries = fields.IntField()
    last_at = Instant(db_index=True)
    locked_until = Instant(null=True)

    class Meta:
        table = "sign_in_try"
