"""The privacy centre: everything held is told to its owner, every look by its post, and a wish is answered in its day."""

import json

import pytest

from backend.db import rows
from tests.blobs.pictures import photo
from tests.cases.test_cases_pages import words
from tests.photos.test_own_photos import send
from tests.support.applications import application
from tests.support.township import Town, id_number

RID = "a" * 32


async def test_an_export_has_every_part_in_full_and_only_ones_own(town: Town) -> None:
    mine, other = await town.citizen(1), await town.citizen(2)
    await mine.put("/v1/me/contact", {"phone": "13800000001", "address": "三都镇某村1组"})
    await send(mine, photo(serial=70))
    await mine.post("/v1/cases", application(town, "SD-003"))
    await mine.send(
        "/cases/new", {"item": town.item("SD-001"), "rid": "7" * 32, "phone": "1380", "do": "save"}
    )
    await mine.send("/ask", {"rid": "8" * 32, "text": "低保要带什么"})
    await mine.send("/complain", {"rid": "9" * 32, "about": "matter", "text": "等得太久了，没人说明"})
    await mine.send("/me/privacy/wishes", {"rid": RID, "wish": "delete", "text": "请删掉旧的照片"})
    held = (await mine.get("/v1/me/export")).json
    assert (held["document_number"], held["address"]) == (id_number(1), "三都镇某村1组")
    parts = {part["title"]: json.dumps(part, ensure_ascii=False) for part in held["parts"]}
    assert set(parts) >= {"办件", "传上来的照片", "没填完的申请", "投诉和咨询", "个人信息请求"}
    assert id_number(1) in parts["办件"]
    assert "请删掉旧的照片" in parts["个人信息请求"]
    page = await mine.page("/me/data")
    assert id_number(1) in page.text
    assert (await other.get("/v1/me/export")).json["parts"] == []
    assert '"document_number"' in (await mine.page("/me/export")).text


async def test_whoever_looked_is_told_by_post_and_never_by_name(town: Town) -> None:
    mine, clerk = await town.citizen(1), await town.staff("social")
    case_id = (await mine.post("/v1/cases", application(town, "SD-003"))).json["case_id"]
    assert (await mine.get("/v1/me/looks")).json["items"] == []
    await clerk.page(f"/staff/cases/{case_id}")
    told = await clerk.post(f"/v1/staff/cases/{case_id}/applicant", {"reason": "核对身份"})
    assert told.status == 200
    [first, second] = (await mine.get("/v1/me/looks")).json["items"]
    assert {first["what"], second["what"]} == {"查看办件", "查看完整证件号码"}
    assert {first["reason"], second["reason"]} == {"", "核对身份"}
    centre = await mine.page("/me/privacy")
    assert "窗口人员" in words(centre.text)
    assert clerk.id not in centre.text
    [row] = await rows("SELECT name FROM staff WHERE login_name = ?", ["social"])
    assert row["name"] not in centre.text
    assert (await (await town.citizen(2)).get("/v1/me/looks")).json["items"] == []


@pytest.mark.plan(51)
async def test_a_wish_is_answered_once_by_the_centre_within_its_day_and_the_citizen_reads_why(
    town: Town,
) -> None:
    mine, director, clerk = await town.citizen(1), await town.staff("director"), await town.staff("social")
    short = await mine.send("/me/privacy/wishes", {"rid": RID, "wish": "delete", "text": "删"})
    assert (short.status, "请写清楚是哪些信息" in short.text) == (422, True)
    wish = {"rid": RID, "wish": "delete", "text": "请删除三年前的办件"}
    for _ in range(2):
        assert (await mine.send("/me/privacy/wishes", wish)).status == 303
    [asked] = (await mine.get("/v1/me/wishes")).json["items"]
    assert asked["due_on"] == "2026-05-06"
    [row] = await rows("SELECT sealed FROM data_wish")
    assert "删除三年前".encode() not in bytes(row["sealed"])
    path = f"/staff/data-wishes/{asked['id']}"
    assert (await clerk.page(path)).status == 403
    assert "删除我的信息" in (await director.page("/staff/data-wishes")).text
    assert "请删除三年前的办件" in (await director.page(path)).text
    empty = await director.send(path, {"outcome": "", "text": "按档案规定保存。"})
    assert empty.status == 422
    answer = {"outcome": "partly", "text": "账号信息已删，办件按档案规定保存十年。"}
    assert (await director.send(path, answer)).status == 303
    assert (await director.send(path, answer)).status == 409
    centre = words((await mine.page("/me/privacy")).text)
    assert "办件按档案规定保存十年" in centre
    assert "中心主任" in centre
    for number in range(5):
        again = await mine.post(
            "/v1/me/wishes", {"rid": f"{number:032x}", "wish": "explain", "text": "请说明怎么用的"}
        )
        assert again.status == 201
    assert (await mine.post("/v1/me/wishes", {**wish, "rid": "f" * 32})).code == "too_many_requests"
