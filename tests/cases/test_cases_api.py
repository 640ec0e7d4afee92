"""Cases over HTTP: the citizen's phone and the township's windows, each answer held against the contract."""

from typing import Any

import pytest

from tests.support.applications import application, counter_application, file
from tests.support.township import Caller, Town, id_number, identity


async def act(clerk: Caller, case_id: str, version: int, **command: Any) -> dict[str, Any]:
    answer = await clerk.post(f"/v1/staff/cases/{case_id}/actions", {"version": version, "command": command})
    assert answer.status == 200, answer.json
    return dict(answer.json)


@pytest.mark.plan(13, 47)
async def test_a_case_is_filed_on_the_phone_decided_at_the_hall_and_seen_on_the_phone(town: Town) -> None:
    citizen = await town.citizen()
    filed = (await file(town, citizen)).json
    window, office = await town.staff("social"), await town.staff("social-office")
    case_id = filed["case_id"]
    queue = await window.get("/v1/staff/cases", params={"state": "submitted"})
    assert [case["case_number"] for case in queue.json["cases"]] == [filed["case_number"]]
    assert queue.json["cases"][0]["applicant"] == "演**"
    view = await act(window, case_id, 1, action="accept")
    assert [line["action"] for line in view["actions"]] == ["first_review", "withdraw", "add_note"]
    await act(window, case_id, 2, action="first_review", note="材料属实，建议批准。")
    await act(office, case_id, 3, action="decide", outcome="granted", reference="三政救〔2026〕5号")
    await act(window, case_id, 4, action="make_ready")
    mine = await citizen.get(f"/v1/cases/{case_id}")
    assert (mine.json["state"], mine.json["outcome_label"]) == ("to_collect", "准予")
    assert all(event["actor_id"] == "" for event in mine.json["events"])
    await act(window, case_id, 5, action="deliver", method="window", proof="签收单 18")
    done = await act(window, case_id, 6, action="finish")
    assert (done["state"], done["version"]) == ("finished", 7)
    listed = await citizen.get("/v1/cases")
    assert [(case["id"], case["state_label"]) for case in listed.json["cases"]] == [(case_id, "已办结")]


@pytest.mark.plan(46)
async def test_an_instant_item_is_settled_at_the_counter_in_one_call(town: Town) -> None:
    window = await town.staff("social")
    taken = await window.post("/v1/staff/cases", counter_application(town, "SD-008"))
    assert taken.status == 201, taken.json
    settled = await window.post(
        f"/v1/staff/cases/{taken.json['case_id']}/settle", {"version": 1, "proof": "本人当场签收"}
    )
    assert settled.status == 200, settled.json
    assert settled.json["state"] == "finished"
    assert [event["action"] for event in settled.json["events"]][:3] == ["submit", "accept", "decide"]


