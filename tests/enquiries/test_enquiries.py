"""首问责任制: whoever was asked first answers, or hands over to somebody who accepts."""

import asyncio
import re

import pytest

from backend.ids import new_id
from tests.reviews.office import act, days
from tests.support.township import Answer, Caller, Town


def first_on(page: Answer) -> str:
    found = re.search(r'href="(/staff/enquiries/[0-9a-f]{32})"', page.text)
    assert found, page.text
    return found[1]


async def at_once(place: str, *moves: tuple[Caller, str]) -> list[Answer]:
    """Several people move one enquiry at the version they all saw; whoever comes too late may not even find it."""
    pages = [await who.page(place) for who, _ in moves]
    versions = {re.search(r'name="version" value="(\d+)"', page.text)[1] for page in pages}  # type: ignore[index]
    assert len(versions) == 1
    sent = [who.send(place, {"action": action, "version": min(versions)}) for who, action in moves]
    answers = await asyncio.gather(*sent)
    assert {answer.status for answer in answers} <= {303, 404, 409}
    return answers


@pytest.mark.plan(37)
async def test_the_first_receiver_stays_and_only_acceptance_moves_the_duty(town: Town) -> None:
    clerk, other, third = await town.staff("social"), await town.staff("market"), await town.staff("land")
    form = {"rid": new_id(), "channel": "window", "text": "办营业执照要带什么", "name": "王小妹"}
    taken = await clerk.send("/staff/enquiries/new", form)
    assert (taken.status, "查询码" in taken.text) == (200, True)
    place = first_on(await clerk.page("/staff/enquiries"))
    assert (await other.page(place)).status == 404
    assert (await act(clerk, place, "offer", to=other.id)).status == 422
    assert (await act(clerk, place, "offer", to=clerk.id, note="不会")).status == 409
    assert (await act(clerk, place, "offer", to=other.id, note="归市场监管窗口")).status == 303
    assert "请您接收" in (await other.page("/staff/enquiries")).text
    assert (await third.page(place)).status == 404
    assert (await act(other, place, "answer", note="带身份证。")).status == 409
    assert (await act(other, place, "decline", note="今天人多。")).status == 303
    await act(clerk, place, "offer", to=other.id, note="归市场监管窗口")
    both = await at_once(place, (other, "accept"), (clerk, "recall"))
    assert [answer.status == 303 for answer in both].count(True) == 1
    page = (await clerk.page(place)).text
    if both[0].status != 303:
        await act(clerk, place, "offer", to=other.id, note="归市场监管窗口")
        await act(other, place, "accept")
    page = (await clerk.page(place)).text
    assert re.search(r"首问责任人</dt><dd>社会窗口甲", page)
    assert re.search(r"现在负责</dt><dd>市场监管窗口甲", page)
    assert (await act(clerk, place, "answer", note="我来答。")).status == 409
    assert (await act(other, place, "answer", note="带身份证和租赁合同。")).status == 303


@pytest.mark.plan(37)
async def test_a_question_from_the_phone_waits_for_its_first_receiver_and_idles_aloud(town: Town) -> None:
    citizen = await town.citizen()
    asked = await citizen.post("/v1/me/enquiries", {"rid": new_id(), "text": "高龄津贴怎么领"})
    assert asked.status == 201
    clerk, other = await town.staff("social"), await town.staff("market")
    place = first_on(await other.page("/staff/enquiries"))
    both = await at_once(place, (clerk, "take"), (other, "take"))
    assert [answer.status in (404, 409) for answer in both].count(True) == 1
    assert await town.office.enquiries.findings(town.tenant_id, town.clock()) == []
    town.clock.advance(days(6))
    town.forget_sign_ins()
    found = await town.office.enquiries.findings(town.tenant_id, town.clock())
    assert [(each.rule.value, each.stage) for each in found] == [("JC402", 0)]
    town.clock.advance(days(7))
    found = await town.office.enquiries.findings(town.tenant_id, town.clock())
    assert [each.stage for each in found] == [2]
    holder = await town.staff("social" if both[0].status == 303 else "market")
    assert "久未处理" in (await holder.page("/staff/enquiries")).text
    assert (await act(holder, place, "answer", note="带身份证到1号窗口。")).status == 303
    citizen = await town.citizen()
    assert (await citizen.get("/v1/me/enquiries")).json[0]["answer"] == "带身份证到1号窗口。"
    page = await town.anyone.send("/answer", {"code": asked.json["code"]})
    assert "带身份证到1号窗口" in page.text


async def test_anybody_may_ask_without_an_account_and_templates_help_to_answer(town: Town) -> None:
    rid = re.search(r'name="rid" value="([0-9a-f]{32})"', (await town.anyone.page("/ask")).text)
    assert rid
    assert (await town.anyone.send("/ask", {"rid": rid[1], "text": "?"})).status == 422
    assert (await town.anyone.send("/ask", {"rid": rid[1], "text": "几点上班"})).status == 200
    desk = await town.staff("service")
    form = {"title": "上班时间", "text": "上午八点半到十二点。"}
    assert (await desk.send("/staff/enquiries/templates", form)).status == 303
    place = first_on(await desk.page("/staff/enquiries"))
    assert "上午八点半到十二点" in (await desk.page(place)).text
    assert (await (await town.staff("social")).page("/staff/enquiries/templates")).status == 403
    drop = re.search(
        r'action="(/staff/enquiries/templates/[0-9a-f]{32}/drop)"',
        (await desk.page("/staff/enquiries/templates")).text,
    )
    assert drop
    assert (await desk.send(drop[1], {})).status == 303
    assert "上午八点半" not in (await desk.page("/staff/enquiries/templates")).text
