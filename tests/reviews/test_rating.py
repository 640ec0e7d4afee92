"""Rating what the hall did: each once, by whoever holds the link, seen by nobody who was rated."""

import asyncio
import re
from datetime import timedelta

import pytest

from api_spec.review_terms import Occasion
from api_spec.vocabulary import ErrandAction, Role
from backend.actors import Actor
from backend.proxy.errand import EventFacts as ErrandFacts
from backend.proxy.service import Command as ErrandCommand
from tests.pages.sample import Bench
from tests.reviews.office import days, finished, link
from tests.support.township import Town


@pytest.mark.plan(55)
async def test_a_finished_case_is_rated_once_by_its_link(town: Town) -> None:
    place = await link(town, await finished(town))
    page = await town.anyone.page(place)
    assert (page.status, "您满意吗" in page.text, "谢春花" in page.text) == (200, True, False)
    nothing = await town.anyone.send(place, {"words": "很好"})
    assert (nothing.status, "请先选一个满意程度" in nothing.text, "很好" in nothing.text) == (422, True, True)
    first = await town.anyone.send(place, {"level": "good", "reason": "guide"})
    assert (first.status, first.headers["Location"]) == (303, "/reviews/thanks")
    again = await town.anyone.send(place, {"level": "very_bad"})
    assert (again.status, "已经评价过了" in again.text) == (409, True)
    assert "已经收到您的评价" in (await town.anyone.page("/reviews/thanks")).text


async def test_who_holds_the_tracking_code_cannot_rate_nor_learn_when_somebody_did(town: Town) -> None:
    filed = await finished(town)
    place = await link(town, filed)

    async def seen() -> tuple[str, str, str]:
        answer = await town.anyone.get(f"/v1/progress/{filed.tracking_code}")
        pages = [(await town.anyone.page(path)).text for path in (f"/c/{filed.tracking_code}", place)]
        return answer.text, pages[0], pages[1]

    before = await seen()
    assert ("欢迎评价" in before[1], "/r/" in before[0] + before[1]) == (True, False)
    assert (await town.anyone.send(place, {"level": "very_bad"})).status == 303
    assert await seen() == before
    town.clock.advance(days(31))
    assert (await town.anyone.page(place)).status == 404


@pytest.mark.plan(55)
async def test_of_eight_who_rate_at_once_one_is_heard(town: Town) -> None:
    place = await link(town, await finished(town))
    answers = await asyncio.gather(
        *(town.anyone.send(place, {"level": "bad" if n % 2 else "good"}) for n in range(8))
    )
    assert sorted(answer.status for answer in answers) == [303] + [409] * 7
    desk = await town.staff("service")
    bad = (await desk.page("/staff/reviews/bad")).text.count("/staff/reviews/bad/")
    heard = next(n for n, answer in enumerate(answers) if answer.status == 303)
    assert bad == heard % 2


async def test_a_citizen_finds_and_rates_their_own_matters_and_nobody_elses(town: Town) -> None:
    citizen, other = await town.citizen(1), await town.citizen(2)
    filed = await finished(town, owner=citizen.id)
    assert 'href="/r/' in (await citizen.page(f"/cases/{filed.case_id}")).text
    mine = (await citizen.get("/v1/me/reviews")).json
    assert [(one["kind"], one["can_rate"], one["level"]) for one in mine] == [("case", True, None)]
    where = f"/v1/me/reviews/{mine[0]['id']}"
    assert (await other.post(where, {"level": "bad"})).code == "not_found"
    assert "去评价" in (await citizen.page("/me/reviews")).text
    assert (await citizen.post(where, {"level": "very_good", "reasons": ["overall"]})).status == 204
    assert (await citizen.post(where, {"level": "bad"})).code == "review_given"
    assert (await citizen.get("/v1/me/reviews")).json[0]["level_label"] == "非常满意"


@pytest.mark.plan(54)
async def test_the_device_at_the_window_asks_for_a_minute_and_belongs_to_nobody(town: Town) -> None:
    director, clerk = await town.staff("director"), await town.staff("social")
    window = re.search(r'value="([0-9a-f]{32})">1号', (await director.page("/staff/reviews/terminals")).text)
    assert window
    assert (await clerk.page("/staff/reviews/terminals")).status == 403
    made = await director.send("/staff/reviews/terminals", {"window": window[1]})
    code = re.search(r'class="code">([0-9A-Z-]{34})<', made.text)
    assert code
    assert "设置码" in (await town.anyone.page("/terminal")).text
    started = await town.anyone.send("/terminal/start", {"code": code[1]})
    assert started.status == 303
    token = re.search(r"bmt_terminal=([^;]+); HttpOnly", started.headers["Set-Cookie"])
    assert token
    assert (await town.anyone.send("/terminal/start", {"code": code[1]})).status == 422
    device = {"bmt_terminal": token[1]}
    rest = await town.anyone.call("GET", "/terminal", cookies=device)
    assert ("欢迎" in rest.text, rest.headers["Refresh"]) == (True, "3; url=/terminal")

    asked = await clerk.send("/staff/reviews/ask", {"window": window[1]})
    assert asked.status == 303
    other = await town.staff("market")
    assert (await other.send("/staff/reviews/ask", {"window": window[1]})).status == 403
    faces = await town.anyone.call("GET", "/terminal", cookies=device)
    occasion = re.search(r'name="occasion" value="([0-9a-f]{32})"', faces.text)
    assert occasion
    assert token[1] not in (await clerk.page("/staff/reviews")).text
    origin = {"Origin": str(town.client.make_url("/")).rstrip("/")}
    tapped = await town.anyone.call(
        "POST",
        "/terminal/rate",
        data={"occasion": occasion[1], "level": "very_good"},
        cookies=device,
        headers=origin,
    )
    assert "谢谢" in tapped.text
    assert "欢迎" in (await town.anyone.call("GET", "/terminal", cookies=device)).text

    soon = [await clerk.send("/staff/reviews/ask", {"window": window[1]})]
    town.clock.advance(timedelta(minutes=5))
    soon += await asyncio.gather(*(clerk.send("/staff/reviews/ask", {"window": window[1]}) for _ in range(4)))
    assert sorted(answer.status for answer in soon) == [303, 429, 429, 429, 429]
    assert "现在不能再请评价" in soon[0].text
    town.clock.advance(timedelta(seconds=75))
    faces = await town.anyone.call("GET", "/terminal", cookies=device)
    assert "欢迎" in faces.text
    town.clock.advance(days(4))
    shown = (await town.anyone.get("/v1/reviews/results")).json
    social = next(one for one in shown if one["window"] == "social")
    assert (social["rated"], social["unrated"], social["ticketless"], social["levels"]) == (0, 0, 1, [])
    assert "未关联办件 1 件，不计入" in (await town.anyone.page("/reviews")).text


