"""From a village without a line to the township and back: what a push would have done, and nothing else (property 18)."""

import io
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from api_spec import bundle_reader
from backend import db
from backend.ids import new_id
from tests.bundles.desk import TINY, Desk, bring, bring_all, state
from tests.support.township import Town, open_town, own_copy
from tests.sync.conftest import KEY, Opener, VillagePc, one_time_code, open_pc
from tests.village_node.conftest import CHEAP
from village_node.access.cabinet import KeyCabinet
from village_node.access.custody import Custody
from village_node.desk.register import Entry
from village_node.sticks.bundles import Standing
from village_node.sticks.replies import ReplyRefused
from village_node.sync.line import LineDown, Reply, Send, over_http
from village_node.sync.outbox import append
from village_node.sync.synchroniser import Synchroniser
from village_node.sync.township import Township


async def test_a_case_goes_out_on_a_stick_and_its_number_comes_back(desk: Desk, town: Town) -> None:
    entry = await desk.pc.file()
    [reply] = await bring_all(town, await desk.parts())
    assert await desk.pc.waiting() == 1

    heard = await desk.take_reply(reply)

    assert heard.new
    assert await desk.pc.waiting() == 0
    told = await desk.pc.told(entry)
    assert told is not None
    assert told.number == entry.case_number


