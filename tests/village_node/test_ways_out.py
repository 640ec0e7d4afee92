"""What the township set aside comes back with its reason in words and a way out, from the clerk's page."""

import secrets

import pytest

from api_spec import chain, records
from api_spec.feed import CaseRow, HeldRow
from api_spec.records import AmendRecord, CaseRecord, HeldReason, WithdrawRecord
from tests.village_node.browser import Browser, Shown, filed, rid_of, without
from tests.village_node.packs import AID, AID_FORM, WATER
from tests.village_node.township import Township
from village_node.desk.held import Way, explain
from village_node.desk.register import Entry
from village_node.station import Station


async def set_aside(
    station: Station,
    township: Township,
    about: str,
    *,
    what: str = "case",
    reason: HeldReason = HeldReason.INVALID,
    wrong: tuple[str, ...] = ("answers.members: too_large",),
    seq: int = 1,
) -> HeldRow:
    row = HeldRow(
        rid=secrets.token_hex(16),
        srev=1,
        seq=seq,
        reason=reason.value,
        sentence="请照提示改好。",
        about=about,
        what=what,
        wrong=wrong,
    )
    township.tell(row)
    await station.sync.until_quiet()
    return row


def sent(township: Township) -> list[records.Record]:
    return [records.decode_record(stored) for stored in township.records.values()]


async def entry_of(station: Station, case: Shown) -> Entry:
    entry = await station.register.find(rid_of(case))
    assert entry is not None
    return entry


@pytest.mark.parametrize("reason", list(HeldReason))
@pytest.mark.parametrize("what", ["case", "amend", "supplement", "withdraw", "visit", "diag", ""])
def test_every_reason_has_words_and_a_way_out(reason: HeldReason, what: str) -> None:
    row = HeldRow(rid="1" * 32, srev=1, seq=1, reason=reason.value, sentence="", about="2" * 32, what=what)
    for own in (True, False):
        aside = explain(row, AID, own=own)
        assert aside.why.endswith("。")
        assert aside.ways
        assert Way.WAIT not in aside.ways, "waiting alone is no way out"


