"""How a case moves: the whole table of states and actions. No clock, no database, no framework.

Source of the rows: the implementation plan's clauses 44-50 and 行政许可法, named beside each row. What an edge
asks of the case (`When`) and of the command (`Ask`) is data too; `conditions` says how each is judged.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain

import msgspec
from msgspec.structs import replace

from api_spec.errors import ErrorCode
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import ClockEffect as Clock
from api_spec.vocabulary import Outcome, Role, TimerKind
from backend.actors import Actor
from backend.cases.case import NO_FACTS, Case, EventFacts
from backend.cases.conditions import ASKS, WHENS, Ask, When
from backend.faults import Fault

WINDOW = frozenset({Role.WINDOW})
LEADER = frozenset({Role.GROUP_LEADER})
RECEIVERS = WINDOW | LEADER
APPROVERS = frozenset({Role.GROUP_LEADER, Role.BACK_OFFICE})
HEAD = frozenset({Role.DEPARTMENT_HEAD})
CENTRE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
DIRECTOR = frozenset({Role.DIRECTOR})
APPLICANT = frozenset({Role.CITIZEN, Role.AGENT})
VILLAGE = frozenset({Role.VILLAGE_CLERK, Role.NODE})
SYSTEM = frozenset({Role.SYSTEM})
ABOVE = frozenset({Role.SUPERIOR, Role.WINDOW, Role.GROUP_LEADER})
NOTERS = RECEIVERS | APPROVERS | HEAD | CENTRE | VILLAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One permitted move.

    Args:
        by: who may make it; each within their own department, village, township or own cases.
        note: a reason, shown to the applicant, must be written down.
        when: what must be true of the case and the person.
        asks: what the command must bring.
        invited: it is for the departments called to the joint inspection, not for the case's own.
    """

    to: S
    by: frozenset[Role]
    note: bool = False
    when: tuple[When, ...] = ()
    asks: tuple[Ask, ...] = ()
    clock: Clock = Clock.NONE
    invited: bool = False


def _accept(*when: When) -> Edge:
    return Edge(to=S.ACCEPTED, by=RECEIVERS, when=when, asks=(Ask.MATERIALS,), clock=Clock.START)


