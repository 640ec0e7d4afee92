"""The histories of cards for the audit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api_spec.supervision_terms import CardAction
from backend.register.journal import Journal
from backend.supervision.card import prove
from backend.supervision.store_cards import event_of


def _rebuilt(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    history = [event_of(each) for each in events]
    prove(row["id"], history)
    return len(history), history[-1].after if history else ""


JOURNAL: Final = Journal(
    kind="supervision_card",
    events="supervision_card_events",
    owners="supervision_cards",
    owner_id="card_id",
    number="id",
    labels={action.value: action.zh for action in CardAction},
    rebuilt=_rebuilt,
)
