"""Taking, holding, moving and giving back places, as the service does it on a real database."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from tortoise.exceptions import IntegrityError

from api_spec.errors import ErrorCode
from api_spec.vocabulary import AppointmentAction, AppointmentState, Channel, DayPeriod, Role
from backend import db as database
from backend.appointments.appointment import Appointment
from backend.appointments.policy import BookingPolicy
from backend.faults import Fault
from backend.hall.hours import HoursException
from backend.hall.roster import HalfDay
from tests.appointments.office import (
    BENEFIT,
    CLERK,
    DIRECTOR,
    HUKOU,
    MONDAY,
    NOW,
    OTHER_TOWN,
    POLICE,
    SOCIAL_1,
    SOCIAL_2,
    TOWN,
    Office,
    at_time,
    citizen,
    hall_season,
    label,
    later,
    open_office,
    staff,
)

pytestmark = pytest.mark.usefixtures("db")


async def booked_of(slot_id: str | None) -> int:
    found = await database.row("SELECT booked FROM slot WHERE id = ?", [slot_id])
    return int(found["booked"]) if found else 0


async def every_count_is_right() -> bool:
    """`booked` of each slot is the number of appointments that hold a place in it, and within capacity."""
    wrong = await database.rows(
        "SELECT slot.id FROM slot LEFT JOIN appointment ON appointment.slot_id = slot.id"
        " AND appointment.place_key IS NOT NULL GROUP BY slot.id, slot.booked, slot.capacity"
        " HAVING slot.booked <> COUNT(appointment.id) OR slot.booked > slot.capacity"
    )
    return not wrong


async def refusal(doing: object) -> Fault:
    with pytest.raises(Fault) as refused:
        await doing  # type: ignore[misc]
    return refused.value


def outcomes(results: Sequence[object]) -> tuple[int, set[ErrorCode]]:
    """How many were booked, and with which codes the others were refused."""
    assert all(isinstance(one, Appointment | Fault) for one in results), results
    return (
        sum(isinstance(one, Appointment) for one in results),
        {one.code for one in results if isinstance(one, Fault)},
    )


async def test_a_booking_takes_one_place_and_cancelling_gives_it_back(office: Office) -> None:
    one = await office.book(citizen())
    assert (one.state, one.hours, one.version) == (AppointmentState.BOOKED, "08:30-09:30", 1)
    assert await booked_of(one.slot_id) == 1
    gone = await office.booking.act(
        one.id, AppointmentAction.CANCEL, version=one.version, actor=citizen(), at=NOW
    )
    assert gone.state is AppointmentState.CANCELLED
    assert await booked_of(one.slot_id) == 0


async def test_sixty_four_clients_on_one_slot_by_every_path_never_oversell_it(office: Office) -> None:
    """Booking, holding, moving, confirming, a clerk's booking: all at once on a slot of three places."""
    movers = [await office.book(citizen(100 + n), start="10:30") for n in range(3)]
    movers += [await office.book(citizen(110 + n), start="09:30") for n in range(3)]
    holder = await office.book(citizen(200), hold=True)
    wishes = [office.book(citizen(n)) for n in range(1, 25)]
    wishes += [office.book(citizen(n), hold=True) for n in range(25, 41)]
    wishes += [office.book_for(CLERK, phone=f"138000001{n:02}") for n in range(17)]
    wishes += [office.move(one, citizen(int(one.citizen_id, 16)), start="08:30") for one in movers]
    confirm = office.booking.act(
        holder.id, AppointmentAction.CONFIRM, version=holder.version, actor=citizen(200), at=NOW
    )
    assert len(wishes) + 1 == 64
    results = await asyncio.gather(confirm, *wishes, return_exceptions=True)
    count, codes = outcomes(results)
    assert count == 1 + 2  # the holder keeps its place, two more are left
    assert codes == {ErrorCode.SLOT_FULL}
    assert await booked_of(holder.slot_id) == 3
    assert await every_count_is_right()


async def test_the_database_itself_refuses_an_oversold_slot(office: Office) -> None:
    one = await office.book(citizen())
    for statement in (
        "UPDATE slot SET booked = capacity + 1 WHERE id = ?",
        "UPDATE slot SET booked = -1 WHERE id = ?",
        "UPDATE slot SET capacity = 0 WHERE id = ?",
    ):
        with pytest.raises(IntegrityError):
            await database.rows(statement, [one.slot_id])


