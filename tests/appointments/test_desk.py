"""The day at a window: coming, waiting, being called, being served or missed."""

import asyncio
from datetime import date, datetime

import pytest

from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, AppointmentState, ParkReason, Priority, Role
from backend.appointments.appointment import Appointment, appointment_code, read_code
from backend.appointments.queue_watch import QueueWatch
from backend.faults import Fault
from tests.appointments.office import (
    CLERK,
    MONDAY,
    POLICE,
    SOCIAL_1,
    SOCIAL_2,
    TOWN,
    Office,
    at_time,
    citizen,
    label,
    staff,
)

pytestmark = pytest.mark.usefixtures("db")
OPENING = at_time("08:35")


async def arrive(office: Office, one: Appointment, at: datetime) -> Appointment:
    return await office.booking.check_in(one.code, actor=CLERK, at=at)


async def desk(
    office: Office, one: Appointment, action: AppointmentAction, at: datetime = OPENING
) -> Appointment:
    return await office.booking.act(one.id, action, version=None, actor=CLERK, at=at)


async def walk_in(office: Office, at: datetime = OPENING) -> Appointment:
    return await office.booking.walk_in(SOCIAL_1, item_id=None, name="", actor=CLERK, at=at)


async def code_of(doing: object) -> ErrorCode:
    with pytest.raises(Fault) as refused:
        await doing  # type: ignore[misc]
    return refused.value.code


async def test_a_scanned_code_checks_in_and_gives_a_ticket(office: Office) -> None:
    one = await office.book(citizen())
    there = await office.booking.check_in(f"https://town.example/a/{one.code}", actor=CLERK, at=OPENING)
    assert (there.state, label(there), there.checked_in_at) == (AppointmentState.CHECKED_IN, "A001", OPENING)


async def test_a_code_typed_by_hand_is_understood(office: Office) -> None:
    one = await office.book(citizen())
    typed = f" {one.code[:5].lower()}-{one.code[5:]} ".replace("0", "o").replace("1", "l")
    assert (await office.booking.check_in(typed, actor=CLERK, at=OPENING)).id == one.id


@pytest.mark.parametrize("code", ["", "0000000000", "x" * 200, "ＡＢＣＤＥＦＧＨＪＫ"])
async def test_an_unknown_code_finds_nothing(office: Office, code: str) -> None:
    assert (
        await code_of(office.booking.check_in(code, actor=CLERK, at=OPENING))
        is ErrorCode.APPOINTMENT_NOT_FOUND
    )


