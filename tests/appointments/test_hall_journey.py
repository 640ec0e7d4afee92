"""One morning in the hall over HTTP: tickets, phones, windows and the wall's screen say the same thing."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from api_spec.vocabulary import DeviceKind, WindowType
from backend.appointments.service import Served
from tests.pages.markup import problems
from tests.support.township import Answer, Caller, Town


async def device(town: Town, kind: DeviceKind) -> str:
    made = await (await town.staff("centre")).post(
        "/v1/staff/hall/devices", {"kind": kind.value, "name": "大厅东墙"}
    )
    assert made.status == 201, made.json
    return str(made.json["code"])


async def windows(town: Town, kind: str) -> list[str]:
    cards = await town.office.catalogue.windows(town.tenant_id)
    return [card.id for card in sorted(cards, key=lambda card: card.number) if card.type.value == kind]


async def ticket(clerk: Caller, window: str, **more: Any) -> dict[str, Any]:
    taken = await clerk.post("/v1/staff/walk-ins", {"window_id": window, **more})
    assert taken.status == 201, taken.json
    return dict(taken.json)


async def act(clerk: Caller, one: dict[str, Any], action: str, **more: Any) -> Answer:
    path = f"/v1/staff/appointments/{one['id']}/actions"
    return await clerk.post(path, {"action": action, "version": one["version"], **more})


def at_nine(town: Town) -> None:
    """Friday nine in the morning: every window is at work."""
    town.clock.advance(-timedelta(hours=3))


@pytest.mark.plan(26)
async def test_a_ticket_goes_from_the_machine_over_two_windows_to_served(town: Town) -> None:
    at_nine(town)
    social, (window, second, _), farm = (
        await town.staff("social"),
        await windows(town, "social"),
        (await windows(town, "agriculture"))[0],
    )
    served: list[Served] = []

    async def note(one: Served) -> None:
        served.append(one)

    town.office.appointments.on_served(note)
    screen = {"Authorization": f"Bearer {await device(town, DeviceKind.SCREEN)}"}
    first, second_one = await ticket(social, window), await ticket(social, second)
    assert (first["ticket"], second_one["ticket"]) == ("A001", "A002")

    phone = await town.anyone.get(f"/v1/hall/tickets/{second_one['code']}")
    assert (phone.json["ahead"], phone.json["is_near"], phone.json["headline"]) == (1, True, "请准备")
    empty = await town.anyone.get("/v1/hall/screen", headers=screen)
    assert empty.json["calls"] == []
    again = await town.anyone.get(
        "/v1/hall/screen", headers={**screen, "If-None-Match": empty.headers["ETag"]}
    )
    assert (again.status, again.body) == (304, b"")

    called = (await social.post(f"/v1/staff/windows/{window}/calls")).json
    wall = await town.anyone.get(
        "/v1/hall/screen", headers={**screen, "If-None-Match": empty.headers["ETag"]}
    )
    assert (called["ticket"], wall.status) == ("A001", 200)
    (shown,) = wall.json["calls"]
    assert [(one["window"], one["ticket"]) for one in wall.json["windows"] if one["ticket"]] == [
        (shown["window"], "A001")
    ]
    assert len(wall.json["windows"]) == 11
    assert (shown["ticket"], shown["stands"], shown["times"]) == ("A001", True, 1)
    assert shown["spoken"] == f"请 A 零 零 一 号，到 {shown['window']} 号窗口。"
    assert f"请到 {shown['window']}号窗口" in (await town.anyone.page(f"/q/{first['code']}")).text

    busy = await social.post(f"/v1/staff/windows/{window}/calls")
    assert (busy.status, busy.code) == (409, "window_busy")
    called = (await act(social, called, "recall")).json
    wall = await town.anyone.get("/v1/hall/screen", headers=screen)
    assert wall.json["calls"][0]["times"] == 2

    skipped = (await act(social, called, "miss")).json
    assert "您过号了" in (await town.anyone.page(f"/q/{first['code']}")).text
    recalled = (await act(social, skipped, "call", window_id=second)).json
    assert (recalled["state"], recalled["window_id"]) == ("called", second)
    unsaid = await act(social, recalled, "park")
    assert (unsaid.status, unsaid.code) == (422, "note_required")
    parked = (await act(social, recalled, "park", reason="copy")).json
    line = (await social.get(f"/v1/staff/windows/{window}/line")).json
    assert [one["ticket"] for one in line["waiting"]] == ["A002"]
    assert [(one["ticket"], one["parked_for"]) for one in line["parked"]] == [("A001", "copy")]

    sent = await social.post(
        f"/v1/staff/appointments/{parked['id']}/transfer",
        {"window_id": farm, "version": parked["version"]},
    )
    assert (sent.json["state"], sent.json["ticket"], sent.json["window_id"]) == ("checked_in", "A001", farm)
    agriculture = await town.staff("agriculture")
    mine = (await agriculture.post(f"/v1/staff/windows/{farm}/calls")).json
    assert mine["ticket"] == "A001"
    town.clock.advance(timedelta(minutes=7))
    done = await act(agriculture, mine, "serve")
    assert (done.status, done.json["state"]) == (200, "served")
    assert [(one.appointment_id, one.window_id) for one in served] == [(first["id"], farm)]
    assert "已经办结" in (await town.anyone.page(f"/q/{first['code']}")).text
    waits = (await (await town.staff("centre")).get("/v1/staff/hall/waits?days=1")).json
    assert [(row["queue"], row["served"], row["service_median_s"]) for row in waits] == [
        ("agriculture", 1, 420),
        ("social", 0, None),
    ]


async def test_eight_callers_at_three_windows_call_three_people_once_each_in_order(town: Town) -> None:
    at_nine(town)
    clerk, three = await town.staff("social"), await windows(town, "social")
    tickets = [await ticket(clerk, three[0]) for _ in range(5)]
    answers = await asyncio.gather(
        *(clerk.post(f"/v1/staff/windows/{three[number % 3]}/calls") for number in range(8))
    )
    called = [answer.json for answer in answers if answer.status == 200]
    assert sorted(one["ticket"] for one in called) == [one["ticket"] for one in tickets[:3]]
    assert len({one["window_id"] for one in called}) == 3
    assert [answer.code for answer in answers if answer.status != 200] == ["window_busy"] * 5
    served = await asyncio.gather(*(act(clerk, called[0], "serve") for _ in range(4)))
    assert sorted(answer.status for answer in served) == [200, 409, 409, 409]


async def test_the_figures_of_the_queues_are_open_and_name_nobody(town: Town) -> None:
    at_nine(town)
    clerk, (window, *_) = await town.staff("social"), await windows(town, "social")
    await ticket(clerk, window, name="王小妹", priority="elderly")
    queues = (await town.anyone.get("/v1/hall/queues")).json
    social = queues[0]
    assert (social["letter"], social["waiting"], social["windows"]) == ("A", 1, [1, 2, 3])
    assert (social["wait"], queues[1]["wait"], len(queues)) == ("很快叫到", "不用等", 8)
    code = (await ticket(clerk, window))["code"]
    for text in (str(queues), (await town.anyone.page(f"/q/{code}")).text):
        assert "王小妹" not in text
        assert "老人" not in text
    town.clock.advance(timedelta(hours=3, minutes=30))
    assert (await town.anyone.get("/v1/hall/queues")).json[0]["resumes"] == "14:00"
    assert "现在休息，14:00 继续叫号" in (await town.anyone.page(f"/q/{code}")).text
    assert (await town.anyone.page("/q/0000000000")).status == 404
    assert "14:00 开始叫号" in (await town.anyone.page("/hall/queues")).text
    town.clock.advance(timedelta(hours=4, minutes=55))
    for _ in range(3):
        await town.office.appointments.take_ticket(
            WindowType.SOCIAL, None, tenant_id=town.tenant_id, at=town.clock()
        )
    late = (await town.anyone.get("/v1/hall/queues")).json
    assert [(queue["taking"], queue["may_be_late"]) for queue in late[:2]] == [(True, True), (True, False)]


async def test_the_paper_of_a_ticket_holds_its_link_and_nothing_personal(town: Town) -> None:
    at_nine(town)
    clerk, (window, *_) = await town.staff("social"), await windows(town, "social")
    one = await ticket(clerk, window, name="王小妹", priority="veteran")
    paper = await town.anyone.page(f"/q/{one['code']}/slip")
    assert ("A001" in paper.text, "优先" in paper.text, "王小妹" in paper.text) == (True, True, False)
    raw = await town.anyone.page(f"/q/{one['code']}/slip.bin")
    assert b"A001" in raw.body
    assert "王小妹".encode("gb18030") not in raw.body


async def test_the_kiosk_gives_tickets_and_checks_in_only_for_its_own_code(town: Town) -> None:
    at_nine(town)
    assert "设备码" in (await town.anyone.page("/kiosk")).text
    assert (await town.anyone.send("/kiosk/tickets", {"queue": "social"})).status == 401
    assert (await town.anyone.send("/kiosk", {"code": "0" * 20})).status == 401
    screen = await device(town, DeviceKind.SCREEN)
    assert (await town.anyone.send("/kiosk", {"code": screen})).status == 401
    code = await device(town, DeviceKind.KIOSK)
    inside = await town.anyone.send("/kiosk", {"code": code.lower()})
    assert (inside.status, inside.headers["Location"]) == (303, "/kiosk")
    cookie = re.search(r"bmt_kiosk=([^;]+); HttpOnly;", inside.headers["Set-Cookie"])
    assert cookie
    cookies = {"bmt_kiosk": cookie[1]}

    async def press(path: str, **form: str) -> Answer:
        origin = {"Origin": str(town.client.make_url("/")).rstrip("/")}
        return await town.anyone.call("POST", path, data=form, cookies=cookies, headers=origin)

    shown = await town.anyone.call("GET", "/kiosk", cookies=cookies)
    assert ("社会事务综合" in shown.text, problems(shown.text)) == (True, [])
    taken = await press("/kiosk/tickets", queue="household", priority="disabled")
    assert taken.status == 303, taken.text
    page = await town.anyone.call("GET", taken.headers["Location"], cookies=cookies)
    assert ("F001" in page.text, "<svg" in page.text, problems(page.text)) == (True, True, [])
    wall = await town.anyone.call("GET", "/screen", cookies={"bmt_screen": screen})
    assert (wall.status, problems(wall.text)) == (200, [])
    citizen, item = await town.citizen(), town.item("SD-001")
    booked = await citizen.post("/v1/appointments", {"item_id": item, "day": "2026-04-10", "start": "10:00"})
    there = await press("/kiosk/check-in", code=f"https://sandu.test/a/{booked.json['code']}")
    assert there.headers["Location"] == f"/kiosk/tickets/{booked.json['code']}"
    assert "没有找到这个预约" in (await press("/kiosk/check-in", code="9999999999")).text
    town.clock.advance(timedelta(hours=9))
    late = await press("/kiosk/tickets", queue="household")
    assert (late.status, "今天不再取号" in late.text) == (409, True)


async def test_a_revoked_screen_shows_the_box_for_its_code_again(town: Town) -> None:
    centre, code = await town.staff("centre"), await device(town, DeviceKind.SCREEN)
    headers = {"Authorization": f"Bearer {code}"}
    assert (await town.anyone.get("/v1/hall/screen", headers=headers)).status == 200
    listed = (await centre.get("/v1/staff/hall/devices")).json
    assert [(one["code"], one["active"]) for one in listed] == [("", True)]
    assert (await centre.delete(f"/v1/staff/hall/devices/{listed[0]['id']}")).status == 204
    assert (await town.anyone.get("/v1/hall/screen", headers=headers)).code == "token_invalid"
    assert (await town.anyone.get("/v1/hall/screen")).code == "token_missing"


async def test_the_calling_page_works_a_window_without_a_script(town: Town) -> None:
    at_nine(town)
    clerk, (window, second, _) = await town.staff("social"), await windows(town, "social")
    base = f"/staff/calling/{window}"
    for priority in ("", "elderly"):
        given = await clerk.send(f"{base}/tickets", {"priority": priority})
        assert given.status == 303, given.text
    page = await clerk.page(given.headers["Location"])
    assert re.search(r'href="/q/\w{10}/slip"', page.text)
    assert page.text.index("A002") < page.text.index("A001")
    noticed = re.search(
        rf'action="{base}/(\w{{32}})"><input type="hidden" name="version" value="(\d+)">[^/]*?why-A001',
        page.text,
    )
    assert noticed
    unsaid = await clerk.send(f"{base}/{noticed[1]}", {"action": "prioritise", "version": noticed[2]})
    assert unsaid.status == 422
    assert (await clerk.send(f"{base}/next", {})).headers["Location"] == f"/staff/calling?window_id={window}"
    page = await clerk.page(f"/staff/calling?window_id={window}")
    assert 'class="big-number">A002' in page.text
    form = re.search(
        rf'action="{base}/(\w{{32}})"><input type="hidden" name="version" value="(\d+)"', page.text
    )
    assert form
    sent = await clerk.send(f"{base}/{form[1]}/transfer", {"target": second, "version": form[2]})
    assert sent.status == 303, sent.text
    assert (await clerk.send(f"{base}/next", {})).status == 303
    page = await clerk.page(f"/staff/calling?window_id={window}")
    assert 'class="big-number">A001' in page.text
    assert "没有人在等这个窗口" in (await clerk.send(f"{base}/next", {})).text
    assert (await clerk.send(f"/staff/calling/{second}/next", {})).status == 303
    other = await clerk.page(f"/staff/calling?window_id={second}")
    assert 'class="big-number">A002' in other.text
    police = await town.staff("household")
    assert (await police.page(f"/staff/calling?window_id={window}")).status == 403
