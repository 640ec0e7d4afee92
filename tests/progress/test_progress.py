"""Progress for whoever holds the slip: masked, honest, small, and no place to try out codes."""

import gzip
import io
import re
from datetime import timedelta

import zxingcpp
from PIL import Image

from api_spec import face, tracking_code
from api_spec.tracking_code import TrackingCode
from backend.cache import Cache
from backend.progress.service import Genuine, ProgressDesk
from tests.support.applications import file
from tests.support.township import Town, identity

NODE_KEY = bytes(range(32))


async def code_of(town: Town, item: str = "SD-003", *, number: int = 1) -> str:
    filed = await file(town, await town.citizen(), item, number=number)
    return str(filed.json["progress_path"]).removeprefix("/c/")


async def test_a_stranger_with_the_code_sees_item_steps_and_what_is_next_and_no_person(town: Town) -> None:
    code = await code_of(town)
    seen = await town.anyone.get(f"/v1/progress/{code}")
    assert seen.status == 200
    assert (seen.json["kind"], seen.json["item_name"], seen.json["state_label"]) == (
        "case",
        "临时救助",
        "已提交",
    )
    assert [(step["label"], step["done"]) for step in seen.json["steps"]] == [
        ("已提交", True),
        ("已受理", False),
        ("审查中", False),
        ("已决定", False),
        ("已办结", False),
    ]
    assert seen.json["next_step"].startswith("镇里正在核对您填的内容，最迟4月17日")
    page = await town.anyone.page(f"/c/{code}")
    who = identity(1)
    for text in (seen.text, page.text):
        assert "演**" in text
        assert who["name"] not in text
        assert who["document_number"] not in text
        assert "138" not in text


async def test_the_page_is_small_and_needs_neither_script_nor_sign_in(town: Town) -> None:
    page = await town.anyone.page(f"/c/{await code_of(town)}")
    assert page.status == 200
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text) == [face.asset_url("progress.css")]
    style = await town.anyone.get(face.asset_url("progress.css"))
    assert style.status == 200
    assert len(gzip.compress(page.body)) + len(gzip.compress(style.body)) < 3 * 1024
    for forbidden in ("<script", "style=", "onclick", "http://", "https://"):
        assert forbidden not in page.text


async def test_the_page_moves_as_soon_as_the_case_has(town: Town) -> None:
    citizen = await town.citizen()
    filed = (await file(town, citizen)).json
    path = filed["progress_path"]
    assert "镇里正在核对您填的内容" in (await town.anyone.page(path)).text
    assert (await town.anyone.get(f"/v1/progress/{path[3:]}")).json["state"] == "submitted"
    gone = await citizen.post(f"/v1/cases/{filed['case_id']}/withdraw", {"version": 1})
    assert gone.status == 200
    assert "申请已撤回" in (await town.anyone.page(path)).text
    assert (await town.anyone.get(f"/v1/progress/{path[3:]}")).json["state"] == "withdrawn"


async def test_the_large_print_page_is_kept_apart(town: Town) -> None:
    path = f"/c/{await code_of(town)}"
    plain = await town.anyone.get(path)
    large = await town.anyone.get(path, cookies={"bmt_elder": "1"})
    assert 'class="elder"' not in plain.text
    assert 'class="elder"' in large.text
    assert 'class="elder"' not in (await town.anyone.get(path)).text


async def test_a_code_typed_another_way_leads_to_its_one_address(town: Town) -> None:
    code = await code_of(town)
    typed = tracking_code.display(code).lower().replace("0", "o").replace("1", "l")
    moved = await town.anyone.page(f"/c/{typed}")
    assert (moved.status, moved.headers["Location"]) == (303, f"/c/{code}")
    assert (await town.anyone.get(f"/v1/progress/{typed}")).json["code"] == tracking_code.display(code)


