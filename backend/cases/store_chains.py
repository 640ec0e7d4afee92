"""The histories of cases for the audit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api_spec.vocabulary import CaseAction
from backend.cases.store import record_of
from backend.register.journal import Journal


def _rebuilt(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    case = record_of(row, events).case
    return case.version, case.state


JOURNAL: Final = Journal(
    kind="case",
    events="case_events",
    owners="cases",
    owner_id="case_id",
    number="case_number",
    labels={action.value: action.zh for action in CaseAction},
    rebuilt=_rebuilt,
)
