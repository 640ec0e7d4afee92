"""What the queues tell supervision: people who waited longer than anybody should (候办时间过长)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from api_spec.china_time import day_in_china
from api_spec.supervision_terms import RuleCode, SubjectKind
from backend.appointments.hall_view import HallView, LongWait
from backend.supervision.watching import Finding

MINUTE = timedelta(minutes=1)


class QueueWatch:
    """Today's tickets whose people waited too long while the windows were open."""

    name = "queue"

    def __init__(self, view: HallView) -> None:
        self._view = view

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        today = day_in_china(at)
        return [
            _finding(found, today.isoformat(), at) for found in await self._view.long_waits(tenant_id, at=at)
        ]


def _finding(found: LongWait, occurrence: str, at: datetime) -> Finding:
    return Finding(
        rule=RuleCode.LONG_WAIT,
        subject_kind=SubjectKind.APPOINTMENT,
        subject_id=found.entry.id,
        subject_number=found.entry.ticket.label,
        occurrence=occurrence,
        on=day_in_china(at),
        department_id=found.department_id,
        href=f"/staff/appointments?window_id={found.entry.window_id}",
        facts={"minutes": str(found.waited // MINUTE), "queue": found.entry.ticket.queue.zh},
    )
