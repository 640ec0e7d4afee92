"""One township's queues on one day: who waits, who is called, where. Pure; holds no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api_spec.vocabulary import AppointmentState, WindowType
from backend.appointments.line import QueuePolicy, calling_order, run_of
from backend.appointments.ticket import Queued
from backend.appointments.waiting import Pace, pace_of, service_of

NEVER_CALLED: Final = 0
HEARD: Final = frozenset({AppointmentState.CALLED, AppointmentState.SERVED, AppointmentState.MISSED})


@dataclass(frozen=True, slots=True)
class HallDay:
    """All tickets of the day."""

    entries: Sequence[Queued]

    def of(self, queue: WindowType, *states: AppointmentState) -> list[Queued]:
        return [one for one in self.entries if one.ticket.queue is queue and one.state in states]

    def waiting(self, queue: WindowType) -> list[Queued]:
        return self.of(queue, AppointmentState.CHECKED_IN)

    def open_at(self, window_id: str) -> Queued | None:
        """Whom the window has called and not finished with."""
        return next((one for one in self.entries if one.ticket.open_window_id == window_id), None)

    def run(self, queue: WindowType) -> int:
        """Booked and priority people called last without a walk-in between them."""
        calls = [one.ticket for one in self.entries if one.ticket.queue is queue and one.ticket.call_no]
        calls.sort(key=lambda ticket: ticket.call_no or NEVER_CALLED, reverse=True)
        return run_of([ticket.lane for ticket in calls])

    def next_call_no(self, queue: WindowType) -> int:
        return 1 + max(
            (one.ticket.call_no or NEVER_CALLED for one in self.entries if one.ticket.queue is queue),
            default=NEVER_CALLED,
        )

    def pace(self, queue: WindowType, policy: QueuePolicy) -> Pace:
        """What one person took at this queue's windows today."""
        served = self.of(queue, AppointmentState.SERVED)
        served.sort(key=lambda one: one.ended_at or one.ticket.issued_at)
        return pace_of((took for one in served if (took := service_of(one)) is not None), policy)

    def order(
        self, queue: WindowType, *, at: datetime, policy: QueuePolicy, windows: int = 1
    ) -> list[Queued]:
        """Those who wait, in the order they will be called while `windows` windows work."""
        waiting = self.waiting(queue)
        by_label = {one.ticket.label: one for one in waiting}
        pace: timedelta = self.pace(queue, policy).usual / max(1, windows)
        order = calling_order(
            (one.ticket for one in waiting), run=self.run(queue), at=at, policy=policy, pace=pace
        )
        return [by_label[ticket.label] for ticket in order]

    def announced(self) -> list[Queued]:
        """Whom a window called last, the latest announcement first; whoever waits again is left out."""
        heard = [one for one in self.entries if one.state in HEARD and one.ticket.announced_at]
        return sorted(heard, key=lambda one: (one.ticket.announced_at, one.ticket.label), reverse=True)
