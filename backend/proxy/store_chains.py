"""The histories of errands for the audit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api_spec.vocabulary import ErrandAction
from backend.proxy.store import record_of
from backend.register.journal import Journal


def _rebuilt(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    errand = record_of(row, events).errand
    return errand.version, errand.state or ""


JOURNAL: Final = Journal(
    kind="errand",
    events="errand_events",
    owners="errands",
    owner_id="errand_id",
    number="number",
    labels={action.value: action.zh for action in ErrandAction},
    rebuilt=_rebuilt,
)