async def test_a_bundle_is_not_confirmed_until_the_reply_is_here(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [reply] = await bring_all(town, await desk.parts())
    assert [over.standing for over in await desk.bundles().handed_over()] == [Standing.WAITING]
    await desk.take_reply(reply)
    assert [over.standing for over in await desk.bundles().handed_over()] == [Standing.CONFIRMED]


async def test_a_bundle_is_confirmed_by_the_line_as_well(desk: Desk) -> None:
    await desk.pc.file()
    await desk.export()
    await desk.pc.keep_trying()
    assert [over.standing for over in await desk.bundles().handed_over()] == [Standing.CONFIRMED]


async def test_what_was_brought_twice_is_there_once(desk: Desk, town: Town) -> None:
    for area in ("3", "4", "5"):
        await desk.pc.file(area_mu=area)
    parts = await desk.parts()
    await bring_all(town, parts)
    once = await state(town.office.vault)
    await bring_all(town, parts)
    assert await state(town.office.vault) == once
    assert len(once["cases"]) == 3


async def test_the_line_may_overtake_the_stick(desk: Desk, town: Town) -> None:
    await desk.pc.file(area_mu="3")
    early = await desk.parts()
    await desk.pc.file(area_mu="4")
    late = await desk.parts()
    await desk.pc.keep_trying()
    await desk.pc.file(area_mu="5")
    replies = [*await bring_all(town, early), *await bring_all(town, late)]
    for reply in reversed(replies):
        await desk.take_reply(reply)
    await desk.pc.keep_trying()
    assert len((await state(town.office.vault))["cases"]) == 3
    assert (await desk.pc.outbox.old_epoch()) == ""


async def test_a_reply_taken_in_twice_or_late_changes_nothing(desk: Desk, town: Town) -> None:
    entry = await desk.pc.file(area_mu="3")
    [first] = await bring_all(town, await desk.parts())
    await desk.pc.file(area_mu="4")
    [second] = await bring_all(town, await desk.parts())
    await desk.take_reply(second)
    stream, position = await desk.pc.outbox.stream(), await desk.pc.shadow.position()
    for old in (first, second, first):
        assert not (await desk.take_reply(old)).new
    assert (await desk.pc.outbox.stream(), await desk.pc.shadow.position()) == (stream, position)
    assert await desk.pc.told(entry) is not None


async def test_a_late_page_counts_from_where_the_node_stands(desk: Desk, town: Town) -> None:
    """Both replies begin where the node stood when it exported; the second one reaches further."""
    await desk.pc.file(area_mu="3")
    [first] = await bring_all(town, await desk.parts())
    entry = await desk.pc.file(area_mu="4")
    [second] = await bring_all(town, await desk.parts())
    await desk.take_reply(first)
    assert await desk.pc.told(entry) is None
    assert (await desk.take_reply(second)).new
    assert await desk.pc.told(entry) is not None


async def test_a_reply_does_not_set_the_clock(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [reply] = await bring_all(town, await desk.parts())
    before = await desk.pc.database.rows("SELECT * FROM contact")
    desk.pc.time.at += timedelta(days=400)
    await desk.take_reply(reply)
    assert [tuple(row) for row in await desk.pc.database.rows("SELECT * FROM contact")] == [
        tuple(row) for row in before
    ]


async def test_a_new_catalogue_comes_with_the_reply(town: Town, computers: Opener, tmp_path: Path) -> None:
    desk = Desk(await computers(), tmp_path)
    await desk.pc.database.write(lambda tx: tx.run("DELETE FROM pack"))
    fresh = await open_pc(desk.pc.folder, _no_line)
    offline = Desk(fresh, tmp_path)
    [reply] = await bring_all(town, await offline.parts())
    heard = await offline.take_reply(reply)
    assert heard.catalogue
    assert fresh.packs.sha == desk.pc.packs.sha
    await fresh.database.close()


async def test_many_pages_of_the_feed_come_in_one_reply(desk: Desk, town: Town) -> None:
    entries = [await desk.pc.file(area_mu=str(area)) for area in range(1, 330)]
    [reply] = await bring_all(town, await desk.parts())
    heard = await desk.take_reply(reply)
    assert heard.answers > 1
    assert await desk.pc.told(entries[-1]) is not None
    assert await desk.pc.waiting() == 0


async def test_a_part_before_its_time_waits_for_those_before_it(desk: Desk, town: Town) -> None:
    for area in ("3", "4", "5"):
        await desk.pc.file(area_mu=area)
    parts = await desk.parts(part_max=TINY)
    assert len(parts) == 3
    replies = await bring_all(town, [parts[2], parts[0], parts[1]])
    assert len((await state(town.office.vault))["cases"]) == 2
    for reply in replies:
        await desk.take_reply(reply)
    assert await desk.pc.waiting() == 1
    for reply in await bring_all(town, [parts[2]]):
        await desk.take_reply(reply)
    assert await desk.pc.waiting() == 0


async def test_after_a_fork_a_reply_for_the_old_epoch_is_passed_over(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [reply] = await bring_all(town, await desk.parts())
    old = (await desk.pc.outbox.stream()).epoch
    await desk.pc.outbox.start_over("ab" * 8, old_epoch=old)
    await desk.take_reply(reply)
    stream = await desk.pc.outbox.stream()
    assert (stream.epoch, stream.acked, stream.waiting) == ("ab" * 8, 0, 1)
    assert [over.standing for over in await desk.bundles().handed_over()] == [Standing.REPLACED]

    [again] = await bring_all(town, await desk.parts())
    await desk.take_reply(again)
    assert await desk.pc.waiting() == 0
    assert len((await state(town.office.vault))["cases"]) == 1


async def test_a_copied_computer_that_uses_sticks_is_noticed(
    town: Town, computers: Opener, tmp_path: Path
) -> None:
    one = Desk(await computers(), tmp_path)
    await one.pc.database.copy_to(tmp_path / "copy.db")
    (tmp_path / "twin").mkdir()
    (tmp_path / "copy.db").rename(tmp_path / "twin" / "node.db")
    (tmp_path / "twin" / "keys").symlink_to(tmp_path / "pc" / "keys")
    twin = Desk(await open_pc(tmp_path / "twin", _no_line), tmp_path)
    await one.pc.file(area_mu="3")
    await twin.pc.file(area_mu="4")
    await bring_all(town, await one.parts())
    [reply] = await bring_all(town, await twin.parts())
    await twin.take_reply(reply)
    [again] = await bring_all(town, await twin.parts())
    await twin.take_reply(again)
    assert await twin.pc.waiting() == 0
    assert len((await state(town.office.vault))["cases"]) == 2
    await twin.pc.database.close()


async def test_a_revoked_computers_bundle_is_held(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    parts = await desk.parts()
    admin = await town.staff("admin")
    revoked = await admin.post(f"/v1/staff/nodes/{desk.pc.number}/revoke", {"reason": "电脑被盗"})
    assert revoked.status == 204
    [reply] = await bring_all(town, parts)
    left = await state(town.office.vault)
    assert len(left["held"]) == 1
    assert left["cases"] == []
    heard = await desk.take_reply(reply)
    assert (heard.answers, heard.catalogue) == (1, False)
    assert await desk.pc.told(await _only_entry(desk.pc)) is None


async def test_a_revoked_computer_that_brings_nothing_is_told_nothing(desk: Desk, town: Town) -> None:
    parts = await desk.parts()
    admin = await town.staff("admin")
    await admin.post(f"/v1/staff/nodes/{desk.pc.number}/revoke", {"reason": "电脑被盗"})
    answer = await bring(town, parts[0])
    assert (answer.status, answer.code) == (403, "node_revoked")


async def test_another_computers_reply_is_refused(town: Town, computers: Opener, tmp_path: Path) -> None:
    one, other = Desk(await computers("a"), tmp_path), Desk(await computers("b", place=1), tmp_path)
    await one.pc.file()
    [reply] = await bring_all(town, await one.parts())
    with pytest.raises(ReplyRefused, match="不是给这台电脑"):
        await other.take_reply(reply)


async def test_a_village_cannot_take_in_its_own_bundle(desk: Desk) -> None:
    with pytest.raises(ReplyRefused, match="交到镇里"):
        await desk.take_reply((await desk.parts())[0])


async def test_a_reply_cut_or_bent_anywhere_is_refused_whole(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [reply] = await bring_all(town, await desk.parts())
    for place in range(0, len(reply), 97):
        bent = bytearray(reply)
        bent[place] ^= 1 << place % 8
        for spoilt in (bytes(bent), reply[:place]):
            with pytest.raises(ReplyRefused):
                await desk.take_reply(spoilt)
    assert await desk.pc.waiting() == 1


async def test_a_hand_over_secret_is_kept_by_the_township_without_any_line(
    desk: Desk, town: Town, tmp_path: Path
) -> None:
    pc = desk.pc
    custody = Custody(
        pc.database,
        pc.enrolment,
        key=KEY,
        cabinet=KeyCabinet(tmp_path / "cabinet.json", CHEAP),
        folder=pc.keys,
        send=_no_line,
        renewed=lambda: None,
    )
    await custody.open()
    answer = pc.enrolment.answer
    pc.sync = Synchroniser(
        pc.database,
        node=pc.number,
        county_key=answer.county_key,
        first_manifest=answer.manifest,
        township=Township(_no_line, node=pc.number, county=answer.county, key=pc.keys.own_keys().signing),
        packs=pc.packs,
        clock=pc.time.clock,
        fresh_epoch=lambda: secrets.token_hex(8),
        custody=custody,
    )
    mark, kept = await custody.mark()
    assert not kept
    await pc.file()
    [reply] = await bring_all(town, await desk.parts())
    rows = await db.rows("SELECT mark FROM node_escrow")
    assert [row["mark"] for row in rows] == [mark]
    await desk.take_reply(reply)
    assert await custody.mark() == (mark, True)


async def test_a_new_epochs_number_block_comes_with_the_reply(desk: Desk, town: Town) -> None:
    for area in ("3", "4", "5"):
        await desk.pc.file(area_mu=area)
    await desk.pc.keep_trying()
    old = await desk.pc.outbox.stream()
    await desk.pc.outbox.start_over("ab" * 8, old_epoch=old.epoch)
    before = [tuple(row) for row in await desk.pc.database.rows("SELECT * FROM number_block")]
    for reply in await bring_all(town, await desk.parts()):
        await desk.take_reply(reply)
    assert [tuple(row) for row in await desk.pc.database.rows("SELECT * FROM number_block")] != before


async def test_the_head_of_a_bundle_names_nobody(desk: Desk) -> None:
    await desk.pc.file(name="欧阳小山")
    [part] = await desk.parts()
    for secret in ("欧阳小山", "13800000001", "欧阳会计", desk.pc.enrolment.answer.village_name):
        assert secret.encode() not in part
    head = bundle_reader.read_head(io.BytesIO(part))
    assert (head.header.first, head.header.last, head.header.records) == (1, 1, 1)


POISON = b'{"kind":"case","rid":"%s","rev":1}' % (b"f" * 32)


@dataclass
class _Line:
    """A line that can be laid to another township."""

    send: Send

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        return await self.send(method, path, headers, body)


async def test_a_bundle_leaves_behind_exactly_what_a_push_would(
    seeded: str, template: str, tmp_path: Path
) -> None:
    """Two townships of one past: one is sent to, the other gets the stick; every table a push touches is compared."""
    names = [f"twin_{new_id()[-12:]}" for _ in range(3)]
    line = _Line(_no_line)
    async with AsyncExitStack() as stack:
        past = await stack.enter_async_context(
            own_copy(seeded, template, _made(tmp_path / "0"), name=names[0])
        )
        async with _township(past, tmp_path / "0", line) as town:
            (tmp_path / "pc").mkdir()
            pc = await open_pc(tmp_path / "pc", line, token=await one_time_code(town))
            stack.push_async_callback(pc.database.close)
            await pc.keep_trying()
        for area in range(1, 30):
            await pc.file(area_mu=str(area))
        await pc.database.write(
            lambda tx: append(tx, rid="f" * 32, rev=1, kind="case", body=POISON, now_ms=1)
        )
        parts = await Desk(pc, tmp_path).parts()

        left = []
        for place, by_stick in enumerate((True, False), 1):
            source = names[0] if template.startswith("postgres") else str(tmp_path / "0" / "town.db")
            folder = _made(tmp_path / str(place))
            url = await stack.enter_async_context(own_copy(source, template, folder, name=names[place]))
            async with _township(url, folder, line) as town:
                if by_stick:
                    await bring_all(town, parts)
                else:
                    await pc.keep_trying()
                left.append(await state(town.office.vault))
        assert left[0] == left[1]
        assert (len(left[0]["cases"]), len(left[0]["held"])) == (29, 1)


@asynccontextmanager
async def _township(url: str, folder: Path, line: _Line) -> AsyncIterator[Town]:
    async with open_town(url, folder) as town, aiohttp.ClientSession() as session:
        line.send = over_http(session, str(town.client.make_url("/")))
        yield town


async def _no_line(_method: str, _path: str, _headers: Mapping[str, str], _body: bytes) -> Reply:
    raise LineDown("no line")


async def _only_entry(pc: VillagePc) -> Entry:
    [entry] = await pc.register.between(0, 2**53)
    return entry


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