async def test_the_rated_side_reads_it_the_next_working_day_and_never_who(town: Town) -> None:
    place = await link(town, await finished(town))
    said = {"level": "fair", "reason": "convenience", "words": "要跑两趟", "callback": "13800000008"}
    assert (await town.anyone.send(place, said)).status == 303
    clerk = await town.staff("social")
    assert "要跑两趟" not in (await clerk.page("/staff/reviews")).text
    town.clock.advance(days(3))
    town.forget_sign_ins()
    page = (await (await town.staff("social")).page("/staff/reviews")).text
    assert ("要跑两趟" in page, "13800000008" in page, "谢春花" in page) == (True, False, False)
    assert "要跑两趟" not in (await (await town.staff("market")).page("/staff/reviews")).text


@pytest.mark.plan(55)
async def test_one_invitation_after_three_days_and_its_answer_by_sms(town: Town) -> None:
    await finished(town)
    reviews, tenant = town.office.reviews, town.tenant_id
    assert await reviews.uninvited(tenant, at=town.clock()) == []
    town.clock.advance(days(3))
    invited = await reviews.uninvited(tenant, at=town.clock())
    assert [one.phone for one in invited] == ["13800000008"]
    ids = [one.occasion_id for one in invited]
    both = await asyncio.gather(*(reviews.mark_invited(ids, at=town.clock()) for _ in range(2)))
    assert sorted(map(len, both)) == [0, 1]
    assert await reviews.uninvited(tenant, at=town.clock()) == []
    assert await reviews.take_sms_reply("13800000008", "好的谢谢", town.clock()) is None
    level = await reviews.take_sms_reply("13800000008", "4 排队太久", town.clock())
    assert level == "bad"
    assert await reviews.take_sms_reply("13800000008", "1", town.clock()) is None
    assert "不满意" in (await (await town.staff("service")).page("/staff/reviews/bad")).text


async def test_a_link_ends_with_its_time_and_no_praise_comes_of_silence(town: Town) -> None:
    place = await link(town, await finished(town))
    town.clock.advance(days(31))
    assert (await town.anyone.page(place)).status == 404
    assert (await town.anyone.page(f"/r/{'0' * 32}")).status == 404
    assert [await town.office.reviews.forget_contacts(town.clock()) for _ in range(2)] == [1, 0]
    shown = (await town.anyone.get("/v1/reviews/results")).json
    social = next(one for one in shown if one["window"] == "social")
    assert (social["rated"], social["unrated"]) == (0, 1)
    page = await town.anyone.page("/reviews")
    assert (page.status, "未评价 1 件" in page.text) == (200, True)


@pytest.mark.plan(55)
async def test_whoever_was_called_and_served_is_asked_at_the_window(town: Town) -> None:
    clerk = await town.staff("justice")
    window = next(
        card
        for card in town.office.catalogue.shelf(town.tenant_id).pack.windows
        if card.type.value == "justice"
    )
    taken = await clerk.post("/v1/staff/walk-ins", {"window_id": window.id, "name": "王小妹"})
    assert taken.status == 201, taken.json
    place = f"/v1/staff/appointments/{taken.json['id']}/actions"
    called = await clerk.post(place, {"action": "call", "version": taken.json["version"]})
    served = await clerk.post(place, {"action": "serve", "version": called.json["version"]})
    assert served.status == 200, served.json
    there = await town.office.reviews.link_of_subject(Occasion.CONTACT, taken.json["id"], at=town.clock())
    page = await town.anyone.page(there)
    assert ("司法窗口的现场服务" in page.text, "服务态度" in page.text) == (True, True)
    town.clock.advance(days(4))
    assert (await town.anyone.page(there)).status == 404


async def test_a_done_errand_is_rated_once_like_a_case(town: Town) -> None:
    bench = Bench(town.office, at=town.clock())
    errand = await bench.errand("SD-049", "王小妹")
    centre = Actor(id="c" * 32, roles=frozenset({Role.CENTRE_STAFF}), tenant_id=town.tenant_id)
    await bench.hand_over(errand)
    done = ErrandCommand(
        action=ErrandAction.COMPLETE, note="已缴", facts=ErrandFacts(reference="水1", papers_returned=True)
    )
    await town.office.proxy.act(errand.errand_id, done, actor=centre, at=town.clock())
    assert 'href="/r/' not in (await town.anyone.page(f"/c/{errand.tracking_code}")).text
    place = await town.office.reviews.link_of_subject(Occasion.ERRAND, errand.errand_id, at=town.clock())
    assert (await town.anyone.send(place, {"level": "good"})).status == 303
    assert (await town.anyone.send(place, {"level": "good"})).status == 409
