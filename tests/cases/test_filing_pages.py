"""Filing on the phone without JavaScript: a draft that waits, photos under their papers, a last look, a receipt."""

import asyncio
import re
from datetime import timedelta
from html import unescape

import pytest

from api_spec.vocabulary import Relation
from backend.db import rows
from tests.blobs.pictures import photo
from tests.cases.test_cases_pages import form_of, multipart, words
from tests.support.applications import application
from tests.support.township import Town, id_number


@pytest.mark.plan(1)
async def test_a_draft_waits_sealed_for_its_owner_alone_until_its_day(town: Town) -> None:
    citizen, other = await town.citizen(), await town.citizen(2)
    half = {
        "rid": "5" * 32,
        "item": town.item("SD-003"),
        "situation": "",
        "phone": "",
        "answers.reason": "房子漏雨",
    }
    saved = await citizen.send("/cases/new", {**half, "do": "save"})
    assert saved.headers["Location"].endswith("&saved=1")
    assert "存好了" in (await citizen.page(saved.headers["Location"])).text
    kept = await citizen.send("/cases/new", {**half, "answers.reason": "房子漏雨，屋顶塌了", "do": "auto"})
    assert kept.status == 204
    [row] = await rows("SELECT id, sealed FROM case_draft")
    assert "房子".encode() not in bytes(row["sealed"])
    assert "没填完的" in (await citizen.page("/cases")).text
    again = await citizen.page(f"/cases/new?item={town.item('SD-003')}")
    assert "屋顶塌了" in again.text
    assert "没填完的" not in (await other.page("/cases")).text
    assert "屋顶塌了" not in (await other.page(f"/cases/new?item={town.item('SD-003')}")).text
    for step in ("papers", "check"):
        assert (await other.page(f"/cases/drafts/{row['id']}/{step}")).status == 404
    await other.send(f"/cases/drafts/{row['id']}/remove", {})
    assert await town.office.drafts.forget(town.clock() + timedelta(days=29)) == 0
    assert await town.office.drafts.forget(town.clock() + timedelta(days=31)) == 1
    assert "没填完的" not in (await citizen.page("/cases")).text


async def test_photos_are_kept_under_their_papers_and_a_bad_one_loses_none_of_the_others(town: Town) -> None:
    citizen = await town.citizen()
    asked = application(town, "SD-003")
    first, second = list(asked["materials"])[:2]
    step = await citizen.send("/cases/new", form_of(asked))
    papers = step.headers["Location"]
    told = await citizen.send(
        papers, multipart({f"photo.{first}": photo(serial=60), f"photo.{second}": b"MZ no photo at all"})
    )
    assert told.status == 422
    assert "已拍 1 张" in told.text
    assert "这个文件不是照片或 PDF" in told.text
    more = await citizen.send(papers, multipart({f"photo.{second}": photo(serial=61), "do": "stay"}))
    assert more.headers["Location"] == papers
    page = await citizen.page(papers)
    shown = [part.split('"')[0] for part in page.text.split('<img src="')[1:]]
    assert len(shown) == 2
    assert (await citizen.page(shown[0])).headers["Content-Type"] == "image/jpeg"
    await citizen.send(papers, multipart({"without": shown[1].rpartition("/")[2]}))
    assert (await citizen.page(papers)).text.count("<img src=") == 1
    check = papers.replace("/papers", "/check")
    last = words((await citizen.page(check)).text)
    assert "照片 1 张" in last
    assert id_number(1) in last
    sent = await citizen.send(papers.replace("/papers", "/file"), {})
    receipt = await citizen.page(sent.headers["Location"])
    assert "申请已提交" in receipt.text
    assert "/qr.svg" in receipt.text
    assert "没填完的" not in (await citizen.page("/cases")).text
    case = await citizen.page(sent.headers["Location"].removesuffix("/receipt"))
    assert "材料照片已到 1 张，共 1 张" in case.text
    clerk = await town.staff("social")
    assert (
        "材料照片已到 1 张"
        in (await clerk.page(f"/staff{sent.headers['Location'].removesuffix('/receipt')}")).text
    )


