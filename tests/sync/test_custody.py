"""Keys of a village computer that change hands, with the real township: take-over codes and the next signing key."""

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from api_spec import certificate, paper_code
from api_spec.problems import BadInput
from api_spec.records import HeldReason
from api_spec.sync import ESCROW_PURPOSE
from tests.support.township import Town
from tests.sync.conftest import KEY, Opener, open_pc
from tests.village_node.conftest import CHEAP, Time, add_clerk
from village_node.access.cabinet import KeyCabinet
from village_node.access.clerks import LoginTaken, Sessions
from village_node.access.custody import KEY_LIFE
from village_node.access.door import Account, Door, WrongCode
from village_node.access.keys import KeyFolder
from village_node.access.tries import TooManyTries, Tries
from village_node.settings import Settings
from village_node.station import Opened, Station, open_station
from village_node.sync.line import LineDown, Reply, Send
from village_node.sync.township import Failed

WANG = Account("wang", "王新代办")
PASSWORD = "guan-qiao-9"


@asynccontextmanager
async def station(folder: Path, send: Send, opened: Opened | None = None) -> AsyncIterator[Station]:
    time = Time()
    settings = Settings(data=folder, township="https://bmt.example.cn")
    tries = Tries(settings.tries, time.clock.monotonic)
    mine = opened or Opened(
        key=KEY,
        cabinet=KeyCabinet(settings.cabinet, CHEAP),
        tries=tries,
        sessions=Sessions(time.clock.monotonic),
    )
    async with open_station(
        settings, send, opened=mine, clock=time.clock, hasher=CHEAP, chance=lambda: 0.5
    ) as running:
        yield running


def door(folder: Path, time: Time | None = None) -> Door:
    settings = Settings(data=folder, township="https://bmt.example.cn")
    return Door(settings, hasher=CHEAP, clock=(time or Time()).clock)


@pytest.fixture
async def folder(computers: Opener) -> Path:
    """An enrolled computer with one case on it that has not gone up, and a clerk who is about to leave; closed."""
    pc = await computers()
    await pc.file()
    await pc.database.close()
    await add_clerk(pc.folder, "li", "李代办", password="shan-lu-1")
    return pc.folder


