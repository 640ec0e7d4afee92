"""How a bad rating is dealt with (plan, clauses 56-58). No clock, no database: values in, values out.

待联系 -> 已联系 -> 已核实 -> 整改中 -> 待回访 -> 已回访 -> 已办结; the department may appeal once, and somebody outside it
rechecks. The rating itself is never touched by any of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from api_spec.errors import ErrorCode
from api_spec.review_terms import BadReviewAction as A
from api_spec.review_terms import BadReviewState as S
from api_spec.review_terms import CallBack, Verdict
from api_spec.vocabulary import Role, WindowType
from backend.actors import Actor
from backend.faults import Fault, Wrong
from backend.register import moves
from backend.register.moves import Edge, Step

DESK: Final = frozenset({Role.SERVICE_DESK})
LEADING: Final = frozenset({Role.SERVICE_DESK, Role.DIRECTOR})
DEPARTMENT: Final = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})
DIRECTOR: Final = frozenset({Role.DIRECTOR})
CENTRE: Final = frozenset({Role.SERVICE_DESK, Role.CENTRE_STAFF, Role.DIRECTOR})
RECHECKERS: Final = CENTRE | {Role.SUPERVISOR}
APPEALS_ALLOWED: Final = 1

_WAY: Final[Mapping[tuple[S, A], Edge[S]]] = {
    (S.CREATED, A.CONTACT): Edge(S.CONTACTED, DESK, note=True),
    (S.CONTACTED, A.CLASSIFY): Edge(S.CLASSIFIED, DESK, note=True),
    (S.CLASSIFIED, A.ORDER): Edge(S.RECTIFYING, LEADING),
    (S.CLASSIFIED, A.CALL_BACK): Edge(S.CALLED_BACK, DESK, note=True),
    (S.CLASSIFIED, A.APPEAL): Edge(S.APPEALED, DEPARTMENT, note=True),
    (S.RECTIFYING, A.RECTIFY): Edge(S.RECTIFIED, DEPARTMENT, note=True),
    (S.RECTIFYING, A.APPEAL): Edge(S.APPEALED, DEPARTMENT, note=True),
    (S.APPEALED, A.RECHECK): Edge(S.CLASSIFIED, RECHECKERS, note=True),
    (S.RECTIFIED, A.CALL_BACK): Edge(S.CALLED_BACK, DESK, note=True),
    (S.CALLED_BACK, A.SEND_BACK): Edge(S.RECTIFYING, LEADING, note=True),
    (S.CALLED_BACK, A.CLOSE): Edge(S.CLOSED, LEADING),
}
EDGES: Final[Mapping[tuple[S, A], Edge[S]]] = {
    **_WAY,
    **{(state, A.REMIND): Edge(state, DIRECTOR, note=True) for state in S if state is not S.CLOSED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a bad rating stands.

    Args:
        classified_by: who found the verdict last.
        appeals: how often the department appealed.
        rectified: what was done is on record; `called_back`: how the call back ended is.
    """

    state: S
    department_id: str
    window_type: WindowType
    verdict: Verdict | None = None
    classified_by: str = ""
    appeals: int = 0
    rectified: bool = False
    called_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One move with what belongs to it.

    Args:
        attachment: where the papers of it are kept (a file number); a closed case has this or a reason.
        complex: the longer limit for putting it right.
    """

    action: A
    note: str = ""
    verdict: Verdict | None = None
    call_back: CallBack | None = None
    attachment: str = ""
    complex: bool = False


def decide(standing: Standing, command: Command, *, actor: Actor) -> tuple[Step[S, A], Standing]:
    """Decide one move and where it leads.

    Raises:
        Fault: ACTION_NOT_ALLOWED, NOT_YOUR_ACTION, NOTE_REQUIRED, OUT_OF_SCOPE (another department's, or inside the
            rated one where somebody outside has to), SAME_PERSON, FORM_INVALID.
    """
    step = moves.decide(EDGES, standing.state, command.action, roles=actor.roles, note=command.note)
    after = replace(standing, state=step.after)
    match command.action:
        case A.APPEAL | A.RECTIFY:
            _refuse_other_department(standing, actor)
    match command.action:
        case A.CLASSIFY:
            return step, replace(after, verdict=_verdict(command), classified_by=actor.id)
        case A.ORDER:
            if standing.verdict is None or not standing.verdict.is_founded:
                raise Fault(ErrorCode.ACTION_NOT_ALLOWED, verdict=standing.verdict)
        case A.APPEAL:
            if standing.appeals >= APPEALS_ALLOWED:
                raise Fault(ErrorCode.ACTION_NOT_ALLOWED, appeals=standing.appeals)
            return step, replace(after, appeals=standing.appeals + 1)
        case A.RECHECK:
            _refuse_insider(standing, actor)
            return step, replace(after, verdict=_verdict(command), classified_by=actor.id)
        case A.RECTIFY:
            return step, replace(after, rectified=True)
        case A.CALL_BACK:
            _refuse_early_call(standing, command)
            return step, replace(after, called_back=True)
        case A.SEND_BACK:
            if not _is_founded(standing):
                raise Fault(ErrorCode.ACTION_NOT_ALLOWED, verdict=standing.verdict)
            return step, replace(after, rectified=False, called_back=False)
        case A.CLOSE:
            _refuse_incomplete(standing, command)
    return step, after


def can(standing: Standing, *, actor: Actor) -> tuple[A, ...]:
    """The buttons to show: moves that are this person's to make now."""
    return tuple(
        action
        for action in moves.can(EDGES, standing.state, roles=actor.roles)
        if _is_possible(standing, action, actor)
    )