async def test_checking_in_on_another_day_or_twice_is_refused(office: Office) -> None:
    one = await office.book(citizen())
    early = office.booking.check_in(one.code, actor=CLERK, at=at_time("08:00", day=date(2026, 3, 1)))
    assert await code_of(early) is ErrorCode.APPOINTMENT_STATE
    results = await asyncio.gather(*(arrive(office, one, OPENING) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(result, Appointment) for result in results) == 1


async def test_booked_people_are_due_at_their_time_and_walk_ins_go_on_before_it(office: Office) -> None:
    late = await office.book(citizen(1), start="08:30")
    ten = await office.book(citizen(2), start="10:30")
    await arrive(office, ten, at_time("08:31"))
    first_walk_in = await walk_in(office, at_time("08:20"))
    second_walk_in = await walk_in(office, at_time("08:40"))
    await arrive(office, late, at_time("08:45"))
    order = []
    for _ in range(4):
        called = await office.booking.call_next(SOCIAL_1, actor=CLERK, at=at_time("08:50"))
        order.append(called.id)
        await desk(office, called, AppointmentAction.SERVE)
    assert order == [late.id, first_walk_in.id, second_walk_in.id, ten.id]
    empty = office.booking.call_next(SOCIAL_1, actor=CLERK, at=at_time("08:50"))
    assert await code_of(empty) is ErrorCode.APPOINTMENT_NOT_FOUND


async def test_two_windows_calling_at_once_call_two_people_and_each_window_only_one(office: Office) -> None:
    for _ in range(4):
        await walk_in(office)
    called = await asyncio.gather(
        *(
            office.booking.call_next(window, actor=CLERK, at=OPENING)
            for window in (SOCIAL_1, SOCIAL_2)
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    won = [one for one in called if isinstance(one, Appointment)]
    assert len({one.id for one in won}) == len({one.window_id for one in won}) == 2
    busy = [one.code for one in called if isinstance(one, Fault)]
    assert busy == [ErrorCode.WINDOW_BUSY] * 6


async def test_whoever_misses_the_call_is_recalled_once(office: Office) -> None:
    one = await walk_in(office)
    for action in (
        AppointmentAction.CALL,
        AppointmentAction.MISS,
        AppointmentAction.CALL,
        AppointmentAction.MISS,
    ):
        one = await desk(office, one, action)
    assert (one.state, one.calls) == (AppointmentState.MISSED, 2)
    assert await code_of(desk(office, one, AppointmentAction.CALL)) is ErrorCode.APPOINTMENT_STATE


async def test_serving_ends_the_appointment_and_the_queue_moves_up(office: Office) -> None:
    first, second = await walk_in(office), await walk_in(office)
    assert (
        await office.booking.ahead(first, at=OPENING),
        await office.booking.ahead(second, at=OPENING),
    ) == (0, 1)
    await desk(office, first, AppointmentAction.CALL)
    assert await office.booking.ahead(second, at=OPENING) == 0
    served = await desk(office, first, AppointmentAction.SERVE)
    assert (served.state, served.ended_at) == (AppointmentState.SERVED, OPENING)
    assert await office.booking.ahead(served, at=OPENING) is None


async def test_a_walk_in_is_taken_before_opening_and_refused_only_after_closing(office: Office) -> None:
    assert label(await walk_in(office, at_time("07:30"))) == "A001"
    assert label(await walk_in(office, at_time("13:00"))) == "A002"
    assert await code_of(walk_in(office, at_time("17:30"))) is ErrorCode.SLOT_CLOSED


async def test_tickets_of_many_walk_ins_at_once_are_all_different(office: Office) -> None:
    tickets = await asyncio.gather(*(walk_in(office) for _ in range(16)))
    assert sorted(label(one) for one in tickets) == [f"A{number:03}" for number in range(1, 17)]


async def test_a_desk_handles_its_own_windows_only(office: Office) -> None:
    police = staff(Role.WINDOW, windows=(POLICE,))
    taken = office.booking.walk_in(SOCIAL_1, item_id=None, name="", actor=police, at=OPENING)
    assert await code_of(taken) is ErrorCode.OUT_OF_SCOPE
    called = office.booking.call_next(SOCIAL_1, actor=police, at=OPENING)
    assert await code_of(called) is ErrorCode.OUT_OF_SCOPE
    listed = office.booking.day(police, window_id=SOCIAL_1, day=MONDAY, at=OPENING)
    assert await code_of(listed) is ErrorCode.OUT_OF_SCOPE
    assert await office.booking.day(police, window_id=None, day=MONDAY, at=OPENING) == []


async def test_the_day_list_shows_the_waiting_first_and_the_finished_last(office: Office) -> None:
    booked = await office.book(citizen(1), start="14:30")
    served, waiting = await walk_in(office), await walk_in(office)
    await desk(office, served, AppointmentAction.CALL)
    await desk(office, served, AppointmentAction.SERVE)
    listed = await office.booking.day(CLERK, window_id=SOCIAL_1, day=MONDAY, at=OPENING)
    assert [one.id for one in listed] == [waiting.id, booked.id, served.id]


async def test_a_citizen_pages_through_their_own_appointments(office: Office) -> None:
    made = [await office.book(citizen(), day=MONDAY.replace(day=day)) for day in (2, 3, 4)]
    await office.book(citizen(2))
    first = await office.booking.mine(citizen(), limit=2)
    assert [one.id for one in first] == [made[2].id, made[1].id]
    rest = await office.booking.mine(citizen(), before=(first[-1].day, first[-1].id), limit=2)
    assert [one.id for one in rest] == [made[0].id]


def test_a_code_has_ten_symbols_without_confusable_letters() -> None:
    code = appointment_code((1 << 50) - 1)
    assert (len(code), read_code(code)) == (10, code)
    assert read_code("o1Il-O  b") == "01110B"
    with pytest.raises(ValueError, match="50"):
        appointment_code(1 << 50)


async def test_a_ticket_put_aside_keeps_its_place_and_one_that_missed_comes_back_behind_three(
    office: Office,
) -> None:
    tickets = [await walk_in(office, at_time(f"08:{30 + minute}")) for minute in range(6)]
    at = at_time("08:40")
    first = await office.booking.call_next(SOCIAL_1, actor=CLERK, at=at)
    away = await office.booking.act(
        first.id, AppointmentAction.PARK, version=None, reason=ParkReason.COPY, actor=CLERK, at=at
    )
    assert (away.state, away.ticket and away.ticket.parked_for) == (AppointmentState.PARKED, ParkReason.COPY)
    second = await office.booking.call_next(SOCIAL_1, actor=CLERK, at=at)
    await desk(office, second, AppointmentAction.MISS, at)
    await desk(office, away, AppointmentAction.RESUME, at)
    await desk(office, second, AppointmentAction.REJOIN, at)
    line = await office.booking.line(SOCIAL_1, actor=CLERK, at=at)
    a, b, c, d, e, f = (label(one) for one in tickets)
    assert [one.ticket.label for one in line.waiting] == [a, c, d, b, e, f]


async def test_a_call_at_another_window_of_the_type_takes_the_ticket_there(office: Office) -> None:
    one = await walk_in(office)
    called = await office.booking.call_next(SOCIAL_2, actor=CLERK, at=OPENING)
    assert (called.id, called.window_id) == (one.id, SOCIAL_2)
    alone = staff(Role.WINDOW, windows=(SOCIAL_1,))
    elsewhere = office.booking.act(
        called.id, AppointmentAction.CALL, version=None, window_id=POLICE, actor=alone, at=OPENING
    )
    assert await code_of(elsewhere) is ErrorCode.APPOINTMENT_STATE
    missed = await office.booking.act(
        called.id, AppointmentAction.MISS, version=None, actor=alone, at=OPENING
    )
    mine = await office.booking.act(
        missed.id, AppointmentAction.CALL, version=None, window_id=SOCIAL_1, actor=alone, at=OPENING
    )
    assert mine.window_id == SOCIAL_1


async def test_a_ticket_sent_to_one_window_is_called_there_only(office: Office) -> None:
    one = await walk_in(office)
    sent = await office.booking.transfer(
        one.id, SOCIAL_2, any_window=False, version=one.version, actor=CLERK, at=OPENING
    )
    assert (sent.ticket and sent.ticket.only_window_id, label(sent)) == (SOCIAL_2, "A001")
    lines = [await office.booking.line(window, actor=CLERK, at=OPENING) for window in (SOCIAL_1, SOCIAL_2)]
    assert [len(line.waiting) for line in lines] == [0, 1]
    assert await code_of(office.booking.call_next(SOCIAL_1, actor=CLERK, at=OPENING)) is (
        ErrorCode.APPOINTMENT_NOT_FOUND
    )
    assert (await office.booking.call_next(SOCIAL_2, actor=CLERK, at=OPENING)).id == one.id
    closed = office.booking.transfer(
        one.id, POLICE, any_window=True, version=None, actor=CLERK, at=at_time("17:40")
    )
    assert await code_of(closed) is ErrorCode.SLOT_CLOSED


async def test_two_who_are_preferred_are_followed_by_a_walk_in_however_the_calls_are_spread(
    office: Office,
) -> None:
    ordinary = await walk_in(office)
    for _ in range(3):
        await office.booking.walk_in(
            SOCIAL_1, item_id=None, name="", priority=Priority.DISABLED, actor=CLERK, at=OPENING
        )
    order = []
    for window in (SOCIAL_1, SOCIAL_2, SOCIAL_1, SOCIAL_2):
        called = await office.booking.call_next(window, actor=CLERK, at=OPENING)
        order.append(label(called))
        await desk(office, called, AppointmentAction.SERVE)
    assert order == ["A002", "A003", label(ordinary), "A004"]


async def test_the_days_end_ends_every_ticket_and_harms_nobody_who_came(office: Office) -> None:
    booked = await office.book(citizen(), start="08:30")
    await arrive(office, booked, OPENING)
    for _ in range(3):
        await walk_in(office)
    called = await office.booking.call_next(SOCIAL_1, actor=CLERK, at=OPENING)
    away = await office.booking.call_next(SOCIAL_2, actor=CLERK, at=OPENING)
    await office.booking.act(
        away.id, AppointmentAction.PARK, version=None, reason=ParkReason.FORM, actor=CLERK, at=OPENING
    )
    assert (await office.booking.sweep(at_time("19:59"))).tickets == 0
    assert (await office.booking.sweep(at_time("20:00"))).tickets == 4
    assert (await office.booking.sweep(at_time("20:01"))).tickets == 0
    assert (await office.booking.show(called.id, actor=CLERK)).state is AppointmentState.EXPIRED
    habits = await office.booking.habits(citizen().id, tenant_id=TOWN, at=at_time("20:00"))
    assert (habits.no_shows, habits.cancels) == (0, 0)
    (row,) = await office.booking.waits(TOWN, MONDAY, MONDAY)
    assert (row.tickets, row.called, row.left, row.served) == (4, 2, 4, 0)


async def test_tomorrows_bookings_are_told_by_time(office: Office) -> None:
    later = await office.book(citizen(1), start="10:30")
    early = await office.book(citizen(2), start="08:30")
    gone = await office.book(citizen(3), start="09:30")
    await desk(office, gone, AppointmentAction.CANCEL, at_time("08:00"))
    assert [one.id for one in await office.booking.bookings_of(TOWN, MONDAY)] == [early.id, later.id]


async def test_supervision_hears_of_an_hours_wait_in_open_hours_once(office: Office) -> None:
    one = await walk_in(office, at_time("11:30"))
    watch = QueueWatch(office.booking.view)
    assert await watch.findings(TOWN, at_time("14:59")) == []
    (finding,) = await watch.findings(TOWN, at_time("15:00"))
    assert (finding.subject_id, finding.subject_number, finding.facts["minutes"]) == (one.id, "A001", "60")
    await desk(office, one, AppointmentAction.CALL, at_time("15:10"))
    (again,) = await watch.findings(TOWN, at_time("16:00"))
    assert (again.key, again.facts["minutes"]) == (finding.key, "70")
