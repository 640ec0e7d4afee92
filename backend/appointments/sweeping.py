"""What the clock clears by itself: holds that ran out, bookings nobody kept, tickets of a day that is over."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from api_spec.china_time import day_in_china, minute_in_china
from api_spec.vocabulary import AppointmentAction
from backend.actors import system
from backend.appointments import machine, store, store_line, store_places
from backend.appointments.calling import Calling
from backend.faults import Fault

SWEEP_S: Final = 15.0
PAGE: Final = 200

log = structlog.get_logger("township")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each."""

    holds: int
    not_kept: int
    tickets: int


NOTHING: Final = Swept(0, 0, 0)


class Sweeper:
    """Of all townships."""

    def __init__(self, calling: Calling) -> None:
        self._calling = calling
        self._sweeping: asyncio.Task[None] | None = None

    def start(self, clock: Callable[[], datetime]) -> None:
        self._sweeping = asyncio.create_task(self._keep_sweeping(clock), name="appointment sweep")

    async def close(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeping

    async def sweep(self, at: datetime) -> Swept:
        """Give back the places of holds that ran out, mark bookings nobody kept, and end the tickets of days over.

        A day is over at 20:00; until the hall closes, whoever comes late is still served. Whoever had a ticket has
        come, so it counts as no broken booking, whatever became of it.
        """
        released = await store_places.release_holds(at)
        today = day_in_china(at)
        over = today + timedelta(days=1) if minute_in_china(at) >= machine.DAY_END_MINUTE else today
        missed = await store.not_kept(over, limit=PAGE)
        left = await store_line.left_open(over, limit=PAGE)
        for found, action in (
            (missed, AppointmentAction.MARK_NO_SHOW),
            (left, AppointmentAction.END_DAY),
        ):
            for one in found:
                with contextlib.suppress(Fault):
                    await self._calling.move(one, action, actor=system(one.tenant_id), at=at)
        return Swept(released, len(missed), len(left))

    async def _keep_sweeping(self, clock: Callable[[], datetime]) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                swept = await self.sweep(clock())
            except Exception:
                log.exception("appointment sweep failed")
                continue
            if swept != NOTHING:
                log.info(
                    "appointments swept",
                    holds_released=swept.holds,
                    not_kept=swept.not_kept,
                    tickets_ended=swept.tickets,
                )
