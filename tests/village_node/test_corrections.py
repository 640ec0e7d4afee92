"""Putting a filed case right: a new revision with only what changed, as long as the township has not accepted."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from api_spec import chain, records
from api_spec.feed import CaseRow
from api_spec.records import AmendBody, AmendRecord
from tests.village_node.browser import Browser, Pairs, Shown, filed, rid_of, without
from tests.village_node.packs import AID, AID_FORM, WATER, pack
from tests.village_node.township import Township
from village_node.desk import intake_form
from village_node.desk.corrections import changes
from village_node.station import Station


async def correct(clerk: Browser, rid: str, pairs: Pairs, *, version: str = "") -> Shown:
    form = await clerk.get(f"/cases/{rid}/correct")
    control = [("item", AID.id), ("version", version or form.hidden("version"))]
    return await clerk.post(f"/cases/{rid}/correct", control + pairs)


async def test_a_correction_goes_up_as_a_new_revision_of_what_changed(
    clerk: Browser, station: Station, township: Township
) -> None:
    rid = rid_of(await filed(clerk))
    better = [*without("a-members"), ("a-members", "5")]
    shown = await correct(clerk, rid, better)
    assert "更正已存，联网后上传" in shown.text
    assert "更正：家庭人口" in shown.text
    assert "待上传" in shown.text
    await station.sync.until_quiet()
    first, second = township.records[rid, 1], township.records[rid, 2]
    record = records.decode_record(second)
    assert isinstance(record, AmendRecord)
    assert record.parent == chain.record_hash(first)
    assert record.body == AmendBody(answers={"members": 5})
    assert "待上传" not in (await clerk.get(f"/cases/{rid}")).text


async def test_corrections_build_on_each_other(clerk: Browser, station: Station, township: Township) -> None:
    rid = rid_of(await filed(clerk))
    await correct(clerk, rid, [*without("a-members"), ("a-members", "5")])
    form = await clerk.get(f"/cases/{rid}/correct")
    assert 'value="5"' in form.html
    await correct(clerk, rid, [*without("name"), ("name", "梁大满")])
    await station.sync.until_quiet()
    third = records.decode_record(township.records[rid, 3])
    assert isinstance(third, AmendRecord)
    assert third.parent == chain.record_hash(township.records[rid, 2])
    assert third.body.applicant is not None
    assert third.body.applicant.name == "梁大满"
    assert third.body.answers == {"members": 4}
    assert "梁大满" in (await clerk.get("/")).text
    assert "梁大满" in (await clerk.post("/search", [("q", "大满")])).text


async def test_nothing_changed_is_no_record(clerk: Browser, station: Station) -> None:
    rid = rid_of(await filed(clerk))
    assert "没有改动" in (await correct(clerk, rid, AID_FORM)).text
    assert (await station.outbox.stream()).last_seq == 1


async def test_mistakes_come_back_and_a_chosen_situation_stays(clerk: Browser, station: Station) -> None:
    rid = rid_of(await filed(clerk))
    assert "请填整数" in (await correct(clerk, rid, [*without("a-members"), ("a-members", "很多")])).text
    other = await correct(clerk, rid, [*without("situation"), ("situation", "fire")])
    assert other.status == 422
    assert "情形不能更正" in other.text
    assert (await station.outbox.stream()).last_seq == 1


async def test_two_tabs_cannot_correct_over_each_other_unseen(clerk: Browser, station: Station) -> None:
    rid = rid_of(await filed(clerk))
    await correct(clerk, rid, [*without("a-members"), ("a-members", "5")])
    late = await correct(clerk, rid, [*without("a-members"), ("a-members", "6")], version="1")
    assert late.status == 409
    assert "另一个窗口更正过了" in late.text
    assert (await station.outbox.stream()).last_seq == 2


async def test_an_accepted_case_is_no_longer_put_right_here(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    entry = await station.register.find(rid_of(case))
    assert entry is not None
    township.tell(
        CaseRow(
            rid=entry.rid,
            srev=1,
            code=entry.tracking_code,
            number=entry.case_number,
            item=AID.code,
            item_name=AID.name,
            state="accepted",
            label="已受理",
            received_ms=0,
        )
    )
    await station.sync.until_quiet()
    assert "要更正" not in (await clerk.get(case.url)).text
    assert (await clerk.get(f"/cases/{entry.rid}/correct")).status == 409


async def test_a_returned_case_can_be_filed_again_from_what_was_typed(clerk: Browser) -> None:
    case = await filed(clerk)
    again = await clerk.get(f"/items/{AID.id}/new?like={rid_of(case)}")
    assert 'value="梁小满"' in again.html
    assert again.action.rpartition("/")[2] != rid_of(case)
    other = await clerk.get(f"/items/{WATER.id}/new?like={rid_of(case)}")
    assert 'value="梁小满"' in other.html, "the person comes along to another item"
    assert "突发重病住院" not in other.html


@given(members=st.integers(1, 20), housing=st.sampled_from(["own", "rent"]), note=st.sampled_from(["", "急"]))
def test_changes_applied_to_the_old_answers_give_the_new(members: int, housing: str, note: str) -> None:
    today = date(2026, 4, 10)
    old = intake_form.read(AID_FORM, AID, pack(), today=today).typed
    form = [*without("a-members"), ("a-members", str(members)), ("a-housing", housing), ("note", note)]
    form = [pair for pair in form if pair != ("a-housing", "own") or housing == "own"]
    new = intake_form.read([*form, ("a-rent", "300")], AID, pack(), today=today).typed
    assert old is not None
    assert new is not None
    body = changes(old, new)
    applied = {**old.answers, **body.answers}
    for name in body.dropped:
        del applied[name]
    assert applied == new.answers
    assert (body == AmendBody()) == (old == new)
