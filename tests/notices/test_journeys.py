"""Notices over HTTP: from a clerk's move to the phone, the short message or the list of whom to ring."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec

from backend.demo.standins import sms
from backend.demo.standins.hooks import OrderedFault
from backend.outbox import signing
from backend.wechat.standin.people import DEMO_PEOPLE
from tests.notices.conftest import Post
from tests.support.applications import application, counter_application, file
from tests.support.township import Caller


async def act(clerk: Caller, case_id: str, version: int, **command: Any) -> dict[str, Any]:
    answer = await clerk.post(f"/v1/staff/cases/{case_id}/actions", {"version": version, "command": command})
    assert answer.status == 200, answer.json
    return dict(answer.json)


async def own(citizen: Caller) -> list[tuple[str, str]]:
    return [(each["kind"], each["state"]) for each in (await citizen.get("/v1/me/notices")).json["items"]]


async def test_an_accepted_case_is_told_by_wechat_and_the_next_step_by_short_message(post: Post) -> None:
    town = post.town
    citizen, window = await town.citizen(), await town.staff("social")
    await post.agree(citizen)
    await post.allow(citizen, 1, "progress")
    case_id = (await file(town, citizen)).json["case_id"]
    accepted = await act(window, case_id, 1, action="accept")
    assert await own(citizen) == [("case_accepted", "waiting")]
    await post.send()
    (message,) = await post.wechat("GET", "outbox")
    assert message["openid"] == DEMO_PEOPLE[0].openid
    assert message["fields"]["phrase3"] == "已受理"
    assert message["fields"]["character_string2"] == accepted["case_number"]
    assert message["page"].startswith("pages/case/case?code=")
    left = (await citizen.get("/v1/notices/grants")).json["items"]
    assert {each["purpose"]: each["left"] for each in left} == dict.fromkeys(
        ("progress", "supplement", "pickup", "appointment"), 0
    )

    await act(window, case_id, 2, action="first_review", note="材料属实，建议批准。")
    office = await town.staff("social-office")
    await act(office, case_id, 3, action="decide", outcome="granted", reference="三政救〔2026〕5号")
    await post.send()
    (short,) = post.gateway.sent.values()
    assert short.content.startswith("【三都便民】您申请的“")
    assert "演示" not in short.content
    assert await own(citizen) == [("case_decided", "sent"), ("case_accepted", "sent")]
    assert (await citizen.get("/v1/me/notices")).json["items"][0]["state_label"] == "已提交发送"
    await post.send()
    assert post.gateway.calls == 1


async def test_without_consent_nothing_is_sent_but_what_the_law_wants_told_is_rung(post: Post) -> None:
    town = post.town
    citizen, window, centre = await town.citizen(), await town.staff("social"), await town.staff("centre")
    asked = application(town, "SD-003")
    code = next(iter(asked["materials"]))
    await post.allow(citizen, 1, "supplement")
    lacking = {**asked, "materials": asked["materials"] | {code: "missing"}}
    case_id = (await citizen.post("/v1/cases", lacking)).json["case_id"]
    gap = {"code": code, "status": "missing", "how_to_fix": "请带原件"}
    await act(window, case_id, 1, action="request_fix", gaps=[gap], days=5)
    other = (await file(town, citizen, "SD-001", number=2)).json["case_id"]
    await act(window, other, 1, action="accept")
    await post.send()
    assert await post.wechat("GET", "outbox") == []
    assert post.gateway.calls == 0
    assert await own(citizen) == [("case_accepted", "cancelled"), ("case_fix", "by_hand")]
    listed = await centre.page("/staff/notices/calls")
    assert listed.status == 200
    assert asked["phone"] in listed.text
    assert "还缺材料" in listed.text


async def test_who_left_only_a_number_gets_a_short_message_and_who_left_none_is_rung(post: Post) -> None:
    town = post.town
    window, centre = await town.staff("social"), await town.staff("centre")
    mobile = await window.post("/v1/staff/cases", counter_application(town, "SD-001"))
    await act(window, mobile.json["case_id"], 1, action="accept")
    land = counter_application(town, "SD-003", number=2)
    land["applicant"]["phone"] = "0734-4331234"
    fixed = await window.post("/v1/staff/cases", land)
    await act(window, fixed.json["case_id"], 1, action="accept")
    await post.send()
    assert len(post.gateway.sent) == 1
    page = await centre.page("/staff/notices")
    assert "没有手机号码" in page.text
    assert "（网址只发给本人）" in page.text
    assert "https://sandu.test/c/" not in page.text
    listed = await centre.page("/staff/notices/calls")
    assert "0734-4331234" in listed.text
    parcel = listed.text.split("/staff/notices/")[1:]
    told = next(part.split("/told")[0] for part in parcel if "/told" in part)
    done = await centre.send(f"/staff/notices/{told}/told", {})
    assert done.status == 303
    assert "0734-4331234" not in (await centre.page("/staff/notices/calls")).text
    for day in ("9999-12-31", "0001-01-01"):
        for page_of in ("/staff/notices/calls", "/staff/money"):
            assert (await centre.page(f"{page_of}?day={day}")).status in {404, 422}
    again = await centre.send(f"/staff/notices/{told}/told", {})
    assert again.status == 409


async def test_a_gateway_out_of_order_is_tried_again_and_a_refused_number_goes_to_a_person(
    post: Post,
) -> None:
    town = post.town
    window = await town.staff("social")
    case_id = (await window.post("/v1/staff/cases", counter_application(town, "SD-003"))).json["case_id"]
    for kind in ("http", "drop", "broken"):
        post.gateway.faults.order(OrderedFault(kind=kind))
    await act(window, case_id, 1, action="accept")
    for _ in range(4):
        await post.send()
        town.clock.advance(timedelta(minutes=3))
    assert (post.gateway.calls, len(post.gateway.sent)) == (4, 1)

    post.gateway.faults.order(OrderedFault(kind="code", code="black_list"))
    await act(window, case_id, 2, action="first_review", note="材料属实。")
    office = await town.staff("social-office")
    await act(office, case_id, 3, action="decide", outcome="granted", reference="三政救〔2026〕6号")
    await post.send()
    centre = await town.staff("centre")
    page = await centre.page("/staff/notices")
    assert "sms_black_list" in page.text
    parcel = next(
        part.split("/retry")[0] for part in page.text.split("/staff/notices/")[1:] if "/retry" in part
    )
    assert (await centre.send(f"/staff/notices/{parcel}/retry", {})).status == 303
    await post.send()
    assert len(post.gateway.sent) == 2


async def test_two_senders_at_once_send_one_notice_once(post: Post) -> None:
    town = post.town
    window = await town.staff("social")
    for number in range(1, 4):
        taken = await window.post("/v1/staff/cases", counter_application(town, "SD-001", number=number))
        await act(window, taken.json["case_id"], 1, action="accept")
    await asyncio.gather(*(post.send() for _ in range(6)))
    assert (post.gateway.calls, len(post.gateway.sent)) == (3, 3)


async def test_a_refused_case_is_told_as_refused_and_an_overdue_one_without_its_promised_day(
    post: Post,
) -> None:
    town = post.town
    window, office = await town.staff("social"), await town.staff("social-office")
    case_id = (await window.post("/v1/staff/cases", counter_application(town, "SD-003"))).json["case_id"]
    await act(window, case_id, 1, action="accept")
    town.clock.advance(timedelta(days=90))
    await post.send()
    town.forget_sign_ins()
    window, office = await town.staff("social"), await town.staff("social-office")
    await act(window, case_id, 2, action="first_review", note="家庭收入高于标准。")
    refused = {"outcome": "refused", "reference": "三政救〔2026〕7号", "basis": "不符合条件"}
    await act(office, case_id, 3, action="decide", note="不符合条件。", **refused)
    await act(window, case_id, 4, action="make_ready")
    await post.send()
    accepted, decided, ready = [each.content for each in post.gateway.sent.values()]
    assert "已受理。" in accepted
    assert "前办结" not in accepted
    assert "办好了" not in decided + ready
    assert "没有批准，决定书已出，请带身份证到" in ready
    assert "行政复议" in ready


async def test_at_night_an_acceptance_waits_for_the_morning(post: Post) -> None:
    town = post.town
    window = await town.staff("social")
    case_id = (await window.post("/v1/staff/cases", counter_application(town, "SD-001"))).json["case_id"]
    town.clock.advance(timedelta(hours=10))  # 22:00 in China
    town.forget_sign_ins()
    window = await town.staff("social")
    await act(window, case_id, 1, action="accept")
    await post.send()
    town.clock.advance(timedelta(hours=9))
    await post.send()
    assert post.gateway.calls == 0
    town.clock.advance(timedelta(hours=1))
    await post.send()
    assert post.gateway.calls == 1


async def test_what_wechat_refuses_for_good_goes_by_short_message(post: Post) -> None:
    """43101 not allowed, 47003 field, 40003 openid, 41030 page, 45009 the day's quota."""
    town = post.town
    citizen, window = await town.citizen(), await town.staff("social")
    await post.agree(citizen)
    await post.allow(citizen, 1, "progress")
    left = []
    for number, errcode in enumerate((47003, 40003, 41030, 45009, 43101), 1):
        case_id = (await file(town, citizen, number=number)).json["case_id"]
        await act(window, case_id, 1, action="accept")
        path = "/cgi-bin/message/subscribe/send"
        await post.wechat("POST", "faults", {"kind": "errcode", "path": path, "errcode": errcode})
        await post.send()
        grants = (await citizen.get("/v1/notices/grants")).json["items"]
        left.append(next(each["left"] for each in grants if each["purpose"] == "progress"))
    assert len(post.gateway.sent) == 5
    assert left == [1, 1, 1, 1, 0]
    assert await post.wechat("GET", "outbox") == []