async def test_the_database_itself_refuses_a_second_place_of_one_person_in_a_slot(office: Office) -> None:
    one = await office.book(citizen())
    other = await office.book(citizen(2))
    with pytest.raises(IntegrityError):
        await database.rows(
            "UPDATE appointment SET place_key = ? WHERE id = ?", [f"{one.slot_id}:{one.person_id}", other.id]
        )


async def test_the_database_itself_refuses_a_booking_without_its_place(office: Office) -> None:
    one = await office.book(citizen())
    with pytest.raises(IntegrityError):
        await database.rows("UPDATE appointment SET place_key = NULL WHERE id = ?", [one.id])


async def test_eight_taps_of_one_person_make_one_booking(office: Office) -> None:
    results = await asyncio.gather(
        *(office.book(citizen(), window=None) for _ in range(8)), return_exceptions=True
    )
    count, codes = outcomes(results)
    assert (count, codes) == (1, {ErrorCode.BOOKING_DUPLICATE})


async def test_a_refused_duplicate_names_the_appointment_there_is(office: Office) -> None:
    one = await office.book(citizen())
    refused = await refusal(office.book(citizen()))
    assert refused.facts["appointment_id"] == one.id


async def test_any_window_of_the_type_serves_when_none_is_named(office: Office) -> None:
    taken = [await office.book(citizen(n), window=None) for n in range(1, 7)]
    assert {one.window_id for one in taken} == {SOCIAL_1, SOCIAL_2}
    assert (await refusal(office.book(citizen(9), window=None))).code is ErrorCode.SLOT_FULL
    assert await every_count_is_right()


async def test_a_window_of_another_type_does_not_take_the_item(office: Office) -> None:
    assert (await refusal(office.book(citizen(), window=POLICE))).code is ErrorCode.SLOT_NOT_FOUND
    assert (await office.book(citizen(), item_id=HUKOU, window=POLICE)).window_id == POLICE


@pytest.mark.parametrize(
    ("day", "start", "code"),
    [
        (MONDAY, "08:45", ErrorCode.SLOT_NOT_FOUND),
        (MONDAY, "11:30", ErrorCode.SLOT_NOT_FOUND),  # half an hour before closing is no whole slot
        (date(2026, 3, 5), "08:30", ErrorCode.SLOT_NOT_FOUND),  # a holiday
        (date(2026, 3, 8), "08:30", ErrorCode.SLOT_NOT_FOUND),  # a Sunday
        (date(2026, 3, 16), "08:30", ErrorCode.SLOT_CLOSED),  # released at eight this morning, it is seven
        (date(2026, 2, 27), "08:30", ErrorCode.SLOT_CLOSED),
    ],
)
async def test_a_time_that_is_not_on_offer_is_refused(
    office: Office, day: date, start: str, code: ErrorCode
) -> None:
    assert (await refusal(office.book(citizen(), day=day, start=start))).code is code


async def test_a_make_up_saturday_can_be_booked(office: Office) -> None:
    assert (await office.book(citizen(), day=date(2026, 3, 7))).day == date(2026, 3, 7)


async def test_the_fourteenth_day_is_released_at_eight(office: Office) -> None:
    booked = await office.book(citizen(), day=date(2026, 3, 16), at=at_time("08:00"))
    assert booked.day == date(2026, 3, 16)


async def test_a_hold_ends_after_ten_minutes_and_its_place_goes_to_the_next(office: Office) -> None:
    holds = [await office.book(citizen(n), hold=True) for n in (1, 2, 3)]
    assert holds[0].held_until == later(minutes=10)
    assert (await refusal(office.book(citizen(4)))).code is ErrorCode.SLOT_FULL
    late = later(minutes=10)
    refused = await refusal(
        office.booking.act(holds[0].id, AppointmentAction.CONFIRM, version=1, actor=citizen(1), at=late)
    )
    assert refused.code is ErrorCode.HOLD_EXPIRED
    assert (await office.book(citizen(4), at=late)).state is AppointmentState.BOOKED
    assert await every_count_is_right()
    expired = await office.booking.show(holds[1].id, actor=citizen(2))
    assert expired.state is AppointmentState.EXPIRED


async def test_the_sweep_gives_back_holds_that_ran_out(office: Office) -> None:
    hold = await office.book(citizen(), hold=True)
    assert (await office.booking.sweep(later(minutes=9))).holds == 0
    assert (await office.booking.sweep(later(minutes=10))).holds == 1
    assert await booked_of(hold.slot_id) == 0


