"""What is said about people: signing in, own data, consent, accounts and posts."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api_spec.messages.base import Answer, HexId, Message, OptionalLine, PaperName, ShortLine
from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Partner, Role

WeChatCode = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
RefreshToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]
LoginName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{2,49}$")]
Ids = Annotated[list[HexId], Field(max_length=200)]


class WeChatSignIn(Message):
    """The code of `wx.login`; without a township the citizen visits the first one."""

    code: WeChatCode
    tenant_id: HexId | None = None


class RefreshSession(Message):
    refresh_token: RefreshToken


class StaffSignIn(Message):
    """Anything may be tried as a name: what is no login name is simply unknown."""

    login_name: ShortLine
    password: Password


class PasswordChange(Message):
    current_password: Password
    new_password: Password


class PhoneBinding(Message):
    """The code of WeChat's phone-number button."""

    code: WeChatCode


class ContactForm(Message):
    """What is left out stays as it is; an empty address removes it."""

    phone: ShortLine | None = None
    address: OptionalLine | None = None


class IdentityForm(Message):
    name: ShortLine
    document_type: DocumentType
    document_number: ShortLine


class ConsentForm(Message):
    """Agreement to the notice of this version; `partner` with partner_sharing only."""

    purpose: ConsentPurpose
    version: Annotated[int, Field(ge=1, le=10_000)]
    partner: Partner | None = None


class AccountsQuery(Message):
    """`cursor` is the `next` of the page before."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, StringConstraints(max_length=50)] = ""


class NewAccountForm(Message):
    login_name: LoginName
    name: ShortLine


class PostForm(Message):
    """An appointment; `item_ids` empty covers all items of the department, as the document then says."""

    role: Role
    department_id: HexId | None = None
    window_ids: Ids = Field(default_factory=list)
    village_id: HexId | None = None
    partner: Partner | None = None
    item_ids: Ids = Field(default_factory=list)
    document: PaperName | None = None
    valid_from: date
    valid_to: date | None = None


class Session(Answer, frozen=True, kw_only=True):
    """Tokens: the access token goes into `Authorization: Bearer`, the refresh token is good for one use."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    must_change_password: bool


class Me(Answer, frozen=True, kw_only=True):
    """A citizen's own account, masked."""

    id: str
    masked_name: str
    document_type: DocumentType | None
    document_label: str
    masked_document: str
    masked_phone: str
    phone_verified: bool
    has_address: bool
    has_identity: bool


class NoticeView(Answer, frozen=True, kw_only=True):
    """What a citizen is asked to agree to."""

    purpose: ConsentPurpose
    version: int
    title: str
    text: str


class Notices(Answer, frozen=True, kw_only=True):
    items: list[NoticeView]


class ConsentView(Answer, frozen=True, kw_only=True):
    id: str
    purpose: ConsentPurpose
    label: str
    partner: Partner | None
    version: int
    channel: Channel
    given_at: datetime
    ended_at: datetime | None


class Consents(Answer, frozen=True, kw_only=True):
    items: list[ConsentView]


class OwnLine(Answer, frozen=True, kw_only=True):
    """One thing held of a citizen, in words."""

    title: str
    at: datetime
    facts: dict[str, str]


class OwnPart(Answer, frozen=True, kw_only=True):
    """What one part of the office holds: cases, photos, notices, …"""

    title: str
    lines: list[OwnLine]


class OwnExport(Answer, frozen=True, kw_only=True):
    """Everything held of a citizen, in full: the account, and `parts` with all the rest."""

    id: str
    name: str
    document_type: DocumentType | None
    document_number: str
    phone: str
    address: str
    consents: list[ConsentView]
    exported_at: datetime
    parts: list[OwnPart]


class PostView(Answer, frozen=True, kw_only=True):
    id: str
    role: Role
    label: str
    department_id: str
    window_ids: list[str]
    village_id: str
    partner: Partner | None
    item_ids: list[str]
    document: str
    valid_from: date
    valid_to: date | None
    ended_at: datetime | None


class Account(Answer, frozen=True, kw_only=True):
    id: str
    login_name: str
    name: str
    must_change_password: bool
    disabled_at: datetime | None
    posts: list[PostView]


class Accounts(Answer, frozen=True, kw_only=True):
    items: list[Account]
    next: str | None


class FirstPassword(Answer, frozen=True, kw_only=True):
    """To be handed over in person; shown once and stored nowhere."""

    staff_id: str
    login_name: str
    first_password: str
