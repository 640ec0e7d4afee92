"""What is said about cases: applications, commands, the queue and the view of one case."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api_spec.messages.base import Answer, HexId, Line, Message, OptionalLine, Paragraph, ShortLine, Version
from api_spec.vocabulary import (
    ApplicantKind,
    CaseAction,
    CaseState,
    Channel,
    DeadlineColour,
    DeliveryMethod,
    DocumentType,
    LinkKind,
    MaterialStatus,
    Outcome,
    Relation,
    Role,
    TaskKind,
    WindowType,
)

MOST_ANSWERS = 100
MOST_MATERIALS = 60

Code = Annotated[str, Field(min_length=1, max_length=60)]
Answers = Annotated[dict[Code, Any], Field(max_length=MOST_ANSWERS)]
Codes = Annotated[list[Code], Field(max_length=MOST_MATERIALS)]
Materials = Annotated[dict[Code, MaterialStatus], Field(max_length=MOST_MATERIALS)]
PhotoIds = Annotated[list[HexId], Field(max_length=12)]
Photos = Annotated[dict[Code, PhotoIds], Field(max_length=MOST_MATERIALS)]
"""Photos by the code of the paper they show, as `send_photo` gave their ids; a paper with one counts as handed in."""


class ApplicantBody(Message):
    """Whose case it is."""

    kind: ApplicantKind = ApplicantKind.PERSON
    name: Line
    document_type: DocumentType = DocumentType.ID_CARD
    document_number: ShortLine
    phone: ShortLine
    address: OptionalLine = ""


class MandateBody(Message):
    """Who acts for the applicant; a citizen who files for somebody else is the agent themselves."""

    agent_name: Line
    agent_document_type: DocumentType = DocumentType.ID_CARD
    agent_document_number: ShortLine
    relation: Relation
    scope: Line
    valid_until: date
    method: Line


class OnBehalf(Message):
    """A citizen files for somebody else (民法典 165)."""

    applicant: ApplicantBody
    relation: Relation
    scope: Line
    valid_until: date
    method: Line
    photos: PhotoIds = Field(default_factory=list)
    """Of the 委托书."""


class FileCase(Message):
    """A citizen's own application. `rid` is made by the phone: sending it twice files one case.

    Who they are comes from their account; `phone` and `address` are for this case where the account has none.
    """

    rid: HexId
    item_id: HexId
    situation: OptionalLine = ""
    answers: Answers = Field(default_factory=dict)
    materials: Materials = Field(default_factory=dict)
    phone: ShortLine | None = None
    address: OptionalLine | None = None
    photos: Photos = Field(default_factory=dict)
    on_behalf: OnBehalf | None = None


class TakeCase(Message):
    """An application taken by a member of staff at the window or on the phone.

    `paper_on`: the day it was handed in on paper, if it is typed in later (plan, clause 14).
    """

    rid: HexId
    item_id: HexId
    situation: OptionalLine = ""
    applicant: ApplicantBody
    mandate: MandateBody | None = None
    answers: Answers = Field(default_factory=dict)
    materials: Materials = Field(default_factory=dict)
    channel: Literal[Channel.WINDOW, Channel.PHONE] = Channel.WINDOW
    paper_on: date | None = None


class Supplement(Message):
    """The applicant hands in what the notice asked for."""

    version: Version
    materials: Materials
    photos: Photos = Field(default_factory=dict)
    note: Paragraph = ""


class Withdraw(Message):
    version: Version
    note: Paragraph = ""


class Noted(Message):
    """What every command may carry: a reason the applicant will read."""

    note: Paragraph = ""


class Accept(Noted):
    """受理, or what the hall does later of what the clock accepted: what was found of each paper.

    `pledge` accepts against a written promise (容缺) to hand in `promised` (all that is missing, when none are
    named) until the day `until`.
    """

    action: Literal[CaseAction.ACCEPT, CaseAction.RECEIVE_AT_HALL]
    materials: Materials = Field(default_factory=dict)
    pledge: bool = False
    promised: Codes = Field(default_factory=list)
    until: date | None = None


class HandInPledged(Noted):
    """Papers that were still to come under a pledge."""

    action: Literal[CaseAction.HAND_IN_PLEDGED]
    materials: Materials


class GapBody(Message):
    code: Code
    status: MaterialStatus
    how_to_fix: Line


class RequestFix(Noted):
    """一次性告知: everything missing or wrong at once, and how to put it right. `days` are working days."""

    action: Literal[CaseAction.REQUEST_FIX]
    gaps: Annotated[list[GapBody], Field(max_length=MOST_MATERIALS)]
    days: Annotated[int, Field(ge=1, le=60)] = 15
    materials: Materials = Field(default_factory=dict)


class SupplementAtWindow(Noted):
    action: Literal[CaseAction.SUPPLEMENT]
    materials: Materials


class Refuse(Noted):
    """不予受理: a window proposes, the group leader confirms; `basis` is the legal one."""

    action: Literal[CaseAction.PROPOSE_REFUSAL, CaseAction.REFUSE]
    basis: Line


class Decide(Noted):
    """A decision, at the window, behind it, by the head's signature or by the superior.

    A refusal names its legal basis in `basis`.
    """

    action: Literal[CaseAction.DECIDE, CaseAction.SIGN, CaseAction.DECIDE_ABOVE]
    outcome: Outcome
    basis: OptionalLine = ""
    reference: OptionalLine = ""


class SeatBody(Message):
    """A department called to an inspection, and whom it sends."""

    department_id: HexId
    inspectors: Annotated[list[Line], Field(max_length=20)]


class Convene(Noted):
    """联合勘察: when, where, which departments, and who goes."""

    action: Literal[CaseAction.CONVENE_INSPECTION]
    visit_day: date
    place: Line
    seats: Annotated[list[SeatBody], Field(max_length=20)]


class RecordCollective(Noted):
    """A meeting's conclusion (`note`), the minutes' number, the day and who was there, each with their post."""

    action: Literal[CaseAction.RECORD_COLLECTIVE]
    reference: OptionalLine = ""
    meeting_day: date
    attendees: Annotated[list[Line], Field(max_length=60)]


class ReportUp(Noted):
    """上报: the transmittal's number and the papers sent; all of them when none are named."""

    action: Literal[CaseAction.REPORT_UP]
    reference: OptionalLine = ""
    sent: Codes = Field(default_factory=list)


