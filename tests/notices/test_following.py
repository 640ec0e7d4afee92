"""Appointments, invitations to rate and WeChat's own events, over HTTP."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from backend.demo.standins import sms
from backend.outbox import signing
from backend.wechat.standin.people import DEMO_PEOPLE
from backend.wechat.standin.world import DEMO_PUSH_TOKEN
from tests.notices.conftest import Post, use_demo_templates
from tests.support.applications import counter_application
from tests.support.township import Town, open_town

MONDAY = "2026-04-13"


async def round_of(town: Town, name: str) -> Any:
    return await next(each for each in town.office.rounds if each.name == name).run(town.clock())


async def test_an_appointment_is_confirmed_moved_called_off_and_remembered_the_evening_before(
    post: Post,
) -> None:
    town = post.town
    citizen = await town.citizen()
    await post.agree(citizen)
    await post.allow(citizen, 1, "appointment")
    assert (await citizen.put("/v1/me/contact", {"phone": "13800000001"})).status == 200
    wish = {"item_id": town.item("SD-001"), "day": MONDAY, "start": "09:00"}
    one = (await citizen.post("/v1/appointments", wish)).json
    await round_of(town, "notices of appointments")
    await round_of(town, "notices of appointments")
    await post.send()
    (message,) = await post.wechat("GET", "outbox")
    assert message["fields"]["time3"] == "2026年4月13日 09:00"
    assert message["fields"]["character_string4"] == one["code"]

    moved = await citizen.post(
        f"/v1/appointments/{one['id']}/reschedule",
        {"day": MONDAY, "start": "10:00", "version": one["version"]},
    )
    assert moved.status == 200, moved.json
    await round_of(town, "notices of appointments")
    await post.send()
    assert "改到4月13日 周一 10:00" in next(iter(post.gateway.sent.values())).content

    town.clock.advance(timedelta(days=2, hours=5, minutes=30))  # Sunday 17:30
    await round_of(town, "notices of appointments")
    await post.send()
    assert [sent.content[6:9] for sent in post.gateway.sent.values()] == ["您的预", "提醒您"]
    citizen = await town.citizen(identified=False)
    called_off = await citizen.post(
        f"/v1/appointments/{one['id']}/cancel", {"version": moved.json["version"]}
    )
    assert called_off.status == 200, called_off.json
    await round_of(town, "notices of appointments")
    await post.send()
    assert len(post.gateway.sent) == 3
    kinds = [each["kind"] for each in (await citizen.get("/v1/me/notices")).json["items"]]
    assert sorted(kinds) == [
        "appointment_booked",
        "appointment_cancelled",
        "appointment_moved",
        "appointment_tomorrow",
    ]


async def test_wechat_tells_of_an_acceptance_twice_and_it_counts_once(town_url: str, tmp_path: Path) -> None:
    """Where WeChat reports by itself, what the phone says of the same tap is not counted again."""
    async with open_town(town_url, tmp_path, wechat_push_token=DEMO_PUSH_TOKEN) as town:
        await use_demo_templates(town)
        citizen = await town.citizen()
        accepted = {
            "kind": "subscribe_msg_popup_event",
            "openid": DEMO_PEOPLE[0].openid,
            "template_ids": ["demo-progress", "demo-pickup"],
        }
        url = str(town.client.make_url("/v1/wechat/push"))
        order = {"url": url, "events": [accepted], "copies": 2}
        async with town.wechat.post("/_standin/push", json=order) as pushed:
            assert await pushed.json() == {"verified": True, "statuses": [200, 200]}
        told = {"results": [{"template_id": "demo-progress", "result": "accept"}]}
        grants = (await citizen.post("/v1/notices/grants", told)).json["items"]
        left = {each["purpose"]: each["left"] for each in grants}
        assert (left["progress"], left["pickup"], left["supplement"]) == (1, 1, 0)
        refused = {**accepted, "kind": "subscribe_msg_change_event", "template_ids": ["demo-pickup"]}
        async with town.wechat.post("/_standin/push", json={"url": url, "events": [refused]}) as pushed:
            assert (await pushed.json())["statuses"] == [200]
        grants = (await citizen.get("/v1/notices/grants")).json["items"]
        assert {each["purpose"]: each["left"] for each in grants}["pickup"] == 0
        forged = await town.anyone.call(
            "POST",
            "/v1/wechat/push?signature=00&timestamp=1&nonce=2",
            data=b"{}",
            headers={"Content-Type": "application/json"},
        )
        assert forged.status == 401


async def test_who_has_not_rated_is_invited_once_and_answers_by_short_message(post: Post) -> None:
    town = post.town
    window = await town.staff("social")
    taken = (await window.post("/v1/staff/cases", counter_application(town, "SD-008"))).json
    settled = await window.post(
        f"/v1/staff/cases/{taken['case_id']}/settle", {"version": 1, "proof": "本人当场签收"}
    )
    assert settled.status == 200, settled.json
    await post.send()
    town.clock.advance(timedelta(days=3))
    assert await round_of(town, "invitations to rate") == 1
    assert await round_of(town, "invitations to rate") == 0
    await post.send()
    invited = list(post.gateway.sent.values())[-1]
    assert "也可以回复数字" in invited.content
    body = msgspec.json.encode({"id": "reply-7", "phone": invited.mobile, "text": "2"})
    headers = {
        **signing.headers(signing.secret_key(sms.SECRET), "m-7", body, at=town.clock()),
        "Content-Type": "application/json",
    }
    assert (await town.anyone.call("POST", "/v1/sms/replies", data=body, headers=headers)).status == 204
    assert await town.office.reviews.take_sms_reply(invited.mobile, "1", town.clock()) is None
    shown = (await (await town.staff("centre")).page("/staff/notices")).text
    assert "短信回复" not in shown
    town.clock.advance(timedelta(days=1))
    town.forget_sign_ins()
    shown = (await (await town.staff("centre")).page("/staff/notices")).text
    assert ("评价回复 1 条" in shown, invited.mobile[-4:] in shown) == (True, False)
