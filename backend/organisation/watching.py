"""What supervision is told of the organisation: items that should be in the hall by now and are not (plan, clause 16)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.supervision_terms import RuleCode, SubjectKind
from backend.organisation.service import Organisation
from backend.supervision.watching import Finding

HREF: Final = "/staff/hall-entries"


class EntryWatch:
    """Asked by supervision in every round."""

    name = "hall_entries"

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        """One for every item that is late, once for each day it was due."""
        today = day_in_china(at)
        return [
            Finding(
                rule=RuleCode.ENTRY_LATE,
                subject_kind=SubjectKind.ITEM,
                subject_id=entry.item_id,
                occurrence=entry.due_on.isoformat(),
                on=today,
                department_id=entry.department_id,
                item_id=entry.item_id,
                href=HREF,
                facts={"due_on": entry.due_on.isoformat()},
            )
            for entry in await self._organisation.entries(tenant_id)
            if entry.is_overdue(today)
        ]
