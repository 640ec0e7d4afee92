"""The queues in the words of the contract. Pure: everything shown comes in as arguments, and no name does."""

from datetime import datetime, timedelta

from api_spec.china_time import clock_text
from api_spec.messages import queue as messages
from api_spec.vocabulary import AppointmentState
from backend.appointments.hall_view import CallNow, HallNow, QueueNow, TicketNow, WindowLine
from backend.appointments.line import RULE
from backend.appointments.ticket import LETTERS, Queued
from backend.appointments.waiting import DayFigures

DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
MINUTE = timedelta(minutes=1)
OVER = {
    AppointmentState.SERVED: ("已经办结", "感谢您的耐心等候。"),
    AppointmentState.CANCELLED: ("这个号已经取消", "要办事请重新取号。"),
    AppointmentState.EXPIRED: ("这个号已经失效", "要办事请重新取号。"),
    AppointmentState.NO_SHOW: ("这个号已经失效", "要办事请重新取号。"),
}


def queue_view(now: QueueNow) -> messages.QueueView:
    return messages.QueueView(
        queue=now.queue,
        name=now.queue.zh,
        letter=LETTERS[now.queue],
        windows=[card.number for card in now.windows],
        working=now.working,
        waiting=now.waiting,
        taking=now.taking,
        resumes=now.resumes,
        wait_low=now.wait.low if now.wait else None,
        wait_high=now.wait.high if now.wait else None,
        wait=now.wait.text(now.waiting) if now.wait else "今天不再取号",
        may_be_late=now.may_be_late,
    )


def call_view(call: CallNow) -> messages.CallView:
    return messages.CallView(
        ticket=call.label,
        window=call.window.number,
        window_name=call.window.name,
        stands=call.stands,
        times=call.times,
        spoken=spoken(call.label, call.window.number),
    )


def spoken(label: str, window: int) -> str:
    """请 A 零 一 二 号，到 3 号窗口: digit by digit, so that no voice says "twelve" or "one hundred"."""
    said = " ".join(DIGITS.get(symbol, symbol) for symbol in label)
    return f"请 {said} 号，到 {window} 号窗口。"


def screen_view(hall: str, now: HallNow) -> messages.ScreenView:
    return messages.ScreenView(
        hall=hall,
        calls=[call_view(call) for call in now.calls],
        windows=[
            messages.WindowNow(
                window=one.window.number, name=one.window.name, ticket=one.label, working=one.working
            )
            for one in now.windows
        ],
        queues=[queue_view(queue) for queue in now.queues],
        rule=RULE,
    )


def ticket_view(now: TicketNow) -> messages.TicketView:
    one = now.appointment
    headline, advice = said_to_holder(now)
    return messages.TicketView(
        ticket=one.ticket.label if one.ticket else "",
        state=one.state,
        state_label=one.state.zh,
        queue=now.queue.queue.zh,
        windows=[card.number for card in now.queue.windows],
        ahead=now.ahead,
        wait=now.wait.text(now.ahead or 0) if now.wait else "",
        is_near=now.is_near,
        headline=headline,
        advice=advice,
    )


def said_to_holder(now: TicketNow) -> tuple[str, str]:
    """What the ticket's page says in large print, and what to do."""
    state = now.appointment.state
    number = f"{now.window.number}号窗口" if now.window else "窗口"
    if state is AppointmentState.CALLED:
        return f"请到 {number}", "正在叫您的号，请带好材料过去。"
    if state is AppointmentState.MISSED:
        return "您过号了", f"请到 {number}告诉工作人员，可以再叫一次或者重新排队。"
    if now.appointment.is_on_the_way:
        advice = "到大厅后请在取号机扫下面的码，或者告诉工作人员。报到以后才会叫您，先后按取号的时间。"
        return "号已取好，到了要报到", advice
    if state is AppointmentState.PARKED:
        return "您的位置留着", "办好了请回到窗口说一声，还按原来的先后排。"
    if state in OVER:
        return OVER[state]
    if now.queue.resumes:
        return f"前面还有 {now.ahead or 0} 人", f"现在休息，{now.queue.resumes} 继续叫号。"
    if now.is_near:
        return "请准备", "快到您了，请到窗口附近等候。"
    return f"前面还有 {now.ahead or 0} 人", "可以坐下休息，这个页面会自己更新。"


def queued_view(one: Queued, *, at: datetime) -> messages.QueuedView:
    until = one.ticket.first_called_at or at
    return messages.QueuedView(
        appointment_id=one.id,
        version=one.version,
        ticket=one.ticket.label,
        state=one.state,
        lane=one.ticket.lane,
        priority=one.ticket.priority,
        booked="" if one.start is None else clock_text(one.start),
        item_id=one.item_id,
        item_name=one.item_name,
        waited_minutes=max(0, (until - one.ticket.due_at) // MINUTE),
        parked_for=one.ticket.parked_for,
        calls=one.calls,
    )


def line_view(line: WindowLine, *, at: datetime) -> messages.LineView:
    return messages.LineView(
        window_id=line.window.id,
        window=line.window.number,
        window_name=line.window.name,
        queue=queue_view(line.now),
        current=queued_view(line.current, at=at) if line.current else None,
        waiting=[queued_view(one, at=at) for one in line.waiting],
        parked=[queued_view(one, at=at) for one in line.parked],
        missed=[queued_view(one, at=at) for one in line.missed],
        served=line.served,
    )


def waits_row(day: DayFigures) -> messages.WaitsRow:
    return messages.WaitsRow(
        queue=day.queue,
        day=day.day.isoformat(),
        tickets=day.tickets,
        called=day.called,
        served=day.served,
        missed=day.missed,
        left=day.left,
        wait_median_s=day.wait_median_s,
        wait_p90_s=day.wait_p90_s,
        service_median_s=day.service_median_s,
        service_p90_s=day.service_p90_s,
    )
