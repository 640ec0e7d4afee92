"""How a computer becomes a village's, and how it stops being one."""

import secrets
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import certificate, coding, feed, sync, tracking_code
from api_spec.feed import CaseRow, CatalogueRow
from api_spec.records import HeldReason
from api_spec.sync import EnrolAnswer, PullAsk, PushStatus
from tests.support.township import Town
from tests.sync import wire
from tests.sync.conftest import one_time_code, village_id
from tests.sync.wire import Wire


async def test_a_new_computer_gets_number_certificate_keys_and_catalogue(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    told = node.told
    certificate.verify_certificate(told.certificate, told.county_key)
    assert told.certificate.sign_key == node.key.public_key().public_bytes_raw()
    assert told.manifest
    certificate.verify_manifest(told.manifest, told.county_key)
    village = (await town.office.catalogue.villages(town.tenant_id))[0]
    assert (told.village, told.village_name, told.county) == (village.code, village.name, village.code[:6])
    assert told.numbers.prefix == "SD"
    assert told.public_base_url == "https://sandu.test"


async def test_the_pack_in_the_manifest_is_served_by_its_hash(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    assert node.told.manifest
    path = f"{sync.CATALOGUE_PATH}/{node.told.manifest.pack}"
    whole = await node.send(b"", method="GET", path=path, encoding="")
    assert (whole.status, len(whole.body)) == (200, node.told.manifest.size)
    part = await node.send(b"", method="GET", path=path, encoding="", headers={"Range": "bytes=100-199"})
    assert part.status == 206
    assert part.body == whole.body[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.body)}"
    packed = await node.send(b"", method="GET", path=path, encoding="", headers={"Accept-Encoding": "zstd"})
    assert coding.unpack(packed.body, packed.headers["Content-Encoding"]) == whole.body
    absent = await node.send(b"", method="GET", path=f"{sync.CATALOGUE_PATH}/{'0' * 64}", encoding="")
    assert absent.status == 404


async def test_a_code_serves_one_computer_and_that_one_again_when_the_answer_was_lost(town: Town) -> None:
    token, key, epoch = await one_time_code(town), Ed25519PrivateKey.generate(), secrets.token_hex(8)
    first = await wire.ask_to_enrol(town.client, token, key=key, epoch=epoch)
    again = await wire.ask_to_enrol(town.client, token, key=key, epoch=epoch)
    one, two = (sync.decode(each.body, EnrolAnswer) for each in (first, again))
    assert (one.node, one.receipt_key, one.numbers) == (two.node, two.receipt_key, two.numbers)
    other = await wire.ask_to_enrol(
        town.client, token, key=Ed25519PrivateKey.generate(), epoch=secrets.token_hex(8)
    )
    assert (other.status, other.code) == (403, "enrolment_invalid")


async def test_a_code_may_be_typed_in_any_case_with_or_without_hyphens(town: Town) -> None:
    token = (await one_time_code(town)).replace("-", " ").lower().replace("0", "o").replace("1", "l")
    await wire.enrol(town.client, token)


async def test_a_code_ends_after_seven_days_of_the_townships_clock(town: Town) -> None:
    early, late = await one_time_code(town), await one_time_code(town)
    key, epoch = Ed25519PrivateKey.generate(), secrets.token_hex(8)
    town.clock.advance(timedelta(days=7) - timedelta(minutes=1))
    assert (await wire.ask_to_enrol(town.client, early, key=key, epoch=epoch)).status == 200
    town.clock.advance(timedelta(minutes=1))
    refused = await wire.ask_to_enrol(town.client, late, key=key, epoch=epoch)
    assert (refused.status, refused.code) == (403, "enrolment_invalid")


@pytest.mark.parametrize("changed", [{"alg": "sm2-sm3"}, {"proto": 2}])
async def test_another_protocol_or_algorithm_is_refused_and_costs_no_code(
    town: Town, changed: dict[str, object]
) -> None:
    token, key = await one_time_code(town), Ed25519PrivateKey.generate()
    refused = await wire.ask_to_enrol(town.client, token, key=key, epoch=secrets.token_hex(8), **changed)
    assert refused.code == "enrolment_invalid"
    assert (await wire.ask_to_enrol(town.client, token, key=key, epoch=secrets.token_hex(8))).status == 200


async def test_a_made_up_code_is_refused(town: Town) -> None:
    refused = await wire.ask_to_enrol(
        town.client, "0" * 26, key=Ed25519PrivateKey.generate(), epoch=secrets.token_hex(8)
    )
    assert (refused.status, refused.code) == (403, "enrolment_invalid")


async def test_whoever_does_not_hold_the_key_it_shows_is_refused(town: Town) -> None:
    token, key = await one_time_code(town), Ed25519PrivateKey.generate()
    refused = await wire.ask_to_enrol(
        town.client, token, key=key, epoch=secrets.token_hex(8), proof=bytes(64)
    )
    assert (refused.status, refused.code) == (401, "signature_invalid")


async def test_only_keepers_make_codes_and_only_for_their_own_villages(town: Town) -> None:
    path = f"/v1/staff/villages/{await village_id(town)}/enrolment-codes"
    assert (await (await town.staff("agriculture")).post(path)).status == 403
    assert (await town.anyone.post(path)).status == 401
    admin = await town.staff("admin")
    assert (await admin.post(f"/v1/staff/villages/{'f' * 32}/enrolment-codes")).status == 404


async def test_number_blocks_are_never_shared(town: Town) -> None:
    nodes = [await wire.enrol(town.client, await one_time_code(town, place=place)) for place in range(5)]
    assert len({node.told.numbers.block for node in nodes}) == 5
    assert len({node.node for node in nodes}) == 5


async def test_a_villages_next_computer_is_told_what_the_one_before_knew(town: Town) -> None:
    old = await wire.enrol(town.client, await one_time_code(town))
    case = old.case()
    old.write(case)
    await old.push()
    new = await wire.enrol(town.client, await one_time_code(town))
    page = (await new.push()).pull
    assert page
    rows = [feed.find_row(bytes(entry.row)) for entry in page.rows]
    assert [row.rid for row in rows if isinstance(row, CaseRow)] == [case.rid]
    assert [type(row) for row in rows].count(CatalogueRow) == 1


async def revoke(town: Town, node: Wire) -> None:
    admin = await town.staff("admin")
    gone = await admin.post(f"/v1/staff/nodes/{node.node}/revoke", {"reason": "电脑被盗"})
    assert gone.status == 204, gone.json


async def test_a_revoked_computer_fetches_nothing_and_what_it_sends_is_held(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    await revoke(town, node)
    idle = await node.exchange(node.request())
    assert (idle.status, idle.code) == (403, "node_revoked")
    assert node.told.manifest
    pack = await node.send(
        b"", method="GET", path=f"{sync.CATALOGUE_PATH}/{node.told.manifest.pack}", encoding=""
    )
    assert pack.status == 403
    node.write(node.case())
    answer = await node.push(pull=PullAsk())
    assert (answer.push.status, answer.push.upto) == (PushStatus.OK, 1)
    assert answer.push.held == ((1, HeldReason.KEY_REVOKED.value),)
    assert answer.pull is None


async def test_a_computer_is_revoked_once_and_by_its_own_township(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    await revoke(town, node)
    admin = await town.staff("admin")
    again = await admin.post(f"/v1/staff/nodes/{node.node}/revoke", {"reason": "电脑被盗"})
    assert again.status == 404
    assert (await admin.post("/v1/staff/nodes/x/revoke", {"reason": "电脑被盗"})).status == 404


async def test_a_slip_is_genuine_before_its_case_has_come_and_a_made_up_one_is_not(town: Town) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    case = node.case()
    shown = await town.anyone.get(f"/v1/progress/{case.body.code}")
    assert (shown.status, shown.json["kind"], shown.json["place"]) == (
        200,
        "not_received",
        node.told.village_name,
    )
    forged = tracking_code.mint(node.node, 5, key=b"f" * 32).text
    assert (await town.anyone.get(f"/v1/progress/{forged}")).status == 404
    centre = await town.staff("centre")
    orphans = await centre.get("/v1/staff/orphan-receipts")
    assert [each["tracking_code"] for each in orphans.json["items"]] == [case.body.code]
    node.write(case)
    await node.push()
    assert (await town.anyone.get(f"/v1/progress/{case.body.code}")).json["kind"] == "case"
    assert (await centre.get("/v1/staff/orphan-receipts")).json["items"] == []
