"""A citizen's photos: sent as `wx.uploadFile` sends, seen by the sender and the window, out of everybody else's reach."""

import io

from aiohttp import FormData
from PIL import Image

from backend.photos.rules import KEPT, MOST_A_DAY
from backend.photos.store import add
from tests.blobs.pictures import photo, sha_of
from tests.support.applications import application
from tests.support.township import Answer, Caller, Town

GARBAGE = b"MZ" + bytes(3000)


async def send(caller: Caller, plain: bytes, name: str = "身份证.jpg") -> Answer:
    form = FormData()
    form.add_field("file", io.BytesIO(plain), filename=name, content_type="application/octet-stream")
    return await caller.call("POST", "/v1/photos", data=form)


async def test_a_photo_belongs_to_who_sent_it_until_they_take_it_back(town: Town) -> None:
    mine, other = await town.citizen(1), await town.citizen(2)
    first, again = await send(mine, photo(serial=40)), await send(mine, photo(serial=40))
    assert (first.status, first.json["media_label"]) == (201, "JPEG 照片")
    assert first.json["sha"] == sha_of(photo(serial=40))
    assert again.json["id"] == first.json["id"]
    path = first.json["path"]
    seen = await mine.get(path)
    assert Image.open(io.BytesIO(seen.body)).format == "JPEG"
    assert seen.headers["Cache-Control"] == "no-store"
    assert (await other.get(path)).status == 404
    assert (await other.delete(path)).status == 404
    assert (await send(other, photo(serial=40))).json["id"] != first.json["id"]
    assert (await mine.delete(path)).status == 204
    assert (await mine.get(path)).status == 404


async def test_what_is_no_photo_is_refused_with_what_to_do(town: Town) -> None:
    mine = await town.citizen(1)
    refused = await send(mine, GARBAGE)
    assert (refused.status, refused.code) == (422, "blob_type")
    assert "换成照片或 PDF" in refused.json["title"]
    assert (await send(mine, photo(serial=41)[:500])).code == "blob_broken"
    assert (await send(mine, b"")).code == "body_invalid"
    assert (await send(mine, bytes(11 * 1024 * 1024))).code == "blob_too_large"
    assert (await mine.post("/v1/photos", {"file": "x"})).code == "media_type"
    assert (await send(town.anyone, photo(serial=41))).status == 401


async def test_photos_named_in_an_application_are_seen_by_applicant_and_window_alone(town: Town) -> None:
    mine, other = await town.citizen(1), await town.citizen(2)
    front, note = [(await send(mine, photo(serial=each))).json["id"] for each in (42, 43)]
    asked = application(town, "SD-003", number=77)
    code, second = list(asked["materials"])[:2]
    del asked["materials"][code]
    asked["photos"] = {code: [front, note], second: [note]}
    strange = await other.post("/v1/cases", {**asked, "rid": f"{78:032x}"})
    assert [wrong["sentence"] for wrong in strange.json["errors"]] == ["照片没有传上来，请重新上传这张。"] * 2
    filed = await mine.post("/v1/cases", asked)
    assert (await mine.post("/v1/cases", asked)).json["created"] is False
    case_id = filed.json["case_id"]
    listed = (await mine.get(f"/v1/cases/{case_id}/photos")).json["photos"]
    assert [(each["material"], each["here"]) for each in listed] == [
        (code, True),
        (code, True),
        (second, True),
    ]
    case = (await mine.get(f"/v1/cases/{case_id}")).json
    assert [paper["status"] for paper in case["papers"] if paper["code"] == code] == ["present"]
    assert (await mine.get(listed[0]["path"])).headers["Content-Type"] == "image/jpeg"
    assert (await other.get(f"/v1/cases/{case_id}/photos")).code == "case_not_found"
    assert (await other.get(listed[0]["path"])).status == 404
    clerk, elsewhere = await town.staff("social"), await town.staff("agriculture")
    assert "材料照片已到 2 张，共 2 张" in (await clerk.page(f"/staff/cases/{case_id}")).text
    viewer = f"/staff/cases/{case_id}/photos"
    assert (await clerk.page(f"{viewer}/{listed[0]['id']}/view")).status == 200
    assert (await elsewhere.page(f"{viewer}/{listed[0]['id']}/view")).status == 404


async def test_papers_asked_for_come_with_photos_and_nothing_hangs_on_a_case_that_moved(town: Town) -> None:
    mine, clerk = await town.citizen(1), await town.staff("social")
    asked = application(town, "SD-003", number=79)
    code = next(iter(asked["materials"]))
    case_id = (await mine.post("/v1/cases", asked)).json["case_id"]
    gap = {"code": code, "status": "missing", "how_to_fix": "请补交这份材料。"}
    noticed = await clerk.post(
        f"/v1/staff/cases/{case_id}/actions",
        {"version": 1, "command": {"action": "request_fix", "gaps": [gap], "days": 15}},
    )
    assert noticed.status == 200, noticed.json
    shown = (await send(mine, photo(serial=44))).json["id"]
    sent = {"version": 1, "materials": {}, "photos": {code: [shown]}}
    assert (await mine.post(f"/v1/cases/{case_id}/supplement", sent)).code == "case_moved"
    assert (await mine.get(f"/v1/cases/{case_id}/photos")).json["photos"] == []
    done = await mine.post(f"/v1/cases/{case_id}/supplement", {**sent, "version": noticed.json["version"]})
    assert done.status == 200, done.json
    [hung] = (await mine.get(f"/v1/cases/{case_id}/photos")).json["photos"]
    assert hung["material"] == code


async def test_a_day_has_an_end_to_photos_and_old_ones_are_nobodys(town: Town) -> None:
    mine = await town.citizen(1)
    first = (await send(mine, photo(serial=45))).json
    for serial in range(MOST_A_DAY - 1):
        await add(town.tenant_id, mine.id, f"{serial:064x}", size=1, at=town.clock())
    assert (await send(mine, photo(serial=46))).code == "too_many_requests"
    assert await town.office.photos.forget(town.clock() + KEPT / 2) == 0
    assert await town.office.photos.forget(town.clock() + KEPT * 2) == MOST_A_DAY
    assert (await mine.get(first["path"])).status == 404
