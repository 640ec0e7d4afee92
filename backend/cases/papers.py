"""What is said of each paper, and whether anybody but the applicant has seen it. Values in, words out; pure."""

from collections.abc import Sequence

from api_spec.vocabulary import CaseAction, MaterialStatus, Role
from backend.cases.case import Event

ONLY_SAID = "本人说已备好，待核对"
UNCHECKED = "待核对"
_FROM_AFAR = frozenset({Role.CITIZEN, Role.AGENT})
"""They tick what they have at home; a village clerk or a window takes the paper in hand."""

_HAVE_SEEN = frozenset({CaseAction.ACCEPT, CaseAction.FIRST_REVIEW, CaseAction.DECIDE})


def only_said(events: Sequence[Event]) -> frozenset[str]:
    """Codes of the papers an applicant ticked on the phone and nobody of the office has looked at since."""
    said: set[str] = set()
    for event in events:
        found = event.facts.materials
        if event.actor_role in _FROM_AFAR:
            said.update(code for code, status in found.items() if status is MaterialStatus.PRESENT)
        elif event.action in _HAVE_SEEN:
            said.clear()
        else:
            said.difference_update(found, (gap.code for gap in event.facts.gaps))
    return frozenset(said)


def paper_word(status: MaterialStatus | None, *, said: bool) -> str:
    """A paper's standing in words."""
    if said and status is MaterialStatus.PRESENT:
        return ONLY_SAID
    return status.zh if status else UNCHECKED
