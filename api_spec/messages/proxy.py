"""What is said about proxy errands: requests, mandates, moves, hand-over lists and money in custody (fen)."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api_spec.messages.base import Answer, HexId, Line, Message, OptionalLine, Paragraph, ShortLine, Version
from api_spec.messages.cases import AnswerLine, Answers, ApplicantBody, MaskedApplicant, Materials, PaperLine
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import (
    Channel,
    DeadlineColour,
    DocumentType,
    ErrandAction,
    ErrandState,
    MoneyMove,
    Partner,
    Relation,
)

MOST_ON_A_LIST = 200
MOST_FEN = 2_000_000

Fen = Annotated[int, Field(gt=0, le=MOST_FEN)]


class SharingBody(Message):
    """Consent to pass what the errand needs to this one partner; `version` is that of the notice shown."""

    partner: Partner
    version: Annotated[int, Field(ge=1, le=10_000)]


class OwnMandate(Message):
    """A citizen entrusts the centre, signed on the phone; the matter is the errand itself."""

    valid_until: date


class ErrandMandate(Message):
    """委托书 on paper as a clerk registers it. An empty agent is the centre."""

    agent_name: OptionalLine = ""
    agent_document_type: DocumentType = DocumentType.ID_CARD
    agent_document_number: OptionalLine = ""
    agent_phone: OptionalLine = ""
    relation: Relation = Relation.ENTRUSTED
    scope: OptionalLine = ""
    valid_from: date | None = None
    valid_until: date
    redelegable: bool = False
    method: Literal[SigningMethod.WET_INK, SigningMethod.FINGERPRINT] = SigningMethod.WET_INK
    witnesses: Annotated[list[Line], Field(max_length=4)] = Field(default_factory=list)


class RequestErrand(Message):
    """A citizen asks for an errand. With both consents it can be taken on at once.

    `rid` is made by the phone: sending it twice asks once. Who they are comes from their account; `phone` and
    `address` are for this errand where the account has none.
    """

    rid: HexId
    item_id: HexId
    situation: OptionalLine = ""
    answers: Answers = Field(default_factory=dict)
    phone: ShortLine | None = None
    address: OptionalLine | None = None
    mandate: OwnMandate | None = None
    sharing: SharingBody | None = None


class TakeErrand(Message):
    """An errand taken by a member of staff at the window or on the phone; `paper`: number of the signed 委托书."""

    rid: HexId
    item_id: HexId
    situation: OptionalLine = ""
    applicant: ApplicantBody
    answers: Answers = Field(default_factory=dict)
    materials: Materials = Field(default_factory=dict)
    mandate: ErrandMandate | None = None
    sharing: SharingBody | None = None
    paper: OptionalLine = ""
    channel: Literal[Channel.WINDOW, Channel.PHONE] = Channel.WINDOW


class SignErrand(Message):
    """The two consents of a citizen, each for itself."""

    version: Version
    mandate: OwnMandate
    sharing: SharingBody


class EndErrand(Message):
    """The applicant takes the mandate back (民法典 933)."""

    version: Version
    note: Paragraph


class RegisterMandate(Message):
    action: Literal[ErrandAction.CONSENT]
    mandate: ErrandMandate
    sharing: SharingBody
    paper: Line
    note: Paragraph = ""


class RegisterPaper(Message):
    """The paper the law wants signed by hand is here, filed under `paper`."""

    action: Literal[ErrandAction.REGISTER_PAPER]
    paper: Line
    note: Paragraph = ""


class TakeOn(Message):
    action: Literal[ErrandAction.TAKE]
    materials: Materials = Field(default_factory=dict)
    note: Paragraph = ""


class CompleteErrand(Message):
    """办结: `note` says what came of it, `reference` is the partner's number of the result."""

    action: Literal[ErrandAction.COMPLETE]
    note: Paragraph
    reference: OptionalLine = ""
    papers_returned: bool = False


class StopErrand(Message):
    """终止: with a reason; papers that were handed in go back."""

    action: Literal[ErrandAction.END]
    note: Paragraph
    papers_returned: bool = False


class NoteErrand(Message):
    action: Literal[ErrandAction.SUSPEND, ErrandAction.RESUME, ErrandAction.ADD_NOTE]
    note: Paragraph = ""


AnyErrandCommand = Annotated[
    RegisterMandate | RegisterPaper | TakeOn | CompleteErrand | StopErrand | NoteErrand,
    Field(discriminator="action"),
]


class ActOnErrand(Message):
    """One move; `version` is the one the person was looking at."""

    version: Version
    command: AnyErrandCommand


class MoveMoney(Message):
    """Money taken for a partner's bill, paid to the partner against its receipt, or given back."""

    rid: HexId
    move: MoneyMove
    amount_fen: Fen
    partner_receipt: OptionalLine = ""
    note: OptionalLine = ""


