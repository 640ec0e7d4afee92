"""What another feature tells supervision of things that go wrong at its own desk; it knows none of the features. Pure.

A feature offers an object with `name` and `findings`, and `backend.office` registers it with `Supervision.watch`.
Supervision asks again and again; the same finding makes one card, whoever asks and however often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from api_spec.supervision_terms import RuleCode, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that went wrong, found once.

    Args:
        occurrence: tells two of the same kind about one subject apart ("2026-04-10 morning"); at most 80 characters.
        on: the day in China on which it happened.
        subject_number: what people call the subject: a case's number, a window's name; no personal data.
        seq: the event of the case's history it happened at; 0 for none.
        department_id, staff_id: who answers for it; "" where nobody in particular does.
        href: the staff page that shows it; "" where there is none.
        stage: how far up it has to be told by now: 0 the post that answers for it, 1 the department's head, 2 the director.
        facts: ids, days, counts and words of the office; never a name, number or address.
    """

    rule: RuleCode
    subject_kind: SubjectKind
    subject_id: str
    occurrence: str
    on: date
    subject_number: str = ""
    seq: int = 0
    department_id: str = ""
    staff_id: str = ""
    item_id: str = ""
    href: str = ""
    stage: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[RuleCode, SubjectKind, str, str]:
        """What makes it the same finding as another."""
        return self.rule, self.subject_kind, self.subject_id, self.occurrence


class Watched(Protocol):
    """A feature whose own findings become cards."""

    @property
    def name(self) -> str: ...

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        """Everything wrong at `at` (aware UTC); asked every few minutes, so it must be cheap."""
        ...
