"""A village without a network: enrolled by two files, and revoked computers that go on under a new number."""

import secrets
from pathlib import Path

import aiohttp
import pytest

from api_spec import enrol_file
from api_spec.enrol_file import BadFile
from tests.support.township import Town
from tests.sync.conftest import KEY, Opener, one_time_code, open_pc
from tests.sync.test_custody import station
from village_node.access import enrolment
from village_node.access.enrolment import AlreadyEnrolled
from village_node.access.keys import KeyFolder
from village_node.journal import Journal
from village_node.storage.database import Database
from village_node.sync.line import LineDown, Reply, Send
from village_node.sync.township import Failed


async def nowhere(*_: object) -> Reply:
    raise LineDown("no network here")


async def asked(folder: Path, code: str) -> str:
    """What a new computer writes into 登记申请.bmt."""
    database = await Database.open(folder / "node.db", key=KEY.file_key)
    keys = KeyFolder(folder / "keys", KEY)
    request = await enrolment.request_for(database, keys, token=code, fresh_epoch=secrets.token_hex(8))
    await database.close()
    return enrol_file.write_request(request)


async def answered(town: Town, text: str, *, as_file: bool = True) -> bytes:
    keeper = await town.staff("director")
    form = aiohttp.FormData()
    if as_file:
        form.add_field("file", text.encode(), filename="登记申请.bmt")
    form.add_field("text", "" if as_file else text, content_type="text/plain")
    shown = await keeper.send("/staff/enrolment-file", form)
    if shown.status != 200:
        raise BadFile(shown.text)
    return shown.body


async def taken(folder: Path, data: bytes) -> None:
    database = await Database.open(folder / "node.db", key=KEY.file_key)
    try:
        await enrolment.take_file(database, KeyFolder(folder / "keys", KEY), data, now_ms=0)
    finally:
        await database.close()


@pytest.mark.parametrize("as_file", [True, False], ids=["file", "scanned"])
async def test_a_computer_that_never_saw_a_network_takes_cases_at_once(
    town: Town, line: Send, tmp_path: Path, *, as_file: bool
) -> None:
    text = await asked(tmp_path, await one_time_code(town))
    answer = await answered(town, text, as_file=as_file)
    assert b"receipt_key" not in answer
    await taken(tmp_path, answer)
    pc = await open_pc(tmp_path, nowhere)
    entry = await pc.file()
    with pytest.raises(Failed):
        await pc.sync.until_quiet()
    await pc.database.close()
    pc = await open_pc(tmp_path, line)
    await pc.keep_trying()
    assert await pc.told(entry) is not None
    await pc.database.close()


async def test_damaged_and_foreign_files_are_refused_on_both_sides(town: Town, tmp_path: Path) -> None:
    code = await one_time_code(town)
    text = await asked(tmp_path / "a", code)
    for bad in (
        text[:-5],
        text[:80],
        "BMTA1:",
        "",
        text.replace("BMTA1", "GT1"),
        text[:100] + "A" + text[101:],
    ):
        with pytest.raises(BadFile, match="不是完整的登记申请文件"):
            await answered(town, bad)
    answer = await answered(town, text)
    assert await answered(town, text), "the same computer may ask again"
    changed = bytearray(answer)
    changed[len(answer) // 2] ^= 1
    for bad_answer in (answer[:-1], answer[:40], b"", bytes(changed), text.encode()):
        with pytest.raises(BadFile):
            await taken(tmp_path / "a", bad_answer)
    other = await asked(tmp_path / "b", await one_time_code(town, place=1))
    assert other
    with pytest.raises(BadFile):
        await taken(tmp_path / "b", answer)
    await taken(tmp_path / "a", answer)
    with pytest.raises(AlreadyEnrolled):
        await taken(tmp_path / "a", answer)
    with pytest.raises(BadFile, match="登记码"):
        await answered(town, await asked(tmp_path / "c", code))


async def revoke(town: Town, number: int) -> None:
    admin = await town.staff("admin")
    gone = await admin.post(f"/v1/staff/nodes/{number}/revoke", {"reason": "电脑被盗"})
    assert gone.status == 204


async def test_a_revoked_computer_says_so_and_goes_on_under_a_new_number_with_all_it_has(
    town: Town, line: Send, computers: Opener
) -> None:
    pc = await computers()
    first = await pc.file()
    await pc.keep_trying()
    await revoke(town, pc.number)
    second = await pc.file(name="欧阳雪")
    await pc.keep_trying()
    with pytest.raises(Failed):
        await pc.sync.until_quiet()
    third = await pc.file(name="段小山")
    old = pc.number
    trouble = (await Journal(pc.database).contact()).trouble
    await pc.database.close()
    assert trouble == "revoked"

    async with station(pc.folder, line) as running:
        with pytest.raises(Failed):
            await running.enrol_again("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A", fresh_epoch=secrets.token_hex(8))
        answer = await running.enrol_again(await one_time_code(town), fresh_epoch=secrets.token_hex(8))
        assert answer.node != old
        assert running.renewed.is_set()
        with pytest.raises(Failed):
            await running.sync.until_quiet()
    pc = await open_pc(pc.folder, line)
    await pc.keep_trying()
    await pc.sync.until_quiet()
    assert pc.number == answer.node
    centre = await town.staff("centre")
    held = (await centre.get("/v1/staff/held")).json["items"]
    for entry in (first, third):
        told = await pc.told(entry)
        assert told is not None, held
        assert told.code == entry.tracking_code
    [aside] = held
    assert aside["reason"] == "E_KEY_REVOKED"
    assert await pc.told(second) is not None, "it came in force by the new number"
    twice = await centre.post(f"/v1/staff/held/{aside['id']}/accept")
    assert twice.status == 409, "and is not taken a second time"
    shown = await (await town.staff("agriculture")).send("/staff/proof", {"receipt": first.slip.proof})
    assert "是真回执" in shown.text
    await pc.database.close()


async def test_a_lost_answer_to_a_new_enrolment_is_asked_for_again(
    town: Town, line: Send, computers: Opener
) -> None:
    pc = await computers()
    await pc.file()
    await revoke(town, pc.number)
    await pc.database.close()
    code = await one_time_code(town)

    async def losing(*request: object) -> Reply:
        reply = await line(*request)  # type: ignore[arg-type] # passed on as it came
        if request[1] == "/sync/1/enrol":
            raise LineDown("answer lost")
        return reply

    async with station(pc.folder, losing) as running:
        with pytest.raises(Failed):
            await running.enrol_again(code, fresh_epoch=secrets.token_hex(8))
    async with station(pc.folder, line) as running:
        await running.enrol_again(code, fresh_epoch=secrets.token_hex(8))
    pc = await open_pc(pc.folder, line)
    await pc.keep_trying()
    await pc.database.close()
