"""A sign-in can be renewed, stolen, ended; each shows at once."""

import asyncio
from datetime import timedelta

import pytest

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend import db
from backend.faults import Fault
from backend.people import store_sessions
from backend.people.service import People, SignedIn, Tokens
from backend.people.sessions import LEARN_EVERY_S
from backend.vault import Vault
from tests.people.conftest import NOON, PASSWORD, Hire, Phones, SignIn, later, people_of


def refused(people: People, signed_in: SignedIn, **when: float) -> bool:
    try:
        people.authenticate(signed_in.access_token, later(**when))
    except Fault as fault:
        return fault.code is ErrorCode.TOKEN_EXPIRED
    return False


async def test_a_refresh_token_brings_new_tokens_of_the_same_session(people: People, citizen: SignIn) -> None:
    actor, first = await citizen()
    second = await people.sessions.refresh(first.refresh_token, at=later(minutes=20))
    assert second.refresh_token != first.refresh_token
    assert people.authenticate(second.access_token, later(minutes=45)) == actor
    third = await people.sessions.refresh(second.refresh_token, at=later(minutes=40))
    assert people.authenticate(third.access_token, later(minutes=45)) == actor


async def test_a_refresh_token_used_twice_ends_the_whole_session(people: People, citizen: SignIn) -> None:
    _, first = await citizen()
    second = await people.sessions.refresh(first.refresh_token, at=later(minutes=1))
    with pytest.raises(Fault) as again:
        await people.sessions.refresh(first.refresh_token, at=later(minutes=2))
    assert again.value.code is ErrorCode.TOKEN_INVALID
    assert refused(people, second, minutes=2)
    with pytest.raises(Fault):
        await people.sessions.refresh(second.refresh_token, at=later(minutes=3))


async def test_of_eight_who_use_one_refresh_token_at_once_at_most_one_gets_in(
    people: People, citizen: SignIn
) -> None:
    _, first = await citizen()
    results = await asyncio.gather(
        *(people.sessions.refresh(first.refresh_token, at=later(minutes=1)) for _ in range(8)),
        return_exceptions=True,
    )
    got_in = [result for result in results if isinstance(result, SignedIn)]
    assert len(got_in) == 1
    assert all(isinstance(result, SignedIn | Fault) for result in results)
    assert refused(people, got_in[0], minutes=1)


async def test_an_idle_refresh_token_runs_out(people: People, citizen: SignIn) -> None:
    _, signed_in = await citizen()
    with pytest.raises(Fault) as late:
        await people.sessions.refresh(signed_in.refresh_token, at=later(days=30, seconds=1))
    assert late.value.code is ErrorCode.TOKEN_INVALID


async def test_a_staff_session_ends_after_a_working_day_however_often_it_is_refreshed(
    people: People, hire: Hire
) -> None:
    await hire("zhongxin")
    signed_in = await people.staff.sign_in("zhongxin", PASSWORD, at=NOON)
    for hours in (3, 6, 9):
        signed_in = await people.sessions.refresh(signed_in.refresh_token, at=later(hours=hours))
    assert signed_in.refresh_expires_at == later(hours=12)
    with pytest.raises(Fault):
        await people.sessions.refresh(signed_in.refresh_token, at=later(hours=12))


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
async def test_a_refresh_token_nobody_was_given_is_refused(people: People, token: str) -> None:
    with pytest.raises(Fault) as unknown:
        await people.sessions.refresh(token, at=NOON)
    assert unknown.value.code is ErrorCode.TOKEN_INVALID


async def test_signing_out_is_felt_at_once_also_by_remembered_tokens(people: People, citizen: SignIn) -> None:
    actor, signed_in = await citizen()
    assert people.authenticate(signed_in.access_token, NOON) == actor
    await people.sign_out(actor, at=later(minutes=1))
    assert refused(people, signed_in, minutes=1)
    with pytest.raises(Fault):
        await people.sessions.refresh(signed_in.refresh_token, at=later(minutes=1))


async def test_one_sign_out_leaves_the_other_phone_signed_in(people: People, citizen: SignIn) -> None:
    actor, _ = await citizen()
    other, signed_in = await citizen()
    assert actor.id == other.id
    await people.sign_out(actor, at=NOON)
    assert people.authenticate(signed_in.access_token, NOON) == other


async def test_another_process_learns_of_a_sign_out(
    people: People, citizen: SignIn, vault: Vault, tokens: Tokens, phones: Phones
) -> None:
    actor, signed_in = await citizen()
    elsewhere = people_of(vault, tokens, phones)
    await elsewhere.start(lambda: later(minutes=1))
    try:
        assert elsewhere.authenticate(signed_in.access_token, NOON) == actor
        await people.sign_out(actor, at=later(minutes=1))
        async with asyncio.timeout(LEARN_EVERY_S + 1):
            while not refused(elsewhere, signed_in):  # noqa: ASYNC110 - nobody tells this process
                await asyncio.sleep(0.02)
    finally:
        await elsewhere.close()


async def test_a_process_that_starts_knows_who_signed_out_before(
    people: People, citizen: SignIn, vault: Vault, tokens: Tokens, phones: Phones
) -> None:
    actor, signed_in = await citizen()
    await people.sign_out(actor, at=later(minutes=1))
    restarted = people_of(vault, tokens, phones)
    await restarted.sessions.learn(later(minutes=2))
    assert refused(restarted, signed_in, minutes=2)


async def test_what_has_ended_is_forgotten_once_its_tokens_have_run_out(
    people: People, citizen: SignIn
) -> None:
    actor, _ = await citizen()
    await people.sign_out(actor, at=NOON)
    await people.sessions.learn(later(minutes=10))
    assert people.sessions._ended
    await people.sessions.learn(later(hours=1))
    assert not people.sessions._ended


async def test_rights_are_read_anew_at_every_refresh(people: People, hire: Hire) -> None:
    account = await hire("lisi", Role.WINDOW, department_id="d" * 32, window_ids=("w" * 32,))
    signed_in = await people.staff.sign_in("lisi", PASSWORD, at=NOON)
    boss = people.authenticate((await people.staff.sign_in("lisi", PASSWORD, at=NOON)).access_token, NOON)
    other = await hire("admin-one", Role.SYSTEM_ADMIN)
    admin = people.authenticate(
        (await people.staff.sign_in(other.login_name, PASSWORD, at=NOON)).access_token, NOON
    )
    assert boss.roles == {Role.WINDOW}
    member = await people.accounts.member(admin.tenant_id, account.id)
    extra = member.posts[0]
    await people.accounts.appoint(
        admin,
        type(extra)(id="", staff_id=account.id, role=Role.SERVICE_DESK, valid_from=extra.valid_from),
        at=NOON,
    )
    refreshed = await people.sessions.refresh(signed_in.refresh_token, at=later(minutes=1))
    assert people.authenticate(refreshed.access_token, later(minutes=1)).roles == {
        Role.WINDOW,
        Role.SERVICE_DESK,
    }


async def test_no_secret_is_stored_in_the_clear(citizen: SignIn) -> None:
    _, signed_in = await citizen()
    found = await db.rows("SELECT hash FROM refresh_token")
    assert len(found) == 1
    assert signed_in.refresh_token not in str(found)


async def test_old_refresh_tokens_are_swept_out(citizen: SignIn) -> None:
    await citizen()
    await store_sessions.forget_before(later(days=29))
    assert len(await db.rows("SELECT hash FROM refresh_token")) == 1
    await store_sessions.forget_before(NOON + timedelta(days=31))
    assert await db.rows("SELECT hash FROM refresh_token") == []
