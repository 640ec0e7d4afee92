"""A citizen's pages: the form that loses nothing, the case, the slip."""

import asyncio
import io
import re
from html import unescape
from typing import Any

from aiohttp import FormData

from tests.support.applications import application, file
from tests.support.township import Caller, Town, id_number


def form_of(asked: dict[str, Any]) -> dict[str, Any]:
    """An application as the browser sends it."""
    return {
        "rid": asked["rid"],
        "item": asked["item_id"],
        "situation": asked["situation"],
        "phone": asked["phone"],
        **{f"answers.{name}": _typed(value) for name, value in asked["answers"].items()},
        **{f"paper.{code}": status for code, status in asked["materials"].items()},
    }


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


async def filed_on_the_page(town: Town, citizen: Caller) -> str:
    """Form, papers, last look, sent: the case's page."""
    form = form_of(application(town, "SD-003"))
    papers = {name: value for name, value in form.items() if name.startswith("paper.")}
    step = await citizen.send("/cases/new", {name: form[name] for name in form.keys() - papers.keys()})
    assert step.status == 303, words(step.text)
    step = await citizen.send(step.headers["Location"], multipart({**papers, "do": "next"}))
    assert step.status == 303, words(step.text)
    check = step.headers["Location"]
    assert "您填的是" in (await citizen.page(check)).text
    sent = await citizen.send(check.replace("/check", "/file"), {"rid": form["rid"]})
    assert sent.status == 303, words(sent.text)
    receipt = sent.headers["Location"]
    return receipt.removesuffix("/receipt")


def multipart(fields: dict[str, Any]) -> FormData:
    """A form with files, even where it has none."""
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        if isinstance(value, bytes):
            form.add_field(name, io.BytesIO(value), filename="photo.jpg", content_type="image/jpeg")
        else:
            form.add_field(name, value)
    return form


async def test_the_guide_leads_to_the_form_and_the_form_to_the_case(town: Town) -> None:
    citizen = await town.citizen()
    item = town.item("SD-003")
    guide = await citizen.page(f"/items/{item}")
    link = re.search(r'href="(/cases/new\?[^"]+)"', guide.text)
    assert link
    form = await citizen.page(unescape(link[1]))
    assert form.status == 200
    assert "演** 430***********0" in words(form.text)
    path = await filed_on_the_page(town, citizen)
    case = await citizen.page(path)
    assert "镇里正在核对您填的内容" in case.text
    assert re.search(r"SD-260410-0001-\w", case.text)
    assert "我的办件" in (await citizen.page("/cases")).text
    assert path in (await citizen.page("/cases")).text


async def test_a_wrong_form_tells_everything_and_keeps_what_was_typed(town: Town) -> None:
    citizen = await town.citizen()
    typed = form_of(application(town, "SD-003")) | {"phone": "12345", "for_other": "yes"}
    typed |= {"on_behalf.name": "演示母亲", "on_behalf.document_number": id_number(77)[:-1] + "A"}
    typed["on_behalf.phone"], typed["on_behalf.relation"] = "1380", "relative"
    typed |= {
        "on_behalf.scope": "救助",
        "on_behalf.valid_until": "2026-06-30",
        "on_behalf.method": "亲笔签名",
    }
    refused = await citizen.send("/cases/new", typed)
    assert refused.status == 422
    said = words(refused.text)
    assert "有 2 处需要修改" in said
    for kept in ("演示母亲", "12345", "2026-06-30"):
        assert kept in refused.text
    assert refused.text.count('aria-invalid="true"') == 2
    assert (await citizen.get("/v1/cases")).json["cases"] == []


async def test_the_same_form_sent_twice_is_one_case(town: Town) -> None:
    citizen = await town.citizen()
    assert await filed_on_the_page(town, citizen) == await filed_on_the_page(town, citizen)
    step = await citizen.send("/cases/new", form_of(application(town, "SD-003", number=2)))
    send = step.headers["Location"].replace("/papers", "/file")
    press = {"rid": f"{2:032x}"}
    both = await asyncio.gather(citizen.send(send, press), citizen.send(send, press))
    assert [each.status for each in both] == [303, 303]
    assert both[0].headers["Location"] == both[1].headers["Location"]
    assert len((await citizen.get("/v1/cases")).json["cases"]) == 2


async def test_whoever_has_not_agreed_is_asked_on_the_form(town: Town) -> None:
    citizen = await town.citizen(2)
    for consent in (await citizen.get("/v1/me/consents")).json["items"]:
        if consent["purpose"] == "service":
            await citizen.delete(f"/v1/me/consents/{consent['id']}")
    asked = form_of(application(town, "SD-003"))
    refused = await citizen.send("/cases/new", asked)
    assert refused.status == 422
    assert "请看过“办理政务服务”的说明后打勾同意" in refused.text
    agreed = await citizen.send("/cases/new", {**asked, "agree.service": "1"})
    assert agreed.status == 303


