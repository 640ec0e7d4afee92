"""Errands over HTTP: citizen, window, partner and director, each by their own door."""

from typing import Any

import pytest

from tests.support.township import Caller, Town

ANSWERS = {
    "service_address": "三都镇南庄村3组8号",
    "use_kind": "home",
    "had_water": "no",
    "contact_phone": "13800000001",
}
MANDATE = {"valid_until": "2026-06-01"}
SHARING = {"partner": "water", "version": 1}
PERSON = {
    "name": "欧阳小妹",
    "document_number": "430481190503070028",
    "phone": "13800000009",
}
PAPER = {"valid_until": "2026-06-01", "method": "wet_ink"}


def asked(town: Town, rid: str = "a" * 32, **more: Any) -> dict[str, Any]:
    """A citizen's request for a water connection, with both consents."""
    return {
        "rid": rid,
        "item_id": town.item("SD-049"),
        "phone": "13800000001",
        "answers": ANSWERS,
        "mandate": MANDATE,
        "sharing": SHARING,
        **more,
    }


async def act(who: Caller, errand_id: str, action: str, *, version: int, **more: Any) -> Any:
    return await who.post(
        f"/v1/staff/errands/{errand_id}/actions",
        {"version": version, "command": {"action": action, **more}},
    )


async def taken_on(town: Town, rid: str = "a" * 32) -> str:
    """A citizen's errand the window has taken on."""
    citizen, window = await town.citizen(), await town.staff("utility")
    filed = await citizen.post("/v1/errands", asked(town, rid))
    assert filed.status == 201, filed.json
    errand_id = str(filed.json["errand_id"])
    assert (await act(window, errand_id, "take", version=2)).status == 200
    return errand_id


async def test_an_errand_runs_from_the_phone_to_the_partner_and_back(town: Town) -> None:
    citizen = await town.citizen()
    errand_id = await taken_on(town)
    centre, partner = await town.staff("centre"), await town.staff("water-partner")

    sheet = await centre.post("/v1/staff/handovers", {"partner": "water", "errand_ids": [errand_id]})
    assert sheet.status == 201, sheet.json
    handover_id = sheet.json["handover"]["id"]
    signed = await partner.post(f"/v1/staff/handovers/{handover_id}/receipt", {"receipt": "水收-1"})
    assert signed.json["handover"]["receipt"] == "水收-1"
    done = await act(partner, errand_id, "complete", version=5, note="已装表通水", reference="水-889")
    assert done.json["state"] == "done"

    mine = await citizen.get(f"/v1/errands/{errand_id}")
    assert [line["action"] for line in mine.json["events"]] == [
        "request",
        "consent",
        "take",
        "hand_over",
        "receive",
        "complete",
    ]
    seen = await town.anyone.get(f"/v1/progress/{mine.json['tracking_code']}")
    assert (seen.json["kind"], seen.json["state_label"]) == ("errand", "已办结")
    page = await town.anyone.get(f"/c/{mine.json['tracking_code']}")
    assert "已办结" in page.text


async def test_every_mistake_of_a_request_is_told_at_once(town: Town) -> None:
    citizen = await town.citizen()
    answer = await citizen.post("/v1/errands", asked(town, answers={"contact_phone": "1"}))
    assert (answer.status, answer.code) == (422, "form_invalid")
    assert {wrong["field"] for wrong in answer.json["errors"]} >= {
        "answers.service_address",
        "answers.use_kind",
        "answers.contact_phone",
    }


async def test_a_consent_to_old_words_is_asked_again(town: Town) -> None:
    citizen = await town.citizen()
    old = {"partner": "water", "version": 9}
    answer = await citizen.post("/v1/errands", asked(town, sharing=old))
    assert (answer.status, answer.code) == (409, "notice_outdated")


async def test_a_gas_leak_is_answered_with_what_to_do(town: Town) -> None:
    citizen = await town.citizen()
    answer = await citizen.post(
        "/v1/errands",
        {
            "rid": "b" * 32,
            "item_id": town.item("SD-056"),
            "situation": "inspect",
            "phone": "13800000001",
            "answers": {
                "account_number": "3021004567",
                "service_address": "三都镇南庄村3组8号",
                "leak": "yes",
                "contact_phone": "13800000001",
            },
        },
    )
    assert answer.status == 422
    assert [wrong["field"] for wrong in answer.json["errors"]] == ["answers.leak"]
    assert "抢修电话" in answer.json["errors"][0]["sentence"]