class ReturnFromAbove(Noted):
    """上级退回: its letter's number, and which papers it wants put right."""

    action: Literal[CaseAction.RETURN_FROM_ABOVE]
    reference: OptionalLine = ""
    wanted: Codes = Field(default_factory=list)


class Reopen(Noted):
    """重新办理: on what basis a case that had ended is taken up again."""

    action: Literal[CaseAction.REOPEN]
    basis: Line


class StartSpecial(Noted):
    """特别程序: `basis` is one of the item's stop grounds, `days` the working days it is expected to take."""

    action: Literal[CaseAction.START_SPECIAL]
    basis: Line
    days: Annotated[int, Field(ge=1, le=365)]


class Referenced(Noted):
    """A withdrawal registered by the window rests on a paper of its own."""

    action: Literal[CaseAction.WITHDRAW]
    reference: OptionalLine = ""


class Extend(Noted):
    """延长期限: proposed by the group leader, granted by the head; `days` are working days."""

    action: Literal[CaseAction.PROPOSE_EXTENSION, CaseAction.EXTEND]
    days: Annotated[int, Field(ge=1, le=10)]


class Deliver(Noted):
    """送达: how, and by what it is proved."""

    action: Literal[CaseAction.DELIVER]
    method: DeliveryMethod
    proof: OptionalLine = ""


class Plain(Noted):
    """Moves that need nothing but, some of them, a reason."""

    action: Literal[
        CaseAction.FIRST_REVIEW,
        CaseAction.GIVE_OPINION,
        CaseAction.CLOSE_INSPECTION,
        CaseAction.END_SPECIAL,
        CaseAction.SUBMIT_COLLECTIVE,
        CaseAction.SEND_TO_SIGN,
        CaseAction.RESUME_REVIEW,
        CaseAction.MAKE_READY,
        CaseAction.FINISH,
        CaseAction.VOID,
        CaseAction.ADD_NOTE,
    ]


AnyCommand = Annotated[
    Accept
    | HandInPledged
    | RequestFix
    | SupplementAtWindow
    | Refuse
    | Decide
    | Convene
    | RecordCollective
    | ReportUp
    | ReturnFromAbove
    | Reopen
    | StartSpecial
    | Referenced
    | Extend
    | Deliver
    | Plain,
    Field(discriminator="action"),
]


class ActOnCase(Message):
    """One move; `version` is the one the clerk was looking at."""

    version: Version
    command: AnyCommand


class SettleAtOnce(Message):
    """即办件 in one go: received, decided and, where there is a paper, handed over. Each is still an event."""

    version: Version
    outcome: Outcome = Outcome.GRANTED
    basis: OptionalLine = ""
    materials: Materials = Field(default_factory=dict)
    reference: OptionalLine = ""
    proof: OptionalLine = ""
    note: Paragraph = ""


