"""What other features are told when a case was filed or moved: enough to tell a node or a phone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from api_spec.vocabulary import CaseState, TimerKind
from backend.cases.case import OPEN_STATES, Case, Event
from backend.cases.deadlines import Timer
from backend.cases.filing import Contents
from backend.cases.next_steps import next_step
from backend.cases.records import Dues, Entry
from backend.cases.trail import Stage, Trail


class CaseChange(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A case after a change.

    Args:
        rid: under which it was filed; a node knows it by that.
        version: rises by one with every event.
        applicant: full name, for the village that took the case; never in a log.
        promise_on: the promised day; None while no clock runs.
    """

    tenant_id: str
    case_id: str
    rid: str
    node_id: str
    village_id: str
    owner_id: str
    tracking_code: str
    case_number: str
    item_code: str
    item_name: str
    state: CaseState
    version: int
    received_at: datetime
    promise_on: date | None
    next_step: str
    missing: tuple[str, ...]
    stages: tuple[Stage, ...]
    is_open: bool
    applicant: str

    def __repr__(self) -> str:
        return f"CaseChange({self.case_id}, version={self.version})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved:
    """One or several moves of a case made together, for features that follow its events.

    Args:
        before, case: how it stood before them and after.
        events: the whole history, the new moves at its end.
        new: the moves just made.
        timers: after them.
        contents: what the applicant wrote; never in a log.
    """

    entry: Entry
    before: Case
    case: Case
    events: tuple[Event, ...]
    new: tuple[Event, ...]
    timers: Mapping[TimerKind, Timer]
    contents: Contents

    def __repr__(self) -> str:
        return f"CaseMoved({self.case.id}, version={self.case.version})"


def change_of(
    entry: Entry, case: Case, public: Trail, dues: Dues, *, applicant: str, days_late: int | None = None
) -> CaseChange:
    """What to tell of a case as it stands; `public` is its whole trail. `days_late`: as `deadlines.days_late`."""
    return CaseChange(
        tenant_id=entry.tenant_id,
        case_id=entry.case_id,
        rid=entry.rid,
        node_id=entry.node_id,
        village_id=case.village_id,
        owner_id=case.owner_id,
        tracking_code=entry.tracking_code,
        case_number=entry.case_number,
        item_code=case.terms.item_code,
        item_name=case.terms.item_name,
        state=case.state,
        version=case.version,
        received_at=entry.received_at,
        promise_on=dues.promise_on,
        next_step=next_step(
            case.state,
            due_on=dues.due_on,
            promise_on=dues.promise_on,
            missing=public.fixes,
            outcome=public.outcome,
            only_said=public.only_said,
            has_account=bool(case.owner_id),
            visit_on=public.visit_on,
            owed=public.owed,
            owed_until=public.owed_until,
            days_late=days_late,
        ),
        missing=public.fixes,
        stages=public.stages,
        is_open=case.state in OPEN_STATES,
        applicant=applicant,
    )