async def hand_over_code(town: Town, number: int, mark: str = "") -> str:
    director = await town.staff("director")
    page = await director.page(f"/staff/nodes/{number}/hand-over")
    assert "发接任码" in page.text
    shown = await director.send(f"/staff/nodes/{number}/hand-over", {"reason": "李代办离任", "mark": mark})
    assert shown.status == 200, shown.text
    found = re.search(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", shown.text)
    assert found, shown.text
    return found[0]


async def test_a_new_clerk_takes_over_without_a_line_and_the_code_works_once(
    town: Town, line: Send, folder: Path
) -> None:
    async with station(folder, line) as running:
        number = running.enrolment.node
        await running.sync.until_quiet()
        await running.sync.until_quiet()
        mark, escrowed = await running.custody.mark()
        assert escrowed
    locked = door(folder)
    assert locked.cabinet.hand_over_mark() == mark
    code = await hand_over_code(town, number)
    entered = await locked.take_over(code.lower(), WANG, password=PASSWORD, alone=False)
    assert entered.clerk is not None
    assert entered.clerk.name == "王新代办"
    with pytest.raises(WrongCode):
        await door(folder).take_over(code, Account("zhao", "赵代办"), password=PASSWORD, alone=False)
    assert await door(folder).sign_in("wang", PASSWORD) is not None
    assert await door(folder).sign_in("li", "shan-lu-1") is not None, "the old clerks keep their access"
    async with station(folder, line, entered.opened) as running:
        entries = await running.register.between(0, 10**14)
        assert [entry.clerk_name for entry in entries] == ["李代办"], "old records keep their author"
        await running.sync.until_quiet()
        fresh, escrowed = await running.custody.mark()
        assert escrowed
        assert fresh != mark
    again = await hand_over_code(town, number)
    assert again != code
    assert await door(folder).take_over(again, Account("zhao", "赵代办"), password=PASSWORD, alone=False)


async def test_the_old_clerks_access_can_end_with_the_take_over(town: Town, line: Send, folder: Path) -> None:
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        await running.sync.until_quiet()
        number = running.enrolment.node
    code = await hand_over_code(town, number)
    await door(folder).take_over(code, WANG, password=PASSWORD, alone=True)
    assert await door(folder).sign_in("li", "shan-lu-1") is None
    entered = await door(folder).sign_in("wang", PASSWORD)
    assert entered is not None
    async with station(folder, line, entered.opened) as running:
        assert await running.clerks.sign_in("li", "shan-lu-1") is None


async def test_a_wrong_code_opens_nothing_a_slip_is_named_and_guessing_is_slowed(
    town: Town, line: Send, folder: Path
) -> None:
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        await running.sync.until_quiet()
        number = running.enrolment.node
    code = await hand_over_code(town, number)
    slip = code[:-1] + ("A" if code[-1] != "A" else "B")
    with pytest.raises(BadInput):
        await door(folder).take_over(slip, WANG, password=PASSWORD, alone=False)
    other = paper_code.write(b"x" * 16, purpose=ESCROW_PURPOSE)
    time = Time()
    locked = door(folder, time)
    for _ in range(5):
        with pytest.raises(WrongCode):
            await locked.take_over(other, WANG, password=PASSWORD, alone=False)
    with pytest.raises(TooManyTries):
        await locked.take_over(code, WANG, password=PASSWORD, alone=False)
    time.pass_by(timedelta(minutes=5))
    with pytest.raises(LoginTaken):
        await locked.take_over(code, Account("li", "别人"), password=PASSWORD, alone=False)
    assert await locked.take_over(code, WANG, password=PASSWORD, alone=False)


async def test_only_keepers_of_the_own_township_give_codes_out_and_each_is_in_the_audit_log(
    town: Town, line: Send, folder: Path
) -> None:
    async with station(folder, line) as running:
        number = running.enrolment.node
    centre, director = await town.staff("centre"), await town.staff("director")
    form = {"reason": "李代办离任"}
    assert (await centre.send(f"/staff/nodes/{number}/hand-over", form)).status == 403
    early = await director.send(f"/staff/nodes/{number}/hand-over", form)
    assert early.status == 422
    assert "没有在镇里存过接任码" in early.text
    assert (await director.send("/staff/nodes/999999/hand-over", form)).status == 404
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        await running.sync.until_quiet()
    assert (await director.send(f"/staff/nodes/{number}/hand-over", {"reason": ""})).status == 422
    code = await hand_over_code(town, number)
    entries = await town.office.audit.about(town.tenant_id, "node", str(number))
    [given] = [entry for entry in entries if entry.facts.get("step") == "hand_over_code"]
    assert given.reason == "李代办离任"
    assert code not in repr(entries)
    page = await director.page(f"/staff/nodes/{number}/hand-over")
    assert "发过" in page.text
    assert code not in page.text


class Losing:
    """The line to a township that loses one message: the request, or the answer to it."""

    def __init__(self, send: Send, lost: int, *, answer: bool) -> None:
        self._send, self._lost, self._answer = send, lost, answer
        self.seen = 0

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.seen += 1
        if self.seen == self._lost and not self._answer:
            raise LineDown("request lost")
        reply = await self._send(method, path, headers, body)
        if self.seen == self._lost:
            raise LineDown("answer lost")
        return reply


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("answer", [False, True], ids=["request", "answer"])
@pytest.mark.parametrize("lost", range(8))
async def test_the_signing_key_changes_whichever_message_is_lost(
    line: Send, folder: Path, lost: int, *, answer: bool
) -> None:
    flaky = Losing(line, lost, answer=answer)
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        await running.custody.want_new_key()
        before = running.enrolment.serial
    changed = False
    for _ in range(12):
        async with station(folder, flaky) as running:
            try:
                await running.sync.until_quiet()
            except Failed:
                continue
            changed = running.enrolment.serial != before
            if changed:
                break
    assert changed
    async with station(folder, line) as running:
        told = running.enrolment.answer.certificate
        certificate.verify_certificate(told, running.enrolment.answer.county_key)
        own = KeyFolder(folder / "keys", KEY)
        assert told.sign_key == own.own_keys().signing_public
        assert own.find_next_signing() is None
        await running.sync.until_quiet()
        assert (await running.outbox.stream()).waiting == 0


async def test_a_key_is_changed_once_a_year_by_the_townships_clock(
    town: Town, line: Send, folder: Path
) -> None:
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        await running.sync.until_quiet()
        assert not running.renewed.is_set()
    town.clock.advance(KEY_LIFE + timedelta(days=1))
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        await running.sync.until_quiet()
        assert running.renewed.is_set()


async def test_slips_signed_with_the_old_key_are_still_genuine_after_the_change(
    town: Town, line: Send, folder: Path
) -> None:
    async with station(folder, line) as running:
        [entry] = await running.register.between(0, 10**14)
        await running.sync.until_quiet()
        await running.custody.want_new_key()
        await running.sync.until_quiet()
    async with station(folder, line) as running:
        await running.sync.until_quiet()
        assert running.renewed.is_set() is False
    window = await town.staff("agriculture")
    assert "是真回执" in (await window.send("/staff/proof", {"receipt": entry.slip.proof})).text


async def test_what_a_copy_signs_with_a_replaced_key_is_held_not_lost(
    town: Town, line: Send, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    async with station(folder, line) as running:
        await running.custody.want_new_key()
        await running.sync.until_quiet()
        await running.sync.until_quiet()
    async with station(folder, line) as running:
        await running.sync.until_quiet()
    copy = await open_pc(tmp_path / "copy", line)
    await copy.file(name="梁后补")
    with suppress(Failed):
        await copy.keep_trying()
    assert await copy.waiting() == 0
    await copy.database.close()
    centre = await town.staff("centre")
    held = await centre.get("/v1/staff/held")
    assert [each["reason"] for each in held.json["items"]] == [HeldReason.KEY_REVOKED.value]