async def test_the_consents_can_follow_later_each_for_itself(town: Town) -> None:
    citizen = await town.citizen()
    filed = await citizen.post("/v1/errands", asked(town, mandate=None, sharing=None))
    assert filed.json["state"] == "requested"
    path = f"/v1/errands/{filed.json['errand_id']}/consent"
    half = await citizen.post(path, {"version": 1, "mandate": MANDATE})
    assert (half.status, half.json["errors"][0]["field"]) == (422, "sharing")
    signed = await citizen.post(path, {"version": 1, "mandate": MANDATE, "sharing": SHARING})
    assert signed.json["state"] == "consented"
    assert signed.json["mandate"]["agent_name"] == "耒阳市三都政务服务中心"


async def test_the_window_takes_an_errand_with_a_signed_paper(town: Town) -> None:
    window = await town.staff("utility")
    answer = await window.post(
        "/v1/staff/errands",
        {
            "rid": "c" * 32,
            "item_id": town.item("SD-051"),
            "situation": "stop",
            "applicant": PERSON,
            "answers": {
                "account_number": "3021004567",
                "service_address": "三都镇南庄村3组8号",
                "from_day": "2026-04-20",
                "contact_phone": "13800000009",
            },
            "mandate": PAPER,
            "sharing": SHARING,
            "paper": "WT-2026-001",
        },
    )
    assert answer.status == 201, answer.json
    view = await window.get(f"/v1/staff/errands/{answer.json['errand_id']}")
    assert (view.json["state"], view.json["paper_missing"]) == ("consented", False)


async def test_stopping_water_online_waits_for_the_pen(town: Town) -> None:
    citizen, centre = await town.citizen(), await town.staff("centre")
    answers = {
        "account_number": "3021004567",
        "service_address": "三都镇南庄村3组8号",
        "from_day": "2026-04-20",
        "contact_phone": "13800000001",
    }
    more: dict[str, Any] = {"item_id": town.item("SD-051"), "situation": "stop", "answers": answers}
    filed = await citizen.post("/v1/errands", asked(town, **more))
    errand_id = filed.json["errand_id"]
    assert (await act(centre, errand_id, "take", version=2)).status == 200
    wanted = {"partner": "water", "errand_ids": [errand_id]}
    refused = await centre.post("/v1/staff/handovers", wanted)
    assert (refused.status, refused.code) == (409, "wet_ink_required")
    assert (await act(centre, errand_id, "register_paper", version=3, paper="SQ-1")).status == 200
    assert (await centre.post("/v1/staff/handovers", wanted)).status == 201


async def test_money_is_taken_paid_against_a_receipt_and_closed_to_zero(town: Town) -> None:
    errand_id = await taken_on(town)
    window, centre = await town.staff("utility"), await town.staff("centre")
    path = f"/v1/staff/errands/{errand_id}/money"
    took = await window.post(path, {"rid": "1" * 32, "move": "taken", "amount_fen": 10000})
    assert took.json["receipt"] == "SD-S260410-0001"
    bare = await window.post(path, {"rid": "2" * 32, "move": "paid", "amount_fen": 8000})
    assert [wrong["field"] for wrong in bare.json["errors"]] == ["partner_receipt"]
    more = await window.post(path, {"rid": "3" * 32, "move": "returned", "amount_fen": 10001})
    assert (more.code, more.json["facts"]["held_fen"]) == ("money_not_balanced", "10000")
    paid = {"rid": "4" * 32, "move": "paid", "amount_fen": 8000, "partner_receipt": "水-1"}
    assert (await window.post(path, paid)).json["balance_fen"] == 2000

    wrong = await centre.post("/v1/staff/money-days", {"day": "2026-04-10", "counted_fen": 1999})
    assert (wrong.code, wrong.json["facts"]["difference_fen"]) == ("money_not_balanced", "-1")
    closed = await centre.post("/v1/staff/money-days", {"day": "2026-04-10", "counted_fen": 2000})
    assert (closed.status, closed.json["closed"]) == (201, True)
    shown = await window.get("/v1/staff/money-days?day=2026-04-10")
    assert [line["amount_fen"] for line in shown.json["entries"]] == [10000, 8000]


@pytest.mark.parametrize("login", ["power-partner", "social", "supervisor"])
async def test_others_may_not_work_on_it(town: Town, login: str) -> None:
    errand_id = await taken_on(town)
    stranger = await town.staff(login)
    answer = await act(stranger, errand_id, "suspend", version=3, note="等等")
    assert answer.status in (403, 404)


async def test_another_citizens_errand_is_not_there(town: Town) -> None:
    errand_id = await taken_on(town)
    other = await town.citizen(2)
    for path in (f"/v1/errands/{errand_id}", f"/v1/errands/{'0' * 32}"):
        answer = await other.get(path)
        assert (answer.status, answer.code) == (404, "errand_not_found")