async def test_a_confirmed_hold_keeps_its_place_for_good(office: Office) -> None:
    hold = await office.book(citizen(), hold=True)
    booked = await office.booking.act(
        hold.id, AppointmentAction.CONFIRM, version=1, actor=citizen(), at=later(minutes=9)
    )
    assert (booked.state, booked.held_until, booked.version) == (AppointmentState.BOOKED, None, 2)
    await office.booking.sweep(later(minutes=30))
    assert (await office.booking.show(hold.id, actor=citizen())).state is AppointmentState.BOOKED


async def test_moving_takes_the_new_place_and_gives_the_old_one_back(office: Office) -> None:
    one = await office.book(citizen())
    moved = await office.move(one, citizen(), start="10:30")
    assert (moved.id, moved.code, moved.hours, moved.moves) == (one.id, one.code, "10:30-11:30", 1)
    assert (await booked_of(one.slot_id), await booked_of(moved.slot_id)) == (0, 1)


async def test_a_move_to_a_full_time_changes_nothing(office: Office) -> None:
    for n in range(1, 4):
        await office.book(citizen(n), start="10:30")
    one = await office.book(citizen(9))
    assert (await refusal(office.move(one, citizen(9), start="10:30"))).code is ErrorCode.SLOT_FULL
    assert await booked_of(one.slot_id) == 1
    assert await office.booking.show(one.id, actor=citizen(9)) == one


async def test_eight_moves_of_one_booking_at_once_are_one_move(office: Office) -> None:
    one = await office.book(citizen())
    results = await asyncio.gather(
        *(office.move(one, citizen(), start=start) for start in ("09:30", "10:30", "14:30", "15:30") * 2),
        return_exceptions=True,
    )
    count, codes = outcomes(results)
    assert (count, codes) == (1, {ErrorCode.APPOINTMENT_STATE})
    assert await every_count_is_right()


async def test_a_booking_may_be_moved_three_times(office: Office) -> None:
    one = await office.book(citizen())
    for start in ("09:30", "10:30", "14:30"):
        one = await office.move(one, citizen(), start=start)
    refused = await refusal(office.move(one, citizen(), start="15:30"))
    assert (refused.code, refused.facts["limit"]) == (ErrorCode.BOOKING_LIMIT, "moves")


async def test_cancelling_twice_frees_one_place_only(office: Office) -> None:
    one = await office.book(citizen())
    await office.book(citizen(2))
    cancel = AppointmentAction.CANCEL
    results = await asyncio.gather(
        *(office.booking.act(one.id, cancel, version=None, actor=citizen(), at=NOW) for _ in range(8)),
        return_exceptions=True,
    )
    assert outcomes(results) == (1, {ErrorCode.APPOINTMENT_STATE})
    assert await booked_of(one.slot_id) == 1


async def test_a_booking_cannot_be_cancelled_or_moved_once_it_has_begun(office: Office) -> None:
    one = await office.book(citizen())
    begun = at_time("08:30")
    cancelled = office.booking.act(one.id, AppointmentAction.CANCEL, version=1, actor=citizen(), at=begun)
    assert (await refusal(cancelled)).code is ErrorCode.APPOINTMENT_STATE
    assert (await refusal(office.move(one, citizen(), at=begun))).code is ErrorCode.APPOINTMENT_STATE


async def test_one_person_has_three_open_bookings_at_most_also_at_once(office: Office) -> None:
    days = [date(2026, 3, day) for day in (2, 3, 4, 6, 9, 10, 11, 12)]
    results = await asyncio.gather(*(office.book(citizen(), day=day) for day in days), return_exceptions=True)
    assert outcomes(results) == (3, {ErrorCode.BOOKING_LIMIT})


async def test_one_item_once_a_day_and_another_item_beside_it(office: Office) -> None:
    await office.book(citizen())
    assert (await refusal(office.book(citizen(), start="14:30"))).code is ErrorCode.BOOKING_DUPLICATE
    assert (await office.book(citizen(), start="14:30", item_id=BENEFIT)).item_id == BENEFIT


async def test_five_cancelled_bookings_end_online_booking_for_the_month_but_not_at_the_desk(
    office: Office,
) -> None:
    for day in (3, 4, 6, 9, 10):
        one = await office.book(citizen(), day=date(2026, 3, day))
        await office.booking.act(one.id, AppointmentAction.CANCEL, version=1, actor=citizen(), at=NOW)
    refused = await refusal(office.book(citizen()))
    assert (refused.code, refused.facts["limit"]) == (ErrorCode.BOOKING_LIMIT, "cancels_a_month")
    assert (await office.book_for(CLERK)).channel is Channel.PHONE
    walked_in = await office.booking.walk_in(SOCIAL_1, item_id=None, name="", actor=CLERK, at=NOW)
    assert label(walked_in) == "A001"


