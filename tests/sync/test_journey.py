"""The village's case, from the offline slip to the citizen's phone: real node, real township."""

from api_spec.vocabulary import CaseState
from tests.support.township import Town
from tests.sync.conftest import VillagePc


async def test_a_case_filed_offline_is_decided_in_the_township_and_its_progress_comes_back(
    pc: VillagePc, town: Town
) -> None:
    entry = await pc.file()
    assert await pc.told(entry) is None
    before = await town.anyone.get(f"/v1/progress/{entry.tracking_code}")
    assert before.json["kind"] == "not_received"

    await pc.sync.until_quiet()
    assert await pc.waiting() == 0
    received = await pc.told(entry)
    assert received is not None
    assert (received.number, received.code) == (entry.case_number, entry.tracking_code)
    assert received.state == CaseState.SUBMITTED

    clerk = await town.staff("agriculture")
    queue = await clerk.get("/v1/staff/cases")
    [card] = [card for card in queue.json["cases"] if card["case_number"] == entry.case_number]
    settled = await clerk.post(
        f"/v1/staff/cases/{card['id']}/actions",
        {"version": card["version"], "command": {"action": "accept"}},
    )
    assert settled.status == 200, settled.json

    await pc.sync.until_quiet()
    accepted = await pc.told(entry)
    assert accepted is not None
    assert accepted.state == CaseState.ACCEPTED
    shown = await town.anyone.get(f"/v1/progress/{entry.tracking_code}")
    assert shown.json["state"] == CaseState.ACCEPTED
