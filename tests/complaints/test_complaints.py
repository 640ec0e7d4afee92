"""Complaints from the phone to the answer, and from whom they are kept."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from api_spec.route import Door
from api_spec.routes import ALL
from backend.app import pages
from backend.audit.chain import AuditAction
from backend.audit.veil import named
from backend.ids import new_id
from backend.outbox.service import Line, ParcelState
from tests.reviews.office import act, days
from tests.support.township import Answer, Caller, Town

PLACE = re.compile(r'href="(/staff/complaints/[0-9a-f]{32})"')
SECRET = "窗口的人一直在看手机不理人"


def code_on(page: Answer) -> str:
    found = re.search(r"查询码：<span class=\"code\">([0-9A-Z-]{19})<", page.text) or re.search(
        r"：<span class=\"code\">([0-9A-Z-]{19})<", page.text
    )
    assert found, page.text
    return found[1]


def first_on(page: Answer) -> str:
    found = PLACE.search(page.text)
    assert found, page.text
    return found[1]


def body(**more: Any) -> dict[str, Any]:
    return {"rid": new_id(), "about": "matter", "text": SECRET, **more}


@pytest.mark.plan(51)
async def test_a_nameless_complaint_is_answered_to_whoever_holds_its_code(town: Town) -> None:
    form = await town.anyone.page("/complain")
    assert "中心主任和监察人员都有关的" in form.text
    rid = re.search(r'name="rid" value="([0-9a-f]{32})"', form.text)
    assert rid
    lacking = await town.anyone.send("/complain", {"rid": rid[1], "text": SECRET})
    assert (lacking.status, SECRET in lacking.text) == (422, True)
    sent = {"rid": rid[1], "about": "matter", "text": SECRET}
    code = code_on(await town.anyone.send("/complain", sent))
    assert code == code_on(await town.anyone.send("/complain", sent))
    waiting = await town.anyone.send("/answer", {"code": code.lower().replace("-", " ")})
    assert "还在办理" in waiting.text
    assert (await town.anyone.send("/answer", {"code": "0000-0000-0000-0000"})).status == 404

    desk, leader = await town.staff("service"), await town.staff("social-leader")
    place = first_on(await desk.page("/staff/complaints"))
    assert (await leader.page(place)).status == 404
    assert (await act(desk, place, "accept")).status == 303
    assert (await act(desk, place, "assign", assignee=leader.id)).status == 303
    mark = named("complaint", place.rsplit("/", 1)[1])
    log = await town.office.audit.about(town.tenant_id, "complaints", mark)
    assert [(entry.action, entry.actor_id) for entry in log] == [(AuditAction.CHANGE, desk.id)] * 2
    read = await town.office.audit.about(town.tenant_id, "complaint", mark)
    assert {entry.action for entry in read} == {AuditAction.READ_VOICE}
    assert SECRET not in str([*log, *read])
    assert (await act(leader, place, "answer", note="  ")).status == 422
    assert (await act(leader, place, "answer", note="已批评教育，向您道歉。")).status == 303
    assert "道歉" not in (await town.anyone.send("/answer", {"code": code})).text
    assert (await act(leader, place, "review")).status == 409
    assert (await act(desk, place, "review")).status == 303
    assert "道歉" in (await town.anyone.send("/answer", {"code": code})).text
    assert (await act(desk, place, "close", note="已用查询码告知。")).status == 303
    assert "没有需要您办理的投诉" in (await desk.page("/staff/complaints")).text


async def test_due_extended_once_and_returned_within_a_day(town: Town) -> None:
    filed = await town.anyone.post("/v1/complaints", body())
    assert (filed.status, filed.json["due"]) == (201, "2026-04-17")
    desk, leader = await town.staff("service"), await town.staff("market-leader")
    place = first_on(await desk.page("/staff/complaints"))
    await act(desk, place, "accept")
    await act(desk, place, "assign", assignee=leader.id)
    assert (await act(leader, place, "return", note="这是社会事务窗口的事。")).status == 303
    assert (await leader.page(place)).status == 404
    await act(desk, place, "assign", assignee=leader.id)
    town.clock.advance(timedelta(hours=25))
    town.forget_sign_ins()
    desk, leader = await town.staff("service"), await town.staff("market-leader")
    assert (await act(leader, place, "return", note="不归我。")).status == 409
    assert (await act(desk, place, "extend", note="要调监控。")).status == 303
    assert (await act(desk, place, "extend", note="再延。")).status == 409
    assert "4月24日" in (await desk.page(place)).text
    town.clock.advance(days(30))
    town.forget_sign_ins()
    listed = await (await town.staff("service")).page("/staff/complaints")
    assert "1 件已超过答复期限" in listed.text
    found = await town.office.complaints.findings(town.tenant_id, town.clock())
    assert [each.rule.value for each in found] == ["JC404"]


async def test_who_left_a_number_is_told_of_a_later_day_and_of_the_answer_and_nobody_else(town: Town) -> None:
    async def told() -> list[str]:
        found = await town.office.outbox.page(town.tenant_id, Line.NOTICE, (ParcelState.WAITING,))
        return [each.parcel.kind for each in reversed(found)]

    for left in ({"phone": "13800000050"}, {}):
        assert (await town.anyone.post("/v1/complaints", body(**left))).status == 201
    desk, leader = await town.staff("service"), await town.staff("market-leader")
    for place in set(PLACE.findall((await desk.page("/staff/complaints")).text)):
        await act(desk, place, "accept")
        await act(desk, place, "assign", assignee=leader.id)
        await act(desk, place, "extend", note="要调监控。")
        await act(leader, place, "answer", note="已改。")
    assert await told() == ["complaint_extended"]
    for place in set(PLACE.findall((await desk.page("/staff/complaints")).text)):
        assert (await act(desk, place, "review")).status == 303
    assert await told() == ["complaint_extended", "complaint_answered"]


async def test_the_same_form_sent_four_times_at_once_is_one_complaint(town: Town) -> None:
    one = body()
    answers = await asyncio.gather(*(town.anyone.post("/v1/complaints", one) for _ in range(4)))
    assert {answer.status for answer in answers} == {201}
    assert len({(answer.json["number"], answer.json["code"]) for answer in answers}) == 1
    listed = await (await town.staff("service")).page("/staff/complaints")
    assert len(set(re.findall(r"TS\d{8}-\d{4}", listed.text))) == 1


async def test_two_who_take_the_same_complaint_at_once_take_it_once(town: Town) -> None:
    await town.anyone.post("/v1/complaints", body())
    desk, director = await town.staff("service"), await town.staff("director")
    place = first_on(await desk.page("/staff/complaints"))
    answers = await asyncio.gather(
        *(who.send(place, {"action": "accept", "version": "1"}) for who in (desk, director) * 4)
    )
    assert sorted(answer.status for answer in answers) == [303] + [409] * 7


@pytest.mark.parametrize("login", ["social", "social-leader", "service", "director", "auditor"])
async def test_a_complaint_about_somebody_does_not_exist_for_them_anywhere(town: Town, login: str) -> None:
    """Every page and every list of the API, opened as the person it is about: no text, no number, no count."""
    subject, supervisor = await town.staff(login), await town.staff("supervisor")
    taken = await supervisor.send(
        "/staff/complaints/new",
        {"rid": new_id(), "channel": "phone", "about": "person", "text": SECRET, "subject": subject.id},
    )
    assert taken.status == 200, taken.text
    number = re.search(r"TS\d{8}-\d{4}", taken.text)
    assert number
    place = first_on(await supervisor.page("/staff/complaints"))
    handler = await town.staff({"director": "supervisor", "service": "director"}.get(login, "service"))
    await act(handler, place, "accept")
    refused = await act(handler, place, "assign", assignee=subject.id)
    assert refused.status == 403
    other = await town.staff("centre")
    assert (await act(handler, place, "assign", assignee=other.id)).status == 303
    assert (await other.page(place)).status == 200

    assert (await subject.page(place)).status in (403, 404)
    for action in ("answer", "review", "close"):
        sent = await subject.send(place, {"action": action, "version": "3", "note": "我来办"})
        assert sent.status in (403, 404)
    after = await _everything(subject)
    assert "/staff" in after
    for path, text in after.items():
        assert SECRET not in text, path
        assert number[0] not in text, path
        assert place.rpartition("/")[2] not in text, path
    sought = await subject.page(f"/staff/complaints?number={number[0]}")
    assert (sought.status == 403) or "没有需要您办理的投诉" in sought.text
    who = town.office.people.authenticate(subject.token, town.clock())
    assert await town.office.complaints.count(who, today=town.clock().date()) == (0, 0)


async def _everything(who: Caller) -> dict[str, str]:
    """Everything this person can open that takes no id: staff pages, and the API's lists."""
    paths = [page.path for page in pages() if page.method == "GET" and page.path.startswith("/staff")]
    paths.append("/staff/complaints?closed=true")
    paths += [route.path for route in ALL if route.method == "GET" and route.door is Door.TOKEN]
    opened = {}
    for path in sorted(set(paths)):
        if "{" in path or path.endswith((".csv", ".xlsx", ".pdf")):
            continue
        answer = await who.page(path)
        if answer.status == 200:
            opened[path] = answer.body.decode(errors="replace")
    return opened