async def test_a_hold_given_back_is_no_cancelled_booking(office: Office) -> None:
    for _ in range(6):
        hold = await office.book(citizen(), hold=True)
        await office.booking.act(hold.id, AppointmentAction.CANCEL, version=1, actor=citizen(), at=NOW)
    assert (await office.book(citizen())).state is AppointmentState.BOOKED


async def test_bookings_not_kept_warn_first_and_then_pause_online_booking() -> None:
    office = await open_office(policy=BookingPolicy(no_shows=2, no_show_days=30))
    for day in (2, 3):
        await office.book(citizen(), day=date(2026, 3, day))
    assert (await office.booking.sweep(at_time("09:00", day=date(2026, 3, 3)))).not_kept == 1
    habits = await office.booking.habits(
        citizen().id, tenant_id=TOWN, at=at_time("09:00", day=date(2026, 3, 3))
    )
    assert (habits.no_shows, habits.free_again) == (1, date(2026, 4, 2))
    tuesday_evening = at_time("20:00", day=date(2026, 3, 3))
    assert (await office.booking.sweep(tuesday_evening)).not_kept == 1
    refused = await refusal(office.book(citizen(), day=date(2026, 3, 9), at=tuesday_evening))
    assert (refused.code, refused.facts["limit"]) == (ErrorCode.BOOKING_LIMIT, "no_shows")
    assert refused.facts["until"] == "2026-04-02"
    await office.booking.close()


async def test_whoever_is_late_is_not_yet_missing_before_the_hall_closes(office: Office) -> None:
    await office.book(citizen())
    assert (await office.booking.sweep(at_time("17:00"))).not_kept == 0


async def test_a_clerk_books_for_a_caller_and_the_document_carries_the_limits(office: Office) -> None:
    number = "430481190001010017"
    one = await office.book_for(CLERK, document=number, phone="13800000021")
    assert (one.citizen_id, one.made_by) == ("", CLERK.id)
    assert number not in one.person_id
    again = office.book_for(CLERK, document=number, phone="13800000022", window=SOCIAL_2, start="09:30")
    assert (await refusal(again)).code is ErrorCode.BOOKING_DUPLICATE
    assert office.booking.visitor(one).phone == "13800000021"


async def test_everything_wrong_with_a_callers_data_is_told_at_once(office: Office) -> None:
    refused = await refusal(office.book_for(CLERK, phone="123", document="430481190001010011"))
    assert refused.code is ErrorCode.FORM_INVALID
    assert {wrong.field for wrong in refused.wrong} == {"visitor.phone", "visitor.document_number"}


async def test_a_village_clerk_books_from_the_village_and_sees_the_village_only(office: Office) -> None:
    here = staff(Role.VILLAGE_CLERK, village="c" * 32)
    there = staff(Role.VILLAGE_CLERK, Role.AGENT, village="d" * 32)
    one = await office.book_for(here, channel=Channel.PHONE)
    assert (one.channel, one.village_id) == (Channel.VILLAGE, "c" * 32)
    assert [each.id for each in await office.booking.day(here, window_id=None, day=MONDAY, at=NOW)] == [
        one.id
    ]
    assert await office.booking.day(there, window_id=None, day=MONDAY, at=NOW) == []
    assert (await refusal(office.booking.show(one.id, actor=there))).code is ErrorCode.APPOINTMENT_NOT_FOUND


async def test_another_persons_appointment_looks_like_none(office: Office) -> None:
    one = await office.book(citizen(1))
    other_desk = staff(Role.WINDOW, windows=(POLICE,))
    for actor in (citizen(2), other_desk, staff(Role.DIRECTOR, tenant=OTHER_TOWN), staff(Role.AUDITOR)):
        shown = await refusal(office.booking.show(one.id, actor=actor))
        assert shown.code is ErrorCode.APPOINTMENT_NOT_FOUND
        moved = office.booking.act(one.id, AppointmentAction.CANCEL, version=None, actor=actor, at=NOW)
        assert (await refusal(moved)).code is ErrorCode.APPOINTMENT_NOT_FOUND