_PATH: dict[tuple[S, A], Edge] = {
    # Filing. The village node keeps its own record until the township has it.
    (S.QUEUED, A.SUBMIT): Edge(to=S.SUBMITTED, by=VILLAGE, clock=Clock.START),
    (S.DRAFT, A.SUBMIT): Edge(to=S.SUBMITTED, by=APPLICANT | VILLAGE | WINDOW, clock=Clock.START),
    # 行政许可法 32: accept, tell everything missing once within 5 working days, or refuse in writing.
    (S.SUBMITTED, A.ACCEPT): _accept(),
    (S.SUBMITTED, A.REQUEST_FIX): Edge(
        to=S.NEED_FIX, by=RECEIVERS, when=(When.FIRST_NOTICE,), asks=(Ask.GAPS, Ask.DAYS), clock=Clock.STOP
    ),
    # Until acceptance the applicant's side may still put right what it wrote.
    (S.SUBMITTED, A.AMEND): Edge(to=S.SUBMITTED, by=APPLICANT | VILLAGE | WINDOW, asks=(Ask.CONTENT,)),
    (S.NEED_FIX, A.AMEND): Edge(to=S.NEED_FIX, by=APPLICANT | VILLAGE | WINDOW, asks=(Ask.CONTENT,)),
    (S.SUBMITTED, A.PROPOSE_REFUSAL): Edge(
        to=S.SUBMITTED, by=WINDOW, note=True, when=(When.REFUSAL_NOT_PROPOSED,), asks=(Ask.BASIS,)
    ),
    (S.SUBMITTED, A.REFUSE): Edge(
        to=S.NOT_ACCEPTED, by=LEADER, note=True, asks=(Ask.BASIS,), clock=Clock.END
    ),
    (S.SUBMITTED, A.DEEM_ACCEPTED): Edge(
        to=S.ACCEPTED, by=SYSTEM, when=(When.NOTICE_LATE,), clock=Clock.START
    ),
    (S.NEED_FIX, A.SUPPLEMENT): Edge(
        to=S.SUBMITTED, by=APPLICANT | VILLAGE | WINDOW, asks=(Ask.EVERY_GAP,), clock=Clock.RESUME
    ),
    (S.NEED_FIX, A.ACCEPT): _accept(),
    (S.NEED_FIX, A.DEEM_WITHDRAWN): Edge(
        to=S.WITHDRAWN, by=SYSTEM, when=(When.SUPPLEMENT_LATE,), clock=Clock.END
    ),
    # Clause 46: 即办件, decided at the window.
    (S.ACCEPTED, A.DECIDE): Edge(
        to=S.DECIDED,
        by=RECEIVERS,
        when=(When.INSTANT, When.RECEIVED, When.NOTHING_OWED),
        asks=(Ask.OUTCOME,),
        clock=Clock.END,
    ),
    # Clause 4, no approval outside the hall: what the clock accepted has not been in the hall's hands yet.
    (S.ACCEPTED, A.RECEIVE_AT_HALL): Edge(
        to=S.ACCEPTED, by=RECEIVERS, when=(When.NOT_RECEIVED,), asks=(Ask.MATERIALS,)
    ),
    # Clause 47: 承诺件, first review at the window, approval behind it by another person (clause 44).
    (S.ACCEPTED, A.FIRST_REVIEW): Edge(to=S.REVIEWING, by=RECEIVERS, note=True, when=(When.NOT_INSTANT,)),
    (S.REVIEWING, A.DECIDE): Edge(
        to=S.DECIDED,
        by=APPROVERS,
        when=(When.DECIDED_HERE, When.RECEIVED, When.OTHER_PERSON, When.NOTHING_OWED),
        asks=(Ask.OUTCOME,),
        clock=Clock.END,
    ),
    # Clause 49: the centre convenes; two departments, two inspectors (行政许可法 34). The clock runs on.
    # One visit, one opinion of each department, and no end before all of them are in.
    (S.REVIEWING, A.CONVENE_INSPECTION): Edge(
        to=S.INSPECTING, by=CENTRE, when=(When.NOT_VISITED,), asks=(Ask.VISIT,)
    ),
    (S.INSPECTING, A.GIVE_OPINION): Edge(
        to=S.INSPECTING, by=RECEIVERS | APPROVERS | HEAD, note=True, when=(When.SILENT_SO_FAR,), invited=True
    ),
    (S.INSPECTING, A.CLOSE_INSPECTION): Edge(
        to=S.REVIEWING, by=CENTRE, note=True, when=(When.EVERY_OPINION,)
    ),
    # 行政许可法 45: only the listed reasons stop the clock, and the applicant is told in writing.
    (S.REVIEWING, A.START_SPECIAL): Edge(
        to=S.SPECIAL, by=LEADER, note=True, when=(When.STOPPABLE,), asks=(Ask.GROUND,), clock=Clock.STOP
    ),
    (S.SPECIAL, A.END_SPECIAL): Edge(to=S.REVIEWING, by=APPROVERS, note=True, clock=Clock.RESUME),
    # Clause 50: only the group leader submits to the leadership meeting. The clock runs on.
    (S.REVIEWING, A.SUBMIT_COLLECTIVE): Edge(
        to=S.COLLECTIVE, by=LEADER, note=True, when=(When.NEEDS_MEETING,)
    ),
    (S.COLLECTIVE, A.RECORD_COLLECTIVE): Edge(to=S.REVIEWING, by=CENTRE, note=True, asks=(Ask.MEETING,)),
    # Clause 31: what the head of the unit must sign.
    (S.REVIEWING, A.SEND_TO_SIGN): Edge(to=S.LEGAL_SIGN, by=LEADER, note=True, when=(When.NEEDS_SIGNATURE,)),
    (S.LEGAL_SIGN, A.SIGN): Edge(
        to=S.DECIDED,
        by=HEAD,
        when=(When.RECEIVED, When.OTHER_PERSON, When.NOTHING_OWED),
        asks=(Ask.OUTCOME,),
        clock=Clock.END,
    ),
    (S.LEGAL_SIGN, A.RESUME_REVIEW): Edge(to=S.REVIEWING, by=HEAD, note=True),
    # Clause 48: 上报件; no receiver reports it or writes the superior's decision down (clause 44).
    # The township's days stand still while the superior has it (行政许可法 35, 43).
    (S.REVIEWING, A.REPORT_UP): Edge(
        to=S.REPORTED,
        by=LEADER,
        when=(When.REPORTED, When.OTHER_PERSON, When.NOTHING_OWED),
        asks=(Ask.TRANSMITTAL,),
        clock=Clock.STOP,
    ),
    (S.REPORTED, A.RETURN_FROM_ABOVE): Edge(
        to=S.RETURNED_UP, by=ABOVE, note=True, asks=(Ask.WANTED,), clock=Clock.RESUME
    ),
    # What the superior wants of the applicant is asked for once, and exactly that. Both clocks run on: waiting for a
    # paper is none of the grounds of 行政许可法 45.
    (S.RETURNED_UP, A.REQUEST_FIX): Edge(
        to=S.RETURNED_UP, by=RECEIVERS, when=(When.WANTED_ABOVE,), asks=(Ask.WANTED_GAPS, Ask.DAYS)
    ),
    (S.RETURNED_UP, A.SUPPLEMENT): Edge(
        to=S.RETURNED_UP, by=APPLICANT | VILLAGE | WINDOW, when=(When.ASKED_FOR,), asks=(Ask.EVERY_GAP,)
    ),
    (S.RETURNED_UP, A.RESUME_REVIEW): Edge(to=S.REVIEWING, by=APPROVERS),
    (S.REPORTED, A.DECIDE_ABOVE): Edge(
        to=S.DECIDED,
        by=ABOVE,
        when=(When.RECEIVED, When.OTHER_PERSON),
        asks=(Ask.OUTCOME, Ask.REFERENCE),
        clock=Clock.END,
    ),
    # Clause 45: results leave by a window of the department, or by hand of the village (行政许可法 44).
    (S.DECIDED, A.MAKE_READY): Edge(
        to=S.TO_COLLECT, by=RECEIVERS, when=(When.TO_HAND_OVER,), clock=Clock.START
    ),
    (S.TO_COLLECT, A.DELIVER): Edge(
        to=S.DELIVERED, by=RECEIVERS | VILLAGE, asks=(Ask.HAND_OVER,), clock=Clock.END
    ),
    (S.DELIVERED, A.FINISH): Edge(to=S.FINISHED, by=RECEIVERS | SYSTEM, clock=Clock.END),
    (S.DECIDED, A.FINISH): Edge(
        to=S.FINISHED, by=RECEIVERS, when=(When.NOTHING_TO_HAND_OVER,), clock=Clock.END
    ),
}

