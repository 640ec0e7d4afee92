"""The durable queue against a township: nothing lost, nothing doubled, whatever the line does."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import chain, records
from api_spec.feed import CaseRow, HeldRow, StepLine
from api_spec.records import CaseRecord
from api_spec.sync import PullAsk
from tests.village_node.conftest import Node, Time, start
from tests.village_node.filing import file, filed_codes, keep_trying
from tests.village_node.packs import pack_with_aid_named
from tests.village_node.township import Township, losing_answers, losing_requests
from village_node.sync.exchange import Failure
from village_node.sync.line import LineCut, Reply, Send
from village_node.sync.township import Failed


async def test_a_case_filed_offline_goes_up_with_the_number_on_its_slip(
    node: Node, township: Township
) -> None:
    entry = await file(node)
    await node.sync.until_quiet()
    [stored] = township.records.values()
    record = records.decode_record(stored)
    assert isinstance(record, CaseRecord)
    assert (record.body.number, record.body.code) == (entry.case_number, entry.tracking_code)
    assert record.cat == node.packs.sha
    assert (await node.outbox.stream()).waiting == 0


async def test_the_same_form_sent_twice_is_one_case(node: Node, township: Township) -> None:
    first = await file(node, rid="1" * 32)
    assert await file(node, rid="1" * 32) == first
    await node.sync.until_quiet()
    assert len(township.records) == 1


@pytest.mark.parametrize("cut", [losing_requests, losing_answers])
async def test_a_line_cut_before_or_after_the_township_acted_makes_no_second_case(
    tmp_path: Path, township: Township, cut: Callable[[Send, int], Send]
) -> None:
    node = await start(tmp_path, cut(township, 3), Time())
    entries = [await file(node) for _ in range(3)]
    await keep_trying(node)
    assert sorted(filed_codes(township)) == sorted(entry.tracking_code for entry in entries)
    assert township.streams[(await node.outbox.stream()).epoch].upto == 3
    assert not township.held
    await node.close()


async def test_a_line_that_never_lasts_for_a_whole_batch_still_gets_everything_through(
    tmp_path: Path, township: Township
) -> None:
    """Progress: with a line that breaks after 4 KB, no record may need a longer one than itself."""

    async def breaking(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if len(body) > 4096:
            raise LineCut("in the middle")
        return await township(method, path, headers, body)

    node = await start(tmp_path, breaking, Time())
    for _ in range(40):
        await file(node)
    await keep_trying(node, tries=60)
    assert len(township.records) == 40
    assert not township.held
    await node.close()


async def test_five_cases_and_the_idle_check_take_one_request_each(node: Node, township: Township) -> None:
    for _ in range(5):
        await file(node)
    await node.sync.until_quiet()
    await node.sync.until_quiet()
    assert township.requests == ["POST /sync/1/exchange"] * 2


async def test_a_stale_nonce_costs_one_retry(node: Node, township: Township) -> None:
    await file(node)
    township.nonce = "n2"
    await node.sync.until_quiet()
    assert len(township.records) == 1
    assert township.requests == ["POST /sync/1/exchange"] * 2


async def test_a_township_restored_from_a_backup_gets_what_it_lost(node: Node, township: Township) -> None:
    await file(node)
    await node.sync.until_quiet()
    backup = (dict(township.records), {key: replace(value) for key, value in township.streams.items()})
    await file(node)
    await node.sync.until_quiet()
    township.records, township.streams = backup
    await file(node)
    await keep_trying(node)
    assert len(filed_codes(township)) == 3
    assert len(township.streams) == 1, "a township that went back is no fork"


async def test_a_restored_pc_starts_a_new_epoch_with_a_new_number_block_and_loses_nothing(
    tmp_path: Path, township: Township
) -> None:
    old = tmp_path / "old"
    node = await start(old, township, Time())
    await file(node, reason="备份之前")
    await node.sync.until_quiet()
    copied = tmp_path / "restored"
    shutil.copytree(old / "keys", copied / "keys")
    await node.database.copy_to(copied / "node.db")
    await file(node, reason="备份之后")
    await node.sync.until_quiet()
    first_epoch = (await node.outbox.stream()).epoch
    await node.close()

    restored = await start(copied, township, Time())
    again = await file(restored, reason="恢复之后")
    await keep_trying(restored)
    assert (await restored.outbox.stream()).epoch != first_epoch
    assert township.old_epochs == [None, first_epoch]
    assert again.tracking_code in filed_codes(township)
    assert len(set(filed_codes(township))) == 3
    after = await file(restored, reason="新号段")
    assert after.case_number[10:13] != again.case_number[10:13]
    await restored.close()


async def test_a_poisoned_record_is_sent_alone_and_unparsed_and_the_rest_passes(
    node: Node, township: Township
) -> None:
    township.poison = "毒".encode()
    for number in range(8):
        await file(node, reason="毒" if number == 5 else f"第 {number} 件")
    await keep_trying(node, tries=60)
    assert len(township.records) == 7
    assert len(township.held) == 1
    assert (await node.outbox.stream()).waiting == 0


async def test_a_township_that_takes_only_three_at_once_gets_everything(
    node: Node, township: Township
) -> None:
    township.largest = 3
    for _ in range(10):
        await file(node)
    await keep_trying(node)
    assert len(township.records) == 10


async def test_a_full_township_is_no_confirmation(node: Node, township: Township) -> None:
    await file(node)
    township.full = True
    with pytest.raises(Failed) as failed:
        await node.sync.until_quiet()
    assert failed.value.failure is Failure.BUSY
    assert (await node.outbox.stream()).waiting == 1


async def test_only_what_is_confirmed_backed_up_and_thirty_days_old_is_forgotten(
    node: Node, township: Township
) -> None:
    for _ in range(4):
        await file(node)
    await node.sync.until_quiet()
    stream = (await node.outbox.stream()).epoch
    township.streams[stream].safe = 3
    township.time = "2026-05-01T04:00:00+00:00"
    await node.sync.until_quiet()
    assert len(await node.outbox.batch(0, limit=9, max_bytes=10**6)) == 4, "not yet thirty days"
    township.time = "2026-05-12T04:00:00+00:00"
    await node.sync.until_quiet()
    assert [record.seq for record in await node.outbox.batch(0, limit=9, max_bytes=10**6)] == [4]
    await file(node)
    await node.sync.until_quiet()
    assert len(township.records) == 5


async def test_this_computers_own_clock_forgets_nothing(node: Node, township: Township) -> None:
    await file(node)
    await node.sync.until_quiet()
    township.streams[(await node.outbox.stream()).epoch].safe = 1
    node.time.pass_by(timedelta(days=7000))
    await node.sync.until_quiet()
    assert len(await node.outbox.batch(0, limit=9, max_bytes=10**6)) == 1


def told(rid: str, *, srev: int, label: str = "已受理") -> CaseRow:
    return CaseRow(
        rid=rid,
        srev=srev,
        code="0" * 20,
        number="SD-260410-0001-A",
        item="SD-003",
        item_name="临时救助",
        state="accepted",
        label=label,
        received_ms=0,
        steps=(StepLine(at_ms=0, label=label),),
    )


async def test_progress_comes_back_and_an_older_row_never_replaces_a_newer(
    node: Node, township: Township
) -> None:
    entry = await file(node)
    township.tell(told(entry.rid, srev=2))
    township.tell(told(entry.rid, srev=1, label="已提交"))
    await node.sync.until_quiet()
    case = await node.shadow.case(entry.rid)
    assert case is not None
    assert case.label == "已受理"


async def test_a_long_feed_comes_page_by_page(node: Node, township: Township) -> None:
    township.page = 2
    for number in range(5):
        township.tell(told(f"{number:032x}", srev=1))
    await node.sync.until_quiet()
    assert len(await node.shadow.cases()) == 5


async def test_after_a_township_restore_the_old_view_stays_whole_until_the_new_one_is_complete(
    node: Node, township: Township
) -> None:
    for number in range(3):
        township.tell(told(f"{number:032x}", srev=5))
    await node.sync.until_quiet()
    township.rows = township.rows[:1]
    for number in range(4):
        township.tell(told(f"{number:032x}", srev=3, label="重新受理"))
    township.page = 2
    asked = await node.shadow.position()
    page = township.page_of_feed(PullAsk(pos=asked.pos, dig=asked.dig))
    await node.shadow.apply(page, asked=asked)
    assert {case.label for case in (await node.shadow.cases()).values()} == {"已受理"}
    await node.sync.until_quiet()
    assert [case.label for case in (await node.shadow.cases()).values()] == ["重新受理"] * 4


async def test_a_page_that_answers_another_position_changes_nothing(node: Node, township: Township) -> None:
    township.tell(told("1" * 32, srev=1))
    asked = await node.shadow.position()
    page = township.page_of_feed(PullAsk(pos=asked.pos, dig=asked.dig))
    await node.shadow.apply(page, asked=asked)
    at = await node.shadow.position()
    await node.shadow.apply(page, asked=asked)
    assert await node.shadow.position() == at


async def test_rows_of_unknown_kinds_are_kept_raw(node: Node, township: Township) -> None:
    strange = b'{"kind":"weather","rid":"w","srev":1,"code":7,"rain":true}'
    township.rows.append(strange)
    await node.sync.until_quiet()
    row = await node.database.row("SELECT row FROM shadow WHERE kind = 'weather'")
    assert row is not None
    assert row["row"] == strange


async def test_a_held_record_is_told(node: Node, township: Township) -> None:
    entry = await file(node)
    township.tell(
        HeldRow(
            rid=entry.rid, srev=1, seq=1, reason="E_INVALID", sentence="证件号码和姓名对不上，请核对后重报。"
        )
    )
    await node.sync.until_quiet()
    assert [row.rid for row in await node.shadow.of_kind(HeldRow)] == [entry.rid]


async def test_a_new_catalogue_is_fetched_checked_and_used(node: Node, township: Township) -> None:
    before = node.packs.sha
    township.publish(pack_with_aid_named("家庭困难临时救助"), version=2)
    await node.sync.until_quiet()
    assert node.packs.sha != before
    assert node.packs.current().items[0].name == "家庭困难临时救助"


async def test_a_catalogue_another_county_signed_is_not_used(node: Node, township: Township) -> None:
    before = node.packs.sha
    township.county_key = Ed25519PrivateKey.generate()
    township.publish(pack_with_aid_named("假目录"), version=2)
    await node.sync.until_quiet()
    assert node.packs.sha == before


async def test_two_hundred_slips_of_a_day_have_two_hundred_numbers_and_codes(node: Node) -> None:
    entries = [await file(node) for _ in range(200)]
    assert len({entry.case_number for entry in entries}) == 200
    assert len({entry.tracking_code for entry in entries}) == 200


async def test_the_chain_on_disk_is_the_one_the_protocol_names(node: Node) -> None:
    for _ in range(3):
        await file(node)
    written = await node.outbox.batch(0, limit=9, max_bytes=10**6)
    heads = chain.heads(chain.START, [(record.seq, record.body) for record in written])
    assert await node.outbox.chain_at(3) == heads[-1]
