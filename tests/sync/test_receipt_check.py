"""The second QR code of a village slip, scanned at the township's window: real node, real township."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import receipt_qr
from api_spec.receipt_qr import PREFIX, Receipt, base45, unbase45
from tests.support.township import Answer, Caller, Town
from tests.sync.conftest import VillagePc


@pytest.fixture
async def window(town: Town) -> Caller:
    return await town.staff("agriculture")


async def scan(window: Caller, text: str) -> Answer:
    answer = await window.send("/staff/proof", {"receipt": text})
    assert answer.status == 200
    return answer


def signed(pc: VillagePc, **changed: object) -> str:
    """A receipt this computer never printed, under its own key unless `key` is given."""
    claims: dict[str, object] = {
        "item": "SD-018",
        "record_head": bytes(8),
        "node_at_s": 1_775_800_000,
        "serial": pc.enrolment.serial,
    }
    key = changed.pop("key", pc.keys.own_keys().signing)
    return receipt_qr.write(Receipt(**{**claims, **changed}), key)  # type: ignore[arg-type] # a handful of known names


async def test_a_receipt_is_genuine_before_and_after_its_case_arrives(pc: VillagePc, window: Caller) -> None:
    entry = await pc.file()
    before = await scan(window, entry.slip.proof + "\r\n")
    assert "是真回执" in before.text
    assert pc.enrolment.answer.village_name in before.text
    assert "村里电脑时间 未核实" in before.text
    assert "还没有收到" in before.text

    await pc.sync.until_quiet()
    after = await scan(window, entry.slip.proof)
    assert "已收到" in after.text
    assert entry.case_number in after.text
    assert "梁小满" not in after.text


async def test_one_flipped_bit_is_no_longer_genuine(pc: VillagePc, window: Caller) -> None:
    proof = (await pc.file()).slip.proof
    good = unbase45(proof.removeprefix(PREFIX))
    for place in (3, len(good) // 3, len(good) - 1):
        bent = bytearray(good)
        bent[place] ^= 1
        answer = await scan(window, PREFIX + base45(bytes(bent)))
        assert "不能认定是真回执" in answer.text
        assert "是真回执，由" not in answer.text


async def test_a_forger_with_a_key_of_his_own_is_found_out(pc: VillagePc, window: Caller) -> None:
    code = (await pc.file()).tracking_code
    forged = signed(pc, code=code, key=Ed25519PrivateKey.generate())
    assert "签名对不上" in (await scan(window, forged)).text


@pytest.mark.parametrize("serial", [7, 2**64 - 1, -(2**63)])
async def test_a_computer_nobody_enrolled_is_not_ours(pc: VillagePc, window: Caller, serial: int) -> None:
    code = (await pc.file()).tracking_code
    assert "不是本镇" in (await scan(window, signed(pc, code=code, serial=serial))).text


async def test_a_time_no_calendar_has_breaks_nothing(pc: VillagePc, window: Caller) -> None:
    code = (await pc.file()).tracking_code
    answer = await scan(window, signed(pc, code=code, node_at_s=2**62))
    assert "不能认定是真回执" in answer.text


@pytest.mark.parametrize("text", ["", "https://sandu.test/c/1", "GT1:", "GT1:###", "GT2:ABC"])
async def test_another_code_is_told_apart(window: Caller, text: str) -> None:
    assert "不是村里回执上的防伪码" in (await scan(window, text)).text


async def test_a_revoked_computers_receipt_says_since_when(pc: VillagePc, town: Town, window: Caller) -> None:
    entry = await pc.file()
    director = await town.staff("director")
    await director.send(f"/staff/nodes/{pc.number}/revoke", {"reason": "电脑丢了"})
    answer = await scan(window, entry.slip.proof)
    assert "是真回执" in answer.text
    assert "停用" in answer.text


async def test_only_the_hall_verifies(town: Town) -> None:
    for login, status in (("social-leader", 200), ("centre", 200), ("director", 200), ("auditor", 403)):
        assert (await (await town.staff(login)).page("/staff/proof")).status == status, login