ROLES = tuple(Role)
RUNNING = (S.ACCEPTED, S.REVIEWING, S.INSPECTING, S.COLLECTIVE, S.LEGAL_SIGN, S.RETURNED_UP)
PLEDGING = (*RUNNING, S.SPECIAL)
"""Where a case may be while a pledged paper is still to come."""
BEFORE_DECISION = (S.DRAFT, S.SUBMITTED, S.NEED_FIX, *RUNNING, S.SPECIAL, S.REPORTED)
CLOSED = (S.FINISHED, S.WITHDRAWN, S.NOT_ACCEPTED, S.VOIDED)
REOPENED = {S.FINISHED: S.REVIEWING, S.NOT_ACCEPTED: S.SUBMITTED, S.WITHDRAWN: S.SUBMITTED}
FILED = tuple(state for state in S if state not in {S.QUEUED, S.DRAFT, S.ARCHIVED})

EDGES: Mapping[tuple[S, A], Edge] = {
    **_PATH,
    # The applicant may withdraw until the decision; a window registers a written wish by its number.
    **{
        (state, A.WITHDRAW): Edge(
            to=S.WITHDRAWN, by=APPLICANT | WINDOW, asks=(Ask.WRITTEN_WISH,), clock=Clock.END
        )
        for state in BEFORE_DECISION
    },
    # 行政许可法 42: once, before the limit is over, by the head on the leader's proposal, told with reasons.
    **{
        (state, A.PROPOSE_EXTENSION): Edge(
            to=state,
            by=LEADER,
            note=True,
            when=(When.NOT_EXTENDED, When.EXTENSION_NOT_PROPOSED, When.NOT_LATE),
            asks=(Ask.EXTRA_DAYS,),
        )
        for state in RUNNING
    },
    **{
        (state, A.EXTEND): Edge(
            to=state,
            by=HEAD,
            note=True,
            when=(When.EXTENSION_PROPOSED, When.NOT_LATE),
            asks=(Ask.EXTRA_DAYS,),
            clock=Clock.EXTEND,
        )
        for state in RUNNING
    },
    # 容缺受理: the paper is handed in, or the pledge is missed and the application counts as withdrawn.
    **{
        (state, A.HAND_IN_PLEDGED): Edge(to=state, by=RECEIVERS, when=(When.OWES,), asks=(Ask.OWED,))
        for state in PLEDGING
    },
    **{
        (state, A.DEEM_WITHDRAWN): Edge(to=S.WITHDRAWN, by=SYSTEM, when=(When.PLEDGE_LATE,), clock=Clock.END)
        for state in PLEDGING
    },
    # Only what has ended and is not archived, by the director, with reason and basis.
    **{
        (ended, A.REOPEN): Edge(to=again, by=DIRECTOR, note=True, asks=(Ask.BASIS,), clock=Clock.START)
        for ended, again in REOPENED.items()
    },
    **{
        (state, A.VOID): Edge(to=S.VOIDED, by=DIRECTOR, note=True, clock=Clock.END)
        for state in S
        if state not in {S.QUEUED, S.VOIDED, S.ARCHIVED}
    },
    **{(state, A.ARCHIVE): Edge(to=S.ARCHIVED, by=SYSTEM) for state in CLOSED},
    **{(state, A.ADD_NOTE): Edge(to=state, by=NOTERS, note=True) for state in FILED},
}


