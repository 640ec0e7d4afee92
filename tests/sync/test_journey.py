"""The village's case, from the offline slip to the citizen's phone: real node, real township."""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from api_spec.china_time import day_in_china
from api_spec.feed import ClerkRow
from api_spec.vocabulary import CaseState, Role
from backend import db
from backend.actors import system
from backend.ids import new_id
from backend.people.service import Post
from tests.support.township import Town
from tests.sync.conftest import Opener, VillagePc, open_pc, village_id
from tests.village_node.township import losing_answers, losing_requests
from village_node.desk.register import Entry
from village_node.sync.line import Send
from village_node.sync.township import Failed


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


async def test_a_line_cut_before_or_after_the_township_acted_loses_and_doubles_nothing(
    computers: Opener, line: Send
) -> None:
    for name, cut in (("before", losing_requests), ("after", losing_answers)):
        pc = await computers(name, send=cut(line, 0))
        broken = await open_pc(pc.folder, cut(line, 4))
        entries = [await broken.file() for _ in range(3)]
        await broken.keep_trying()
        assert await numbers_of(entries) == sorted(entry.case_number for entry in entries)
        await broken.database.close()


async def test_a_computer_switched_off_between_two_exchanges_goes_on_where_it_was(
    computers: Opener, line: Send
) -> None:
    pc = await computers("pc")
    entries = [await pc.file() for _ in range(2)]
    deaf = await open_pc(pc.folder, losing_answers(line, 9))
    with pytest.raises(Failed):
        await deaf.sync.until_quiet()
    assert await deaf.waiting() == 2, "an answer that did not come confirms nothing"
    await deaf.database.close()
    again = await open_pc(pc.folder, line)
    entries.append(await again.file())
    await again.keep_trying()
    assert await numbers_of(entries) == sorted(entry.case_number for entry in entries)
    for entry in entries:
        assert await again.told(entry) is not None
    await again.database.close()


async def test_a_restored_computer_starts_a_new_epoch_and_loses_nothing(
    computers: Opener, line: Send, town: Town, tmp_path: Path
) -> None:
    pc = await computers("pc")
    entries = [await pc.file()]
    await pc.keep_trying()
    copy = tmp_path / "restored"
    shutil.copytree(pc.folder / "keys", copy / "keys")
    await pc.database.copy_to(copy / "node.db")
    entries.append(await pc.file())
    await pc.keep_trying()

    restored = await open_pc(copy, line)
    entries.append(await restored.file())
    await restored.keep_trying()
    assert await numbers_of(entries) == sorted(entry.case_number for entry in entries)
    assert await restored.told(entries[1]) is not None, "what it has forgotten comes back through its feed"
    admin = await town.staff("admin")
    [card] = (await admin.get("/v1/staff/nodes")).json["items"]
    assert (card["epochs"], card["held"]) == (2, 0)
    await restored.database.close()


async def test_a_copied_computer_and_its_original_both_get_everything_in(
    computers: Opener, line: Send, tmp_path: Path
) -> None:
    pc = await computers("pc")
    copy = tmp_path / "copy"
    shutil.copytree(pc.folder / "keys", copy / "keys")
    await pc.database.copy_to(copy / "node.db")
    twin = await open_pc(copy, line)
    entries = []
    for each in (pc, twin, pc, twin):
        entries.append(await each.file())
        await each.keep_trying()
    assert await numbers_of(entries) == sorted(entry.case_number for entry in entries)
    await twin.database.close()


async def test_accounts_of_village_clerks_come_down_and_go_when_their_post_ends(
    computers: Opener, town: Town
) -> None:
    pc = await computers("pc")
    today = day_in_china(town.clock())
    accounts = town.office.people.accounts
    member = await accounts.import_member(
        system(town.tenant_id),
        login_name="li-village",
        name="李代办",
        password="village-clerk-2026",
        must_change_password=False,
        held=[
            Post(
                id=new_id(),
                staff_id="",
                role=Role.VILLAGE_CLERK,
                village_id=await village_id(town),
                document="三村〔2026〕1号",
                valid_from=today,
            )
        ],
        at=town.clock(),
    )
    town.clock.advance(timedelta(minutes=1))
    await pc.sync.until_quiet()
    [clerk] = await pc.shadow.of_kind(ClerkRow)
    assert (clerk.rid, clerk.login, clerk.active) == (member.id, "li-village", True)
    await accounts.disable(system(town.tenant_id), member.id, at=town.clock())
    town.clock.advance(timedelta(minutes=1))
    await pc.sync.until_quiet()
    [gone] = await pc.shadow.of_kind(ClerkRow)
    assert (gone.active, gone.password) == (False, "")


async def test_a_new_catalogue_comes_down_and_cases_of_the_old_one_are_still_taken(
    computers: Opener, town: Town
) -> None:
    pc = await computers("pc")
    old = await pc.file()
    before = pc.packs.sha
    await town.office.catalogue.withdraw(town.tenant_id, town.item("SD-032"), at=town.clock())
    await pc.keep_trying()
    assert await pc.told(old) is not None
    assert pc.packs.sha != before
    assert (await town.office.catalogue.pack(town.tenant_id)).sha == pc.packs.sha
    assert await numbers_of([old, await filed_and_sent(pc)])


async def filed_and_sent(pc: VillagePc) -> Entry:
    entry = await pc.file()
    await pc.keep_trying()
    return entry


async def numbers_of(entries: Sequence[Entry]) -> list[str]:
    """The case numbers under which the township has these codes, each exactly once."""
    codes = [entry.tracking_code for entry in entries]
    marks = ", ".join("?" * len(codes))
    found = await db.rows(
        f"SELECT case_number FROM cases WHERE tracking_code IN ({marks}) ORDER BY case_number",  # noqa: S608
        codes,
    )
    return [row["case_number"] for row in found]


async def test_the_window_sees_which_village_took_the_case_and_when_by_its_clock(
    pc: VillagePc, town: Town
) -> None:
    entry = await pc.file()
    await pc.sync.until_quiet()
    clerk = await town.staff("agriculture")
    queue = await clerk.get("/v1/staff/cases")
    [card] = [card for card in queue.json["cases"] if card["case_number"] == entry.case_number]
    page = await clerk.page(f"/staff/cases/{card['id']}")
    assert f"村级服务点（{pc.enrolment.answer.village_name}）" in page.text
    assert "村里收件 2026年4月10日 09:30（村里电脑时间，未核实）" in page.text
