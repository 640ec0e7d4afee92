"""A clerk's day besides taking cases: whom to tell, money in the drawer, results handed out, the close of the day."""

import re
import secrets
from datetime import timedelta

import msgspec
import pytest

from api_spec import records, tracking_code
from api_spec.feed import CaseRow
from api_spec.records import SupplementRecord, VisitRecord
from tests.village_node.browser import Browser, Shown, filed, rid_of
from tests.village_node.conftest import Time
from tests.village_node.packs import AID, AID_FORM, WATER
from tests.village_node.test_pages import read_qr
from tests.village_node.township import Township
from village_node.desk.register import Entry
from village_node.station import Station

WATER_FORM = [
    *(pair for pair in AID_FORM if pair[0] in {"kind", "document", "name", "number", "phone"}),
    ("a-account", "12345678"),
    ("relation", "village_clerk"),
    ("agent_name", "梁代办"),
    ("scope", "代办水表过户"),
    ("valid_to", "2026-12-31"),
    ("method", "wet_ink"),
    ("money", "50.5"),
    ("money_receipt", "0001"),
    *((f"consent-{each}", "yes") for each in ("service", "sensitive", "partner_sharing")),
]


async def entry_of(station: Station, case: Shown) -> Entry:
    entry = await station.register.find(rid_of(case))
    assert entry is not None
    return entry


async def told(station: Station, township: Township, entry: Entry, state: str, label: str) -> None:
    """The township says how far a case is."""
    township.tell(
        CaseRow(
            rid=entry.rid,
            srev=secrets.randbelow(1000) + 1,
            rev=1,
            code=entry.tracking_code,
            number=entry.case_number,
            item=AID.code,
            item_name=entry.item_name,
            state=state,
            label=label,
            applicant=entry.applicant_name,
            received_ms=0,
            open=state != "finished",
        )
    )
    await station.sync.until_quiet()


async def errand(clerk: Browser, receipt: str = "0001") -> Shown:
    form = [(key, receipt if key == "money_receipt" else value) for key, value in WATER_FORM]
    return await filed(clerk, WATER, form)


def new() -> str:
    return secrets.token_hex(16)


async def test_residents_to_be_told_are_listed_with_their_telephones_until_somebody_reached_them(
    clerk: Browser, station: Station, township: Township
) -> None:
    entry = await entry_of(station, await filed(clerk))
    await told(station, township, entry, "to_collect", "待领取")
    assert "要通知的群众（1）" in (await clerk.get("/")).text
    calls = await clerk.get("/calls")
    assert "要通知的群众（1）" in calls.text
    assert 'href="tel:138 0000 0001"' in calls.html
    nobody = [("rid", new()), ("how", "phone"), ("answer", "nobody"), ("back", "calls")]
    tried = await clerk.post(f"/cases/{entry.rid}/told", nobody)
    assert "没有人接" in tried.text
    assert "要通知的群众（1）" in tried.text, "not reached is still to be told"
    reached = [
        ("rid", new()),
        ("how", "door"),
        ("answer", "reached"),
        ("note", "在地里找到的"),
        ("back", "calls"),
    ]
    after = await clerk.post(f"/cases/{entry.rid}/told", reached)
    assert "要通知的群众（0）" in after.text
    assert "已经通知到的（1）" in after.text
    assert "梁代办" in after.text
    await station.sync.until_quiet()
    visits = [record for record in sent(township) if isinstance(record, VisitRecord)]
    assert [visit.body.purpose for visit in visits] == ["没联系上", "已告知"]
    assert visits[1].body.case == entry.rid


def sent(township: Township) -> list[records.Record]:
    return [records.decode_record(stored) for stored in township.records.values()]


async def test_a_new_state_is_told_anew(clerk: Browser, station: Station, township: Township) -> None:
    entry = await entry_of(station, await filed(clerk))
    township.tell(_row(entry, 1, "need_fix", "待补正"))
    await station.sync.until_quiet()
    await clerk.post(f"/cases/{entry.rid}/told", [("rid", new()), ("how", "phone"), ("answer", "reached")])
    assert "要通知的群众（0）" in (await clerk.get("/calls")).text
    township.tell(_row(entry, 2, "to_collect", "待领取"))
    await station.sync.until_quiet()
    assert "要通知的群众（1）" in (await clerk.get("/calls")).text


def _row(entry: Entry, srev: int, state: str, label: str) -> CaseRow:
    return CaseRow(
        rid=entry.rid,
        srev=srev,
        code=entry.tracking_code,
        number=entry.case_number,
        item=AID.code,
        item_name=AID.name,
        state=state,
        label=label,
        applicant=entry.applicant_name,
        received_ms=0,
    )


