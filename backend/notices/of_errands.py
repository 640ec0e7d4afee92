"""Which moves of an errand whoever asked for it is told. Pure."""

from collections.abc import Mapping
from typing import Final

from api_spec.messages.notices import NoticeKind
from api_spec.vocabulary import ErrandState
from backend.instants import from_ms
from backend.notices.fields import moment_words
from backend.notices.telling import Recipient, Telling
from backend.proxy.service import ErrandChange

KINDS: Final[Mapping[ErrandState, NoticeKind]] = {
    ErrandState.TAKEN: NoticeKind.ERRAND_TAKEN,
    ErrandState.SUSPENDED: NoticeKind.ERRAND_SUSPENDED,
    ErrandState.DONE: NoticeKind.ERRAND_DONE,
    ErrandState.ENDED: NoticeKind.ERRAND_ENDED,
}


def telling_of(change: ErrandChange, *, base_url: str) -> Telling | None:
    """What to tell of an errand in its present state, always the same as long as it stays in it; None for a state
    nobody is told of.
    """
    kind = KINDS.get(change.state)
    if kind is None:
        return None
    came = _came(change)
    at = from_ms(change.stages[came].at_ms)
    return Telling(
        tenant_id=change.tenant_id,
        kind=kind,
        to=Recipient(
            citizen_id=change.owner_id,
            phone=change.phone,
            name=change.applicant,
            village_id=change.village_id,
        ),
        about_kind="errand",
        about_id=change.errand_id,
        once=str(came),
        words={
            "item": change.item_name,
            "number": change.case_number,
            "at": moment_words(at),
            "link": f"{base_url}/c/{change.tracking_code}",
        },
        at=at,
    )


def _came(change: ErrandChange) -> int:
    """Which of the public stages brought it to where it stands."""
    number = len(change.stages) - 1
    while number > 0 and change.stages[number - 1].state is change.state:
        number -= 1
    return number