async def test_a_held_case_is_put_right_under_its_number_with_the_wrong_field_named(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    before = await entry_of(station, case)
    await set_aside(station, township, before.rid)
    shown = await clerk.get(case.url)
    assert "家庭人口：" in shown.text
    assert "改好再报" in shown.text
    assert "要您处理（1）" in (await clerk.get("/")).text
    form = await clerk.get(f"/cases/{before.rid}/correct")
    assert "家庭人口：" in form.text
    fixed = [*without("a-members"), ("a-members", "3"), ("situation", "fire")]
    fixed = [pair for pair in fixed if pair != ("situation", "ill")]
    again = await clerk.post(f"/cases/{before.rid}/correct", [("version", "1"), *fixed])
    assert again.status == 200, again.text
    assert "要您处理" not in (await clerk.get("/")).text
    await station.sync.until_quiet()
    first, second = (record for record in sent(township) if isinstance(record, CaseRecord))
    assert second.rev == 2
    assert second.parent == chain.record_hash(records.encode_record(first))
    assert (second.body.number, second.body.code) == (first.body.number, first.body.code)
    assert (second.body.answers["members"], second.body.situation) == (3, "fire")
    assert (await entry_of(station, case)).case_number == before.case_number


async def test_a_held_case_is_filed_again_as_another_item_and_the_first_is_withdrawn(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    entry = await entry_of(station, case)
    await set_aside(station, township, entry.rid, reason=HeldReason.NOT_ALLOWED, wrong=())
    shown = await clerk.get(case.url)
    assert f"/items?like={entry.rid}" in shown.html
    assert "改好再报" not in shown.text
    items = await clerk.get(f"/items?like={entry.rid}")
    assert f"/items/{WATER.id}?like={entry.rid}" in items.html
    form = await clerk.get(f"/items/{AID.id}/new?like={entry.rid}")
    done = await clerk.submit(form, [*AID_FORM, ("like", form.hidden("like"))])
    assert rid_of(done) != entry.rid
    await station.sync.until_quiet()
    [wish] = [record for record in sent(township) if isinstance(record, WithdrawRecord)]
    assert wish.body.case == entry.rid
    assert "已重新收件" in wish.body.reason
    assert "要您处理" not in (await clerk.get("/")).text


async def test_a_held_case_can_be_given_up(clerk: Browser, station: Station, township: Township) -> None:
    case = await filed(clerk)
    entry = await entry_of(station, case)
    await set_aside(station, township, entry.rid)
    await clerk.post(f"/cases/{entry.rid}/give-up", [("rid", secrets.token_hex(16))])
    await station.sync.until_quiet()
    assert any(isinstance(record, WithdrawRecord) for record in sent(township))
    assert "要您处理" not in (await clerk.get("/")).text


async def test_after_a_held_correction_the_next_one_builds_on_what_the_township_has(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    entry = await entry_of(station, case)
    five = [*without("a-members"), ("a-members", "5")]
    await clerk.post(f"/cases/{entry.rid}/correct", [("version", "1"), *five])
    township.tell(case_row(entry, "submitted", "已提交"))
    await set_aside(
        station, township, entry.rid, what="amend", reason=HeldReason.CHANGED_BY_TOWNSHIP, wrong=()
    )
    six = [*without("a-members"), ("a-members", "6"), ("note", "急")]
    await clerk.post(f"/cases/{entry.rid}/correct", [("version", "2"), *six])
    await station.sync.until_quiet()
    taken = [record for record in sent(township) if isinstance(record, CaseRecord)]
    third = [record for record in sent(township) if isinstance(record, AmendRecord)][-1]
    assert third.rev == 3
    assert third.parent == chain.record_hash(records.encode_record(taken[0]))
    assert third.body.answers == {"members": 6}
    assert third.body.note == "急"


async def test_a_held_follow_up_is_closed_when_the_clerk_has_seen_it(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    await clerk.post(f"/cases/{rid}/supplement", [("rid", "5" * 32), ("note", "补交户口簿")])
    row = await set_aside(
        station, township, "5" * 32, what="supplement", reason=HeldReason.CASE_CLOSED, wrong=()
    )
    shown = await clerk.get(f"/cases/{rid}")
    assert "不能再改" in shown.text
    await clerk.post(f"/cases/{rid}/held/{row.rid}/close", [])
    assert "要您处理" not in (await clerk.get("/")).text


@pytest.mark.parametrize("what", ["supplement", "amend"])
async def test_a_refused_follow_up_leaves_the_case_its_badge_and_says_so_itself_for_good(
    clerk: Browser, station: Station, township: Township, what: str
) -> None:
    entry = await entry_of(station, await filed(clerk))
    if what == "amend":
        five = [*without("a-members"), ("a-members", "5")]
        await clerk.post(f"/cases/{entry.rid}/correct", [("version", "1"), *five])
    else:
        await clerk.post(f"/cases/{entry.rid}/supplement", [("rid", "5" * 32), ("note", "补交户口簿")])
    township.tell(case_row(entry, "accepted", "已受理"))
    about = entry.rid if what == "amend" else "5" * 32
    row = await set_aside(station, township, about, what=what, reason=HeldReason.CASE_CLOSED, wrong=(), seq=2)
    home, case = await clerk.get("/"), await clerk.get(f"/cases/{entry.rid}")
    assert "要您处理（1）" in home.text
    assert home.html.count(">已受理</span>") == 2
    assert ">没有收下</span>" not in home.html + case.html
    assert "有后来补的，镇里没有收下" in home.text
    assert ">已受理</span>" in case.html
    assert ">镇里没有收下</span>" in case.html
    await clerk.post(f"/cases/{entry.rid}/held/{row.rid}/close", [])
    assert "镇里没有收下" not in (await clerk.get("/")).text
    assert ">镇里没有收下</span>" in (await clerk.get(f"/cases/{entry.rid}")).html


async def test_a_refused_correction_becomes_a_note_in_words(
    clerk: Browser, station: Station, township: Township
) -> None:
    entry = await entry_of(station, await filed(clerk))
    five = [*without("a-members"), ("a-members", "5"), ("note", "急")]
    await clerk.post(f"/cases/{entry.rid}/correct", [("version", "1"), *five])
    township.tell(case_row(entry, "accepted", "已受理"))
    await set_aside(
        station, township, entry.rid, what="amend", reason=HeldReason.CASE_CLOSED, wrong=(), seq=2
    )
    shown = await clerk.get(f"/cases/{entry.rid}")
    words = "家庭人口：4 改为 5；备注：急"
    assert words not in shown.text
    assert f"/cases/{entry.rid}?explain=1#supplement" in shown.html
    assert f">{words}</textarea>" in (await clerk.get(f"/cases/{entry.rid}?explain=1")).html


def case_row(entry: Entry, state: str, label: str) -> CaseRow:
    """The township has the case."""
    return CaseRow(
        rid=entry.rid,
        srev=1,
        rev=1,
        code=entry.tracking_code,
        number=entry.case_number,
        item=AID.code,
        item_name=AID.name,
        state=state,
        label=label,
        received_ms=0,
    )


async def test_a_held_case_cannot_just_be_looked_away_from(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    row = await set_aside(station, township, rid_of(case))
    assert (await clerk.post(f"/cases/{rid_of(case)}/held/{row.rid}/close", [])).status == 409
    assert "要您处理（1）" in (await clerk.get("/")).text
