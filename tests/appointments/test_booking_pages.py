"""The booking pages as a browser without JavaScript sees them."""

import re
from datetime import timedelta

from tests.support.township import Answer, Caller, Town

MONDAY = "2026-04-13"


def link(answer: Answer) -> str:
    assert answer.status == 303, answer.text
    return answer.headers["Location"]


def version_on(page: Answer) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found
    return found[1]


async def held(town: Town, citizen: Caller, start: str = "09:00") -> str:
    item = town.item("SD-001")
    return link(await citizen.send(f"/appointments/new/{item}/{MONDAY}", {"start": start}))


async def test_from_the_guide_three_taps_make_an_appointment(town: Town) -> None:
    citizen, item = await town.citizen(), town.item("SD-001")
    assert link(await town.anyone.page(f"/appointments/new?item={item}")) == f"/appointments/new/{item}"
    times = await town.anyone.page(f"/appointments/new/{item}/{MONDAY}")
    assert (times.status, "09:00-09:30" in times.text) == (200, True)
    place = await held(town, citizen)
    page = await citizen.page(place)
    assert "还差一步" in page.text
    assert link(await citizen.send(f"{place}/confirm", {"version": version_on(page)})) == place
    page = await citizen.page(place)
    assert "已预约" in page.text
    assert "<svg" in page.text
    listed = await citizen.page("/appointments")
    assert "4月13日 周一 09:00-09:30" in listed.text


async def test_whoever_is_not_signed_in_comes_back_to_the_same_day(town: Town) -> None:
    item = town.item("SD-001")
    times = f"/appointments/new/{item}/{MONDAY}"
    sent = await town.anyone.send(times, {"start": "09:00"})
    assert (sent.status, sent.headers["Location"]) == (307, f"/signin/renew?next={times}")
    renewed = await town.anyone.send(sent.headers["Location"], {"start": "09:00"})
    assert link(renewed) == f"/signin?next={times}"


async def test_a_full_time_is_said_on_the_page_and_others_are_offered(town: Town) -> None:
    citizen, item = await town.citizen(), town.item("SD-001")
    sent = await citizen.send(f"/appointments/new/{item}/{MONDAY}", {"start": "09:10"})
    assert (sent.status, "没有这个预约时段" in sent.text, "09:00-09:30" in sent.text) == (404, True, True)


async def test_tapping_a_second_time_leads_to_the_appointment_there_is(town: Town) -> None:
    citizen = await town.citizen()
    place = await held(town, citizen)
    assert await held(town, citizen, start="10:00") == place


async def test_without_an_identity_the_page_shows_where_to_give_it(town: Town) -> None:
    stranger, item = await town.citizen(3, identified=False), town.item("SD-001")
    sent = await stranger.send(f"/appointments/new/{item}/{MONDAY}", {"start": "09:00"})
    assert (sent.status, 'href="/me"' in sent.text) == (409, True)


async def test_an_appointment_is_moved_and_cancelled_on_its_page(town: Town) -> None:
    citizen = await town.citizen()
    place = await held(town, citizen)
    await citizen.send(f"{place}/confirm", {"version": version_on(await citizen.page(place))})
    choice = await citizen.page(f"{place}/move")
    moved = await citizen.send(f"{place}/move/{MONDAY}", {"start": "10:30", "version": version_on(choice)})
    assert link(moved) == place
    page = await citizen.page(place)
    assert "10:30-11:00" in page.text
    await citizen.send(f"{place}/cancel", {"version": version_on(page)})
    assert "已取消" in (await citizen.page(place)).text


async def test_another_persons_page_is_not_there(town: Town) -> None:
    place = await held(town, await town.citizen(1))
    other = await town.citizen(2)
    for path in (place, f"{place}/move"):
        assert (await other.page(path)).status == 404
    assert (await other.send(f"{place}/cancel", {"version": "1"})).status == 404


async def test_a_scanned_code_opens_the_desk_for_staff_and_the_appointment_for_its_owner(town: Town) -> None:
    citizen, clerk = await town.citizen(), await town.staff("social")
    place = await held(town, citizen)
    code = (await citizen.get(f"/v1{place}")).json["code"]
    assert link(await citizen.page(f"/a/{code}")) == place
    assert link(await clerk.page(f"/a/{code}")) == f"/staff/appointments?code={code}"