async def test_whoever_files_for_somebody_shows_the_mandate_and_the_case_says_who_acts(town: Town) -> None:
    citizen = await town.citizen()
    form = form_of(application(town, "SD-003")) | {
        "for_other": "yes",
        "on_behalf.name": "演示母亲",
        "on_behalf.document_number": id_number(77),
        "on_behalf.document_type": "id_card",
        "on_behalf.phone": "13800000077",
        "on_behalf.relation": "relative",
        "on_behalf.scope": "临时救助",
        "on_behalf.valid_until": "2026-06-30",
        "on_behalf.method": "亲笔签名",
    }
    papers = (await citizen.send("/cases/new", form)).headers["Location"]
    assert "委托书" in (await citizen.page(papers)).text
    step = await citizen.send(papers, multipart({"photo.": photo(serial=62), "do": "next"}))
    last = words((await citizen.page(step.headers["Location"])).text)
    assert "演示母亲" in last
    assert f"演示甲（{Relation.RELATIVE.zh}）" in last
    sent = await citizen.send(papers.replace("/papers", "/file"), {})
    path = sent.headers["Location"].removesuffix("/receipt")
    listed = (await citizen.get(f"/v1{path}/photos")).json["photos"]
    assert [(each["material"], each["name"]) for each in listed] == [("", "委托书")]
    assert "代办" in words((await citizen.page(path)).text)
    code = (await citizen.get(f"/v1{path}")).json["tracking_code"]
    assert "由演**代办" in (await citizen.page(f"/slips/{code}")).text


async def test_papers_asked_for_are_photographed_on_the_case_page(town: Town) -> None:
    citizen, clerk = await town.citizen(), await town.staff("social")
    asked = application(town, "SD-003")
    code = next(iter(asked["materials"]))
    path = f"/cases/{(await citizen.post('/v1/cases', asked)).json['case_id']}"
    gap = {"code": code, "status": "wrong", "how_to_fix": "请重新签字"}
    command = {"action": "request_fix", "gaps": [gap], "days": 5}
    await clerk.post(f"/v1/staff{path}/actions", {"version": 1, "command": command})
    page = await citizen.page(path)
    assert f'name="photo.{code}"' in page.text
    assert "号窗口" in unescape(page.text)
    bad = await citizen.send(
        f"{path}/supplement",
        multipart({"version": "2", f"photo.{code}": photo(serial=64), "photo.none": b"not a photo"}),
    )
    assert "这个文件不是照片或 PDF" in bad.text
    assert re.search(rf'name="paper\.{code}" value="present" checked', bad.text)
    done = await citizen.send(
        f"{path}/supplement", multipart({"version": "2", f"photo.{code}": photo(serial=63)})
    )
    assert (done.status, done.headers["Location"]) == (303, path)
    assert "材料照片已到 2 张，共 2 张" in (await citizen.page(path)).text
    number = (await citizen.get(f"/v1{path}")).json["case_number"]
    assert f'关于办件 <b class="code">{number}</b>' in (await citizen.page(f"/complain?case={number}")).text


async def test_two_photos_sent_at_once_both_stay_in_the_draft(town: Town) -> None:
    citizen = await town.citizen()
    asked = application(town, "SD-003")
    codes = list(asked["materials"])[:2]
    papers = (await citizen.send("/cases/new", form_of(asked))).headers["Location"]
    sent = await asyncio.gather(
        *(
            citizen.send(papers, multipart({f"photo.{code}": photo(serial=80 + n)}))
            for n, code in enumerate(codes)
        ),
        citizen.send("/cases/new", {**form_of(asked), "phone": "13900000009", "do": "auto"}),
    )
    assert [each.status for each in sent] == [303, 303, 204]
    assert (await citizen.page(papers)).text.count("<img src=") == 2
    check = await citizen.page(papers.replace("/papers", "/check"))
    assert "13900000009" in check.text
