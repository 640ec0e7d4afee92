"""Errands on a real database: asked once, consented, handed over by list, shown masked, told to the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from api_spec import tracking_code
from api_spec.errors import ErrorCode
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Channel, ErrandState, MoneyMove, Partner, Role
from api_spec.vocabulary import ErrandAction as A
from backend import db
from backend.actors import Actor
from backend.db import OpenDatabase, in_transaction, rows
from backend.faults import Fault
from backend.proxy import store
from backend.proxy.service import (
    Command,
    ErrandChange,
    ErrandFilter,
    ErrandRequest,
    EventFacts,
    FiledErrand,
    MoneyTaken,
    Proxy,
)
from backend.proxy.store_lists import queue_statement
from backend.register.event_chain import ChainBroken
from tests.proxy.office import (
    APPLICANT,
    CENTRE,
    CITIZEN,
    CLERK,
    NODE,
    NOON,
    OTHER_TENANT,
    POWER,
    STOP_WATER,
    TODAY,
    VILLAGE,
    WATER,
    WATER_SHARING,
    WINDOW,
    Township,
    at_the_window,
    citizen,
    item,
    mandate,
    request,
    rid,
    staff,
    taken,
)


async def filed(proxy: Proxy) -> FiledErrand:
    return await proxy.file(at_the_window(), at=NOON)


async def on_the_desk(proxy: Proxy, count: int = 1) -> list[str]:
    """Errands taken on, ready for the partner."""
    ids = []
    for _ in range(count):
        one = await filed(proxy)
        await proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
        ids.append(one.errand_id)
    return ids


async def with_the_partner(proxy: Proxy) -> str:
    (errand_id,) = await on_the_desk(proxy)
    await proxy.hand_over(Partner.WATER, [errand_id], actor=CENTRE, at=NOON)
    return errand_id


async def test_a_citizen_asks_with_both_consents_and_is_told_a_number(
    proxy: Proxy, township: Township
) -> None:
    one = await proxy.file(request(), at=NOON)
    assert one.state is ErrandState.CONSENTED
    assert one.number == "SDD-260407-0001-" + one.number[-1]
    assert tracking_code.parse(one.tracking_code).text == one.tracking_code
    assert township.given == [(CITIZEN, Partner.WATER)]


async def test_without_consents_it_waits_for_them(proxy: Proxy, township: Township) -> None:
    one = await proxy.file(request(mandate=None, sharing=None), at=NOON)
    assert one.state is ErrandState.REQUESTED
    assert township.given == []
    view = await proxy.consent(one.errand_id, mandate(), WATER_SHARING, actor=citizen(), at=NOON)
    assert view.state is ErrandState.CONSENTED
    assert township.given == [(CITIZEN, Partner.WATER)]


async def test_an_answer_lost_on_the_way_makes_no_second_errand(proxy: Proxy) -> None:
    asked = request()
    first, again = await proxy.file(asked, at=NOON), await proxy.file(asked, at=NOON + timedelta(hours=1))
    assert (again.errand_id, again.number, again.created) == (first.errand_id, first.number, False)


async def test_the_same_id_with_other_content_is_refused(proxy: Proxy) -> None:
    asked = request()
    await proxy.file(asked, at=NOON)
    with pytest.raises(Fault) as refused:
        await proxy.file(replace(asked, answers={"account": "9999999999"}), at=NOON)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT


async def test_many_at_once_get_numbers_without_gaps(proxy: Proxy) -> None:
    receipts = await asyncio.gather(*(proxy.file(request(), at=NOON) for _ in range(8)))
    assert sorted(one.number[11:15] for one in receipts) == [f"{serial:04}" for serial in range(1, 9)]


async def test_a_village_brings_its_errand_with_number_code_and_money(proxy: Proxy) -> None:
    code = tracking_code.mint(4711, 5, key=bytes(32)).text
    asked = request(
        by=NODE,
        channel=Channel.VILLAGE,
        owner_citizen_id="",
        village_id=VILLAGE,
        node_id="4711",
        mandate=mandate(SigningMethod.WET_INK),
        tracking_code=code,
        case_number="SD-260407-0174826-K",
        money=(MoneyTaken(move=MoneyMove.TAKEN, amount_fen=5000, paper_receipt="村-12"),),
    )
    async with in_transaction():
        (one,) = await proxy.file_many([asked], at=NOON)
    assert isinstance(one, FiledErrand)
    assert (one.number, one.tracking_code) == ("SD-260407-0174826-K", code)
    view = await proxy.show(one.errand_id, actor=CLERK, at=NOON)
    assert (view.held_fen, view.paper) == (5000, "SD-260407-0174826-K")
    async with in_transaction():
        (again,) = await proxy.file_many([asked], at=NOON)
    assert isinstance(again, FiledErrand)
    assert not again.created
    assert (await proxy.show(one.errand_id, actor=CLERK, at=NOON)).held_fen == 5000


async def test_a_number_a_copied_node_gave_twice_gives_way(proxy: Proxy) -> None:
    def brought(random: int) -> ErrandRequest:
        return request(
            by=NODE,
            channel=Channel.VILLAGE,
            owner_citizen_id="",
            village_id=VILLAGE,
            mandate=mandate(SigningMethod.WET_INK),
            node_id="7",
            tracking_code=tracking_code.mint(7, random, key=bytes(32)).text,
            case_number="SD-260407-0174826-K",
        )

    async with in_transaction():
        one, two = await proxy.file_many([brought(1), brought(2)], at=NOON)
    assert isinstance(one, FiledErrand)
    assert isinstance(two, FiledErrand)
    assert one.number == "SD-260407-0174826-K"
    assert two.number.startswith("SDD-260407-0001-")


async def test_a_bad_errand_holds_back_none_of_the_others(proxy: Proxy) -> None:
    async with in_transaction():
        bad, good = await proxy.file_many([request(answers={}), request()], at=NOON)
    assert isinstance(bad, Fault)
    assert isinstance(good, FiledErrand)


async def test_eight_at_once_take_an_errand_on_once(proxy: Proxy) -> None:
    one = await filed(proxy)
    results = await asyncio.gather(
        *(proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON) for _ in range(8)),
        return_exceptions=True,
    )
    refused = [each for each in results if isinstance(each, Fault)]
    assert len(refused) == 7
    assert {each.code for each in refused} <= {ErrorCode.CASE_MOVED, ErrorCode.ACTION_NOT_ALLOWED}
    view = await proxy.show(one.errand_id, actor=WINDOW, at=NOON)
    assert [line.action for line in view.events] == [A.REQUEST, A.CONSENT, A.TAKE]


async def test_whoever_looked_at_an_older_version_is_told(proxy: Proxy) -> None:
    one = await filed(proxy)
    await proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    note = Command(action=A.ADD_NOTE, note="已联系")
    with pytest.raises(Fault) as refused:
        await proxy.act(one.errand_id, note, actor=CENTRE, at=NOON, version=2)
    assert refused.value.code is ErrorCode.CASE_MOVED


async def test_a_list_moves_all_its_errands_and_says_so(proxy: Proxy) -> None:
    ids = await on_the_desk(proxy, 3)
    sheet = await proxy.hand_over(Partner.WATER, ids, actor=CENTRE, at=NOON)
    assert (sheet.handover.number, sheet.handover.count) == ("YJ-0001", 3)
    assert len(sheet.handover.digest) == 64
    assert [card.id for card in sheet.errands] == ids
    assert {card.state for card in sheet.errands} == {ErrandState.SUBMITTED_TO_PARTNER}
    assert {card.batch for card in sheet.errands} == {"YJ-0001"}


async def test_one_errand_that_may_not_go_keeps_the_whole_list_back(proxy: Proxy, township: Township) -> None:
    township.items[STOP_WATER.id] = STOP_WATER
    ready = await on_the_desk(proxy, 2)
    online = await proxy.file(request(STOP_WATER, situation="stop"), at=NOON)
    await proxy.act(online.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    with pytest.raises(Fault) as refused:
        await proxy.hand_over(Partner.WATER, [*ready, online.errand_id], actor=CENTRE, at=NOON)
    assert refused.value.code is ErrorCode.WET_INK_REQUIRED
    page = await proxy.queue(CENTRE, ErrandFilter(today=TODAY))
    assert {card.state for card in page.errands} == {ErrandState.TAKEN}
    assert (await proxy.handovers(CENTRE)).handovers == []


async def test_a_list_is_for_one_partner_and_names_each_errand_once(proxy: Proxy) -> None:
    (errand_id,) = await on_the_desk(proxy)
    with pytest.raises(Fault) as refused:
        await proxy.hand_over(Partner.POWER, [errand_id], actor=CENTRE, at=NOON)
    assert [wrong.field for wrong in refused.value.wrong] == ["errand_ids.0"]
    with pytest.raises(Fault) as doubled:
        await proxy.hand_over(Partner.WATER, [errand_id, errand_id], actor=CENTRE, at=NOON)
    assert [wrong.code for wrong in doubled.value.wrong] == ["repeated"]


async def test_a_consent_taken_back_stops_the_hand_over(proxy: Proxy, township: Township) -> None:
    one = await proxy.file(request(), at=NOON)
    await proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    township.withdrawn = True
    with pytest.raises(Fault) as refused:
        await proxy.hand_over(Partner.WATER, [one.errand_id], actor=CENTRE, at=NOON)
    assert refused.value.code is ErrorCode.CONSENT_MISSING


async def test_lists_made_at_once_count_without_gaps(proxy: Proxy) -> None:
    ids = await on_the_desk(proxy, 4)
    sheets = await asyncio.gather(
        *(proxy.hand_over(Partner.WATER, [each], actor=CENTRE, at=NOON) for each in ids)
    )
    assert sorted(sheet.handover.number for sheet in sheets) == [f"YJ-{n:04}" for n in range(1, 5)]


async def test_the_partner_signs_for_a_list_once(proxy: Proxy) -> None:
    (errand_id,) = await on_the_desk(proxy)
    sheet = await proxy.hand_over(Partner.WATER, [errand_id], actor=CENTRE, at=NOON)
    signed = await proxy.sign_handover(sheet.handover.id, "水收-77", actor=WATER, at=NOON)
    assert signed.handover.receipt == "水收-77"
    view = await proxy.show(errand_id, actor=CENTRE, at=NOON)
    assert (view.events[-1].action, view.events[-1].reference) == (A.RECEIVE, "水收-77")
    with pytest.raises(Fault) as refused:
        await proxy.sign_handover(sheet.handover.id, "水收-78", actor=WATER, at=NOON)
    assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED


async def test_a_partner_sees_what_it_was_given_and_nothing_else(proxy: Proxy) -> None:
    (waiting,) = await on_the_desk(proxy)
    given = await with_the_partner(proxy)
    page = await proxy.queue(WATER, ErrandFilter(today=TODAY))
    assert [card.id for card in page.errands] == [given]
    for actor, errand_id in ((WATER, waiting), (POWER, given)):
        with pytest.raises(Fault) as refused:
            await proxy.show(errand_id, actor=actor, at=NOON)
        assert refused.value.code is ErrorCode.ERRAND_NOT_FOUND
    assert (await proxy.handovers(POWER)).handovers == []


async def test_a_partner_reads_what_its_people_need_while_they_need_it(proxy: Proxy) -> None:
    errand_id = await with_the_partner(proxy)
    at_work = await proxy.show(errand_id, actor=WATER, at=NOON)
    assert (at_work.applicant.name, at_work.applicant.phone) == ("欧阳小妹", "13800000001")
    assert at_work.answers[0].value == "3021004567"
    assert APPLICANT.document_number not in str(at_work)
    done = await proxy.act(errand_id, Command(action=A.COMPLETE, note="已装表"), actor=WATER, at=NOON)
    assert done.applicant.name == "欧阳**"
    assert done.answers[0].value == "****567"


async def test_money_is_not_the_partners_business(proxy: Proxy) -> None:
    errand_id = await with_the_partner(proxy)
    await proxy.money.enter(errand_id, taken(100), actor=WINDOW, at=NOON)
    view = await proxy.show(errand_id, actor=WATER, at=NOON)
    assert (view.money, view.held_fen, view.money_moves) == ([], 0, [])


@pytest.mark.parametrize(
    "stranger",
    [
        citizen("9" * 32),
        staff(Role.CENTRE_STAFF, tenant=OTHER_TENANT),
        staff(Role.WINDOW, department="9" * 32),
        staff(Role.VILLAGE_CLERK, village="9" * 32),
        staff(Role.GROUP_LEADER, department="9" * 32),
    ],
)
async def test_anothers_errand_looks_like_none(proxy: Proxy, stranger: Actor) -> None:
    one = await filed(proxy)
    for errand_id in (one.errand_id, "0" * 32):
        with pytest.raises(Fault) as refused:
            await proxy.show(errand_id, actor=stranger, at=NOON)
        assert refused.value.code is ErrorCode.ERRAND_NOT_FOUND


async def test_screens_are_masked_and_reading_in_full_leaves_a_trace(
    proxy: Proxy, township: Township
) -> None:
    one = await filed(proxy)
    view = await proxy.show(one.errand_id, actor=WINDOW, at=NOON)
    for secret in (APPLICANT.name, APPLICANT.document_number, APPLICANT.phone, "3021004567"):
        assert secret not in str(view)
    full = await proxy.reveal(one.errand_id, reason="核对户主", actor=WINDOW, at=NOON)
    assert full.applicant.document_number == APPLICANT.document_number
    assert township.revealed == [(one.errand_id, "核对户主")]


async def test_nothing_personal_is_stored_in_the_clear(proxy: Proxy) -> None:
    await filed(proxy)
    for table in ("errands", "errand_events"):
        for row in await db.rows(f"SELECT * FROM {table}"):  # noqa: S608
            stored = repr({**row, "sealed": bytes(row.get("sealed", b""))})
            for secret in (APPLICANT.name, APPLICANT.document_number, APPLICANT.phone, "3021004567"):
                assert secret not in stored


async def test_the_public_sees_a_surname_the_steps_and_the_day(proxy: Proxy) -> None:
    one = await filed(proxy)
    await proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    seen = await proxy.progress(one.tracking_code, at=NOON)
    assert seen is not None
    assert (seen.kind, seen.surname, seen.state_label) == ("errand", "欧阳**", "已接办")
    assert [step.label for step in seen.steps if step.done] == ["已申请", "已授权", "已接办"]
    assert [step.label for step in seen.steps if not step.done] == ["已递交", "已办结"]
    assert (seen.due, seen.days_left) == (TODAY + timedelta(days=3), 3)
    for secret in (APPLICANT.name, APPLICANT.document_number, APPLICANT.phone, "3021004567"):
        assert secret not in str(seen)


async def test_an_unknown_code_has_no_progress(proxy: Proxy) -> None:
    code = tracking_code.mint(0, 9, key=bytes(32)).text
    assert await proxy.progress(code, at=NOON) is None


async def test_the_others_are_told_inside_the_transaction_and_the_caches_after_it(proxy: Proxy) -> None:
    told: list[tuple[str, int, bool]] = []
    dropped: list[str] = []

    async def tell(changes: Sequence[ErrandChange]) -> None:
        told.extend((one.case_number, one.version, db.inside_transaction()) for one in changes)

    proxy.on_change(tell)
    proxy.after_commit(dropped.extend)
    one = await filed(proxy)
    await proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    assert told == [(one.number, 2, True), (one.number, 3, True)]
    assert dropped == [one.tracking_code] * 2


async def test_a_listener_that_fails_undoes_the_move(proxy: Proxy) -> None:
    one = await filed(proxy)

    async def fail(_: Sequence[ErrandChange]) -> None:
        raise RuntimeError("no room")

    proxy.on_change(fail)
    with pytest.raises(RuntimeError, match="no room"):
        await proxy.act(one.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON)
    assert (await proxy.show(one.errand_id, actor=WINDOW, at=NOON)).state is ErrandState.CONSENTED


async def test_a_row_altered_behind_our_back_is_noticed(proxy: Proxy) -> None:
    one = await filed(proxy)
    await db.rows("UPDATE errand_events SET note = 'x' WHERE errand_id = ? RETURNING id", [one.errand_id])
    with pytest.raises(ChainBroken):
        await proxy.show(one.errand_id, actor=WINDOW, at=NOON)


async def test_my_errands_come_newest_first_page_by_page(proxy: Proxy) -> None:
    mine = [(await proxy.file(request(), at=NOON)).errand_id for _ in range(3)]
    await proxy.file(request(owner_citizen_id="8" * 32, filed_by=citizen("8" * 32)), at=NOON)
    first = await proxy.mine(citizen(), at=NOON, limit=2)
    rest = await proxy.mine(citizen(), at=NOON, before=first.next or "", limit=2)
    assert [card.id for card in (*first.errands, *rest.errands)] == mine[::-1]
    assert rest.next is None


async def test_the_queue_shows_the_nearest_promise_first_and_finds_a_person(proxy: Proxy) -> None:
    late = (await on_the_desk(proxy))[0]
    second = await filed(proxy)
    await proxy.act(second.errand_id, Command(action=A.TAKE), actor=WINDOW, at=NOON + timedelta(days=1))
    waiting = await filed(proxy)
    page = await proxy.queue(CENTRE, ErrandFilter(today=TODAY))
    assert [card.id for card in page.errands] == [late, second.errand_id, waiting.errand_id]
    person = proxy.desk.document_index(APPLICANT.document_number)
    found = await proxy.queue(CENTRE, ErrandFilter(today=TODAY, document_index=person))
    assert len(found.errands) == 3


async def test_suspended_and_ended_with_papers_returned(proxy: Proxy) -> None:
    (errand_id,) = await on_the_desk(proxy)
    await proxy.act(errand_id, Command(action=A.SUSPEND, note="等房产证"), actor=WINDOW, at=NOON)
    view = await proxy.show(errand_id, actor=WINDOW, at=NOON)
    assert view.papers_held
    assert view.due_on is None
    end = Command(action=A.END, note="申请人不办了", facts=EventFacts(papers_returned=True))
    ended = await proxy.act(errand_id, end, actor=WINDOW, at=NOON)
    assert (ended.state, ended.papers_held) == (ErrandState.ENDED, False)


async def test_the_slip_shows_number_code_and_no_more_than_a_surname(proxy: Proxy) -> None:
    one = await filed(proxy)
    slip = await proxy.slip(one.tracking_code, actor=WINDOW, base_url="https://sandu.test")
    assert (slip.number, slip.link) == (one.number, f"https://sandu.test/c/{one.tracking_code}")
    assert APPLICANT.name not in str(slip)
    with pytest.raises(Fault) as refused:
        await proxy.slip(one.tracking_code, actor=citizen("9" * 32), base_url="https://sandu.test")
    assert refused.value.code is ErrorCode.ERRAND_NOT_FOUND


async def test_an_errand_is_found_again_by_the_id_it_was_filed_under(proxy: Proxy) -> None:
    asked = request(item())
    one = await proxy.file(asked, at=NOON)
    assert await proxy.find_id(asked.tenant_id, asked.rid) == one.errand_id
    assert await proxy.find_id(asked.tenant_id, rid()) is None


async def test_the_stored_state_is_what_the_events_say(proxy: Proxy) -> None:
    ids = [*await on_the_desk(proxy), (await filed(proxy)).errand_id, await with_the_partner(proxy)]
    await proxy.act(ids[0], Command(action=A.SUSPEND, note="等房产证"), actor=WINDOW, at=NOON)
    for errand_id in ids:
        record = await store.load(errand_id, CENTRE)
        row = await db.row("SELECT state, version, batch, paper FROM errands WHERE id = ?", [errand_id])
        errand = record.errand
        assert row == {
            "state": errand.state,
            "version": errand.version,
            "batch": errand.batch,
            "paper": int(bool(errand.paper)),
        }


async def test_only_the_partner_and_the_township_sign_for_a_list(proxy: Proxy) -> None:
    ids = await on_the_desk(proxy)
    sheet = await proxy.hand_over(Partner.WATER, ids, actor=CENTRE, at=NOON)
    with pytest.raises(Fault) as refused:
        await proxy.sign_handover(sheet.handover.id, "水收-1", actor=staff(Role.SUPERVISOR), at=NOON)
    assert refused.value.code is ErrorCode.NOT_YOUR_ACTION


@pytest.mark.parametrize("actor", [CENTRE, WATER, CLERK, citizen()])
async def test_no_queue_reads_the_whole_table(db: OpenDatabase, actor: Actor) -> None:
    if db.dialect != "sqlite":
        pytest.skip("plans are SQLite's")
    sql, values = queue_statement(actor, ErrandFilter(today=TODAY))
    plan = await rows(f"EXPLAIN QUERY PLAN {sql}", values)
    assert all("SCAN" not in line["detail"] for line in plan), plan