async def test_a_slip_of_the_pen_and_an_unknown_code_are_told_apart(town: Town) -> None:
    code = await code_of(town)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    slip = await town.anyone.get(f"/v1/progress/{wrong}")
    assert (slip.status, slip.code) == (422, "code_invalid")
    forged = tracking_code.mint(0, 4711, key=bytes(32)).text
    unknown = await town.anyone.get(f"/v1/progress/{forged}")
    assert (unknown.status, unknown.code) == (404, "code_unknown")
    assert (await town.anyone.page(f"/c/{forged}")).status == 404


async def test_confidential_items_show_nothing(town: Town) -> None:
    code = await code_of(town, "SD-045")
    seen = await town.anyone.get(f"/v1/progress/{code}")
    assert seen.json["kind"] == "not_public"
    assert (seen.json["item_name"], seen.json["surname"], seen.json["steps"], seen.json["number"]) == (
        "",
        "",
        [],
        "",
    )
    assert "法律援助" not in seen.text
    assert "法律援助" not in (await town.anyone.page(f"/c/{code}")).text


async def test_trying_out_codes_is_stopped_for_a_while_and_others_are_not(town: Town) -> None:
    code = await code_of(town)
    for number in range(20):
        forged = tracking_code.mint(0, number, key=bytes(32)).text
        assert (await town.anyone.get(f"/v1/progress/{forged}")).status == 404
    stopped = await town.anyone.get(f"/v1/progress/{code}")
    assert (stopped.status, stopped.code) == (429, "too_many_requests")
    assert 0 < int(stopped.headers["Retry-After"]) <= 600
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    assert (await town.anyone.get(f"/v1/progress/{code}", headers=elsewhere)).status == 200
    town.clock.advance(timedelta(minutes=11))
    assert (await town.anyone.get(f"/v1/progress/{code}")).status == 200


class Villages:
    """Stands for the nodes: one village with one key."""

    async def genuine(self, code: TrackingCode) -> Genuine | None:
        return Genuine(village_name="三都村") if tracking_code.verify(code, NODE_KEY) else None


async def test_a_genuine_slip_not_received_yet_is_called_genuine(town: Town) -> None:
    desk = ProgressDesk([town.office.cases], nodes=Villages())
    at = town.clock()
    genuine = tracking_code.mint(7, 99, key=NODE_KEY).text
    seen = await desk.progress(genuine, address="x", at=at)
    assert (seen.kind, seen.surname, seen.steps) == ("not_received", "", [])
    assert "三都村" in seen.next_step


async def test_the_qr_code_on_the_screen_opens_the_page(town: Town) -> None:
    code = await code_of(town)
    picture = await town.anyone.get(f"/c/{code}/qr.png")
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.body)))
    assert [each.text for each in read] == [f"https://sandu.test/c/{code}"]
    drawing = await town.anyone.get(f"/c/{code}/qr.svg")
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert (await town.anyone.get(f"/c/{tracking_code.mint(0, 1, key=bytes(32)).text}/qr.svg")).status == 404


async def test_a_change_during_a_look_up_is_not_hidden_by_its_answer() -> None:
    kept: Cache[str, bytes] = Cache(life_s=60, size=10)

    async def read_while_it_changes() -> bytes:
        kept.drop("code")
        return b"before"

    assert await kept.get("code", read_while_it_changes, quick=True) == b"before"
    assert kept.find("code") is None


async def test_a_code_that_leads_nowhere_can_be_typed_again(town: Town) -> None:
    wrong = await town.anyone.page("/c/ABCD")
    assert wrong.status >= 400
    assert 'name="code"' in wrong.text
    assert 'value="ABCD"' in wrong.text


async def test_a_case_number_typed_as_a_code_is_told_from_one(town: Town) -> None:
    number = (await file(town, await town.citizen())).json["case_number"]
    for path, params in ((f"/c/{number}", {}), ("/c", {"code": number})):
        said = (await town.anyone.page(path, params=params)).text
        assert "这是办件编号，请填回执下方的查询码。" in said
        assert 'name="code"' in said