class Command(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What somebody wants done to a case. `note` is shown to the applicant; blank counts as missing."""

    action: A
    note: str = ""
    facts: EventFacts = NO_FACTS


class Step(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One decided move, not yet written down."""

    action: A
    before: S
    after: S
    role: Role
    note: str
    facts: EventFacts
    clock: Clock


def step(case: Case, command: Command, actor: Actor, *, late: Collection[TimerKind] = ()) -> Step:
    """Decide one move.

    Args:
        late: the case's timers whose last day is over.

    Raises:
        Fault: ACTION_NOT_ALLOWED no such move from this state, or not for this case; NOT_YOUR_ACTION the move
            exists for another role, department or village; NOTE_REQUIRED; SAME_PERSON receiver and approver
            would be one (clause 44); MATERIAL_MISSING; FORM_INVALID something the move asks for is missing.
    """
    edge = EDGES.get((case.state, command.action))
    if edge is None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=case.state, action=command.action)
    role = acting_role(case, edge, actor)
    if role is None:
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=command.action)
    for when in edge.when:
        if not WHENS[when](case, actor, late):
            code = ErrorCode.SAME_PERSON if when is When.OTHER_PERSON else ErrorCode.ACTION_NOT_ALLOWED
            raise Fault(code, state=case.state, action=command.action, needs=when)
    note = command.note.strip()
    # A refusal states its reasons and the way to 复议 and 诉讼 (行政许可法 38).
    if not note and (edge.note or command.facts.outcome is Outcome.REFUSED):
        raise Fault(ErrorCode.NOTE_REQUIRED, action=command.action)
    _refuse_incomplete(case, edge, command, role)
    facts = replace(command.facts, department=actor.department_id) if edge.invited else command.facts
    return Step(
        action=command.action,
        before=case.state,
        after=edge.to,
        role=role,
        note=note,
        facts=facts,
        clock=edge.clock,
    )


def can(case: Case, actor: Actor, *, late: Collection[TimerKind] = ()) -> tuple[A, ...]:
    """The buttons to show: what this actor may do to this case now, in the order of `CaseAction`."""
    return tuple(
        action
        for action in A
        if (edge := EDGES.get((case.state, action)))
        and acting_role(case, edge, actor)
        and all(WHENS[when](case, actor, late) for when in edge.when)
    )


def acting_role(case: Case, edge: Edge, actor: Actor) -> Role | None:
    """The post in which `actor` makes this move, or None: no such post, or not at this place."""
    fitting = sorted(edge.by & actor.roles, key=ROLES.index)
    if edge.invited:
        called = case.visit is not None and case.visit.has(actor.department_id)
        return fitting[0] if fitting and called and actor.tenant_id == case.tenant_id else None
    return next((role for role in fitting if _at_home(case, role, actor)), None)


def _at_home(case: Case, role: Role, actor: Actor) -> bool:
    """Whether the case lies where the role is exercised: own case, village, department or township."""
    match role:
        case Role.CITIZEN | Role.AGENT:
            return actor.id == case.owner_id
        case Role.VILLAGE_CLERK | Role.NODE:
            place, own = actor.village_id, case.village_id
        case Role.WINDOW | Role.GROUP_LEADER | Role.BACK_OFFICE | Role.DEPARTMENT_HEAD | Role.SUPERIOR:
            place, own = actor.department_id, case.department_id
        case _:
            return actor.tenant_id == case.tenant_id
    return bool(place) and place == own and actor.tenant_id == case.tenant_id


def _refuse_incomplete(case: Case, edge: Edge, command: Command, role: Role) -> None:
    """Everything the command lacks, told at once."""
    wrong = tuple(chain.from_iterable(ASKS[ask](case, command.facts, role) for ask in edge.asks))
    if not wrong:
        return
    material = next((w for w in wrong if w.code == ErrorCode.MATERIAL_MISSING), None)
    code = ErrorCode.MATERIAL_MISSING if material else ErrorCode.FORM_INVALID
    raise Fault(code, wrong=wrong, action=command.action)
