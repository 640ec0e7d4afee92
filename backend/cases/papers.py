"""What is said of each paper, and whether anybody but the applicant has seen it. Values in, words out; pure."""

from collections.abc import Sequence

from api_spec.vocabulary import CaseAction, MaterialStatus, Role
from backend.cases.case import Event

ONLY_SAID = "本人说已备好，待核对"
UNCHECKED = "待核对"
BROUGHT = "村里已补，请核对"
PROMISED = "承诺补交"
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


def brought_later(events: Sequence[Event]) -> frozenset[str]:
    """Codes of the papers brought to the village of which nobody has written down since what they are."""
    brought: set[str] = set()
    for event in events:
        brought.difference_update(event.facts.materials, (gap.code for gap in event.facts.gaps))
        brought.update(event.facts.brought)
    return frozenset(brought)


def promised(events: Sequence[Event]) -> frozenset[str]:
    """Codes of the papers that are missing against a written promise, until one is handed in or asked for."""
    still: set[str] = set()
    for event in events:
        found = event.facts.materials
        still.difference_update(
            code for code, status in found.items() if status is not MaterialStatus.MISSING
        )
        still.difference_update(event.facts.brought, (gap.code for gap in event.facts.gaps))
        still.update(code for code in event.facts.promised if found.get(code) is MaterialStatus.MISSING)
    return frozenset(still)


def paper_word(
    status: MaterialStatus | None, *, said: bool, brought: bool = False, promised: bool = False
) -> str:
    """A paper's standing in words."""
    if brought and status is not MaterialStatus.PRESENT:
        return BROUGHT
    if promised:
        return PROMISED
    if said and status is MaterialStatus.PRESENT:
        return ONLY_SAID
    return status.zh if status else UNCHECKED
