"""AB岗: who is at the window, and where the roster leaves a gap."""

from dataclasses import replace
from datetime import date

from api_spec.catalogue import WindowCard
from api_spec.vocabulary import DayPeriod, DutyPlace, WindowType
from backend.hall.handing import WindowToday, seated_once
from backend.hall.hours import Opening, Span
from backend.hall.roster import Clerk, DutyChange, Gap, HalfDay, Pair, Roster

DAY = date(2026, 5, 6)
AI, BO, CHEN = Clerk("1", "艾一"), Clerk("2", "柏二"), Clerk("3", "陈三")
SPRING = Pair(window_id="w", since=date(2026, 1, 1), a=AI, b=BO)
MAY = Pair(window_id="w", since=date(2026, 5, 1), a=CHEN, b=BO)
MORNING, AFTERNOON = DayPeriod.MORNING, DayPeriod.AFTERNOON


def open_on(day: date) -> Opening:
    spans = (Span(480, 720), Span(900, 1080))
    return Opening(window_id="w", day=day, spans=spans, season=None, note="", provisional=False)


def test_a_sits_there_until_a_later_pair_replaces_them() -> None:
    roster = Roster([SPRING, MAY], [])
    assert roster.duty("w", date(2026, 4, 30), period=MORNING).clerk == AI
    assert roster.duty("w", DAY, period=MORNING).clerk == CHEN
    assert roster.duty("w", date(2025, 12, 31), period=MORNING).clerk is None


def test_b_takes_over_for_the_half_day_a_is_away() -> None:
    change = DutyChange(window_id="w", day=DAY, period=MORNING, place=DutyPlace.B, note="A岗开会")
    roster = Roster([SPRING], [change])
    morning, afternoon = roster.duty("w", DAY, period=MORNING), roster.duty("w", DAY, period=AFTERNOON)
    assert (morning.place, morning.clerk, morning.note) == (DutyPlace.B, BO, "A岗开会")
    assert (afternoon.place, afternoon.clerk) == (DutyPlace.A, AI)


def test_an_empty_half_day_is_a_gap_and_a_closed_day_is_none() -> None:
    change = DutyChange(window_id="w", day=DAY, period=AFTERNOON, place=DutyPlace.NOBODY, note="请到2号窗口")
    roster = Roster([SPRING], [change])
    closed = Opening(window_id="w", day=DAY, spans=(), season=None, note="国庆节", provisional=False)
    assert roster.gaps([open_on(DAY)]) == [Gap("w", DAY, AFTERNOON)]
    assert roster.gaps([closed]) == []
    assert roster.is_declared_empty("w", DAY, period=AFTERNOON)
    assert not roster.is_declared_empty("w", DAY, period=MORNING)


def test_a_window_without_roster_is_a_gap_but_not_declared_empty() -> None:
    roster = Roster([], [])
    assert len(roster.gaps([open_on(DAY)])) == 2
    assert not roster.is_declared_empty("w", DAY, period=MORNING)
    assert roster.duty("w", DAY, period=MORNING).note == "值班人员待公布"


def test_one_person_due_at_two_open_windows_is_doubled_and_shown_to_people_at_one() -> None:
    first, second = window("w", 1), window("v", 2)
    roster = Roster([SPRING, replace(SPRING, window_id="v")], [])
    openings = [open_on(DAY), replace(open_on(DAY), window_id="v")]
    morning, afternoon = roster.doubled(openings)
    assert (morning.clerk, morning.half, morning.window_ids) == (AI, HalfDay(DAY, MORNING), ("w", "v"))
    assert afternoon.half.period is AFTERNOON
    assert roster.doubled(openings[:1]) == []
    assert roster.doubled([openings[0], replace(openings[1], spans=())]) == []
    today = [
        WindowToday(
            card=card,
            opening=opening,
            is_open=True,
            duty=roster.duty(card.id, DAY, period=MORNING),
        )
        for card, opening in zip((first, second), openings, strict=True)
    ]
    shown = [each.duty for each in seated_once(today)]
    assert [(duty.clerk, duty.note) for duty in shown if duty] == [(AI, ""), (None, "请到1号窗口办理")]


def window(window_id: str, number: int) -> WindowCard:
    return WindowCard(
        id=window_id, number=number, name=f"{number}号窗口", type=WindowType.SOCIAL, department=""
    )
