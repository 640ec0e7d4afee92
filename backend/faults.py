"""Refusals: a code and facts. HTTP status and Chinese sentence are looked up elsewhere.

Pure rule files raise these; `edge` turns them into RFC 9457 problems. A feature may subclass
`Fault` to name a case it wants to catch; the code is what the caller sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from api_spec.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong with one field: its path (`applicant.phone`), a stable code, a Chinese sentence."""

    field: str
    code: str
    sentence: str


class Fault(Exception):
    """`facts` go to the caller and to the log: ids, states and limits, never names or papers."""

    def __init__(self, code: ErrorCode, *, wrong: Sequence[Wrong] = (), **facts: object) -> None:
        self.code = code
        self.wrong = tuple(wrong)
        self.facts = {name: str(value) for name, value in facts.items()}
        super().__init__(f"{code.value}: {self.facts}")