class Reveal(Message):
    """Why somebody needs to read the applicant's data in full; it is written down."""

    reason: Line


class HoldCase(Message):
    """Take a case in hand, give it back, or take it over from a colleague with a word why (`note`)."""

    action: Literal["take", "give_back", "take_over"]
    note: OptionalLine = ""


class LinkCase(Message):
    """Say that another case of the township belongs to this one."""

    case_number: ShortLine
    kind: LinkKind


class QueueQuery(Message):
    """What to show of the queue. `text`: a case number or a tracking code; a document number never stands in an address."""

    state: CaseState | None = None
    window: WindowType | None = None
    item_id: HexId | None = None
    colour: DeadlineColour | None = None
    due_before: date | None = None
    text: OptionalLine = ""
    cursor: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[0-9a-f]{32}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class SearchCases(Message):
    """A case number, a tracking code, or an applicant's document number; open and closed cases."""

    text: ShortLine


class MineQuery(Message):
    cursor: HexId | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class CaseReceipt(Answer, frozen=True, kw_only=True):
    """What the applicant keeps. `created` is false when this application had been filed before."""

    case_id: str
    case_number: str
    tracking_code: str
    state: CaseState
    state_label: str
    created: bool
    progress_path: str
    slip_path: str


class MaskedApplicant(Answer, frozen=True, kw_only=True):
    kind: ApplicantKind
    name: str
    document_type: DocumentType
    document_label: str
    document_number: str
    phone: str


class FullApplicant(Answer, frozen=True, kw_only=True):
    """In full, for whoever gave a reason."""

    kind: ApplicantKind
    name: str
    document_type: DocumentType
    document_number: str
    phone: str
    address: str
    answers: dict[str, Any]


class CaseCard(Answer, frozen=True, kw_only=True):
    """A case as a line of a list."""

    id: str
    case_number: str
    tracking_code: str
    version: int
    item_name: str
    state: CaseState
    state_label: str
    applicant: str
    channel: Channel
    channel_label: str
    window: WindowType
    received_at: datetime
    changed_at: datetime
    due_on: date | None
    days_left: int | None
    provisional: bool
    colour: DeadlineColour
    colour_label: str


class CasePage(Answer, frozen=True, kw_only=True):
    cases: list[CaseCard]
    next: str | None


class StateCount(Answer, frozen=True, kw_only=True):
    state: CaseState
    state_label: str
    total: int
    soon: int
    due: int
    overdue: int


class CaseCounts(Answer, frozen=True, kw_only=True):
    states: list[StateCount]


class AnswerLine(Answer, frozen=True, kw_only=True):
    """One answer of the form, masked where it is personal."""

    name: str
    label: str
    value: str


class PaperLine(Answer, frozen=True, kw_only=True):
    code: str
    name: str
    required: bool
    hint: str
    status: MaterialStatus | None
    status_label: str
    promised: bool = False


class GapLine(Answer, frozen=True, kw_only=True):
    code: str
    name: str
    status: MaterialStatus
    status_label: str
    how_to_fix: str


class FixNotice(Answer, frozen=True, kw_only=True):
    """一次性告知书."""

    issued_at: datetime
    until: date | None
    note: str
    gaps: list[GapLine]


class StopLine(Answer, frozen=True, kw_only=True):
    """Why and how long the clock stood still (行政许可法 45).

    Args:
        law: the article the stop rests on.
        since_text, until_text: the half days, as people say them.
        days: of the limit's unit, that were not counted because of it.
        told_days: working days the applicant was told it would take; 0: none were named.
        by, ended_by: staff ids; empty for the applicant.
    """

    since: date
    until: date | None
    ground: str
    law: str = ""
    since_text: str = ""
    until_text: str = ""
    days: int = 0
    told_days: int = 0
    by: str = ""
    ended_by: str = ""


class StepLine(Answer, frozen=True, kw_only=True):
    """How long a case was in one state: working days with the fraction of the one begun, and half days begun."""

    state: CaseState
    state_label: str
    since: datetime
    until: datetime | None
    since_text: str
    until_text: str
    days: str
    half_days: int
    by: str = ""


class ClockView(Answer, frozen=True, kw_only=True):
    """The time of a case since its acceptance.

    Args:
        sentences: days left, or why it stands still and since when; in plain words.
        elapsed: working days used so far; `rest_days` and `stopped_days` were not counted.
    """

    sentences: list[str]
    stands_still: bool
    elapsed: str
    rest_days: str
    stopped_days: str
    stops: list[StopLine]
    steps: list[StepLine]


