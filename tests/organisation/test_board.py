"""The sunshine board and what is printed: portraits rest on consent, guides have no catch-all line."""

import io

import pytest
from aiohttp import FormData
from PIL import Image

from tests.blobs.pictures import photo
from tests.support.township import Caller, Town


def picture(**fields: str) -> FormData:
    sent = FormData(fields)
    sent.add_field("photo", photo(), filename="IMG_0001.jpg", content_type="image/jpeg")
    return sent


async def person_on_board(caller: Caller, name: str) -> dict[str, object]:
    windows = (await caller.get("/v1/hall/board")).json
    return next(person for window in windows for person in window["people"] if person["name"] == name)


@pytest.mark.plan(40)
async def test_a_portrait_is_shown_with_consent_only_and_goes_when_it_is_withdrawn(town: Town) -> None:
    clerk = await town.staff("justice")
    words = {"title": "窗口办事员", "phone": "0734-4450001", "handles": "法律援助、人民调解"}
    assert (await clerk.send("/staff/card", words)).status == 303
    before = await person_on_board(town.anyone, "司法窗口甲")
    assert (before["title"], before["phone"], before["photo_path"]) == ("窗口办事员", "0734-4450001", "")

    unasked = await clerk.send("/staff/card/photo", picture())
    assert unasked.status == 409
    assert (await person_on_board(town.anyone, "司法窗口甲"))["photo_path"] == ""
    assert (await clerk.send("/staff/card/photo", picture(agreed="yes"))).status == 303
    path = str((await person_on_board(town.anyone, "司法窗口甲"))["photo_path"])
    shown = await town.anyone.page(path)
    assert (shown.status, shown.headers["Content-Type"]) == (200, "image/jpeg")
    drawn = Image.open(io.BytesIO(shown.body))
    assert max(drawn.size) <= 480
    assert not drawn.getexif()
    assert path in (await town.anyone.page("/hall/board")).text

    assert (await clerk.send("/staff/card/photo/remove", {})).status == 303
    assert (await town.anyone.page(path)).status == 404
    assert (await person_on_board(town.anyone, "司法窗口甲"))["photo_path"] == ""


@pytest.mark.plan(40)
async def test_others_put_a_portrait_up_only_on_a_signed_paper_and_in_their_reach(town: Town) -> None:
    clerk = await town.staff("justice")
    centre, leader = await town.staff("centre"), await town.staff("household-leader")
    path = f"/staff/cards/{clerk.id}/photo"
    assert (await centre.send(path, picture(agreed="yes"))).status == 409
    assert (await leader.send(path, picture(paper="同意书1号"))).status == 403
    assert (await clerk.send(path, picture(agreed="yes"))).status == 403
    assert (await centre.send(path, picture(paper="同意书1号"))).status == 303
    assert "纸质同意书 同意书1号" in (await centre.page("/staff/cards")).text
    private = await centre.send(f"/staff/cards/{clerk.id}", {"phone": "12"})
    assert private.status == 422


@pytest.mark.plan(2, 3, 42)
async def test_plates_and_badges_say_what_the_records_say(town: Town) -> None:
    director, clerk = await town.staff("director"), await town.staff("justice")
    tenant = await town.office.catalogue.tenant(town.tenant_id)
    plates = (await director.page("/staff/plates/centre")).text
    assert tenant.centre_name != tenant.hall_name
    assert all(f"<p>{name}</p>" in plates for name in (tenant.centre_name, tenant.hall_name))
    village = (await town.office.catalogue.villages(town.tenant_id))[0]
    assert f"{village.name}便民服务中心" in (await director.page(f"/staff/plates/villages/{village.id}")).text
    window = next(w for w in await town.office.catalogue.windows(town.tenant_id) if "司法" in w.name)
    plate = (await director.page(f"/staff/plates/windows/{window.id}")).text
    assert "<svg" in plate
    assert all(word in plate for word in (window.name, "司法窗口甲", "司法窗口乙", window.scope[0]))
    badge = (await director.page(f"/staff/plates/badges/{clerk.id}")).text
    assert all(word in badge for word in ("工作证", "司法窗口甲", f"{window.number}号"))


@pytest.mark.plan(41)
async def test_guides_are_printed_from_the_data_of_the_api_and_have_no_catch_all_line(town: Town) -> None:
    director = await town.staff("director")
    item = town.item("SD-029")
    guide = (await town.anyone.get(f"/v1/items/{item}")).json["item"]
    page = (await town.anyone.page(f"/items/{item}/guide")).text
    materials = [m for each in guide["situations"] for m in each["materials"]] + guide["materials"]
    assert materials
    assert all(material["name"] in page for material in materials)
    assert "<svg" in page
    whole = [
        await director.page(f"/staff/plates/booklets/{window}")
        for window in ("social", "market", "household", "utility")
    ]
    assert all(answer.status == 200 and "其他材料" not in answer.text for answer in whole)
    names = [i.name for i in await town.office.catalogue.items(town.tenant_id) if i.window == "market"]
    assert all(name in whole[1].text for name in names)
    assert (await director.page("/staff/plates/booklets/moon")).status == 404
