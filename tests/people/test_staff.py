"""Staff at the door: passwords, lock-out, first passwords, and posts that lapse."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Partner, Role
from backend import db
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault
from backend.ids import new_id
from backend.people.lockout import FIRST_WAIT, FREE_TRIES
from backend.people.service import Hashing, People
from tests.people.conftest import CHEAP, NOON, PASSWORD, TENANT, TODAY, Hire, a_post, code_of, later

DEPARTMENT, OTHER_DEPARTMENT = new_id(), new_id()
WINDOW = new_id()
A_NEW_PASSWORD = "three ducks on the Lei river"


async def signed_in(people: People, login_name: str, at: datetime = NOON) -> Actor:
    return people.authenticate((await people.staff.sign_in(login_name, PASSWORD, at=at)).access_token, at)


@pytest.fixture
async def admin(people: People, hire: Hire) -> Actor:
    await hire("admin", Role.SYSTEM_ADMIN)
    return await signed_in(people, "admin")


async def test_a_sign_in_gives_the_roles_of_the_posts_held_today(people: People, hire: Hire) -> None:
    await hire("zhang", Role.WINDOW, department_id=DEPARTMENT, window_ids=(WINDOW,))
    actor = await signed_in(people, "zhang")
    assert actor.roles == {Role.WINDOW}
    assert (actor.tenant_id, actor.department_id, actor.window_ids) == (TENANT, DEPARTMENT, (WINDOW,))
    assert actor.name == "某某"


@pytest.mark.parametrize("typed", ["ZHANG", " zhang ", "zhang"])
async def test_a_login_name_is_the_same_in_any_case_and_width(people: People, hire: Hire, typed: str) -> None:
    await hire("zhang")
    assert (await people.staff.sign_in(typed, PASSWORD, at=NOON)).access_token


@pytest.mark.parametrize("login_name", ["zhang", "nobody", "' OR 1=1 --", ""])
async def test_a_known_and_an_unknown_name_are_refused_alike(
    people: People, hire: Hire, login_name: str
) -> None:
    await hire("zhang")
    answers = [
        await code_of(people.staff.sign_in(login_name, "wrong", at=NOON)) for _ in range(FREE_TRIES + 1)
    ]
    assert answers == [ErrorCode.SIGN_IN_FAILED] * FREE_TRIES + [ErrorCode.ACCOUNT_LOCKED]


async def test_an_unknown_name_costs_a_whole_hash() -> None:
    slow = Hashing(type(CHEAP)(time_cost=2, memory_cost=8192, parallelism=1))
    stored = await slow.hash("right")

    async def cost(stored: str | None) -> float:
        started = time.perf_counter()
        assert not await slow.matches("wrong", stored)
        return time.perf_counter() - started

    known = min([await cost(stored) for _ in range(3)])
    unknown = min([await cost(None) for _ in range(3)])
    assert unknown > known / 2


async def test_a_locked_name_says_how_long_and_refuses_even_the_right_password(
    people: People, hire: Hire
) -> None:
    await hire("zhang")
    for _ in range(FREE_TRIES):
        await code_of(people.staff.sign_in("zhang", "wrong", at=NOON))
    with pytest.raises(Fault) as locked:
        await people.staff.sign_in("zhang", PASSWORD, at=later(seconds=10))
    assert locked.value.facts == {"retry_after_s": "50"}
    assert (await people.staff.sign_in("zhang", PASSWORD, at=NOON + FIRST_WAIT)).access_token


async def test_the_wait_doubles_until_a_right_password_forgives(people: People, hire: Hire) -> None:
    await hire("zhang")
    at = NOON
    for _ in range(FREE_TRIES):
        await code_of(people.staff.sign_in("zhang", "wrong", at=at))
    for wait in (FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT):
        at += wait
        assert await code_of(people.staff.sign_in("zhang", "wrong", at=at)) is ErrorCode.SIGN_IN_FAILED
        assert await code_of(people.staff.sign_in("zhang", "wrong", at=at)) is ErrorCode.ACCOUNT_LOCKED
    at += 8 * FIRST_WAIT
    await people.staff.sign_in("zhang", PASSWORD, at=at)
    assert await code_of(people.staff.sign_in("zhang", "wrong", at=at)) is ErrorCode.SIGN_IN_FAILED
    assert (await people.staff.sign_in("zhang", PASSWORD, at=at)).access_token


async def test_guesses_at_once_cannot_outrun_the_count(people: People, hire: Hire) -> None:
    await hire("zhang")
    answers = await asyncio.gather(
        *(people.staff.sign_in("zhang", "wrong", at=NOON) for _ in range(20)), return_exceptions=True
    )
    codes = [answer.code for answer in answers if isinstance(answer, Fault)]
    assert codes.count(ErrorCode.SIGN_IN_FAILED) == FREE_TRIES
    assert codes.count(ErrorCode.ACCOUNT_LOCKED) == 20 - FREE_TRIES


async def test_wrong_tries_are_forgotten_after_a_quiet_day(people: People, hire: Hire) -> None:
    await hire("zhang")
    for _ in range(FREE_TRIES - 1):
        await code_of(people.staff.sign_in("zhang", "wrong", at=NOON))
    await code_of(people.staff.sign_in("zhang", "wrong", at=later(days=1, seconds=1)))
    assert (await people.staff.sign_in("zhang", PASSWORD, at=later(days=1, seconds=2))).access_token


async def test_sign_ins_and_locks_leave_audit_rows_without_names(
    people: People, hire: Hire, audit: Audit
) -> None:
    account = await hire("zhang")
    await signed_in(people, "zhang")
    for name in ("zhang", "nobody"):
        for _ in range(FREE_TRIES):
            await code_of(people.staff.sign_in(name, "wrong", at=NOON))
    rows = [(row.action, row.subject_id) for row in await audit.latest(TENANT)]
    assert rows[:3] == [
        (AuditAction.SIGN_IN_REFUSED, "unknown"),
        (AuditAction.SIGN_IN_REFUSED, account.id),
        (AuditAction.SIGN_IN, account.id),
    ]


async def test_a_first_password_opens_nothing_but_its_own_change(people: People, admin: Actor) -> None:
    made = await people.accounts.create(admin, login_name="wangwu", name="某某", at=NOON)
    await people.accounts.appoint(admin, a_post(Role.CENTRE_STAFF, staff_id=made.account.id), at=NOON)
    first = await people.staff.sign_in("wangwu", made.first_password, at=NOON)
    actor = people.authenticate(first.access_token, NOON)
    assert first.must_change_password
    assert actor.must_change_password

    changed = await people.staff.change_password(actor, made.first_password, new=A_NEW_PASSWORD, at=NOON)
    assert not people.authenticate(changed.access_token, NOON).must_change_password
    with pytest.raises(Fault):
        people.authenticate(first.access_token, NOON)
    again = await people.staff.sign_in("wangwu", A_NEW_PASSWORD, at=NOON)
    assert not again.must_change_password


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("short", "too_short"),
        ("x" * 129, "too_long"),
        ("my-name-is-ZHANG-yes", "login_name"),
        ("aaaaaaaaaaaa", "repetitive"),
        ("1234567890", "repetitive"),
        ("Password2026!", "common"),
        ("qwertyuiop", "common"),
        (PASSWORD, "unchanged"),
    ],
)
async def test_a_guessable_password_is_refused_with_its_reason(
    people: People, hire: Hire, new: str, reason: str
) -> None:
    await hire("zhang")
    actor = await signed_in(people, "zhang")
    with pytest.raises(Fault) as weak:
        await people.staff.change_password(actor, PASSWORD, new=new, at=NOON)
    assert weak.value.code is ErrorCode.PASSWORD_WEAK
    assert [wrong.code for wrong in weak.value.wrong] == [reason]
    assert (await people.staff.sign_in("zhang", PASSWORD, at=NOON)).access_token


async def test_a_stolen_session_cannot_guess_the_password_for_ever(people: People, hire: Hire) -> None:
    await hire("zhang")
    actor = await signed_in(people, "zhang")
    answers = [
        await code_of(people.staff.change_password(actor, f"guess {n}", new=A_NEW_PASSWORD, at=NOON))
        for n in range(FREE_TRIES + 1)
    ]
    assert answers[-1] is ErrorCode.ACCOUNT_LOCKED


async def test_passwords_are_stored_as_argon2id_and_strengthened_when_the_cost_rises(
    people: People, hire: Hire
) -> None:
    account = await hire("zhang")
    weaker = type(CHEAP)(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    await db.rows("UPDATE staff SET password_hash = ? WHERE id = ?", [weaker, account.id])
    await signed_in(people, "zhang")
    stored = await db.row("SELECT password_hash FROM staff WHERE id = ?", [account.id])
    assert stored is not None
    assert stored["password_hash"].startswith("$argon2id$")
    assert stored["password_hash"] != weaker
    assert await signed_in(people, "zhang")


async def test_a_disabled_account_is_out_at_once_and_looks_like_a_wrong_password(
    people: People, hire: Hire, admin: Actor
) -> None:
    account = await hire("zhang")
    inside = await people.staff.sign_in("zhang", PASSWORD, at=NOON)
    await people.accounts.disable(admin, account.id, at=NOON)
    with pytest.raises(Fault):
        people.authenticate(inside.access_token, NOON)
    assert await code_of(people.sessions.refresh(inside.refresh_token, at=NOON)) is ErrorCode.TOKEN_INVALID
    assert await code_of(people.staff.sign_in("zhang", PASSWORD, at=NOON)) is ErrorCode.SIGN_IN_FAILED
    await people.accounts.enable(admin, account.id, at=NOON)
    assert await signed_in(people, "zhang")


async def test_a_refresh_looks_again_whether_the_account_may_be_used(people: People, hire: Hire) -> None:
    account = await hire("zhang")
    inside = await people.staff.sign_in("zhang", PASSWORD, at=NOON)
    await db.rows("UPDATE staff SET disabled_at = 1 WHERE id = ?", [account.id])
    assert await code_of(people.sessions.refresh(inside.refresh_token, at=NOON)) is ErrorCode.TOKEN_INVALID


async def test_a_reset_account_needs_the_new_first_password(people: People, hire: Hire, admin: Actor) -> None:
    account = await hire("zhang")
    inside = await people.staff.sign_in("zhang", PASSWORD, at=NOON)
    made = await people.accounts.reset(admin, account.id, at=NOON)
    with pytest.raises(Fault):
        people.authenticate(inside.access_token, NOON)
    assert await code_of(people.staff.sign_in("zhang", PASSWORD, at=NOON)) is ErrorCode.SIGN_IN_FAILED
    assert (await people.staff.sign_in("zhang", made.first_password, at=NOON)).must_change_password


async def test_an_administrator_leaves_their_own_account_and_other_townships_alone(
    people: People, hire: Hire, admin: Actor
) -> None:
    account = await hire("zhang")
    stranger = Actor(id=new_id(), roles=admin.roles, tenant_id=new_id())
    assert await code_of(people.accounts.reset(stranger, account.id, at=NOON)) is ErrorCode.STAFF_NOT_FOUND
    assert await code_of(people.accounts.disable(admin, new_id(), at=NOON)) is ErrorCode.STAFF_NOT_FOUND
    for own in (
        people.accounts.reset(admin, admin.id, at=NOON),
        people.accounts.disable(admin, admin.id, at=NOON),
        people.accounts.appoint(admin, a_post(Role.DIRECTOR, staff_id=admin.id), at=NOON),
    ):
        assert await code_of(own) is ErrorCode.NOT_YOUR_ACTION


async def test_a_login_name_is_taken_once(people: People, hire: Hire, admin: Actor) -> None:
    await hire("zhang")
    taken = people.accounts.create(admin, login_name="Zhang", name="别人", at=NOON)
    assert await code_of(taken) is ErrorCode.LOGIN_NAME_TAKEN


async def test_accounts_are_listed_by_login_name_page_by_page(people: People, hire: Hire) -> None:
    for name in ("chen", "admin", "bai"):
        await hire(name)
    first = await people.accounts.members(TENANT, after="", limit=2)
    rest = await people.accounts.members(TENANT, after="bai", limit=2)
    assert [member.account.login_name for member in (*first, *rest)] == ["admin", "bai", "chen"]
    assert [post.role for post in first[0].posts] == [Role.CENTRE_STAFF]
    assert await people.accounts.members(new_id(), after="", limit=2) == []


async def test_importing_an_account_twice_changes_nothing(people: People, hire: Hire) -> None:
    first = await hire("zhang")
    assert await hire("zhang", Role.DIRECTOR) == first
    assert (await signed_in(people, "zhang")).roles == {Role.CENTRE_STAFF}


LEADER = {"department_id": DEPARTMENT, "document": "三政任〔2026〕3号", "valid_to": date(2026, 12, 31)}


@pytest.mark.plan(28)
async def test_a_department_has_one_leader_at_a_time(people: People, hire: Hire, admin: Actor) -> None:
    await hire("zhang", Role.GROUP_LEADER, **LEADER)
    other = await hire("li")
    wanted = a_post(Role.GROUP_LEADER, staff_id=other.id, **LEADER)
    assert await code_of(people.accounts.appoint(admin, wanted, at=NOON)) is ErrorCode.POST_CONFLICT
    elsewhere = a_post(Role.GROUP_LEADER, staff_id=other.id, **LEADER | {"department_id": OTHER_DEPARTMENT})
    assert await people.accounts.appoint(admin, elsewhere, at=NOON)


@pytest.mark.plan(28)
async def test_of_eight_leaders_appointed_at_once_one_is_appointed(
    people: People, hire: Hire, admin: Actor
) -> None:
    candidates = [await hire(f"clerk-{n}") for n in range(8)]
    results = await asyncio.gather(
        *(
            people.accounts.appoint(admin, a_post(Role.GROUP_LEADER, staff_id=each.id, **LEADER), at=NOON)
            for each in candidates
        ),
        return_exceptions=True,
    )
    refusals = [result.code for result in results if isinstance(result, Fault)]
    assert refusals == [ErrorCode.POST_CONFLICT] * 7


async def test_the_place_of_a_leader_is_free_again_once_the_post_is_over(
    people: People, hire: Hire, admin: Actor
) -> None:
    first = await hire("zhang", Role.GROUP_LEADER, **LEADER)
    other = await hire("li")
    wanted = a_post(Role.GROUP_LEADER, staff_id=other.id, **LEADER)
    held = (await people.accounts.member(TENANT, first.id)).posts[0]
    await people.accounts.end_post(admin, held.id, at=NOON)
    assert await people.accounts.appoint(admin, wanted, at=NOON)
    next_year = datetime(2027, 1, 1, 4, tzinfo=UTC)
    third = await hire("wang")
    successor = a_post(
        Role.GROUP_LEADER,
        staff_id=third.id,
        **LEADER | {"valid_from": date(2027, 1, 1), "valid_to": date(2027, 12, 31)},
    )
    assert await people.accounts.appoint(admin, successor, at=next_year)


async def test_ending_a_post_ends_the_persons_sign_ins_and_only_once(
    people: People, hire: Hire, admin: Actor
) -> None:
    account = await hire("zhang")
    inside = await people.staff.sign_in("zhang", PASSWORD, at=NOON)
    post = (await people.accounts.member(TENANT, account.id)).posts[0]
    await people.accounts.end_post(admin, post.id, at=NOON)
    with pytest.raises(Fault):
        people.authenticate(inside.access_token, NOON)
    assert await code_of(people.accounts.end_post(admin, post.id, at=NOON)) is ErrorCode.POST_NOT_FOUND
    assert await code_of(people.staff.sign_in("zhang", PASSWORD, at=NOON)) is ErrorCode.NOT_ALLOWED


@pytest.mark.parametrize("second", [Role.SECURITY_OFFICER, Role.AUDITOR, Role.SYSTEM_ADMIN])
async def test_the_three_officers_are_three_people(
    people: People, hire: Hire, admin: Actor, second: Role
) -> None:
    account = await hire("officer", Role.AUDITOR)
    wanted = a_post(second, staff_id=account.id)
    assert await code_of(people.accounts.appoint(admin, wanted, at=NOON)) is ErrorCode.POST_CONFLICT


@pytest.mark.plan(28)
async def test_the_database_itself_refuses_a_second_leader_and_a_second_officer_post(
    people: People, hire: Hire
) -> None:
    del people
    await hire("zhang", Role.GROUP_LEADER, **LEADER)
    auditor = await hire("officer", Role.AUDITOR)
    copied = (
        "INSERT INTO staff_post (id, tenant_id, staff_id, role, department_id, window_ids, village_id, item_ids,"
        " document, valid_from, given_at, given_by, ended_by, leader_of, officer) SELECT ?, tenant_id, staff_id,"
        " role, department_id, window_ids, village_id, item_ids, document, valid_from, given_at, given_by,"
        " ended_by, leader_of, officer FROM staff_post WHERE role = ? ON CONFLICT DO NOTHING RETURNING id"
    )
    assert await db.rows(copied, [new_id(), "group_leader"]) == []
    assert await db.rows(copied, [new_id(), "auditor"]) == []
    free = await db.rows("UPDATE staff_post SET officer = NULL WHERE staff_id = ? RETURNING id", [auditor.id])
    assert len(free) == 1
    assert len(await db.rows(copied, [new_id(), "auditor"])) == 1


@pytest.mark.plan(29)
async def test_a_right_lapses_at_midnight_of_its_last_day(people: People, hire: Hire) -> None:
    await hire("zhang", Role.GROUP_LEADER, **LEADER | {"valid_to": TODAY})
    evening = datetime(2026, 4, 10, 15, 50, tzinfo=UTC)
    signed = await people.staff.sign_in("zhang", PASSWORD, at=evening)
    assert signed.access_expires_at == datetime(2026, 4, 10, 16, 0, tzinfo=UTC)
    after = signed.access_expires_at + timedelta(seconds=1)
    assert await code_of(people.sessions.refresh(signed.refresh_token, at=after)) is ErrorCode.TOKEN_INVALID
    assert await code_of(people.staff.sign_in("zhang", PASSWORD, at=after)) is ErrorCode.NOT_ALLOWED


@pytest.mark.plan(29, 30)
async def test_an_appointment_covers_its_items_and_no_others(people: People, hire: Hire) -> None:
    one, other = new_id(), new_id()
    account = await hire("zhang", Role.GROUP_LEADER, **LEADER, item_ids=(one,))
    whole = await hire("li", Role.BACK_OFFICE, **LEADER)

    async def covers(staff_id: str, item_id: str, role: Role, day: date = TODAY) -> bool:
        return await people.covers(staff_id, item_id, role=role, day=day)

    assert await covers(account.id, one, Role.GROUP_LEADER)
    assert not await covers(account.id, other, Role.GROUP_LEADER)
    assert not await covers(account.id, one, Role.BACK_OFFICE)
    assert not await covers(account.id, one, Role.GROUP_LEADER, date(2027, 1, 1))
    assert await covers(whole.id, other, Role.BACK_OFFICE)


async def test_a_partner_sees_only_their_own_trade(people: People, hire: Hire, admin: Actor) -> None:
    account = await hire("shuichang", Role.PARTNER, partner=Partner.WATER)
    assert (await signed_in(people, "shuichang")).partner is Partner.WATER
    wanted = a_post(Role.CENTRE_STAFF, staff_id=account.id)
    assert await code_of(people.accounts.appoint(admin, wanted, at=NOON)) is ErrorCode.POST_CONFLICT


async def test_names_of_staff_are_told_to_their_own_township(people: People, hire: Hire) -> None:
    account = await hire("zhang")
    assert await people.staff_names(TENANT, [account.id, new_id()]) == {account.id: "某某"}
    assert await people.staff_names(new_id(), [account.id]) == {}
    assert await people.staff_names(TENANT, []) == {}


async def test_a_villages_computer_knows_its_own_clerks_of_today(
    people: People, hire: Hire, admin: Actor
) -> None:
    village = new_id()
    clerk = await hire("clerk", Role.VILLAGE_CLERK, village_id=village)
    await hire("first-password", Role.VILLAGE_CLERK, village_id=village, must_change_password=True)
    await hire("next-door", Role.VILLAGE_CLERK, village_id=new_id())
    await hire("from-tomorrow", Role.VILLAGE_CLERK, village_id=village, valid_from=TODAY + timedelta(days=1))

    async def known(tenant_id: str = TENANT) -> list[str]:
        logins = await people.village_logins(tenant_id, village, day=TODAY)
        return [login.account.login_name for login in logins]

    assert await known() == ["clerk"]
    assert await known(new_id()) == []
    await people.accounts.disable(admin, clerk.id, at=NOON)
    assert await known() == []