async def test_the_board_and_the_loudspeaker_give_nobody_away(
    clerk: Browser, station: Station, township: Township
) -> None:
    entry = await entry_of(station, await filed(clerk))
    await told(station, township, entry, "to_collect", "待领取")
    board = await clerk.get("/calls/board")
    assert "梁**" in board.text
    assert entry.case_number[-6:] in board.text
    loud = await clerk.get("/calls/loudspeaker")
    assert "姓梁的乡亲" in loud.text
    main = loud.html.partition('id="main"')[2].partition("各位乡亲")[2].partition("</section>")[0]
    assert AID.name not in main, "what for is not said aloud"
    for page in (board, loud):
        for secret in ("梁小满", "138 0000 0001", "11010519491231002", entry.case_number):
            assert secret not in page.html, secret


async def test_a_result_is_handed_out_once_with_proof_and_the_township_is_told(
    clerk: Browser, station: Station, township: Township
) -> None:
    entry = await entry_of(station, await filed(clerk))
    await told(station, township, entry, "to_collect", "待领取")
    case = await clerk.get(f"/cases/{entry.rid}")
    assert "发放办理结果" in case.text
    form = [
        ("rid", new()),
        ("by", "relative"),
        ("receiver", "梁大满"),
        ("seen", "id_card"),
        ("proof", "list"),
    ]
    missing = await clerk.post(f"/cases/{entry.rid}/result", [pair for pair in form if pair[0] != "receiver"])
    assert missing.status == 422
    done = await clerk.post(f"/cases/{entry.rid}/result", [*form, ("where", "第 12 行")])
    await clerk.post(f"/cases/{entry.rid}/result", [*form, ("where", "第 12 行")])
    assert "梁大满（近亲属）领取，核对身份证，在纸质签收表上签名，第 12 行" in done.text
    assert "要通知的群众（0）" in (await clerk.get("/calls")).text
    await station.sync.until_quiet()
    [visit] = [record for record in sent(township) if isinstance(record, VisitRecord)]
    assert visit.body.purpose == "发放办理结果"
    of = re.search(r'name="of" value="([0-9a-f]{32})"', done.html)
    assert of
    for paper in ("80", "a5"):
        slip = await clerk.post(f"/cases/{entry.rid}/print", [("paper", paper), ("of", of[1])])
        assert "结果领取回执" in slip.text
        assert "领取人签名" in slip.text
        assert f"https://bmt.example.cn/c/{entry.tracking_code}" in read_qr(slip.html)


async def test_money_is_taken_and_given_back_with_receipts_that_print_on_both_papers(
    clerk: Browser, station: Station, township: Township, time: Time
) -> None:
    case = await errand(clerk)
    time.pass_by(timedelta(minutes=3))
    entry = await entry_of(station, case)
    assert "这件现在代收着 50.50 元" in case.text
    too_much = [("rid", new()), ("move", "returned"), ("amount", "60"), ("receipt", "0002")]
    assert (
        "退得太多，这件现在只代收着 50.50 元"
        in (await clerk.post(f"/cases/{entry.rid}/money", too_much)).text
    )
    back = [("rid", new()), ("move", "returned"), ("amount", "0.5"), ("receipt", "0002")]
    await clerk.post(f"/cases/{entry.rid}/money", back)
    after = await clerk.post(f"/cases/{entry.rid}/money", back)
    assert "这件现在代收着 50.00 元" in after.text, "sent twice is one line"
    await station.sync.until_quiet()
    [record] = [record for record in sent(township) if isinstance(record, SupplementRecord)]
    assert [(line.move.value, line.amount_fen, line.receipt) for line in record.body.money] == [
        ("returned", 50, "0002")
    ]
    of = re.findall(r'name="of" value="([0-9a-f]{32})"', after.html)[0]
    for paper in ("80", "a5"):
        slip = await clerk.post(f"/cases/{entry.rid}/print", [("paper", paper), ("of", of)])
        assert "代收 50.50 元，收据号 0001" in slip.text
        assert f"https://bmt.example.cn/c/{entry.tracking_code}" in read_qr(slip.html)
    escpos = await clerk.client.get(f"/cases/{entry.rid}/slip.bin", params={"of": of})
    assert "收据号 0001".encode("gb18030") in await escpos.read()


async def test_one_paper_receipt_stands_for_one_sum_on_this_computer(
    clerk: Browser, station: Station
) -> None:
    entry = await entry_of(station, await errand(clerk))
    twice = await errand(clerk)
    assert twice.status == 422
    assert "收据号 0001 已经用过" in twice.text
    assert 'value="50.5"' in twice.html, "what was typed is still there"
    move = [("rid", new()), ("move", "taken"), ("amount", "20"), ("receipt", "0001")]
    again = await clerk.post(f"/cases/{entry.rid}/money", move)
    assert again.status == 422
    assert "收据号 0001 已经用过" in again.text
    assert await station.cash.held(entry.rid) == 5050
    assert (await station.outbox.stream()).last_seq == 1