def _is_possible(standing: Standing, action: A, actor: Actor) -> bool:
    filled = Command(
        action=action,
        note="-",
        verdict=Verdict.TRUE,
        call_back=CallBack.SATISFIED,
        attachment="-",
    )
    try:
        decide(standing, filled, actor=actor)
    except Fault:
        return False
    return True


def _is_founded(standing: Standing) -> bool:
    return standing.verdict is not None and standing.verdict.is_founded


def _verdict(command: Command) -> Verdict:
    if command.verdict is None:
        raise _wrong("verdict", "请选择核实结果。")
    return command.verdict


def _refuse_other_department(standing: Standing, actor: Actor) -> None:
    if not actor.department_id or actor.department_id != standing.department_id:
        raise Fault(ErrorCode.OUT_OF_SCOPE)


def _refuse_insider(standing: Standing, actor: Actor) -> None:
    """Rechecked by somebody outside the rated department (plan, clause 57), and not by who is rechecked.

    The centre's own window is rechecked by the supervisor: its director and staff are inside.
    """
    if actor.id == standing.classified_by:
        raise Fault(ErrorCode.SAME_PERSON)
    if actor.department_id and actor.department_id == standing.department_id:
        raise Fault(ErrorCode.OUT_OF_SCOPE)
    allowed = {Role.SUPERVISOR} if standing.window_type is WindowType.UTILITY else CENTRE
    if not actor.has(allowed):
        raise Fault(ErrorCode.OUT_OF_SCOPE)


def _refuse_early_call(standing: Standing, command: Command) -> None:
    if standing.state is S.CLASSIFIED and _is_founded(standing):
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, verdict=standing.verdict)
    if command.call_back is None:
        raise _wrong("call_back", "请选择回访结果。")


def _refuse_incomplete(standing: Standing, command: Command) -> None:
    """件件有整改、有回访、有记录 (plan, clause 58)."""
    if (_is_founded(standing) and not standing.rectified) or not standing.called_back:
        raise Fault(
            ErrorCode.ACTION_NOT_ALLOWED, rectified=standing.rectified, called_back=standing.called_back
        )
    if not command.attachment.strip() and not command.note.strip():
        raise _wrong("attachment", "请写明整改材料存在哪里；没有材料的，写明原因。")
    if not _is_founded(standing) and not command.note.strip():
        raise _wrong("note", "不属实的差评没有整改情况，请写明不整改的理由。")


def _wrong(field: str, sentence: str) -> Fault:
    return Fault(ErrorCode.FORM_INVALID, wrong=[Wrong(field, "required", sentence)])
