"""The tabs of the queue of cases: what each shows, for whom, and how many. Pure.

A tab is a saved filter: nobody has to put together by hand what they look at every morning.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import DeadlineColour, Role, Term
from backend.cases.case import OPEN_STATES
from backend.cases.service import Count
from backend.cases.worklist import next_states

APPROVING: Final = (S.REVIEWING, S.INSPECTING, S.COLLECTIVE, S.LEGAL_SIGN, S.SPECIAL, S.RETURNED_UP)
HANDING_OUT: Final = (S.DECIDED, S.TO_COLLECT)
OPEN: Final = tuple(state for state in S if state in OPEN_STATES)


class View(Term):
    """One tab."""

    MINE = "mine", "等我办"
    HELD = "held", "我领办的"
    OVERDUE = "overdue", "已超期"
    DUE = "due", "今天到期"
    SOON = "soon", "临近期限"
    NEW = "new", "待受理"
    FIX = "fix", "待补正"
    APPROVE = "approve", "待审批"
    HAND_OUT = "hand_out", "待发放"
    VILLAGE = "village", "村里来的"
    ALL = "all", "全部在办"
    ENDED = "ended", "已结束"


COLOURS: Final = {
    View.OVERDUE: DeadlineColour.OVERDUE,
    View.DUE: DeadlineColour.DUE,
    View.SOON: DeadlineColour.SOON,
}
STATES: Final = {
    View.NEW: (S.SUBMITTED,),
    View.FIX: (S.NEED_FIX,),
    View.APPROVE: APPROVING,
    View.HAND_OUT: HANDING_OUT,
}
HOLDING: Final = frozenset(
    {Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.DEPARTMENT_HEAD, Role.CENTRE_STAFF}
)
ALWAYS: Final = frozenset({View.OVERDUE, View.DUE, View.ALL, View.ENDED})
"""Tabs that are shown with nothing in them, too: that nothing is late is worth knowing."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab as it is shown; `number` None where nothing is counted."""

    view: View
    number: int | None

    @property
    def tone(self) -> str:
        """The class its number is painted with; the words say the same."""
        return COLOURS[self.view].value if self.view in COLOURS and self.number else ""


def states_of(view: View, roles: Collection[Role]) -> tuple[S, ...]:
    """In which states the cases of a tab are; () where it takes any open one."""
    return next_states(roles) if view is View.MINE else STATES.get(view, ())


def first_view(roles: Collection[Role]) -> View:
    """What somebody is shown who asks for nothing: what waits for them, or everything open."""
    return View.MINE if next_states(roles) else View.ALL


def tabs(counts: Sequence[Count], held: int, roles: Collection[Role], *, shown: View) -> list[Tab]:
    """The tabs of one person; one with nothing in it is left out unless it is the one that is shown."""
    numbers = {view: _number(view, counts, held, roles) for view in View}
    return [
        Tab(view, number)
        for view, number in numbers.items()
        if _is_for(view, roles) and (number or view is shown or view in ALWAYS)
    ]


def _is_for(view: View, roles: Collection[Role]) -> bool:
    if view is View.MINE:
        return bool(next_states(roles))
    return view is not View.HELD or bool(HOLDING & set(roles))


def _number(view: View, counts: Iterable[Count], held: int, roles: Collection[Role]) -> int | None:
    if view is View.ENDED:
        return None
    if view is View.HELD:
        return held
    if view is View.VILLAGE:
        return sum(count.village for count in counts)
    if colour := COLOURS.get(view):
        return sum(_of(count, colour) for count in counts)
    states = states_of(view, roles) or OPEN
    return sum(count.total for count in counts if count.state in states)


def _of(count: Count, colour: DeadlineColour) -> int:
    by_colour = {
        DeadlineColour.OVERDUE: count.overdue,
        DeadlineColour.DUE: count.due,
        DeadlineColour.SOON: count.soon,
    }
    return by_colour[colour]
