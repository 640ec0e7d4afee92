"""What becomes of finished cases in public (办件公示): a line each, masked, for some weeks; nothing of who handled them. Pure."""

from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import CaseState, ItemType, Role, WindowType
from backend.cases.changes import CaseMoved
from backend.cases.masking import masked_name
from backend.supervision.store_checks import Closed

PUBLISHED_DAYS: Final = 30
"""How many days a finished case stays on the list (illustrative: the law names no such limit for a township)."""
ENDS: Final = frozenset({A.FINISH, A.REFUSE})
TAKEN_BACK: Final = frozenset({A.VOID, A.REOPEN})
NOT_STAFF: Final = frozenset({Role.CITIZEN, Role.AGENT, Role.SYSTEM, Role.NODE, Role.VILLAGE_CLERK})
NAMELESS: Final = frozenset({ItemType.PAYMENT})
"""Who receives support is told where the law wants it told, in the village; here not even a surname stands beside it."""


def closed_of(moved: CaseMoved, item: Item | None) -> Closed:
    """The line of a case that was just finished or refused.

    Args:
        item: as the catalogue has it; None where it is no longer there, and then no name is shown either.
    """
    case, terms, last = moved.case, moved.case.terms, moved.new[-1]
    nameless = item is None or item.type in NAMELESS or terms.window is WindowType.JUSTICE
    return Closed(
        case_id=case.id,
        tenant_id=case.tenant_id,
        case_number=moved.entry.case_number,
        item_id=terms.item_id,
        item_name=terms.item_name,
        department_id=case.department_id,
        surname="" if nameless else masked_name(moved.contents.applicant),
        is_public=not terms.confidential,
        state=case.state,
        outcome=case.outcome,
        received_on=day_in_china(moved.entry.received_at),
        closed_on=day_in_china(last.at),
        handlers=handlers(moved),
    )


def handlers(moved: CaseMoved) -> tuple[str, ...]:
    """Staff who had a hand in it: none of them may check it."""
    return tuple(dict.fromkeys(one.actor_id for one in moved.events if one.actor_role not in NOT_STAFF))


def ended(moved: CaseMoved) -> bool:
    return any(one.action in ENDS for one in moved.new)


def taken_back(moved: CaseMoved) -> bool:
    """Whether it is no longer a finished case: voided, or taken up again."""
    return any(one.action in TAKEN_BACK for one in moved.new)


def masked_number(case_number: str) -> str:
    """A case's number as it is published: township and day stand, nothing of the serial and the check character does.

    The whole number opens the public progress page of a case at the service desk's telephone, and a township has so few
    cases a day that any digit left would tell which it is.
    """
    head, _, rest = case_number.partition("-")
    return f"{head}-{rest.partition('-')[0]}-****"


def result_word(line: Closed) -> str:
    """How it ended, in the office's word."""
    if line.state is CaseState.NOT_ACCEPTED:
        return line.state.zh
    return line.outcome.zh if line.outcome else CaseState.FINISHED.zh