class TimerLine(Answer, frozen=True, kw_only=True):
    kind: str
    label: str
    started: date
    due: date | None
    ended: date | None
    days_left: int | None
    provisional: bool
    colour: DeadlineColour
    colour_label: str
    stops: list[StopLine]


class EventLine(Answer, frozen=True, kw_only=True):
    """One event. `actor_id` is empty for the applicant's own eyes."""

    seq: int
    at: datetime
    role_label: str
    actor_id: str
    action: CaseAction
    action_label: str
    state: CaseState
    state_label: str
    note: str
    basis: str = ""
    reference: str


class ActionLine(Answer, frozen=True, kw_only=True):
    """Something this person may do now: the button, and what it will ask for."""

    action: CaseAction
    label: str
    note_required: bool
    asks: list[str]


class TaskLine(Answer, frozen=True, kw_only=True):
    """Something that waits for a department, or for the centre."""

    kind: TaskKind
    label: str
    case_id: str
    case_number: str
    item_name: str
    state: CaseState
    state_label: str
    since: datetime
    day: date | None


class TaskList(Answer, frozen=True, kw_only=True):
    tasks: list[TaskLine]


class OutsideLine(Answer, frozen=True, kw_only=True):
    """A decided case no window of the hall had taken in."""

    case_id: str
    case_number: str
    item_name: str
    state: CaseState
    state_label: str
    changed_at: datetime


class DecidedOutside(Answer, frozen=True, kw_only=True):
    """Plan, clause 4: no approval outside the hall. `cases` is empty unless somebody wrote past this program."""

    cases: list[OutsideLine]


class SeatLine(Answer, frozen=True, kw_only=True):
    """A department at a joint inspection, and its opinion once it gave one."""

    department_id: str
    department: str
    inspectors: list[str]
    opinion: str
    given_at: datetime | None


class VisitView(Answer, frozen=True, kw_only=True):
    """联合勘察记录; `conclusion` once it is closed."""

    day: date
    place: str
    seats: list[SeatLine]
    conclusion: str


class MeetingView(Answer, frozen=True, kw_only=True):
    """集体讨论记录."""

    day: date
    attendees: list[str]
    conclusion: str
    minutes: str


class ReportView(Answer, frozen=True, kw_only=True):
    """One transmittal to the superior, and what came back."""

    number: str
    sent_at: datetime
    papers: list[str]
    returned_at: datetime | None
    letter: str
    wanted: list[str]
    reason: str


class PledgeView(Answer, frozen=True, kw_only=True):
    """容缺: the papers still to come, and until when."""

    papers: list[str]
    until: date
    late: bool


class HolderLine(Answer, frozen=True, kw_only=True):
    """Who has a case in hand."""

    staff_id: str
    name: str
    role: Role
    role_label: str
    since: datetime
    mine: bool


class LinkLine(Answer, frozen=True, kw_only=True):
    """Another case that belongs to this one; `case_id` is empty where this person may not open it."""

    link_id: str
    label: str
    case_id: str
    case_number: str
    item_name: str
    state: CaseState
    state_label: str


class CaseView(Answer, frozen=True, kw_only=True):
    """One case as this person may see it."""

    id: str
    case_number: str
    tracking_code: str
    version: int
    item_id: str
    item_code: str
    item_name: str
    situation: str
    window: WindowType
    window_label: str
    state: CaseState
    state_label: str
    channel: Channel
    channel_label: str
    received_at: datetime
    applicant: MaskedApplicant
    agent: str
    relation_label: str
    answers: list[AnswerLine]
    papers: list[PaperLine]
    notice: FixNotice | None
    timers: list[TimerLine]
    clock: ClockView | None = None
    due_on: date | None
    days_left: int | None
    provisional: bool
    colour: DeadlineColour
    colour_label: str
    outcome: Outcome | None
    outcome_label: str
    result_name: str
    handed_out: str
    next_step: str
    events: list[EventLine]
    actions: list[ActionLine]
    stop_grounds: list[str]
    same_item_before: list[str]
    visit: VisitView | None = None
    meeting: MeetingView | None = None
    reports: list[ReportView]
    pledge: PledgeView | None = None
    reopened: int = 0
    paper_on: date | None = None
    paper_late_days: int = 0
    holders: list[HolderLine]
    may_hold: bool = False
    links: list[LinkLine]
