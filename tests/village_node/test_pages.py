"""The clerk's page over HTTP: a day at the village service point, with and without a line."""

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image, ImageDraw

from api_spec import records, tracking_code
from api_spec.catalogue import Fee
from api_spec.feed import CaseRow, ClerkRow, HeldRow, NoticeRow, StepLine
from tests.village_node.browser import Browser, filed, rid_of, without
from tests.village_node.conftest import CHEAP, Time
from tests.village_node.packs import AID, AID_FORM, ID_CARD, WATER, pack
from tests.village_node.township import RECEIPT_KEY, Township
from village_node.station import Station
from village_node.storage import safekeeping
from village_node.storage.disk import Disk
from village_node.web.app import PAGES, make_app


async def test_a_case_is_filed_without_a_line_and_waits_honestly(clerk: Browser) -> None:
    case = await filed(clerk)
    assert case.status == 200
    assert "已收件，存好了" in case.text
    assert "待上传" in case.text
    home = await clerk.get("/")
    assert "未上传 1 件" in home.text
    assert "梁小满" in home.text


async def test_what_was_filed_goes_up_and_its_progress_comes_back(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    await station.sync.until_quiet()
    assert "已上传" in (await clerk.get(case.url)).text
    [stored] = township.records.values()
    record = records.decode_record(stored)
    assert isinstance(record, records.CaseRecord)
    assert record.clerk.name == "梁代办"
    assert record.body.applicant.number == "11010519491231002X"
    assert record.body.answers == {"reason": "突发重病住院", "members": 4, "housing": "own"}
    township.tell(
        CaseRow(
            rid=record.rid,
            srev=1,
            code=record.body.code,
            number=record.body.number,
            item=AID.code,
            item_name=AID.name,
            state="need_fix",
            label="待补正",
            received_ms=0,
            next_step="请补诊断证明。",
            missing=("诊断证明要盖医院章",),
            steps=(StepLine(at_ms=1_775_793_600_000, label="镇里收到"),),
        )
    )
    await station.sync.until_quiet()
    shown = await clerk.get(case.url)
    assert "待补正" in shown.text
    assert "诊断证明要盖医院章" in shown.text
    assert "镇里收到" in shown.text
    home = (await clerk.get("/")).text
    assert "要您处理（1）" in home
    assert "全部已上传" in home


async def test_all_mistakes_come_back_at_once_by_field_and_nothing_typed_is_lost(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    bad = [
        ("situation", "ill"),
        ("kind", "person"),
        ("document", "id_card"),
        ("name", "梁小满"),
        ("number", "110105194912310021"),
        ("phone", "12345"),
        ("relation", "self"),
        ("a-members", "很多"),
        ("a-housing", "rent"),
        ("m-application", "present"),
    ]
    back = await clerk.submit(form, bad)
    assert back.status == 422
    for sentence in (
        "身份证号有一位填错了",
        "请填 11 位手机号",
        "请填整数",
        "请勾选“诊断证明”带了没有",
        "要先向申请人说明并征得同意",
    ):
        assert sentence in back.text
    assert back.html.count('class="wrong"') >= 8
    assert 'value="110105194912310021"' in back.html
    assert 'value="很多"' in back.html
    assert "月租金" in back.text
    assert (await clerk.get("/")).text.count("草稿") >= 1, "kept in case the power goes now"


async def test_a_conditional_question_is_asked_only_when_it_applies(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    renting = [*without("a-housing"), ("a-housing", "rent")]
    assert (await clerk.submit(form, renting)).status == 422
    form = await clerk.get(f"/items/{AID.id}/new")
    owning = [*AID_FORM, ("a-rent", "nonsense that nobody asked for")]
    assert "已收件" in (await clerk.submit(form, owning)).text


async def test_a_draft_is_kept_and_becomes_the_case(clerk: Browser, station: Station) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    saved = await clerk.submit(form, without("phone"), do="save")
    assert "草稿已保存" in saved.text
    again = await clerk.get(form.action)
    assert 'value="梁小满"' in again.html
    case = await clerk.submit(again, AID_FORM)
    assert case.url == f"/cases/{form.action.rpartition('/')[2]}?new=1"
    assert await station.drafts.all() == []


async def test_two_tabs_on_one_draft_cannot_overwrite_each_other_unseen(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    await clerk.submit(form, [*without("name"), ("name", "第一个窗口")], do="save")
    second = await clerk.submit(form, [*without("name"), ("name", "第二个窗口")], do="save")
    assert second.status == 409
    assert "另一个窗口改过了" in second.text
    assert "第二个窗口" in second.html
    assert 'value="第一个窗口"' in (await clerk.get(form.action)).html
    await clerk.submit(second, [*without("name"), ("name", "第二个窗口")], do="save")
    assert 'value="第二个窗口"' in (await clerk.get(form.action)).html


async def test_a_form_sent_twice_is_one_case(clerk: Browser, station: Station) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    first, second = await clerk.submit(form, AID_FORM), await clerk.submit(form, AID_FORM)
    assert first.url.partition("?")[0] == second.url.partition("?")[0]
    assert (await station.outbox.stream()).last_seq == 1


async def test_an_errand_needs_a_mandate_a_partner_consent_and_a_receipt_for_money(
    clerk: Browser, station: Station, township: Township
) -> None:
    form = await clerk.get(f"/items/{WATER.id}/new")
    person = [pair for pair in AID_FORM if pair[0] in {"kind", "document", "name", "number", "phone"}]
    bare = [*person, ("a-account", "12345678"), ("relation", "self"), ("money", "50.5")]
    back = await clerk.submit(form, bare)
    assert "代办事项要有委托书" in back.text
    assert "向公用企业提供办理所需信息" in back.text
    whole = [
        *person,
        ("a-account", "12345678"),
        ("relation", "village_clerk"),
        ("agent_name", "梁代办"),
        ("agent_number", "440524188001010014"),
        ("scope", "代办水表过户"),
        ("valid_to", "2026-12-31"),
        ("method", "wet_ink"),
        ("money", "50.5"),
        ("money_receipt", "0001"),
        *((f"consent-{each}", "yes") for each in ("service", "sensitive", "partner_sharing")),
    ]
    case = await clerk.submit(back, whole)
    assert "已收件" in case.text, case.text
    await station.sync.until_quiet()
    [stored] = township.records.values()
    record = records.decode_record(stored)
    assert isinstance(record, records.CaseRecord)
    assert record.body.mandate is not None
    assert record.body.money[0].amount_fen == 5050
    assert "代收 50.50 元" in (await clerk.get("/totals")).text


async def test_an_agent_cannot_be_the_applicant(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    same = [
        *without("relation"),
        ("relation", "relative"),
        ("agent_name", "梁小满"),
        ("agent_number", "11010519491231002X"),
        ("scope", "代办"),
        ("valid_to", "2026-12-31"),
        ("method", "wet_ink"),
    ]
    assert "代办人不能是申请人自己" in (await clerk.submit(form, same)).text


async def test_an_item_villages_do_not_take_says_where_to_go(clerk: Browser) -> None:
    assert "到镇政务服务中心" in (await clerk.get(f"/items/{ID_CARD.id}")).text
    assert (await clerk.get(f"/items/{ID_CARD.id}/new")).status == 409


@pytest.mark.parametrize("words", ["临时救助", "困难补助", "lsjz", "救助"])
async def test_items_are_found_by_name_everyday_word_and_initials(clerk: Browser, words: str) -> None:
    answer = await clerk.client.get("/items", params={"q": words})
    assert f"<b>{AID.name}</b>" in await answer.text()


def read_qr(html: str) -> list[str]:
    """Draw every QR code of a page at 203 dpi and read it as a phone would."""
    found = []
    for side, path in re.findall(r'viewBox="0 0 (\d+) \d+".*?<path d="([^"]+)"', html):
        picture = Image.new("L", (int(side) * 6, int(side) * 6), 255)
        draw = ImageDraw.Draw(picture)
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path):
            left, top = int(x) * 6, int(y) * 6
            draw.rectangle((left, top, left + int(length) * 6 - 1, top + 5), fill=0)
        found += [result.text for result in zxingcpp.read_barcodes(picture)]
    return found


@pytest.mark.parametrize("paper", ["80", "a5"])
async def test_the_slip_carries_final_number_genuine_code_and_a_readable_link(
    clerk: Browser, station: Station, paper: str
) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    slip = await clerk.post(f"/cases/{rid}/print", [("paper", paper)])
    entry = await station.register.find(rid)
    assert entry is not None
    assert entry.case_number in slip.text
    assert tracking_code.display(entry.tracking_code) in slip.text
    assert f"https://bmt.example.cn/c/{entry.tracking_code}" in read_qr(slip.html)
    assert tracking_code.verify(tracking_code.parse(entry.tracking_code), RECEIPT_KEY)
    assert "11010519491231002X" not in slip.html
    assert "村里电脑时间" in slip.text


async def test_a_reprint_is_marked_and_counted(clerk: Browser) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    first = await clerk.post(f"/cases/{rid}/print", [("paper", "80")])
    again = await clerk.post(f"/cases/{rid}/print", [("paper", "80")])
    assert "补打" not in first.text
    assert "第 1 次补打" in again.text
    assert "已打印 2 次" in (await clerk.get(f"/cases/{rid}")).text


async def test_the_receipt_printer_gets_escpos_bytes_and_its_absence_is_told(
    clerk: Browser, tmp_path: Path
) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    (tmp_path / "lp0").touch()
    await clerk.post(f"/cases/{rid}/print", [("paper", "device")])
    assert AID.name.encode("gb18030") in (tmp_path / "lp0").read_bytes()
    (tmp_path / "lp0").unlink()
    (tmp_path / "lp0").mkdir()
    assert "打印机没有响应" in (await clerk.post(f"/cases/{rid}/print", [("paper", "device")])).text
    download = await clerk.client.get(f"/cases/{rid}/slip.bin")
    assert AID.name.encode("gb18030") in await download.read()


async def test_papers_handed_in_later_and_a_withdrawal_go_up_as_records(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    supplement = [("rid", case.hidden("rid")), ("material", "photo"), ("note", "照片后补")]
    shown = await clerk.post(f"/cases/{rid}/supplement", supplement)
    assert "补交：照片、照片后补" in shown.text
    await clerk.post(f"/cases/{rid}/supplement", supplement)
    await clerk.post(
        f"/cases/{rid}/withdraw", [("rid", shown.hidden("rid")), ("by", "self"), ("reason", "不办了")]
    )
    await station.sync.until_quiet()
    kinds = sorted(type(records.decode_record(stored)).__name__ for stored in township.records.values())
    assert kinds == ["CaseRecord", "SupplementRecord", "WithdrawRecord"]
    assert "待上传" not in (await clerk.get(f"/cases/{rid}")).text


async def test_a_held_record_shows_its_reason_until_it_is_settled(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    held = HeldRow(rid=rid, srev=1, seq=1, reason="E_INVALID", sentence="证件号码和姓名对不上。")
    township.tell(held)
    await station.sync.until_quiet()
    assert "证件号码和姓名对不上" in (await clerk.get(case.url)).text
    assert "要您处理（1）" in (await clerk.get("/")).text
    township.tell(HeldRow(rid=rid, srev=2, seq=1, reason="E_INVALID", sentence="已核对。", settled=True))
    await station.sync.until_quiet()
    assert "要您处理" not in (await clerk.get("/")).text


async def test_a_held_follow_up_shows_at_its_case_and_a_held_record_of_no_case_on_the_first_page(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    rid = rid_of(case)
    await clerk.post(f"/cases/{rid}/supplement", [("rid", "5" * 32), ("note", "补交户口簿")])
    township.tell(HeldRow(rid="5" * 32, srev=1, seq=2, reason="E_CASE_CLOSED", sentence="这件已经办结。"))
    township.tell(
        HeldRow(rid="6" * 32, srev=1, seq=3, reason="E_UNREADABLE", sentence="镇里读不出这条记录。")
    )
    await station.sync.until_quiet()
    home = (await clerk.get("/")).text
    assert "要您处理（1）" in home
    assert "镇里读不出这条记录" in home
    assert "这件已经办结" in (await clerk.get(f"/cases/{rid}")).text


async def test_a_case_only_the_township_remembers_is_found(
    clerk: Browser, station: Station, township: Township
) -> None:
    township.tell(
        CaseRow(
            rid="f" * 32,
            srev=1,
            code="0" * 20,
            number="SD-260301-0171234-K",
            item=AID.code,
            item_name=AID.name,
            state="accepted",
            label="已受理",
            applicant="贺老三",
            received_ms=0,
        )
    )
    await station.sync.until_quiet()
    found = await clerk.post("/search", [("q", "贺老三")])
    assert "SD-260301-0171234-K" in found.text
    assert "已受理" in (await clerk.get(f"/cases/{'f' * 32}")).text


@pytest.mark.parametrize("words", ["梁小满", "11010519491231002x", "临时"])
async def test_own_cases_are_found_by_name_document_and_item(clerk: Browser, words: str) -> None:
    await filed(clerk)
    assert "梁小满" in (await clerk.post("/search", [("q", words)])).text


async def test_notices_of_the_township_are_shown(
    clerk: Browser, station: Station, township: Township
) -> None:
    township.tell(NoticeRow(rid="n1", srev=1, title="明天大厅停电", text="后天照常。"))
    await station.sync.until_quiet()
    assert "明天大厅停电" in (await clerk.get("/")).text


async def test_the_townships_clerk_signs_in_and_its_removal_ends_that(
    stranger: Browser, station: Station, township: Township
) -> None:
    row = ClerkRow(rid="1" * 32, srev=1, login="wang", name="王代办", password=CHEAP.hash("guan-qiao-9"))
    township.tell(row)
    await station.sync.until_quiet()
    assert "王代办" in (await stranger.sign_in("wang", "guan-qiao-9")).text
    await stranger.post("/signout", [])
    township.tell(ClerkRow(rid="1" * 32, srev=2, login="wang", name="王代办", password="", active=False))
    await station.sync.until_quiet()
    assert await station.clerks.sign_in("wang", "guan-qiao-9") is None


async def test_only_signing_in_is_open_to_strangers(stranger: Browser) -> None:
    assert {page.path for page in PAGES if page.open_door} == {"/signin", "/takeover"}
    for page in PAGES:
        if page.open_door:
            continue
        path = re.sub(r"\{\w+\}", "1" * 32, page.path)
        shown = await (stranger.get(path) if page.method == "GET" else stranger.post(path, []))
        assert shown.url == "/signin" or (shown.status, "请先登录" in shown.text) == (401, True), page.path


async def test_wrong_passwords_soon_have_to_wait(clerk: Browser) -> None:
    statuses = [(await clerk.sign_in("liang", "wrong-one")).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await clerk.sign_in("liang", "shan-lu-1")).status == 429


async def test_a_form_of_another_site_is_refused(clerk: Browser, station: Station) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    pairs = [("item", AID.id), ("version", "0"), ("do", "file"), *AID_FORM]
    assert (await clerk.post(form.action, pairs, Origin="https://evil.example")).status == 403
    assert (await clerk.post(form.action, pairs, Sec_Fetch_Site="cross-site")).status == 403
    assert (await station.outbox.stream()).last_seq == 0


async def test_a_foreign_name_for_this_computer_is_refused(clerk: Browser) -> None:
    answer = await clerk.client.get("/", headers={"Host": "evil.example"})
    assert answer.status == 421


async def test_pages_allow_no_foreign_script_and_are_not_stored(clerk: Browser) -> None:
    home = await clerk.get("/")
    assert "default-src 'none'" in home.headers["Content-Security-Policy"]
    assert home.headers["Cache-Control"] == "no-store"
    assert "<script>" not in home.html
    assert " style=" not in home.html


@pytest.mark.parametrize(
    "path", ["/cases/x", f"/cases/{'9' * 32}", f"/drafts/{'9' * 32}", "/items/none", "/nowhere"]
)
async def test_what_is_not_there_is_a_page_with_a_way_back(clerk: Browser, path: str) -> None:
    shown = await clerk.get(path)
    assert shown.status == 404
    assert "回到首页" in shown.text


async def test_strange_characters_and_unknown_fields_are_mistakes_not_errors(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    strange = [*without("a-reason"), ("a-reason", "病\x00了"), ("a-evil", "1")]
    back = await clerk.submit(form, strange)
    assert back.status == 422
    assert "特殊符号" in back.text
    assert "表里没有这一项" in back.text


async def test_a_form_that_is_too_large_is_refused_with_a_sentence(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    answer = await clerk.submit(form, [*without("a-reason"), ("a-reason", "长" * 90_000)])
    assert answer.status == 413
    assert "写短一些" in answer.text


async def test_a_clerk_runs_an_errand_without_showing_a_card_but_nobody_else_does(clerk: Browser) -> None:
    person = [pair for pair in AID_FORM if pair[0] in {"kind", "document", "name", "number", "phone"}]
    errand = [
        *person,
        ("a-account", "12345678"),
        ("agent_name", "梁代办"),
        ("scope", "代办水表过户"),
        ("valid_to", "2026-12-31"),
        ("method", "wet_ink"),
        *((f"consent-{each}", "yes") for each in ("service", "sensitive", "partner_sharing")),
    ]
    form = await clerk.get(f"/items/{WATER.id}/new")
    assert "代办人身份证号" in (await clerk.submit(form, [*errand, ("relation", "relative")])).text
    form = await clerk.get(f"/items/{WATER.id}/new")
    assert "已收件" in (await clerk.submit(form, [*errand, ("relation", "village_clerk")])).text


async def test_a_fingerprint_needs_two_witnesses(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    printed = [
        *without("relation"),
        ("relation", "relative"),
        ("agent_name", "梁大满"),
        ("agent_number", "440524188001010014"),
        ("scope", "代办临时救助"),
        ("valid_to", "2026-12-31"),
        ("method", "fingerprint"),
        ("witness_1", "王五"),
    ]
    back = await clerk.submit(form, printed)
    assert back.status == 422
    assert "见证人二" in back.text.partition("哪种情形")[0]


async def test_a_computer_that_wakes_up_in_2016_still_takes_a_childs_case(
    clerk: Browser, station: Station, time: Time
) -> None:
    await station.sync.until_quiet()
    time.at = time.at.replace(year=2016)
    child = [*without("number"), ("number", "110105202001010023")]
    form = await clerk.get(f"/items/{AID.id}/new")
    assert "已收件" in (await clerk.submit(form, child)).text
    await station.sync.until_quiet()
    assert "请校准电脑时间" in (await clerk.get("/")).text


async def test_a_limit_nobody_has_confirmed_is_not_promised_on_paper(
    clerk: Browser, station: Station, township: Township
) -> None:
    rid = rid_of(await filed(clerk))
    assert "一般 10 个工作日内办结" in (await clerk.get(f"/cases/{rid}/slip")).text
    township.publish(
        msgspec.structs.replace(pack(), items=(msgspec.structs.replace(AID, illustrative=True),)), version=2
    )
    await station.sync.until_quiet()
    assert "时限还没有正式公布" in (await clerk.get(f"/items/{AID.id}")).text
    rid = rid_of(await filed(clerk))
    assert "个工作日" not in (await clerk.get(f"/cases/{rid}/slip")).text


async def test_with_a_full_disk_no_new_case_is_begun_but_the_page_still_works(
    clerk: Browser, station: Station
) -> None:
    full = replace(station, disk=Disk(station.settings.data, warning_mb=10**9, floor_mb=10**9))
    async with TestClient(TestServer(make_app(full))) as client:
        browser = Browser(client)
        await browser.sign_in("liang", "shan-lu-1")
        refused = await browser.get(f"/items/{AID.id}/new")
        assert refused.status == 507
        assert "暂时不能收件" in refused.text
        assert "磁盘满了" in (await browser.get("/")).text
    assert (await clerk.get(f"/items/{AID.id}/new")).status == 200


async def test_after_a_notice_only_the_papers_it_asks_for_are_offered(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    assert {'value="photo"' in case.html, 'value="diagnosis"' in case.html} == {True}
    await station.sync.until_quiet()
    [stored] = township.records.values()
    record = records.decode_record(stored)
    assert isinstance(record, records.CaseRecord)
    township.tell(
        CaseRow(
            rid=record.rid,
            srev=1,
            code=record.body.code,
            number=record.body.number,
            item=AID.code,
            item_name=AID.name,
            state="need_fix",
            label="待补正",
            received_ms=0,
            missing=("诊断证明（要盖医院章）",),
        )
    )
    await station.sync.until_quiet()
    shown = await clerk.get(case.url)
    assert 'value="diagnosis"' in shown.html
    assert 'value="photo"' not in shown.html


async def test_the_clerk_backs_this_computer_up_while_it_works(
    clerk: Browser, station: Station, tmp_path: Path
) -> None:
    await filed(clerk)
    stick = tmp_path / "stick"
    wrong = await clerk.post("/machine/backup", [("folder", str(stick))])
    assert (wrong.status, str(stick) in wrong.html) == (422, True), "what was typed stays"
    stick.mkdir()
    done = await clerk.post("/machine/backup", [("folder", str(stick))])
    assert "读回核对无误" in done.text
    [backup] = stick.iterdir()
    assert safekeeping.read(backup).node == station.enrolment.node


async def test_the_status_line_says_what_is_going_on_with_one_full_stop_each(
    clerk: Browser, station: Station
) -> None:
    await filed(clerk)
    await station.journal.missed("line")
    shown = await clerk.get("/")
    assert "网络通了会自动再试。都存在这台电脑里" in shown.text
    assert "。。" not in shown.text
    station.loop.first_try = True
    shown = await clerk.get("/")
    assert "正在联系镇里。" in shown.text
    assert "现在连不上镇里" not in shown.text


async def test_whoever_acts_for_the_applicant_finds_scope_and_last_day_filled_in_and_marked(
    clerk: Browser,
) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    for label in ("代办人姓名", "委托办什么", "委托到哪天为止"):
        assert f'{label}<span class="need"' in form.html, label
    assert 'name="scope" value="代为办理“临时救助”，递交材料，领取结果"' in form.html
    assert 'name="valid_to" value="2026-07-09"' in form.html
    assert "本人来办的，下面这些不用填" in form.text
    assert "已收件" in (await clerk.submit(form, AID_FORM)).text


async def test_an_item_without_a_fee_says_so_once(
    clerk: Browser, township: Township, station: Station
) -> None:
    free = msgspec.structs.replace(AID, fee=Fee(note="不收费"))
    township.publish(msgspec.structs.replace(pack(), items=(free,)))
    await station.sync.until_quiet()
    assert (await clerk.get(f"/items/{AID.id}")).text.count("不收费") == 1


async def test_a_case_shows_its_papers_and_folded_what_was_typed(clerk: Browser) -> None:
    case = await filed(clerk)
    assert "申请书 带了" in case.text
    assert "诊断证明 承诺补交" in case.text
    folded = case.html.partition("<summary>填了什么</summary>")[2].partition("</dl>")[0]
    assert "突发重病住院" in folded
    assert "<summary>138…0001</summary>138 0000 0001</details>" in folded
    assert "<summary>110…002x</summary>" in folded
    assert "委托办什么" not in folded, "the applicant came in person"
    assert "代办的件不能在这里更正" not in case.text


async def test_the_page_of_an_errand_says_how_a_mistake_is_put_right(clerk: Browser) -> None:
    form = await clerk.get(f"/items/{WATER.id}/new")
    person = [pair for pair in AID_FORM if pair[0] in {"kind", "document", "name", "number", "phone"}]
    whole = [
        *person,
        ("a-account", "12345678"),
        ("relation", "village_clerk"),
        ("agent_name", "梁代办"),
        ("scope", "代办水表过户"),
        ("valid_to", "2026-12-31"),
        ("method", "wet_ink"),
        *((f"consent-{each}", "yes") for each in ("service", "sensitive", "partner_sharing")),
    ]
    assert "代办的件不能在这里更正" in (await clerk.submit(form, whole)).text
