"""The one thing a citizen should do next, out of all that is theirs. Pure; knows no service."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from api_spec.messages.appointments import AppointmentView
from api_spec.messages.cases import CaseCard
from api_spec.messages.proxy import ErrandCard
from api_spec.vocabulary import AppointmentState, CaseState, ErrandState

IN_THE_HALL = frozenset(
    {
        AppointmentState.CHECKED_IN,
        AppointmentState.CALLED,
        AppointmentState.PARKED,
        AppointmentState.MISSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """One card: what it is about, what to do, and the word on its button.

    Args:
        urgent: somebody waits for it, or it lapses.
    """

    about: str
    words: str
    href: str
    button: str
    urgent: bool = False


def next_action(
    cases: Iterable[CaseCard],
    appointments: Iterable[AppointmentView],
    errands: Iterable[ErrandCard],
    *,
    today: date,
) -> NextAction | None:
    """The most pressing one; None: nothing is asked of this person now.

    What is called in the hall goes before what lapses, that before what only waits to be fetched.
    """
    found = (*_visits(appointments, today=today), *_cases(cases), *_errands(errands))
    return min(found, key=_rank)[1] if found else None


Ranked = tuple[tuple[int, date], NextAction]


def _rank(each: Ranked) -> tuple[int, date]:
    return each[0]


def _visits(appointments: Iterable[AppointmentView], *, today: date) -> Iterator[Ranked]:
    for one in appointments:
        about = one.item_name or "现场办理"
        page = f"/appointments/{one.id}"
        if one.state in IN_THE_HALL and one.day == today:
            words = f"您的号是 {one.ticket}，请留意叫号"
            yield (
                (0, one.day),
                NextAction(
                    about=about, words=words, href=f"/q/{one.code}", button="看还要等多久", urgent=True
                ),
            )
        elif one.state is AppointmentState.HELD and any(each.action == "confirm" for each in one.actions):
            words = f"{one.day_label} {one.start} 这个时间还没有确认"
            yield (1, one.day), NextAction(about=about, words=words, href=page, button="去确认", urgent=True)
        elif one.state is AppointmentState.BOOKED and one.closed and one.day >= today:
            words = f"{one.day_label}窗口不开放了，请改个时间"
            yield (
                (2, one.day),
                NextAction(about=about, words=words, href=page, button="去改时间", urgent=True),
            )
        elif one.state is AppointmentState.BOOKED and one.day >= today:
            soon = one.day == today
            words = f"{'今天' if soon else one.day_label} {one.start}，到{one.window_name}"
            yield (
                (1 if soon else 5, one.day),
                NextAction(about=about, words=words, href=page, button="看预约"),
            )


def _cases(cases: Iterable[CaseCard]) -> Iterator[Ranked]:
    for case in cases:
        page = f"/cases/{case.id}"
        until = case.due_on or date.max
        if case.state is CaseState.NEED_FIX:
            words = f"请在 {until.month}月{until.day}日前补齐材料" if case.due_on else "请补齐材料"
            yield (
                (3, until),
                NextAction(about=case.item_name, words=words, href=page, button="看缺什么", urgent=True),
            )
        elif case.state is CaseState.TO_COLLECT:
            words = "结果出来了，请带身份证来领"
            yield (4, date.min), NextAction(about=case.item_name, words=words, href=page, button="看怎么领")


def _errands(errands: Iterable[ErrandCard]) -> Iterator[Ranked]:
    for errand in errands:
        if errand.state is ErrandState.REQUESTED:
            words = "签好委托书才能开始办"
            page = f"/errands/{errand.id}"
            yield (
                (4, errand.due_on or date.max),
                NextAction(about=errand.item_name, words=words, href=page, button="去签", urgent=True),
            )
