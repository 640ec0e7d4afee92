"""Appointments as their owner and the desk see them. Pure: everything shown comes in as arguments."""

from collections.abc import Collection
from datetime import date, datetime

from api_spec import phones
from api_spec.catalogue import WindowCard
from api_spec.china_time import clock_text, day_text
from api_spec.messages import appointments as messages
from api_spec.vocabulary import AppointmentAction, Role
from backend.appointments.appointment import Appointment
from backend.appointments.booking import Habits
from backend.appointments.machine import can
from backend.appointments.policy import BookingPolicy
from backend.appointments.visitors import Visitor

SHOWN_ELSEWHERE = frozenset(
    {
        AppointmentAction.EXPIRE,
        AppointmentAction.END_DAY,
        AppointmentAction.PARK,
        AppointmentAction.TRANSFER,
        AppointmentAction.REJOIN,
        AppointmentAction.RESUME,
        AppointmentAction.RECALL,
        AppointmentAction.PRIORITISE,
    }
)
"""Moves of the clock, and those that belong to the calling page with its reasons and windows."""


def view(
    appointment: Appointment,
    visitor: Visitor,
    *,
    window: WindowCard | None,
    roles: Collection[Role],
    at: datetime,
    ahead: int | None = None,
    warning: str = "",
    closed: str = "",
) -> messages.AppointmentView:
    return messages.AppointmentView(
        id=appointment.id,
        code=appointment.code,
        state=appointment.state,
        state_label=appointment.state.zh,
        version=appointment.version,
        item_id=appointment.item_id,
        item_name=appointment.item_name,
        window_id=appointment.window_id,
        window_name=window_label(window) if window else "",
        department=window.department if window else "",
        day=appointment.day,
        day_label=day_text(appointment.day),
        start="" if appointment.start is None else clock_text(appointment.start),
        end="" if appointment.end is None else clock_text(appointment.end),
        held_until=appointment.held_until,
        ticket=appointment.ticket.label if appointment.ticket else "",
        ahead=ahead,
        channel=appointment.channel,
        name=visitor.name,
        phone=phones.mask(visitor.phone) if visitor.phone else "",
        actions=[
            messages.ActionButton(action=action, label=action_label(appointment, action))
            for action in can(appointment.standing, roles=roles, at=at)
            if action not in SHOWN_ELSEWHERE
        ],
        warning=warning,
        closed=closed,
    )


def window_label(window: WindowCard) -> str:
    """3号 社会事务综合窗口: several windows share one name."""
    return f"{window.number}号 {window.name}"


def action_label(appointment: Appointment, action: AppointmentAction) -> str:
    """The word on the button."""
    if action is AppointmentAction.CALL and appointment.calls:
        return "重新叫号"
    return action.zh


def warning_text(habits: Habits, policy: BookingPolicy, *, today: date) -> str:
    """What a person who did not keep a booking is told before anything happens; "" when all were kept."""
    if not habits.no_shows:
        return ""
    if habits.no_shows >= policy.no_shows:
        until = habits.free_again or today
        return f"您有 {habits.no_shows} 次预约没有到，{day_text(until)}前请直接到窗口取号，照常办理。"
    return (
        f"您最近有 {habits.no_shows} 次预约没有到。满 {policy.no_shows} 次后要暂停网上预约一段时间，"
        "来不了请提前取消。"
    )