class HandOver(Message):
    """移交清单: everything that goes to one partner together."""

    partner: Partner
    errand_ids: Annotated[list[HexId], Field(min_length=1, max_length=MOST_ON_A_LIST)]


class SignHandover(Message):
    """The partner's own number, or that on its paper receipt."""

    receipt: ShortLine


class CloseDay(Message):
    """A day's books are closed: what was counted must be what is held."""

    day: date
    counted_fen: Annotated[int, Field(ge=0, le=10_000_000_000)]


class ErrandQuery(Message):
    """What to show of the queue. `text`: a number, a tracking code, or an applicant's document number."""

    state: ErrandState | None = None
    partner: Partner | None = None
    colour: DeadlineColour | None = None
    holding: bool = False
    text: OptionalLine = ""
    cursor: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class HandoverQuery(Message):
    partner: Partner | None = None
    before: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class MoneyDayQuery(Message):
    day: date | None = None


class ErrandReceipt(Answer, frozen=True, kw_only=True):
    """What the applicant keeps. `created` is false when this request had been made before."""

    errand_id: str
    number: str
    tracking_code: str
    state: ErrandState
    state_label: str
    created: bool
    progress_path: str
    slip_path: str


class ErrandCard(Answer, frozen=True, kw_only=True):
    """An errand as a line of a list."""

    id: str
    number: str
    tracking_code: str
    version: int
    item_name: str
    partner: Partner
    partner_label: str
    state: ErrandState
    state_label: str
    applicant: str
    channel: Channel
    channel_label: str
    batch: str
    held_fen: int
    next_step: str
    received_at: datetime
    changed_at: datetime
    due_on: date | None
    days_left: int | None
    provisional: bool
    colour: DeadlineColour
    colour_label: str


class ErrandPage(Answer, frozen=True, kw_only=True):
    errands: list[ErrandCard]
    next: str | None


class MandateView(Answer, frozen=True, kw_only=True):
    """The 委托书, its agent's number masked."""

    agent_name: str
    agent_document_number: str
    relation_label: str
    scope: str
    valid_from: date
    valid_until: date
    redelegable: bool
    method_label: str
    in_force: bool


class ErrandEventLine(Answer, frozen=True, kw_only=True):
    """One event. `actor_id` is empty for the applicant's own eyes."""

    seq: int
    at: datetime
    role_label: str
    actor_id: str
    action: ErrandAction
    action_label: str
    state: ErrandState
    state_label: str
    note: str
    reference: str


class ErrandActionLine(Answer, frozen=True, kw_only=True):
    """Something this person may do now: the button, and what it will ask for."""

    action: ErrandAction
    label: str
    note_required: bool
    asks: list[str]


class MoneyReceipt(Answer, frozen=True, kw_only=True):
    """One line of the custody ledger; amounts in fen."""

    id: str
    errand_id: str
    receipt: str
    move: MoneyMove
    move_label: str
    amount_fen: int
    balance_fen: int
    day: date
    at: datetime
    by: str
    partner_receipt: str
    paper_receipt: str
    note: str


class ErrandView(Answer, frozen=True, kw_only=True):
    """One errand as this person may see it."""

    id: str
    number: str
    tracking_code: str
    version: int
    item_id: str
    item_code: str
    item_name: str
    situation: str
    partner: Partner
    partner_label: str
    state: ErrandState
    state_label: str
    channel: Channel
    channel_label: str
    received_at: datetime
    applicant: MaskedApplicant
    answers: list[AnswerLine]
    papers: list[PaperLine]
    papers_held: bool
    mandate: MandateView | None
    sharing_given: bool
    paper: str
    paper_missing: bool
    batch: str
    due_on: date | None
    days_left: int | None
    provisional: bool
    colour: DeadlineColour
    colour_label: str
    result_name: str
    next_step: str
    events: list[ErrandEventLine]
    actions: list[ErrandActionLine]
    money: list[MoneyReceipt]
    held_fen: int
    money_moves: list[MoneyMove]


class HandoverCard(Answer, frozen=True, kw_only=True):
    """A hand-over list; `digest` proves which errands it named, in which order."""

    id: str
    number: str
    partner: Partner
    partner_label: str
    count: int
    digest: str
    made_at: datetime
    receipt: str
    received_at: datetime | None


class HandoverPage(Answer, frozen=True, kw_only=True):
    handovers: list[HandoverCard]
    next: int | None


class HandoverSheet(Answer, frozen=True, kw_only=True):
    """A hand-over list with its lines."""

    handover: HandoverCard
    errands: list[ErrandCard]


class MoneyDay(Answer, frozen=True, kw_only=True):
    """A day of the books: opened + taken = paid + returned + held."""

    day: date
    opened_fen: int
    taken_fen: int
    paid_fen: int
    returned_fen: int
    held_fen: int
    expected_fen: int
    difference_fen: int
    closed: bool
    closed_at: datetime | None
    counted_fen: int | None
    digest: str
    last_closed: date | None
    entries: list[MoneyReceipt]
