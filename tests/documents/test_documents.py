"""Documents of a township: numbered with the moves, printed, verified by anyone, revoked, never lost a number."""

import asyncio
import hashlib
import io
import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Channel, DeliveryMethod, Outcome, Role
from backend import db
from backend.audit.chain import AuditAction
from backend.cases.case import EventFacts
from backend.cases.service import Command, FiledCase
from backend.documents.document import spoken
from tests.pages.markup import problems
from tests.pages.sample import Bench, accept, ask_for_more
from tests.proxy.test_http import MANDATE, SHARING, asked
from tests.support.township import Caller, Town

BASE = "https://sandu.test"


async def listed(caller: Caller, case: FiledCase, *, of: str = "/v1/staff/cases") -> list[dict[str, Any]]:
    answer = await caller.get(f"{of}/{case.case_id}/documents")
    assert answer.status == 200, answer.json
    documents: list[dict[str, Any]] = answer.json["documents"]
    return documents


def decoded(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


async def accepted(town: Town, name: str = "王小妹", **more: Any) -> FiledCase:
    bench = Bench(town.office, at=town.clock())
    item, case = await bench.file("SD-003", name, **more)
    await bench.move(item, case, (Role.WINDOW, accept(item)))
    return case


@pytest.mark.plan(36, 38, 45)
async def test_a_case_gets_its_documents_with_its_moves_and_each_can_be_held_against_its_code(
    town: Town,
) -> None:
    bench = Bench(town.office, at=town.clock())
    owner = await town.citizen()
    item, case = await bench.file("SD-008", "谢春花", ago=2)
    await bench.move(
        item,
        case,
        (Role.WINDOW, accept(item)),
        (Role.WINDOW, Command(action=A.DECIDE, facts=EventFacts(outcome=Outcome.GRANTED))),
        (Role.WINDOW, Command(action=A.MAKE_READY)),
        (
            Role.WINDOW,
            Command(action=A.DELIVER, facts=EventFacts(method=DeliveryMethod.WINDOW, proof="本人签收")),
        ),
    )
    clerk = await town.staff("social")
    documents = await listed(clerk, case)
    assert [one["number"] for one in documents] == [
        "三政务受〔2026〕1号",
        "三政务准〔2026〕1号",
        "三政务送〔2026〕1号",
    ]
    proof = (await clerk.get(f"/v1/documents/{documents[2]['id']}")).json
    assert ["1", "准予决定书", "三政务准〔2026〕1号"] in proof["tables"][0]["rows"]

    sheet = await clerk.page(f"/documents/{documents[1]['id']}")
    assert not problems(sheet.text)
    assert "谢春花：" in sheet.text
    assert (await clerk.page("/documents/document.css")).status == 200
    pdf = await clerk.page(f"/documents/{documents[1]['id']}.pdf")
    assert pdf.body == (await clerk.get(f"/v1/documents/{documents[1]['id']}/pdf")).body
    paper = pypdfium2.PdfDocument(pdf.body)
    assert "三政务准〔2026〕1号" in paper[0].get_textpage().get_text_range()
    [link] = decoded(paper[len(paper) - 1].render(scale=3).to_pil())
    said = (await clerk.get(f"/v1/documents/{documents[1]['id']}")).json
    assert link == said["link"]
    assert link.startswith(f"{BASE}/d/")

    seen = await town.anyone.page(link.removeprefix(BASE))
    assert "真实有效" in seen.text
    assert "三政务准〔2026〕1号" in seen.text
    assert documents[1]["fingerprint"] in seen.text
    assert "谢**" in seen.text
    assert "谢春花" not in seen.text
    reopen = Command(action=A.REOPEN, note="金额算错", facts=EventFacts(basis="行政许可法第六十九条"))
    await bench.move(item, case, (Role.WINDOW, Command(action=A.FINISH)), (Role.DIRECTOR, reopen))
    paused = (await town.anyone.page(link.removeprefix(BASE))).text
    assert "真实有效" not in paused
    assert "正在重新办理，原决定暂停使用" in paused
    assert "暂停使用" in (await clerk.page(f"/documents/{documents[1]['id']}")).text
    office = await town.staff("social-office")
    again = await office.post(
        f"/v1/staff/cases/{case.case_id}/actions",
        {
            "command": {"action": "decide", "outcome": "granted"},
            "version": (await office.get(f"/v1/staff/cases/{case.case_id}")).json["version"],
        },
    )
    assert again.status == 200, again.json
    redone = (await town.anyone.page(link.removeprefix(BASE))).text
    assert "已经被新文书替换" in redone
    assert "三政务准〔2026〕2号" in redone
    assert (await owner.get(f"/v1/documents/{documents[1]['id']}")).status == 404
    assert (await town.anyone.page(f"/documents/{documents[1]['id']}")).status == 303


@pytest.mark.plan(36)
async def test_the_applicant_reads_the_one_time_notice_on_the_phone(town: Town) -> None:

    bench = Bench(town.office, at=town.clock())
    owner = await town.citizen()
    item, case = await bench.file("SD-005", "演示甲", ago=3, channel=Channel.WEB, owner=owner.id)
    await bench.move(item, case, (Role.WINDOW, ask_for_more(item)), ago=1)
    [notice] = await listed(owner, case, of="/v1/cases")
    said = (await owner.get(f"/v1/documents/{notice['id']}")).json
    [table] = said["tables"]
    assert len(table["rows"]) == len(item.materials_for(item.situations[0].code if item.situations else ""))
    assert {row[2] for row in table["rows"]} == {"缺少", "本人说已备好，待核对"}
    assert any("4月30日前补齐" in words for words in said["closing"])
    page = await owner.page(f"/cases/{case.case_id}")
    assert f'href="/documents/{notice["id"]}.pdf"' in page.text
    assert (await owner.page(f"/documents/{notice['id']}")).status == 200


async def test_what_was_issued_is_sealed_and_does_not_change_with_the_case(town: Town) -> None:
    case = await accepted(town)
    clerk = await town.staff("social")
    [notice] = await listed(clerk, case)
    before = (await clerk.get(f"/v1/documents/{notice['id']}")).json
    await db.rows("UPDATE tenant SET centre_name = ?", ["改名后的中心"])
    assert (await clerk.get(f"/v1/documents/{notice['id']}")).json == before
    [row] = await db.rows("SELECT sealed, fingerprint FROM document WHERE id = ?", [notice["id"]])
    assert "王小妹".encode() not in bytes(row["sealed"])
    plain = town.office.vault.open(bytes(row["sealed"]), context=f"document/{notice['id']}")
    assert hashlib.sha256(plain).hexdigest() == row["fingerprint"]
    assert notice["fingerprint"] == spoken(row["fingerprint"])


async def test_a_revoked_or_replaced_document_says_so_to_whoever_verifies_it(town: Town) -> None:
    case = await accepted(town)
    clerk, director = await town.staff("social"), await town.staff("director")
    [notice] = await listed(clerk, case)
    path = f"/v1/staff/documents/{notice['id']}"
    assert (await clerk.post(f"{path}/revoke", {"reason": "写错了"})).status == 403
    new = await director.post(f"{path}/replace", {"reason": "申请人姓名更正"})
    assert new.status == 201
    assert new.json["number"] == "三政务受〔2026〕2号"
    link = (await clerk.get(f"/v1/documents/{notice['id']}")).json["link"].removeprefix(f"{BASE}/d/")
    told = (await town.anyone.get(f"/v1/documents/verify/{link}")).json
    assert (told["state"], told["replaced_by"], told["reason"]) == (
        "replaced",
        "三政务受〔2026〕2号",
        "申请人姓名更正",
    )
    assert (await director.post(f"{path}/revoke", {"reason": "重复"})).code == "case_moved"
    page = await director.send(f"/staff/documents/{new.json['id']}/revoke", {"reason": "不该受理"})
    assert page.status == 303
    assert "已撤销" in (await clerk.page(page.headers["Location"])).text
    pdf = await clerk.page(f"/documents/{new.json['id']}.pdf")
    assert "不再有效" in pypdfium2.PdfDocument(pdf.body)[0].get_textpage().get_text_range()
    entries = await town.office.audit.about(town.tenant_id, "case", case.case_id)
    ended = [entry.facts["number"] for entry in entries if entry.action is AuditAction.END_DOCUMENT]
    assert ended == ["三政务受〔2026〕1号", "三政务受〔2026〕2号"]


async def test_of_two_who_replace_a_document_at_once_one_does_and_no_number_is_lost(town: Town) -> None:
    case = await accepted(town)
    director, leader = await town.staff("director"), await town.staff("social-leader")
    [notice] = await listed(director, case)
    path = f"/v1/staff/documents/{notice['id']}/replace"
    answers = await asyncio.gather(*(who.post(path, {"reason": "更正"}) for who in (director, leader)))
    assert sorted(answer.status for answer in answers) == [201, 409]
    await accepted(town, "李国强")
    rows = await db.rows("SELECT serial FROM document WHERE kind = 'acceptance' ORDER BY serial")
    assert [row["serial"] for row in rows] == [1, 2, 3]


async def test_what_was_issued_of_a_voided_case_holds_no_longer(town: Town) -> None:
    case = await accepted(town)
    clerk, director = await town.staff("social"), await town.staff("director")
    [notice] = await listed(clerk, case)
    sent = {"command": {"action": "void", "note": "王小妹重复登记"}, "version": 2}
    voided = await director.post(f"/v1/staff/cases/{case.case_id}/actions", sent)
    assert voided.status == 200, voided.json
    link = (await clerk.get(f"/v1/documents/{notice['id']}")).json["link"].removeprefix(BASE)
    page = await town.anyone.page(link)
    assert "已经撤销" in page.text
    assert "办件已作废" in page.text
    assert "王小妹" not in page.text


async def test_numbers_have_no_gaps_however_many_move_at_once_and_whatever_fails(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    filed = [await bench.file("SD-003", name) for name in ("甲一", "乙二", "丙三", "丁四", "戊五", "己六")]

    async def move(number: int) -> None:
        item, case = filed[number]
        await bench.move(item, case, (Role.WINDOW, accept(item)))

    async def twice(number: int) -> list[BaseException | None]:
        return [*await asyncio.gather(move(number), move(number), return_exceptions=True)]

    results = await asyncio.gather(*(twice(number) for number in range(len(filed))))
    assert all(sum(isinstance(each, Exception) for each in pair) == 1 for pair in results)
    rows = await db.rows("SELECT serial FROM document WHERE kind = 'acceptance' ORDER BY serial")
    assert [row["serial"] for row in rows] == list(range(1, len(filed) + 1))


async def test_a_receipt_is_written_once_however_often_and_by_how_many_it_is_asked_for(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    _, case = await bench.file("SD-003", "王小妹")
    clerk = await town.staff("social")
    path = f"/v1/staff/cases/{case.case_id}/documents"
    answers = await asyncio.gather(*(clerk.post(path, {"kind": "receipt"}) for _ in range(4)))
    assert {answer.json["number"] for answer in answers} == {"三政务收〔2026〕1号"}
    assert (await clerk.post(path, {"kind": "mandate"})).code == "action_not_allowed"
    other = (await bench.file("SD-003", "李国强"))[1]
    sent = await clerk.send(f"/staff/cases/{other.case_id}/documents", {"kind": "receipt"})
    assert "三政务收〔2026〕2号" in (await clerk.page(sent.headers["Location"])).text


async def test_a_wrong_code_is_refused_and_trying_codes_is_slowed(town: Town) -> None:
    case = await accepted(town)
    clerk = await town.staff("social")
    [notice] = await listed(clerk, case)
    link = (await clerk.get(f"/v1/documents/{notice['id']}")).json["link"]
    code = link.rpartition("/")[2]
    slip = ("B" if code[0] != "B" else "C") + code[1:]
    assert (await town.anyone.page(f"/d/{slip}")).status == 422
    typed = await town.anyone.send("/d", {"code": re.sub("(....)", r"\1 ", code.lower())})
    assert "真实有效" in typed.text
    for _ in range(19):
        await town.anyone.get("/v1/documents/verify/AAAA")
    assert (await town.anyone.get(f"/v1/documents/verify/{code}")).status == 429
    assert (await town.anyone.page(f"/d/{code}")).status == 429


async def test_of_a_confidential_matter_a_stranger_learns_only_that_the_paper_is_genuine(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    secret = next(
        each.code
        for each in town.office.catalogue.shelf(town.tenant_id).pack.items
        if each.confidential and each.kind.value != "proxy"
    )
    item, case = await bench.file(secret, "周某")
    await bench.move(item, case, (Role.WINDOW, accept(item)))
    clerk, director = await town.staff("justice"), await town.staff("director")
    [notice] = await listed(clerk, case)
    assert await listed(director, case) == []
    assert (await director.page(f"/documents/{notice['id']}")).status == 404
    link = (await clerk.get(f"/v1/documents/{notice['id']}")).json["link"].removeprefix(BASE)
    page = await town.anyone.page(link)
    assert "真实有效" in page.text
    assert notice["number"] not in page.text
    assert item.name not in page.text


async def test_an_errand_gets_its_papers_too_and_the_utility_sees_none_of_them(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    errand = await bench.errand("SD-049", "王小妹")
    clerk = await town.staff("utility")
    path = f"/v1/staff/errands/{errand.errand_id}"
    for version, command in enumerate(
        (
            {"action": "take", "note": ""},
            {"action": "suspend", "note": "水厂停水检修。"},
            {"action": "resume", "note": "检修完了。"},
        ),
        start=(await clerk.get(path)).json["version"],
    ):
        moved = await clerk.post(f"{path}/actions", {"command": command, "version": version})
        assert moved.status == 200, moved.json
    documents = (await clerk.get(f"{path}/documents")).json["documents"]
    assert [one["number"] for one in documents] == ["三政务代中〔2026〕1号", "三政务代续〔2026〕1号"]
    sheet = await clerk.page(f"/documents/{documents[0]['id']}")
    assert "水厂停水检修。" in sheet.text
    assert f'href="/staff/errands/{errand.errand_id}"' in sheet.text
    page = await clerk.page(f"/staff/errands/{errand.errand_id}")
    assert "代办中止告知单" in page.text
    partner = await town.staff("water-partner")
    assert (await partner.page(f"/documents/{documents[0]['id']}")).status == 403
    director = await town.staff("director")
    ended = f"/v1/staff/documents/{documents[0]['id']}"
    assert (await director.post(f"{ended}/replace", {"reason": "更正"})).code == "action_not_allowed"
    assert (await director.post(f"{ended}/revoke", {"reason": "更正"})).status == 200


async def test_a_consent_given_on_the_phone_is_a_mandate_with_a_number(town: Town) -> None:
    citizen = await town.citizen()
    filed = await citizen.post("/v1/errands", asked(town, mandate=None, sharing=None))
    path = f"/v1/errands/{filed.json['errand_id']}"
    await citizen.post(f"{path}/consent", {"version": 1, "mandate": MANDATE, "sharing": SHARING})
    [paper] = (await citizen.get(f"{path}/documents")).json["documents"]
    assert paper["number"] == "三政务委〔2026〕1号"
    said = (await citizen.get(f"/v1/documents/{paper['id']}")).json
    shown = {line["label"]: line["text"] for line in said["facts"]}
    assert shown["受托人"] == "耒阳市三都政务服务中心"
    assert shown["委托期限"].endswith("至2026年6月1日")
    assert shown["递交单位"] == "供水企业"
    page = await citizen.page(f"/errands/{filed.json['errand_id']}")
    assert f'href="/documents/{paper["id"]}"' in page.text


async def test_the_printed_sheet_and_the_pdf_hold_the_same_code(town: Town) -> None:
    case = await accepted(town)
    clerk = await town.staff("social")
    [notice] = await listed(clerk, case)
    said = (await clerk.get(f"/v1/documents/{notice['id']}")).json
    sheet = await clerk.page(f"/documents/{notice['id']}")
    code = said["link"].rpartition("/")[2]
    grouped = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    assert grouped in sheet.text
    first = (await clerk.page(f"/documents/{notice['id']}.pdf")).body
    assert (await clerk.page(f"/documents/{notice['id']}.pdf")).body == first
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(first)))
    assert grouped in text.replace("\r\n", "")
