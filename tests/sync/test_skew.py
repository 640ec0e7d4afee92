"""Old and new side by side: what one does not know of the other is kept, passed over, or taken up after the upgrade."""

import msgspec
import pytest

from api_spec import feed, records, sync
from api_spec.chain import record_hash
from api_spec.feed import CaseRow, HeldRow
from api_spec.records import HeldReason
from api_spec.sync import ExchangeAnswer, FeedEntry, PullAnswer, PullStatus
from backend import db
from tests.support.township import Caller, Town
from tests.sync import wire
from tests.sync.conftest import VillagePc, one_time_code
from tests.sync.wire import Wire
from village_node.sync.shadow import Position


@pytest.fixture
async def node(town: Town) -> Wire:
    return await wire.enrol(town.client, await one_time_code(town))


async def held_list(town: Town, *, settled: bool = False) -> list[dict[str, str]]:
    centre: Caller = await town.staff("centre")
    items = (await centre.get(f"/v1/staff/held?settled={str(settled).lower()}")).json["items"]
    assert isinstance(items, list)
    return items


async def told(node: Wire) -> list[feed.FeedRow]:
    page = (await node.push(len(node.sent))).pull
    assert page
    return [row for entry in page.rows if (row := feed.find_row(bytes(entry.row)))]


def from_the_future(stored: bytes) -> bytes:
    """The same record as a later node would write it."""
    plain = msgspec.json.decode(stored)
    return msgspec.json.encode({**plain, "schema": records.SCHEMA + 1, "unheard_of": True})


async def set_aside_by_an_older_township(node: Wire, *stored: bytes) -> None:
    """Push records so that they lie here as a township that could not read them would have left them."""
    node.write(*stored)
    await node.push(len(node.sent) - len(stored), opaque=True)
    for each in stored:
        await db.rows(
            "UPDATE held_record SET reason = ? WHERE h = ?", [HeldReason.UNKNOWN_SCHEMA, record_hash(each)]
        )


async def test_a_record_of_a_later_schema_waits_and_blocks_nothing(town: Town, node: Wire) -> None:
    node.write(from_the_future(records.encode_record(node.case())), node.case())
    answer = await node.push()
    assert answer.push.upto == 2
    assert answer.push.held == ((1, HeldReason.UNKNOWN_SCHEMA.value),)
    assert await town.office.intake.rejudge(at=town.clock()) == 0
    [waiting] = await held_list(town)
    assert waiting["reason"] == HeldReason.UNKNOWN_SCHEMA.value


async def test_an_upgraded_township_takes_up_what_it_could_not_read(town: Town, node: Wire) -> None:
    case = node.case()
    stored = records.encode_record(case)
    await set_aside_by_an_older_township(node, stored)
    assert await town.office.intake.rejudge(at=town.clock()) == 1
    assert await held_list(town) == []
    [settled] = await held_list(town, settled=True)
    assert settled["resolution"] == "applied"
    rows = await told(node)
    assert [row.code for row in rows if isinstance(row, CaseRow)] == [case.body.code]
    assert [row.settled for row in rows if isinstance(row, HeldRow)] == [False, True]
    assert await town.office.intake.rejudge(at=town.clock()) == 0
    answer = await node.push()
    assert answer.push.held == ()
    found = await db.rows("SELECT rid FROM cases WHERE rid = ?", [case.rid])
    assert len(found) == 1
    assert [proof.wrong for proof in await town.office.intake.prove()] == [""]


async def test_what_is_not_in_order_after_the_upgrade_shows_its_true_reason(town: Town, node: Wire) -> None:
    await set_aside_by_an_older_township(node, records.encode_record(node.case(item="SD-999")))
    assert await town.office.intake.rejudge(at=town.clock()) == 0
    [waiting] = await held_list(town)
    assert waiting["reason"] == HeldReason.UNKNOWN_ITEM.value
    held = [row for row in await told(node) if isinstance(row, HeldRow)]
    assert [row.reason for row in held] == ["E_UNREADABLE", HeldReason.UNKNOWN_ITEM.value]
    assert held[1].srev > held[0].srev
    centre = await town.staff("centre")
    closed = await centre.post(f"/v1/staff/held/{waiting['id']}/dismiss", {"reason": "重复录入的"})
    assert closed.status == 204
    last = [row for row in await told(node) if isinstance(row, HeldRow)][-1]
    assert (last.settled, last.srev > held[1].srev) == (True, True)


async def test_two_contents_of_one_revision_are_told_apart_after_the_upgrade_too(
    town: Town, node: Wire
) -> None:
    first = node.case()
    second = msgspec.structs.replace(node.case(), rid=first.rid)
    node.write(first)
    await node.push()
    await set_aside_by_an_older_township(node, records.encode_record(second))
    assert await town.office.intake.rejudge(at=town.clock()) == 0
    [waiting] = await held_list(town)
    assert waiting["reason"] == HeldReason.SAME_REV_OTHER_CONTENT.value


async def test_a_row_of_a_later_kind_is_kept_and_passed_over(pc: VillagePc) -> None:
    entry = await pc.file()
    await pc.keep_trying()
    position = await pc.shadow.position()
    strange = b'{"kind":"poster","rid":"%s","srev":1,"picture":"x"}' % (b"a" * 32)
    page = PullAnswer(
        status=PullStatus.OK,
        rows=(FeedEntry(pos=position.pos + 1, row=msgspec.Raw(strange)),),
        pos=position.pos + 1,
        dig=bytes(16),
    )
    await pc.shadow.apply(page, asked=position)
    assert await pc.shadow.position() == Position(position.pos + 1, bytes(16))
    kept = await pc.database.rows("SELECT row FROM shadow WHERE kind = 'poster'")
    assert [bytes(row["row"]) for row in kept] == [strange]
    assert await pc.told(entry) is not None


async def test_an_answer_with_fields_of_a_later_township_is_understood(node: Wire) -> None:
    answered = await node.exchange(node.request())
    plain = msgspec.json.decode(answered.body)
    plain["weather"] = {"rain": True}
    plain["push"]["mood"] = "good"
    assert sync.decode(msgspec.json.encode(plain), ExchangeAnswer) == answered.exchange
