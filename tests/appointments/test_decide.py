"""One decision over a whole batch: first come, first served, and everybody's limits counted on the way."""

from dataclasses import replace
from datetime import timedelta

from api_spec.china_time import day_in_china
from api_spec.vocabulary import AppointmentAction, AppointmentState, Channel, Role
from backend.appointments.appointment import Appointment, new_appointment
from backend.appointments.booking import Past, Places, Wish, decide, net_change
from backend.appointments.policy import BookingPolicy
from backend.appointments.slots import OpenTime, Slot, slots_of
from backend.faults import Fault
from tests.appointments.office import BENEFIT, MONDAY, NOW, PENSION, SOCIAL_1, SOCIAL_2, TOWN

POLICY = BookingPolicy()


def slots(window: str) -> tuple[Slot, ...]:
    time = OpenTime(window_id=window, day=MONDAY, stretches=((510, 720),), slot_minutes=30, capacity=2)
    return slots_of(time)


EARLY, LATE = slots(SOCIAL_1)[0], slots(SOCIAL_1)[1]
NEXT_DOOR = slots(SOCIAL_2)[0]


def wish(serial: int, *choice: Slot, person: str = "", item: str = PENSION) -> Wish:
    appointment = new_appointment(
        f"{serial:032x}",
        f"{serial:010}",
        tenant_id=TOWN,
        item=(item, ""),
        person_id=person or f"p{serial}",
        citizen_id="",
        village_id="",
        visitor=b"",
        channel=Channel.WEB,
        state=AppointmentState.BOOKED,
        held_until=None,
        made_by="",
        at=NOW,
    )
    return Wish(
        appointment=appointment,
        slots=choice or (EARLY,),
        action=AppointmentAction.BOOK,
        actor_id="",
        role=Role.CITIZEN,
        at=NOW,
    )


def codes(wishes: list[Wish], places: Places) -> list[str]:
    decided = decide(wishes, places, policy=POLICY)
    return [one.code.value if isinstance(one, Fault) else one.hours for one in decided]


def test_the_first_in_the_batch_get_the_last_places() -> None:
    places = Places({EARLY.id: 2})
    assert codes([wish(n) for n in range(4)], places) == ["08:30-09:00"] * 2 + ["slot_full"] * 2
    assert places.free[EARLY.id] == 0


def test_fewer_than_no_places_are_full() -> None:
    assert codes([wish(1)], Places({EARLY.id: -1})) == ["slot_full"]


def test_the_window_with_most_places_left_is_chosen() -> None:
    places = Places({EARLY.id: 1, NEXT_DOOR.id: 2})
    decided = decide([wish(n, EARLY, NEXT_DOOR) for n in range(3)], places, policy=POLICY)
    chosen = [one.window_id for one in decided if isinstance(one, Appointment)]
    assert sorted(chosen) == [SOCIAL_1, SOCIAL_2, SOCIAL_2]
    assert chosen[0] == SOCIAL_2


def test_two_wishes_of_one_person_in_a_batch_count_together() -> None:
    places = Places({EARLY.id: 2, LATE.id: 2})
    twice = [wish(1, person="p"), wish(2, LATE, person="p")]
    assert codes(twice, places) == ["08:30-09:00", "booking_duplicate"]
    other_item = [wish(3, LATE, person="q"), wish(4, person="q", item=BENEFIT)]
    assert codes(other_item, Places({EARLY.id: 2, LATE.id: 2})) == ["09:00-09:30", "08:30-09:00"]


def test_a_refused_wish_uses_no_place_and_counts_for_nothing() -> None:
    places = Places({EARLY.id: 0, LATE.id: 1})
    assert codes([wish(1, person="p"), wish(2, LATE, person="p")], places) == ["slot_full", "09:00-09:30"]


def test_what_was_not_kept_long_ago_is_forgotten() -> None:
    today = day_in_china(NOW)

    def missed(days_ago: int) -> Past:
        day = today - timedelta(days=days_ago)
        return Past("x" * 32, "old", PENSION, day, AppointmentState.NO_SHOW, was_confirmed=True, ended_on=day)

    long_ago, recently = [missed(61)] * 3, [missed(60)] * 3
    assert codes([wish(1, person="p")], Places({EARLY.id: 1}, {"p": long_ago})) == ["08:30-09:00"]
    assert codes([wish(1, person="p")], Places({EARLY.id: 1}, {"p": recently})) == ["booking_limit"]


def test_a_move_leaves_its_own_booking_out_of_account() -> None:
    old = wish(1)
    booked = decide([old], Places({EARLY.id: 1}), policy=POLICY)[0]
    assert isinstance(booked, Appointment)
    moving = replace(
        wish(1, LATE),
        appointment=replace(booked, moves=1, version=2),
        action=AppointmentAction.RESCHEDULE,
    )
    known = Past(
        booked.id, EARLY.id, PENSION, MONDAY, AppointmentState.BOOKED, was_confirmed=True, ended_on=None
    )
    places = Places({LATE.id: 1}, {booked.person_id: [known]})
    moved = decide([moving], places, policy=POLICY)[0]
    assert isinstance(moved, Appointment)
    assert (moved.id, moved.slot_id, moved.version) == (booked.id, LATE.id, 2)


def test_net_change_leaves_out_slots_that_stay_as_they_are() -> None:
    gained = [
        one
        for one in decide([wish(1), wish(2)], Places({EARLY.id: 2}), policy=POLICY)
        if isinstance(one, Appointment)
    ]
    assert net_change(gained, [EARLY.id], [EARLY.id, LATE.id]) == {LATE.id: -1}