async def test_wechat_busy_for_a_moment_is_tried_again_by_wechat(post: Post) -> None:
    town = post.town
    citizen, window = await town.citizen(), await town.staff("social")
    await post.agree(citizen)
    await post.allow(citizen, 1, "progress")
    case_id = (await file(town, citizen)).json["case_id"]
    await act(window, case_id, 1, action="accept")
    await post.wechat(
        "POST", "faults", {"kind": "errcode", "path": "/cgi-bin/message/subscribe/send", "errcode": -1}
    )
    await post.send()
    assert post.gateway.calls == 0
    town.clock.advance(timedelta(minutes=5))
    await post.send()
    assert len(await post.wechat("GET", "outbox")) == 1
    assert post.gateway.calls == 0


async def test_a_reply_is_kept_once_with_what_it_answers(post: Post) -> None:
    town = post.town
    window = await town.staff("social")
    asked = counter_application(town, "SD-001")
    case_id = (await window.post("/v1/staff/cases", asked)).json["case_id"]
    await act(window, case_id, 1, action="accept")
    await post.send()
    heard = []

    async def hear(reply: Any) -> None:
        heard.append((reply.about_kind, reply.about_id, reply.text))

    town.office.notices.on_reply(hear)
    body = msgspec.json.encode({"id": "r-1", "phone": f"+{asked['applicant']['phone']}", "text": " 明天来 "})
    headers = {
        **signing.headers(signing.secret_key(sms.SECRET), "m-1", body, at=town.clock()),
        "Content-Type": "application/json",
    }
    for _ in range(2):
        taken = await town.anyone.call("POST", "/v1/sms/replies", data=body, headers=headers)
        assert taken.status == 204
    assert heard == [("case", case_id, "明天来")]
    forged = {**headers, "webhook-signature": "v1,AAAA"}
    assert (await town.anyone.call("POST", "/v1/sms/replies", data=body, headers=forged)).status == 401
    page = await (await town.staff("centre")).page("/staff/notices")
    assert "明天来" in page.text
    assert asked["applicant"]["phone"] not in page.text