async def test_who_has_no_identity_yet_is_sent_to_fill_it_in(town: Town) -> None:
    stranger = await town.citizen(3, identified=False)
    form = await stranger.page(f"/cases/new?item={town.item('SD-003')}")
    link = re.search(r'href="(/me\?next=[^"#]+)#identity"', form.text)
    assert link
    own = await stranger.page(link[1])
    back = re.search(r'action="/me/identity"><input type="hidden" name="next" value="([^"]+)"', own.text)
    assert back
    identity = {"name": "演示丙", "document_type": "id_card", "document_number": id_number(3), "agree": "1"}
    kept = await stranger.send("/me/identity", {**identity, "next": unescape(back[1])})
    assert (kept.status, kept.headers["Location"]) == (303, f"/cases/new?item={town.item('SD-003')}")
    away = await stranger.send("/me/identity", {**identity, "next": "//elsewhere.example/"})
    assert (away.status, away.headers["Location"]) == (303, "/me")
    assert '<form method="post" action="/cases/new">' not in form.text


async def test_a_notice_is_answered_and_a_case_withdrawn_on_the_page(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    path = await filed_on_the_page(town, citizen)
    code = next(iter(application(town, "SD-003")["materials"]))
    told = {
        "action": "request_fix",
        "gaps": [{"code": code, "status": "wrong", "how_to_fix": "请重新签字"}],
        "days": 5,
    }
    await window.post(f"/v1/staff{path}/actions", {"version": 1, "command": told})
    page = await citizen.page(path)
    assert "请重新签字" in page.text
    early = await citizen.send(f"{path}/supplement", {"version": "2"})
    assert early.status == 409
    assert "还没有补" in early.text
    done = await citizen.send(f"{path}/supplement", {"version": "2", f"paper.{code}": "present"})
    assert (done.status, done.headers["Location"]) == (303, path)
    stale = await citizen.send(f"{path}/withdraw", {"version": "2"})
    assert stale.status == 409
    await citizen.send(f"{path}/withdraw", {"version": "3", "note": "不办了"})
    assert "申请已撤回" in (await citizen.page(path)).text


async def test_what_staff_write_for_each_other_is_not_shown_to_the_applicant(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    filed = (await file(town, citizen)).json
    path = f"/v1/staff/cases/{filed['case_id']}/actions"
    for version, command in enumerate(
        (
            {"action": "add_note", "note": "电话核实过"},
            {"action": "accept"},
            {"action": "first_review", "note": "情况属实"},
        ),
        1,
    ):
        moved = await window.post(path, {"version": version, "command": command})
        assert moved.status == 200, moved.json
    own = await citizen.get(f"/v1/cases/{filed['case_id']}")
    assert "电话核实过" not in own.text
    assert "情况属实" not in own.text
    assert "情况属实" in moved.text


async def test_the_slip_prints_for_the_owner_and_the_window_and_for_nobody_else(town: Town) -> None:
    citizen = await town.citizen()
    filed = (await file(town, citizen)).json
    for reader in (citizen, await town.staff("social")):
        for size in ("80", "a5"):
            slip = await reader.page(f"{filed['slip_path']}?paper={size}")
            assert slip.status == 200
            assert filed["case_number"] in slip.text
            assert filed["tracking_code"] in slip.text
            assert "演示甲" not in slip.text
    for stranger in (await town.citizen(2), await town.staff("land")):
        assert (await stranger.page(filed["slip_path"])).status == 404
    assert (await town.anyone.page(filed["slip_path"])).status == 303
    assert (await town.anyone.get("/slips/slip.css")).headers["Content-Type"].startswith("text/css")


async def test_other_peoples_pages_are_not_there_and_visitors_are_sent_to_sign_in(town: Town) -> None:
    path = await filed_on_the_page(town, await town.citizen())
    assert (await (await town.citizen(2)).page(path)).status == 404
    visitor = await town.anyone.page(path)
    assert (visitor.status, visitor.headers["Location"]) == (303, f"/signin?next={path}")


async def test_what_is_ticked_on_the_phone_is_not_certified_as_received(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    filed = (await file(town, citizen)).json
    path = f"/cases/{filed['case_id']}"
    for reader in (citizen, window):
        slip = words((await reader.page(filed["slip_path"])).text)
        assert "本人说已备好，待核对" in slip
        assert "您填报已备好，请带原件到窗口核对" in slip
        assert "已收" not in slip
        assert "材料已经收到" not in slip
    page = words((await citizen.page(path)).text)
    assert "本人说已备好，待核对" in page
    assert "请带上材料原件到窗口核对" in page
    assert "已交" not in page
    assert "请带上材料原件到窗口核对" in words((await town.anyone.page(filed["progress_path"])).text)
    accepted = await window.post(f"/v1/staff{path}/actions", {"version": 1, "command": {"action": "accept"}})
    assert accepted.status == 200, accepted.json
    seen = words((await citizen.page(path)).text)
    assert "已交" in seen
    assert "本人说已备好" not in seen


async def test_the_public_page_says_how_to_put_each_paper_right(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    filed = (await file(town, citizen)).json
    code = next(iter(application(town, "SD-003")["materials"]))
    gaps = [{"code": code, "status": "wrong", "how_to_fix": "请重新签字。"}]
    path = f"/v1/staff/cases/{filed['case_id']}/actions"
    told = await window.post(
        path, {"version": 1, "command": {"action": "request_fix", "gaps": gaps, "days": 5}}
    )
    assert told.status == 200, told.json
    page = words((await town.anyone.page(filed["progress_path"])).text)
    assert "（请重新签字）" in page
    assert "也可在手机上补" in page
