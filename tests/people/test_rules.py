"""The pure rules of people: waits, posts, notices, names and passwords."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from api_spec.vocabulary import Channel, ConsentPurpose, Partner, Role
from backend.faults import Fault
from backend.people import identity, notices, passwords, posts
from backend.people.lockout import Lockout
from backend.people.notices import NOTICES, Consent
from tests.people.conftest import NOON, TODAY, a_post, later


@given(st.integers(0, 10_000))
def test_more_wrong_tries_never_shorten_the_wait(tries: int) -> None:
    lockout = Lockout()
    assert lockout.wait_after(tries) <= lockout.wait_after(tries + 1) <= lockout.longest_wait


def test_the_first_tries_are_free_and_the_waits_double() -> None:
    lockout = Lockout()
    minutes = [lockout.wait_after(tries) / timedelta(minutes=1) for tries in range(1, 12)]
    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (Role.WINDOW, {"department_id", "window_ids"}),
        (Role.GROUP_LEADER, {"department_id", "document", "valid_to"}),
        (Role.BACK_OFFICE, {"department_id", "document", "valid_to"}),
        (Role.DEPARTMENT_HEAD, {"department_id"}),
        (Role.VILLAGE_CLERK, {"village_id"}),
        (Role.PARTNER, {"partner"}),
        (Role.CITIZEN, {"role"}),
        (Role.AGENT, {"role"}),
        (Role.NODE, {"role"}),
        (Role.SYSTEM, {"role"}),
    ],
)
def test_a_post_says_all_it_lacks_at_once(role: Role, missing: set[str]) -> None:
    with pytest.raises(Fault) as refusal:
        posts.check(a_post(role))
    assert refusal.value.code is ErrorCode.FORM_INVALID
    assert {wrong.field for wrong in refusal.value.wrong} == missing


@pytest.mark.parametrize(
    "role",
    [
        Role.CENTRE_STAFF,
        Role.DIRECTOR,
        Role.SERVICE_DESK,
        Role.SUPERVISOR,
        Role.SUPERIOR,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_OFFICER,
        Role.AUDITOR,
    ],
)
def test_a_post_of_the_centre_needs_nothing_more(role: Role) -> None:
    posts.check(a_post(role))


def test_a_post_cannot_end_before_it_begins() -> None:
    with pytest.raises(Fault):
        posts.check(a_post(Role.DIRECTOR, valid_to=TODAY - timedelta(days=1)))
    posts.check(a_post(Role.DIRECTOR, valid_to=TODAY))


@pytest.mark.parametrize(
    ("days", "held"),
    [(-1, False), (0, True), (5, True), (6, False)],
    ids=["before", "first", "last", "after"],
)
def test_a_post_is_held_from_its_first_to_its_last_day(days: int, *, held: bool) -> None:
    post = a_post(Role.DIRECTOR, valid_to=TODAY + timedelta(days=5))
    assert post.is_held(TODAY + timedelta(days=days)) is held


def test_an_ended_post_gives_nothing() -> None:
    ended = a_post(Role.DIRECTOR, ended_at=NOON)
    assert not ended.is_held(TODAY)
    assert not ended.may_return(TODAY)


@pytest.mark.parametrize("one", sorted(posts.OFFICERS))
@pytest.mark.parametrize("other", sorted(posts.OFFICERS))
def test_no_officer_holds_a_second_officers_post(one: Role, other: Role) -> None:
    with pytest.raises(Fault):
        posts.check_together(a_post(one), [a_post(other)])


@pytest.mark.parametrize(
    ("new", "held", "reason"),
    [
        (
            a_post(Role.WINDOW, department_id="a", window_ids=("1",)),
            a_post(Role.BACK_OFFICE, department_id="b"),
            "one_department",
        ),
        (
            a_post(Role.VILLAGE_CLERK, village_id="a"),
            a_post(Role.VILLAGE_CLERK, village_id="b"),
            "one_village",
        ),
        (a_post(Role.PARTNER, partner=Partner.GAS), a_post(Role.DIRECTOR), "partner_only"),
        (
            a_post(Role.WINDOW, department_id="a", window_ids=("1",)),
            a_post(Role.WINDOW, department_id="a", window_ids=("1", "2")),
            "held_already",
        ),
    ],
)
def test_posts_that_do_not_go_together_say_why(new: posts.Post, held: posts.Post, reason: str) -> None:
    with pytest.raises(Fault) as refusal:
        posts.check_together(new, [held])
    assert refusal.value.code is ErrorCode.POST_CONFLICT
    assert refusal.value.facts == {"reason": reason}


def test_a_clerk_may_serve_several_windows_of_one_department_and_decide_there() -> None:
    window = a_post(Role.WINDOW, department_id="a", window_ids=("1",))
    posts.check_together(replace(window, window_ids=("2",)), [window])
    posts.check_together(a_post(Role.GROUP_LEADER, department_id="a"), [window])


def test_every_purpose_has_notices_counted_from_one_in_order() -> None:
    for purpose in ConsentPurpose:
        versions = [notice for notice in NOTICES if notice.purpose is purpose]
        assert [notice.version for notice in versions] == list(range(1, len(versions) + 1))
        assert all(1 <= notice.covers_from <= notice.version for notice in versions)
        assert all(notice.title and notice.text for notice in versions)
        assert [notice.since for notice in versions] == sorted(notice.since for notice in versions)


def test_a_notice_is_current_also_before_its_first_day() -> None:
    assert notices.current(ConsentPurpose.SERVICE, date(2020, 1, 1)).version == 1


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({}, True),
        ({"ended_at": later(days=1)}, False),
        ({"version": 0}, False),
        ({"purpose": ConsentPurpose.NOTICES}, False),
        ({"partner": Partner.GAS}, False),
    ],
    ids=["in force", "ended", "too old", "another purpose", "another recipient"],
)
def test_only_a_consent_in_force_for_the_same_purpose_covers(
    change: dict[str, Any], *, covered: bool
) -> None:
    given = Consent(
        id="1",
        purpose=ConsentPurpose.SERVICE,
        partner=None,
        version=1,
        channel=Channel.WEB,
        given_at=NOON,
    )
    changed = replace(given, **change)
    assert notices.is_covered([changed], ConsentPurpose.SERVICE, day=TODAY) is covered


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  张三丰 ", "张三丰"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Ａnna  Müller", "Anna Müller"),
        ("O'Neil", "O'Neil"),
        ("某\ue000", "某\ue000"),
    ],
)
def test_a_name_has_one_form(typed: str, name: str) -> None:
    assert identity.person_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "张", "张3丰", "张三丰!", "x" * 51, "张\x00三", "张\udcff三", "张\u202e三"]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        identity.person_name(typed)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("李四", "李*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("Anna Müller", "A**"),
        ("", ""),
    ],
)
def test_a_masked_name_keeps_the_surname(name: str, masked: str) -> None:
    assert identity.mask_name(name) == masked


@given(st.binary(min_size=64, max_size=64))
def test_a_first_password_is_long_readable_and_good_enough_by_our_own_rule(seed: bytes) -> None:
    def random(count: int) -> bytes:
        nonlocal seed
        taken, seed = seed[:count], seed[count:] + bytes([*range(200, 200 + count)])
        return taken

    password = passwords.first_password(random)
    assert len(password) == 12
    assert set(password).isdisjoint("01liIoO")