async def test_the_desk_checks_in_calls_and_serves(town: Town) -> None:
    citizen = await town.citizen()
    place = await held(town, citizen)
    one = (await citizen.post(f"/v1{place}/confirm", {"version": 1})).json
    town.clock.advance(timedelta(days=2, hours=20, minutes=50))
    clerk = await town.staff("social")
    listed = await clerk.page("/staff/appointments")
    assert "还没有到 1 人" in listed.text
    window = f"?window_id={one['window_id']}"
    back = f"/staff/appointments{window}"
    assert link(await clerk.send(f"/staff/appointments/check-in{window}", {"code": one["code"]})) == back
    assert link(await clerk.send(f"/staff/windows/{one['window_id']}/walk-in{window}", {})) == back
    assert "等候中 2 人" in (await clerk.page(back)).text
    assert link(await clerk.send(f"/staff/windows/{one['window_id']}/call{window}", {})) == back
    page = await clerk.page(back)
    assert "正在办理 1 人" in page.text
    serve = {"action": "serve", "version": version_on(page)}
    called = re.search(r"正在办理.*?/staff/appointments/(\w{32})/act", page.text, re.DOTALL)
    assert called
    assert link(await clerk.send(f"/staff/appointments/{called[1]}/act{window}", serve)) == back
    assert "已结束 1 人" in (await clerk.page(back)).text


async def test_a_wrong_code_is_said_above_the_list(town: Town) -> None:
    clerk = await town.staff("social")
    sent = await clerk.send("/staff/appointments/check-in", {"code": "0000000000"})
    assert (sent.status, "没有找到这个预约" in sent.text) == (404, True)


async def test_a_clerk_books_for_a_caller_and_loses_nothing_typed(town: Town) -> None:
    clerk, item = await town.staff("social"), town.item("SD-001")
    found = await clerk.page("/staff/appointments/new?q=低保")
    assert f"/staff/appointments/new/{item}" in found.text
    path = f"/staff/appointments/new/{item}/{MONDAY}"
    typed = {"start": "09:30", "channel": "phone", "name": "来电群众", "phone": "123"}
    wrong = await clerk.send(path, typed)
    assert (wrong.status, "来电群众" in wrong.text, "11 位手机号" in wrong.text) == (422, True, True)
    assert link(await clerk.send(path, {**typed, "phone": "13800000041"})) == (
        f"/staff/appointments?day={MONDAY}"
    )
    assert "138****0041" in (await clerk.page(f"/staff/appointments?day={MONDAY}")).text


async def test_the_board_names_who_is_at_each_window(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))
    board = await town.anyone.page("/hall")
    assert (board.status, board.text.count("在岗")) == (200, 12)
    assert "社会窗口甲" in board.text


async def test_the_desk_moves_a_booking_for_a_caller(town: Town) -> None:
    citizen, clerk = await town.citizen(), await town.staff("social")
    place = await held(town, citizen)
    await citizen.post(f"/v1{place}/confirm", {"version": 1})
    path = f"/staff{place}/move/{MONDAY}"
    choice = await clerk.page(path)
    assert "4月13日 周一 09:00-09:30" in choice.text
    full = await clerk.send(path, {"start": "09:10", "version": version_on(choice)})
    assert (full.status, "没有这个预约时段" in full.text) == (404, True)
    moved = await clerk.send(path, {"start": "10:30", "version": version_on(choice)})
    assert link(moved) == f"/staff/appointments?day={MONDAY}"
    assert "10:30-11:00" in (await citizen.page(place)).text


async def test_when_a_booked_window_is_closed_the_owner_and_the_desk_are_told(town: Town) -> None:
    citizen, director = await town.citizen(), await town.staff("director")
    place = await held(town, citizen)
    one = (await citizen.post(f"/v1{place}/confirm", {"version": 1})).json
    assert one["closed"] == ""
    closure = {"window_id": one["window_id"], "day": MONDAY, "reason": "全镇停电"}
    assert (await director.put("/v1/staff/hall/exceptions", closure)).status == 200
    assert (await citizen.get(f"/v1{place}")).json["closed"] == "全镇停电"
    assert "窗口这个时间不开放了：全镇停电" in (await citizen.page(place)).text
    assert "请改时间" in (await citizen.page("/appointments")).text
    listed = await (await town.staff("social")).page(f"/staff/appointments?day={MONDAY}")
    assert "全镇停电，请联系改期" in listed.text