async def test_nothing_is_chosen_for_the_clerk_and_what_is_missing_is_said_beside_what_was_typed(
    clerk: Browser, station: Station, township: Township
) -> None:
    entry = await entry_of(station, await errand(clerk))
    await told(station, township, entry, "to_collect", "待领取")
    case = await clerk.get(f"/cases/{entry.rid}")
    assert " checked" not in case.html
    for form, typed, sentences in (
        ("result", [("by", ""), ("where", "第 9 行")], ("请选谁来领的", "请选核对了什么", "请选怎么签收的")),
        ("told", [("note", "第 9 行")], ("请选怎么通知的", "请选结果怎样")),
        ("told", [("note", "第 9 行"), ("back", "calls")], ("请选怎么通知的", "请选结果怎样")),
        ("money", [("amount", "5"), ("money_note", "第 9 行")], ("请选代收还是退还", "请填收据号")),
        ("supplement", [("note", "")], ("请勾选补交的材料",)),
    ):
        back = await clerk.post(f"/cases/{entry.rid}/{form}", [("rid", new()), *typed])
        assert back.status == 422
        for sentence in sentences:
            assert re.search(rf'class="wrong"[^>]*>{sentence}', back.html), (form, sentence)
        assert ("要通知的群众（1）" in back.text) == (("back", "calls") in typed)
        if form != "supplement":
            assert 'value="第 9 行"' in back.html, form
    assert (await station.outbox.stream()).last_seq == 1


async def test_people_are_sent_where_their_result_lies(
    clerk: Browser, station: Station, township: Township
) -> None:
    entry = await entry_of(station, await filed(clerk))
    ready = _row(entry, 1, "to_collect", "待领取")
    words = "结果已出，请带身份证到窗口领取，也可请村代办员转交。"
    township.tell(msgspec.structs.replace(ready, next_step=words))
    await station.sync.until_quiet()
    window = f"{station.enrolment.answer.centre_name}窗口"
    assert window in (await clerk.get("/calls/board")).text
    loud = (await clerk.get("/calls/loudspeaker")).text
    assert f"到{window}来一趟" in loud
    assert "便民服务站电话" not in loud, "this computer knows no telephone of the station"
    case = await clerk.get(f"/cases/{entry.rid}")
    assert "纸质结果已经到村里" in case.text
    assert "申请撤回" not in case.text


async def test_the_drawer_goes_to_the_township_with_a_list_that_adds_up(clerk: Browser, time: Time) -> None:
    await errand(clerk)
    time.pass_by(timedelta(minutes=3))
    case = await errand(clerk, "0002")
    await clerk.post(
        f"/cases/{rid_of(case)}/money",
        [("rid", new()), ("move", "returned"), ("amount", "0.5"), ("receipt", "0009")],
    )
    cash = await clerk.get("/cash")
    assert "100.50" in cash.text
    form = [("rid", cash.hidden("rid"))]
    made = await clerk.post("/cash/hand-over", form)
    again = await clerk.post("/cash/hand-over", form)
    assert made.url == again.url
    assert "JK-260410-01" in made.text
    assert "合计 3 笔" in made.text
    assert "100.50" in made.text
    assert "交款人签名" in made.text
    assert "没有要交的钱" in (await clerk.post("/cash/hand-over", [("rid", new())])).text
    assert "手里没有代收的钱" in (await clerk.get("/cash")).text


async def test_the_day_closes_by_item_clerk_and_money(clerk: Browser) -> None:
    await filed(clerk)
    await errand(clerk)
    totals = (await clerk.get("/totals")).text
    for words in ("共收件 2 件", "按代办员", "梁代办", "今天代收的钱", "50.50", "还有 2 条记录没有上传"):
        assert words in totals, words


@pytest.mark.parametrize("what", ["number", "code", "link", "proof"])
async def test_a_scanned_slip_opens_its_case_at_once(clerk: Browser, station: Station, what: str) -> None:
    entry = await entry_of(station, await filed(clerk))
    await filed(clerk)
    scanned = {
        "number": entry.case_number,
        "code": tracking_code.display(entry.tracking_code),
        "link": entry.slip.link,
        "proof": entry.slip.proof,
    }[what]
    found = await clerk.post("/search", [("q", scanned)])
    assert found.url == f"/cases/{entry.rid}"


async def test_a_case_is_found_by_the_end_of_its_number_and_by_telephone(
    clerk: Browser, station: Station
) -> None:
    entry = await entry_of(station, await filed(clerk))
    tail = "-".join(entry.case_number.split("-")[-2:])
    for words in (tail, tail.lower(), tail.replace("-", "")[-4:], "13800000001", "138 0000 0001"):
        assert entry.case_number in (await clerk.post("/search", [("q", words)])).text, words
    for words in (tail.replace("-", "")[-3:], "1380000000", "13800000002"):
        assert entry.case_number not in (await clerk.post("/search", [("q", words)])).text, words