async def test_one_about_an_unnamed_clerk_is_kept_from_the_whole_window(town: Town) -> None:
    shelf = town.office.catalogue.shelf(town.tenant_id)
    window = next(card for card in shelf.pack.windows if card.type.value == "market")
    await town.anyone.post("/v1/complaints", body(about="person", window_id=window.id))
    desk = await town.staff("service")
    place = first_on(await desk.page("/staff/complaints"))
    await act(desk, place, "accept")
    for login in ("market", "market-leader", "market-head"):
        person = await town.staff(login)
        assert (await act(desk, place, "assign", assignee=person.id)).status == 403
    clerk, leader = await town.staff("market"), await town.staff("market-leader")
    assert (await act(desk, place, "name", subject=clerk.id)).status == 303
    assert (await act(desk, place, "assign", assignee=leader.id)).status == 303
    assert (await leader.page(place)).status == 200
    assert (await clerk.page(place)).status == 404


async def test_naming_a_colleague_of_the_desk_takes_it_away_from_the_desk(town: Town) -> None:
    await town.anyone.post("/v1/complaints", body(about="person"))
    desk, director = await town.staff("service"), await town.staff("director")
    place = first_on(await desk.page("/staff/complaints"))
    centre = await town.staff("centre")
    moved = await act(desk, place, "name", subject=centre.id)
    assert (moved.status, moved.headers["Location"]) == (303, "/staff/complaints")
    assert (await desk.page(place)).status == 404
    assert (await director.page(place)).status == 200
    assert (await act(director, place, "name", subject=director.id)).status == 409