async def test_a_notice_goes_to_the_phone_and_the_supplement_comes_back(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    asked = application(town, "SD-003")
    code = next(iter(asked["materials"]))
    filed = (
        await citizen.post("/v1/cases", {**asked, "materials": asked["materials"] | {code: "missing"}})
    ).json
    gap = {"code": code, "status": "missing", "how_to_fix": "请到窗口领空白表填写"}
    told = await act(window, filed["case_id"], 1, action="request_fix", gaps=[gap], days=5)
    assert told["notice"]["gaps"][0]["how_to_fix"] == "请到窗口领空白表填写"
    seen = (await citizen.get(f"/v1/cases/{filed['case_id']}")).json
    assert seen["notice"]["until"] == "2026-04-17"
    assert [line["action"] for line in seen["actions"]] == ["supplement", "withdraw"]
    back = await citizen.post(
        f"/v1/cases/{filed['case_id']}/supplement", {"version": 2, "materials": {code: "present"}}
    )
    assert (back.status, back.json["state"]) == (200, "submitted")


async def test_sending_an_application_twice_files_one_case(town: Town) -> None:
    citizen = await town.citizen()
    asked = application(town, "SD-003")
    first, second = [await citizen.post("/v1/cases", asked) for _ in range(2)]
    assert (first.json["created"], second.json["created"]) == (True, False)
    assert first.json["case_number"] == second.json["case_number"]
    other = await citizen.post("/v1/cases", {**asked, "phone": "13800000002"})
    assert (other.status, other.code) == (409, "idempotency_conflict")


async def test_another_persons_case_is_not_there(town: Town) -> None:
    filed = (await file(town, await town.citizen(1))).json
    other, land = await town.citizen(2), await town.staff("land")
    case_id = filed["case_id"]
    for path, caller in ((f"/v1/cases/{case_id}", other), (f"/v1/staff/cases/{case_id}", land)):
        answer = await caller.get(path)
        assert (answer.status, answer.code) == (404, "case_not_found")
    for path, body in (("supplement", {"version": 1, "materials": {}}), ("withdraw", {"version": 1})):
        answer = await other.post(f"/v1/cases/{case_id}/{path}", body)
        assert (answer.status, answer.code) == (404, "case_not_found")
    assert (await other.get("/v1/cases")).json["cases"] == []
    assert (await other.get(f"/v1/staff/cases/{case_id}")).status == 403
    assert (await town.anyone.get(f"/v1/cases/{case_id}")).status == 401


async def test_without_identity_or_consent_nothing_is_filed(town: Town) -> None:
    stranger = await town.citizen(3, identified=False)
    refused = await stranger.post("/v1/cases", application(town, "SD-003"))
    assert (refused.status, refused.code) == (409, "consent_missing")


async def test_filing_for_somebody_else_makes_the_citizen_the_agent(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    mother = {"name": "演示母亲", "document_number": id_number(77), "phone": "13800000077"}
    asked = application(town, "SD-003") | {
        "on_behalf": {
            "applicant": mother,
            "relation": "relative",
            "scope": "申请临时救助",
            "valid_until": "2026-06-30",
            "method": "亲笔签名",
        }
    }
    filed = await citizen.post("/v1/cases", asked)
    assert filed.status == 201, filed.json
    view = (await window.get(f"/v1/staff/cases/{filed.json['case_id']}")).json
    assert (view["applicant"]["name"], view["agent"], view["relation_label"]) == ("演**", "演**", "近亲属")
    full = await window.post(f"/v1/staff/cases/{filed.json['case_id']}/applicant", {"reason": "核对户口簿"})
    assert full.json["name"] == "演示母亲"
    myself = identity(1)
    asked["on_behalf"]["applicant"] = {
        "name": "演示甲",
        "document_number": myself["document_number"],
        "phone": "13800000001",
    }
    wrong = await citizen.post("/v1/cases", {**asked, "rid": "f" * 32})
    assert [error["field"] for error in wrong.json["errors"]] == ["mandate.agent_document_number"]


async def test_reading_an_applicant_in_full_leaves_a_row_and_wants_a_reason(town: Town) -> None:
    filed = (await file(town, await town.citizen())).json
    window, centre = await town.staff("social"), await town.staff("centre")
    path = f"/v1/staff/cases/{filed['case_id']}/applicant"
    assert (await window.post(path, {"reason": "  "})).status == 422
    assert (await centre.post(path, {"reason": "看看"})).status == 403
    full = await window.post(path, {"reason": "核对存折户名"})
    assert full.json["document_number"] == identity(1)["document_number"]
    rows = await town.office.audit.about(town.tenant_id, "case", filed["case_id"])
    assert [(row.action, row.reason) for row in rows] == [("read_identity", "核对存折户名")]


async def test_the_queue_finds_a_person_by_their_number_and_counts_what_is_open(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    first = (await file(town, citizen)).json
    await file(town, citizen, "SD-004", number=2)
    by_number = await window.get("/v1/staff/cases", params={"text": first["case_number"].lower()})
    assert [case["id"] for case in by_number.json["cases"]] == [first["case_id"]]
    by_code = await window.get("/v1/staff/cases", params={"text": first["tracking_code"]})
    assert [case["id"] for case in by_code.json["cases"]] == [first["case_id"]]
    document = identity(1)["document_number"]
    by_person = await window.post("/v1/staff/cases/search", {"text": document})
    assert len(by_person.json["cases"]) == 2
    in_the_address = await window.get("/v1/staff/cases", params={"text": document})
    assert (in_the_address.status, in_the_address.json["errors"][0]["field"]) == (422, "text")
    nobody = await window.get("/v1/staff/cases", params={"text": "没有这个"})
    assert nobody.json["cases"] == []
    counts = await window.get("/v1/staff/cases/counts")
    assert [(one["state"], one["total"]) for one in counts.json["states"]] == [("submitted", 2)]


async def test_a_page_of_the_queue_leads_to_the_next(town: Town) -> None:
    citizen, window = await town.citizen(), await town.staff("social")
    for number in range(3):
        await file(town, citizen, number=number)
    page = (await window.get("/v1/staff/cases", params={"limit": "2"})).json
    rest = (await window.get("/v1/staff/cases", params={"limit": "2", "cursor": page["next"]})).json
    assert len({case["id"] for case in [*page["cases"], *rest["cases"]]}) == 3
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"surprise": 1}, 422),
        ({"rid": "not hex"}, 422),
        ({"item_id": "0" * 32}, 404),
        ({"answers": []}, 422),
        ({"answers": {"happened_on": {"deep": [1]}}}, 422),
        ({"materials": {"id": "perhaps"}}, 422),
        ({"phone": 13800000001}, 422),
        ({"situation": "\u0000"}, 400),
        ({"answers": {"what_happened": "\ud800"}}, 400),
    ],
)
async def test_bad_input_is_refused_with_a_sentence_and_writes_nothing(
    town: Town, change: dict[str, Any], status: int
) -> None:
    citizen = await town.citizen()
    refused = await citizen.post("/v1/cases", application(town, "SD-003") | change)
    assert refused.status == status, refused.json
    assert refused.json["title"]
    assert (await citizen.get("/v1/cases")).json["cases"] == []


async def test_a_command_with_the_wrong_facts_is_refused_by_field(town: Town) -> None:
    filed = (await file(town, await town.citizen())).json
    window = await town.staff("social")
    path = f"/v1/staff/cases/{filed['case_id']}/actions"
    for command, status in (
        ({"action": "fly"}, 422),
        ({"action": "accept", "outcome": "granted"}, 422),
        ({"action": "request_fix", "gaps": [], "days": 5}, 422),
        ({"action": "first_review"}, 409),
        ({"action": "void", "note": "重复"}, 403),
        ({"action": "propose_refusal", "basis": "行政许可法第三十二条"}, 422),
    ):
        answer = await window.post(path, {"version": 1, "command": command})
        assert answer.status == status, (command, answer.json)
    stale = await window.post(path, {"version": 9, "command": {"action": "accept"}})
    assert (stale.status, stale.code) == (409, "case_moved")
