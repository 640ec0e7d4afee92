"""The demonstration's hall: a screen and a kiosk with codes anyone may read, and people in every state of waiting."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.china_time import day_in_china, minute_in_china, moment
from api_spec.vocabulary import AppointmentAction, DeviceKind, ParkReason, Priority
from backend.actors import Actor
from backend.appointments.appointment import Appointment
from backend.appointments.devices import read_device_code
from backend.office import Office

SCREEN_CODE: Final = "SCREEN-SCREEN-SCREEN-00"
KIOSK_CODE: Final = "KIOSK-KIOSK-KIOSK-KIOSK"
WAITING: Final = (None, Priority.ELDERLY, None, None, Priority.VETERAN, None)
EARLIER: Final = timedelta(minutes=50)
PACE: Final = timedelta(minutes=4)


async def open_queue(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Devices always; people only on a day on which the hall is open."""
    centre, desk = clerks["centre"], office.appointments
    await desk.devices.add(
        DeviceKind.SCREEN, "大厅东墙", code=read_device_code(SCREEN_CODE), actor=centre, at=at
    )
    await desk.devices.add(
        DeviceKind.KIOSK, "大厅进门", code=read_device_code(KIOSK_CODE), actor=centre, at=at
    )
    clerk = clerks["social"]
    first, second, third = clerk.window_ids[:3]
    begin = _begin(office, clerk.tenant_id, first, at=at)
    if begin is None:
        return
    for number in range(4):
        came = await _come(office, clerk, first, None, at=begin + number * timedelta(minutes=1))
        await _serve(office, clerk, came, at=begin + number * PACE + timedelta(minutes=2))
    later = begin + 5 * PACE
    waiting = [await _come(office, clerk, first, priority, at=later) for priority in WAITING]
    await _move(office, clerk, waiting[0], AppointmentAction.PARK, reason=ParkReason.COPY, at=later)
    missed = await desk.call_next(second, actor=clerk, at=later + timedelta(minutes=1))
    await _move(office, clerk, missed, AppointmentAction.MISS, at=later + timedelta(minutes=3))
    await desk.call_next(second, actor=clerk, at=later + timedelta(minutes=4))
    await desk.call_next(third, actor=clerk, at=later + timedelta(minutes=5))
    for login in ("agriculture", "household", "utility"):
        await _come(office, clerks[login], clerks[login].window_ids[0], None, at=later)


def _begin(office: Office, tenant_id: str, window_id: str, *, at: datetime) -> datetime | None:
    """Fifty minutes ago, or the latest moment today from which as much fits into the opening hours."""
    day = day_in_china(at)
    opening = office.hall.opening(tenant_id, window_id, day=day)
    if not opening.spans:
        return None
    latest = max(opening.spans[0].opens, opening.closes - EARLIER // timedelta(minutes=1))
    return moment(day, max(opening.spans[0].opens, min(minute_in_china(at - EARLIER), latest)))


async def _come(
    office: Office, clerk: Actor, window_id: str, priority: Priority | None, *, at: datetime
) -> Appointment:
    return await office.appointments.walk_in(
        window_id, item_id=None, name="", priority=priority, actor=clerk, at=at
    )


async def _serve(office: Office, clerk: Actor, came: Appointment, *, at: datetime) -> None:
    called = await office.appointments.call_next(came.window_id, actor=clerk, at=at)
    await _move(office, clerk, called, AppointmentAction.SERVE, at=at + PACE)


async def _move(
    office: Office,
    clerk: Actor,
    one: Appointment,
    action: AppointmentAction,
    *,
    reason: ParkReason | None = None,
    at: datetime,
) -> None:
    await office.appointments.act(one.id, action, version=one.version, reason=reason, actor=clerk, at=at)
