"""Decisions that never passed the hall (plan, clause 4): looked for beneath the service, which makes none."""

from dataclasses import dataclass
from datetime import datetime

from api_spec.vocabulary import CaseAction, CaseState, Role
from backend import db
from backend.cases.store import item_name
from backend.instants import from_ms

DECISIONS = (CaseAction.DECIDE, CaseAction.SIGN, CaseAction.DECIDE_ABOVE)
RECEIPTS = (CaseAction.ACCEPT, CaseAction.FIRST_REVIEW, CaseAction.RECEIVE_AT_HALL)
HALL = (Role.WINDOW, Role.GROUP_LEADER)
SETTLED = (CaseState.DECIDED, CaseState.TO_COLLECT, CaseState.DELIVERED, CaseState.FINISHED)


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_OUTSIDE = f"""
    SELECT c.id, c.case_number, c.state, c.terms, c.department_id, c.changed_at FROM cases c
    WHERE c.tenant_id = ? AND (
        c.state IN ({_marks(SETTLED)})
        OR EXISTS (SELECT 1 FROM case_events d WHERE d.case_id = c.id AND d.action IN ({_marks(DECISIONS)}))
    ) AND NOT EXISTS (
        SELECT 1 FROM case_events r WHERE r.case_id = c.id
        AND r.action IN ({_marks(RECEIPTS)}) AND r.actor_role IN ({_marks(HALL)})
        AND r.seq <= COALESCE((
            SELECT MIN(d.seq) FROM case_events d WHERE d.case_id = c.id AND d.action IN ({_marks(DECISIONS)})
        ), 0)
    ) ORDER BY c.id LIMIT ?
"""  # noqa: S608 - the vocabulary's own words


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreceived:
    """A case that is decided and that no window took in before."""

    case_id: str
    case_number: str
    item_name: str
    state: CaseState
    department_id: str
    changed_at: datetime


async def decided_outside(tenant_id: str, *, limit: int) -> list[Unreceived]:
    """Every such case; there should be none."""
    return [
        Unreceived(
            case_id=row["id"],
            case_number=row["case_number"],
            item_name=item_name(row),
            state=CaseState(row["state"]),
            department_id=row["department_id"],
            changed_at=from_ms(row["changed_at"]),
        )
        for row in await db.long_read(_OUTSIDE, [tenant_id, limit])
    ]