@pytest.mark.plan(51)
async def test_the_box_is_opened_by_two_and_its_letters_are_counted(town: Town) -> None:
    centre, supervisor = await town.staff("centre"), await town.staff("supervisor")
    form = {"day": "2026-04-10", "letters": "2", "witness": centre.id}
    alone = await centre.send("/staff/complaints/box", form)
    assert (alone.status, "开箱要两个人" in alone.text) == (422, True)
    assert (await centre.send("/staff/complaints/box", {**form, "witness": supervisor.id})).status == 303
    page = (await supervisor.page("/staff/complaints/box")).text
    assert ("吴晓" in page, "钱正" in page) == (True, True)
    assert (await (await town.staff("social")).page("/staff/complaints/box")).status == 403


async def test_a_flood_from_one_place_is_slowed_and_an_own_complaint_is_found_again(town: Town) -> None:
    citizen = await town.citizen()
    filed = await citizen.post("/v1/complaints", body())
    assert [one["number"] for one in (await citizen.get("/v1/me/complaints")).json] == [filed.json["number"]]
    assert filed.json["number"] in (await citizen.page("/me/complaints")).text
    answers = [await town.anyone.post("/v1/complaints", body()) for _ in range(11)]
    assert [answer.status for answer in answers] == [201] * 10 + [429]
    assert (await citizen.post("/v1/complaints", body())).status == 201
    other = await town.citizen(2)
    assert (await other.get("/v1/me/complaints")).json == []


async def test_whoever_answered_does_not_review_it_whatever_their_post(town: Town) -> None:
    await town.anyone.post("/v1/complaints", body())
    desk, director = await town.staff("service"), await town.staff("director")
    place = first_on(await desk.page("/staff/complaints"))
    await act(desk, place, "accept")
    alone = await act(director, place, "assign", assignee=director.id)
    assert (alone.status, "不能由您自己来做" in alone.text) == (409, True)
    assert (await act(desk, place, "assign", assignee=director.id)).status == 303
    assert (await act(director, place, "answer", note="已整改。")).status == 303
    own = await act(director, place, "review")
    assert (own.status, "不能由您自己来做" in own.text) == (409, True)
    assert (await act(desk, place, "review")).status == 303
    assert (await act(director, place, "close", note="已告知。")).status == 303


async def test_a_complaint_is_not_written_down_by_whom_it_is_about(town: Town) -> None:
    clerk, other = await town.staff("market"), await town.staff("social")
    shelf = town.office.catalogue.shelf(town.tenant_id)
    window = next(card for card in shelf.pack.windows if card.type.value == "market")
    named = {"rid": new_id(), "channel": "counter", "about": "person", "text": SECRET, "subject": clerk.id}
    unnamed = {"rid": new_id(), "channel": "counter", "about": "window", "text": SECRET, "window": window.id}
    for form in (named, unnamed):
        refused = await clerk.send("/staff/complaints/new", form)
        assert (refused.status, "不能由您登记" in refused.text, SECRET in refused.text) == (409, True, True)
        assert "查询码" not in refused.text
        assert "查询码" in (await other.send("/staff/complaints/new", form)).text