async def test_an_answer_to_an_old_view_is_refused(office: Office) -> None:
    hold = await office.book(citizen(), hold=True)
    await office.booking.act(hold.id, AppointmentAction.CONFIRM, version=1, actor=citizen(), at=NOW)
    late = office.booking.act(hold.id, AppointmentAction.CANCEL, version=1, actor=citizen(), at=NOW)
    refused = await refusal(late)
    assert (refused.code, refused.facts["reason"]) == (ErrorCode.APPOINTMENT_STATE, "moved_meanwhile")


async def test_free_times_shrink_and_grow_with_the_bookings(office: Office) -> None:
    async def free() -> dict[int, int]:
        offer = await office.booking.offering.offer(
            TOWN, item_id=BENEFIT, window_id=None, first=MONDAY, days=1, at=NOW
        )
        return {time.start: time.free for time in offer.days[0].times}

    assert (await free())[510] == 6
    one = await office.book(citizen())
    assert (await free())[510] == 5
    await office.move(one, citizen(), start="10:30")
    assert ((await free())[510], (await free())[630]) == (6, 5)


async def test_the_list_of_days_says_which_are_closed_and_which_are_special(office: Office) -> None:
    offer = await office.booking.offering.offer(
        TOWN, item_id=BENEFIT, window_id=None, first=None, days=20, at=NOW
    )
    days = {day.day: day for day in offer.days}
    assert list(days) == [MONDAY + timedelta(days=ahead) for ahead in range(14)]
    assert (days[date(2026, 3, 5)].times, days[date(2026, 3, 5)].note) == ((), "试验节")
    assert days[date(2026, 3, 7)].note == "试验节调休上班"
    assert days[date(2026, 3, 7)].times
    assert offer.next_release == at_time("08:00")


async def test_a_day_of_an_unpublished_year_is_marked_provisional(office: Office) -> None:
    new_year = at_time("09:00", day=date(2026, 12, 28))
    offer = await office.booking.offering.offer(
        TOWN, item_id=BENEFIT, window_id=None, first=None, days=14, at=new_year
    )
    assert [day.provisional for day in offer.days] == [day.day.year == 2027 for day in offer.days]


async def test_a_closed_window_and_an_empty_half_day_offer_nothing(office: Office) -> None:
    closure = HoursException(window_id=SOCIAL_1, day=MONDAY, reason="设备检修")
    await office.hall.declare_exception(closure, actor=DIRECTOR, at=NOW)
    morning = HalfDay(MONDAY, DayPeriod.MORNING)
    await office.hall.duties.close_half_day(SOCIAL_2, morning, note="请到1号窗口", actor=DIRECTOR, at=NOW)
    offer = await office.booking.offering.offer(
        TOWN, item_id=BENEFIT, window_id=None, first=MONDAY, days=1, at=NOW
    )
    assert {time.start for time in offer.days[0].times} == {870, 930, 990}
    assert (await refusal(office.book(citizen()))).code is ErrorCode.SLOT_NOT_FOUND


async def test_places_cut_after_people_booked_are_not_given_again(office: Office) -> None:
    first = [await office.book(citizen(n)) for n in (1, 2, 3)]
    await office.hall.import_seasons(TOWN, [hall_season(places=3, kept=1)])
    await office.booking.act(first[0].id, AppointmentAction.CANCEL, version=1, actor=citizen(1), at=NOW)
    assert (await refusal(office.book(citizen(4)))).code is ErrorCode.SLOT_FULL
    await office.hall.import_seasons(TOWN, [hall_season(places=6, kept=1)])
    assert (await office.book(citizen(4))).state is AppointmentState.BOOKED


async def test_the_history_explains_the_state(office: Office) -> None:
    hold = await office.book(citizen(), hold=True)
    await office.booking.act(hold.id, AppointmentAction.CONFIRM, version=1, actor=citizen(), at=NOW)
    booked = await office.booking.show(hold.id, actor=citizen())
    moved = await office.move(booked, citizen())
    await office.booking.act(moved.id, AppointmentAction.CANCEL, version=None, actor=CLERK, at=NOW)
    events = await database.rows(
        "SELECT version, action, after, actor_role, slot_id FROM appointment_event"
        " WHERE appointment_id = ? ORDER BY version",
        [hold.id],
    )
    assert [(event["version"], event["action"], event["after"]) for event in events] == [
        (1, "hold", "held"),
        (2, "confirm", "booked"),
        (3, "reschedule", "booked"),
        (4, "cancel", "cancelled"),
    ]
    assert events[3]["actor_role"] == "window"
    assert events[2]["slot_id"] == moved.slot_id