async def test_the_queue_finds_by_number_and_filters_by_partner(town: Town) -> None:
    await taken_on(town)
    centre = await town.staff("centre")
    everything = await centre.get("/v1/staff/errands")
    (card,) = everything.json["errands"]
    found = await centre.get("/v1/staff/errands", params={"text": card["number"].lower()})
    assert [one["id"] for one in found.json["errands"]] == [card["id"]]
    none = await centre.get("/v1/staff/errands?partner=gas")
    assert none.json["errands"] == []


async def test_reading_a_number_in_full_wants_a_reason(town: Town) -> None:
    errand_id = await taken_on(town)
    window = await town.staff("utility")
    path = f"/v1/staff/errands/{errand_id}/applicant"
    full = await window.post(path, {"reason": "核对户主身份"})
    assert full.json["document_number"].startswith("43048119")
    assert (await window.post(path, {"reason": "x"})).code == "reason_required"


FORM = {
    "phone": "13800000001",
    "answers.service_address": "三都镇南庄村3组8号",
    "answers.use_kind": "home",
    "answers.had_water": "no",
    "answers.contact_phone": "13800000001",
}
CONSENTS = {"mandate": "yes", "mandate.valid_until": "2026-06-01", "sharing": "1"}


async def test_the_page_asks_for_an_errand_and_shows_it(town: Town) -> None:
    citizen = await town.citizen()
    item = town.item("SD-049")
    page = await citizen.page(f"/errands/new?item={item}")
    assert page.status == 200
    assert "委托书" in page.text
    assert "把信息交给公用企业" in page.text
    sent = await citizen.send("/errands/new", {"rid": "d" * 32, "item": item, **FORM, **CONSENTS})
    assert sent.status == 303, sent.text
    shown = await citizen.page(sent.headers["Location"])
    assert "已授权" in shown.text
    mine = await citizen.page("/errands")
    assert "水" in mine.text
    assert sent.headers["Location"] in mine.text


async def test_the_page_keeps_what_was_typed_and_says_all_that_is_wrong(town: Town) -> None:
    citizen = await town.citizen()
    form = {**FORM, "answers.contact_phone": "12", "answers.service_address": "", "mandate": "yes"}
    sent = await citizen.send(
        "/errands/new", {"rid": "e" * 32, "item": town.item("SD-049"), **form, "mandate.valid_until": ""}
    )
    assert sent.status == 422
    assert 'value="13800000001"' in sent.text


async def test_one_tick_of_the_two_is_pointed_out(town: Town) -> None:
    citizen = await town.citizen()
    form = {**FORM, "mandate": "yes", "mandate.valid_until": "2026-06-01"}
    sent = await citizen.send("/errands/new", {"rid": "e" * 32, "item": town.item("SD-049"), **form})
    assert sent.status == 422
    assert "还要单独同意把信息交给企业" in sent.text


async def test_the_page_signs_later_and_ends(town: Town) -> None:
    citizen = await town.citizen()
    item = town.item("SD-049")
    sent = await citizen.send("/errands/new", {"rid": "f" * 32, "item": item, **FORM})
    path = sent.headers["Location"]
    assert "签好了" in (await citizen.page(path)).text
    half = await citizen.send(f"{path}/consent", {"version": "1", "sharing": "1"})
    assert half.status == 422
    assert "还要同意委托书" in half.text
    signed = await citizen.send(f"{path}/consent", {"version": "1", **CONSENTS})
    assert signed.status == 303, signed.text
    stale = await citizen.send(f"{path}/end", {"version": "1", "note": "不办了"})
    assert stale.status == 409
    ended = await citizen.send(f"{path}/end", {"version": "2", "note": "不办了"})
    assert ended.status == 303
    assert "已终止" in (await citizen.page(path)).text


async def test_a_receipt_is_printed_for_its_owner_only(town: Town) -> None:
    errand_id = await taken_on(town)
    window, owner, other = await town.staff("utility"), await town.citizen(), await town.citizen(2)
    took = await window.post(
        f"/v1/staff/errands/{errand_id}/money", {"rid": "1" * 32, "move": "taken", "amount_fen": 12345}
    )
    page = await owner.page(f"/receipts/{took.json['id']}")
    assert "123.45" in page.text
    assert "SD-S260410-0001" in page.text
    assert (await other.page(f"/receipts/{took.json['id']}")).status == 404
    assert f"/receipts/{took.json['id']}" in (await owner.page(f"/errands/{errand_id}")).text


async def test_what_is_no_errand_has_no_form(town: Town) -> None:
    citizen = await town.citizen()
    assert (await citizen.page(f"/errands/new?item={town.item('SD-001')}")).status == 409
