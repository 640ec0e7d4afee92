"""The exchange over HTTP: what is taken, what is refused, what survives a lost answer."""

import asyncio
import secrets

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import chain, coding, feed, records, signature, sync
from api_spec.coding import Coding
from api_spec.feed import CaseRow, HeldRow
from api_spec.records import HeldReason
from api_spec.sync import ExchangeAnswer, Machine, PullAsk, PullStatus, PushStatus
from backend import db
from backend.intake.gate import BODIES_AT_ONCE
from backend.intake.http_sync import GATE
from tests.support.township import Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire


@pytest.fixture
async def node(town: Town) -> Wire:
    """A node that says what the test wants."""
    return await wire.enrol(town.client, await one_time_code(town))


async def count(table: str) -> int:
    [row] = await db.rows(f"SELECT COUNT(*) AS n FROM {table}")  # noqa: S608
    return int(row["n"])


async def written() -> tuple[int, ...]:
    """How much the township has of everything a push can write."""
    return tuple(
        [await count(table) for table in ("cases", "node_record", "held_record", "node_feed", "node_stream")]
    )


def rows_of(answer: ExchangeAnswer) -> list[feed.FeedRow]:
    assert answer.pull
    return [row for entry in answer.pull.rows if (row := feed.find_row(bytes(entry.row)))]


async def test_hello_says_which_county_this_is_and_nothing_else(town: Town) -> None:
    answer = await town.anyone.get(sync.HELLO_PATH)
    assert answer.status == 204
    assert answer.body == b""
    assert answer.headers[sync.SERVER_HEADER] == "430481"
    assert answer.headers[sync.PROTOS_HEADER] == "1-1"
    assert answer.headers[sync.NONCE_HEADER]


async def test_a_case_arrives_with_the_number_and_code_on_its_slip_and_comes_back_in_the_same_answer(
    node: Wire, town: Town
) -> None:
    case = node.case()
    node.write(case)
    answer = await node.push()
    assert (answer.push.status, answer.push.upto, answer.push.held) == (PushStatus.OK, 1, ())
    assert answer.push.chain == chain.heads(chain.START, [(1, node.sent[0])])[0]
    [row] = [row for row in rows_of(answer) if isinstance(row, CaseRow)]
    assert (row.rid, row.number, row.code, row.srev) == (case.rid, case.body.number, case.body.code, 1)
    clerk = await town.staff("agriculture")
    queue = await clerk.get("/v1/staff/cases")
    assert [card["case_number"] for card in queue.json["cases"]] == [case.body.number]


@pytest.mark.parametrize("encoding", [Coding.ZSTD, Coding.GZIP, Coding.IDENTITY])
async def test_bodies_come_packed_or_plain(node: Wire, encoding: Coding) -> None:
    node.write(node.case())
    body = coding.pack(sync.encode(node.request()), encoding)
    answered = await node.send(body, encoding="" if encoding is Coding.IDENTITY else encoding.value)
    assert answered.exchange.push.upto == 1


async def test_an_answer_lost_on_the_way_makes_no_second_case(node: Wire) -> None:
    node.write(node.case(), node.case())
    first = await node.push()
    before = await written()
    for _ in range(3):
        again = await node.push()
        assert again.push == first.push
    assert await written() == before


async def test_the_same_push_five_times_at_once_is_one_push(node: Wire) -> None:
    node.write(*[node.case() for _ in range(8)])
    answers = await asyncio.gather(*[node.push() for _ in range(5)])
    assert {answer.push.upto for answer in answers} == {8}
    assert await count("cases") == 8
    assert await count("node_record") == 8


async def test_two_nodes_at_once_keep_their_own_streams(node: Wire, town: Town) -> None:
    other = await wire.enrol(town.client, await one_time_code(town, place=1))
    for each in (node, other):
        each.write(*[each.case() for _ in range(12)])
    await asyncio.gather(*[each.push(base, base + 6) for each in (node, other) for base in (0,)])
    await asyncio.gather(*[each.push(6) for each in (node, other)])
    assert await count("cases") == 24
    for each in (node, other):
        own = {row.rid for row in rows_of(await each.push(12)) if isinstance(row, CaseRow)}
        assert own == {records.decode_record(stored).rid for stored in each.sent}


async def test_a_gap_stores_nothing_and_says_where_the_township_stands(node: Wire) -> None:
    node.write(*[node.case() for _ in range(3)])
    await node.push(0, 1)
    before = await written()
    answer = await node.push(2)
    assert (answer.push.status, answer.push.upto) == (PushStatus.GAP, 1)
    assert await written() == before
    assert (await node.push(1)).push.upto == 3


async def test_another_history_is_a_fork_and_the_new_epoch_brings_everything_once(node: Wire) -> None:
    shared, mine, other = node.case(), node.case(), node.case()
    node.write(shared, mine)
    await node.push()
    copy = Wire(node.client, node.key, node.told, node.epoch)
    copy.write(shared, other)
    before = await written()
    assert (await copy.push(1)).push.status is PushStatus.FORK
    assert (await copy.push(0)).push.status is PushStatus.FORK
    assert await written() == before
    old, copy.epoch = copy.epoch, secrets.token_hex(8)
    answer = await copy.push(0, old_epoch=old)
    assert (answer.push.status, answer.push.upto, answer.push.held) == (PushStatus.OK, 2, ())
    assert await count("cases") == 3
    assert answer.numbers
    assert answer.numbers.block != node.told.numbers.block


async def test_the_number_block_comes_again_until_the_first_record_is_confirmed(node: Wire) -> None:
    node.epoch = secrets.token_hex(8)
    first, again = await node.push(), await node.push()
    assert first.numbers == again.numbers
    assert first.numbers
    node.write(node.case())
    await node.push()
    assert (await node.push(1)).numbers is None


async def test_the_records_of_a_stream_lie_without_gaps_and_their_chain_recomputes(node: Wire) -> None:
    repeated = node.case()
    node.write(repeated, b'{"kind":"weather"}', node.case(item="SD-999"), repeated, node.case())
    await node.push(0, 2)
    answer = await node.push(2)
    stored = await db.rows("SELECT seq, h, outcome FROM node_record ORDER BY seq")
    assert [row["seq"] for row in stored] == [1, 2, 3, 4, 5]
    assert [row["outcome"] for row in stored] == ["applied", "held", "held", "known", "applied"]
    head = chain.START
    for row in stored:
        head = chain.advance(head, row["seq"], bytes(row["h"]))
    assert head == answer.push.chain


async def test_the_same_revision_with_other_content_is_held_and_told(node: Wire) -> None:
    case = node.case()
    changed = msgspec.structs.replace(case, body=msgspec.structs.replace(case.body, note="改过"))
    node.write(case, changed)
    answer = await node.push()
    assert answer.push.held == ((2, HeldReason.SAME_REV_OTHER_CONTENT.value),)
    assert answer.push.upto == 2
    assert await count("cases") == 1
    [held] = [row for row in rows_of(answer) if isinstance(row, HeldRow)]
    assert (held.about, held.seq, held.settled) == (case.rid, 2, False)


async def test_a_code_used_by_another_case_is_held(node: Wire) -> None:
    first = node.case()
    node.write(first, node.case(code=first.body.code))
    answer = await node.push()
    assert answer.push.held == ((2, HeldReason.CODE_TAKEN.value),)


async def test_a_number_picked_twice_gives_way_to_one_of_the_township(node: Wire) -> None:
    first = node.case()
    second = node.case(number=first.body.number)
    node.write(first, second)
    told = {row.rid: row for row in rows_of(await node.push()) if isinstance(row, CaseRow)}
    assert told[first.rid].number == first.body.number
    assert told[second.rid].number != first.body.number
    assert told[second.rid].code == second.body.code


async def test_whatever_cannot_be_applied_is_held_with_its_reason_and_the_rest_passes(
    node: Wire, town: Town
) -> None:
    other = await wire.enrol(town.client, await one_time_code(town, place=1))
    good = node.case()
    bad: dict[HeldReason, records.Record | bytes] = {
        HeldReason.UNKNOWN_CATALOGUE: msgspec.structs.replace(node.case(), cat="0" * 64),
        HeldReason.UNKNOWN_ITEM: node.case(item="SD-999"),
        HeldReason.NOT_ALLOWED: node.case(item="SD-042"),
        HeldReason.CODE_NOT_GENUINE: node.case(code=other.case().body.code),
        HeldReason.INVALID: node.case(answers={"area_mu": "很多"}),
        HeldReason.NO_SUCH_CASE: records.WithdrawRecord(
            rid=secrets.token_hex(16),
            rev=1,
            schema=1,
            made=wire.MADE,
            clerk=wire.LI,
            body=records.WithdrawBody(case="f" * 32),
        ),
        HeldReason.UNKNOWN_SCHEMA: b'{"kind":"case","rid":"' + b"a" * 32 + b'","rev":1,"schema":2}',
        HeldReason.UNKNOWN_KIND: b'{"kind":"poem","rid":"' + b"b" * 32 + b'","rev":1,"schema":1}',
        HeldReason.UNREADABLE: b'{"rid":7}',
    }
    node.write(*bad.values(), good)
    answer = await node.push()
    assert answer.push.held == tuple((seq, reason.value) for seq, reason in enumerate(bad, 1))
    assert answer.push.upto == len(bad) + 1
    assert await count("cases") == 1
    centre = await town.staff("centre")
    listed = await centre.get("/v1/staff/held?limit=100")
    assert {view["reason"] for view in listed.json["items"]} == {reason.value for reason in bad}
    invalid = next(view for view in listed.json["items"] if view["reason"] == HeldReason.INVALID)
    assert all(wrong.startswith("answers.") for wrong in invalid["wrong"])
    assert any(wrong.startswith("answers.area_mu: ") for wrong in invalid["wrong"])
    assert "很多" not in listed.text


async def test_a_record_that_is_not_parsed_is_held_and_still_counts_into_the_chain(node: Wire) -> None:
    node.write(b"\x00\xffnothing", node.case())
    answer = await node.push(0, 1, opaque=True)
    assert answer.push.held == ((1, HeldReason.UNREADABLE.value),)
    assert (await node.push(1)).push.upto == 2


async def test_a_held_record_sent_again_under_a_new_epoch_is_not_held_twice(node: Wire) -> None:
    node.write(node.case(item="SD-999"), b'{"rid":7}')
    await node.push()
    node.epoch = secrets.token_hex(8)
    assert (await node.push()).push.upto == 2
    assert await count("held_record") == 2


@pytest.mark.parametrize("part", ["body", "path", signature.NODE, signature.NONCE, signature.SIGNATURE])
async def test_a_flipped_bit_anywhere_is_refused_and_nothing_is_written(
    node: Wire, town: Town, part: str
) -> None:
    other = await wire.enrol(town.client, await one_time_code(town, place=1))
    node.write(node.case())
    body = coding.pack(sync.encode(node.request()))
    signed = signature.sign_request(
        "POST", sync.EXCHANGE_PATH, body=body, node=node.node, nonce=node.told.nonce, key=node.key
    ) | {"Content-Encoding": "zstd"}
    path = sync.EXCHANGE_PATH
    match part:
        case "body":
            body = body[:-1] + bytes([body[-1] ^ 1])
        case "path":
            path += "?a=1"
        case signature.NODE:
            signed[part] = str(other.node)
        case signature.SIGNATURE:
            signed[part] = signed[part].replace(signed[part][9], "A" if signed[part][9] != "A" else "B", 1)
        case _:
            signed[part] += "0"
    before = await written()
    async with town.client.post(path, data=body, headers=signed) as answer:
        assert answer.status == 401
    assert await written() == before


async def test_a_computer_nobody_enrolled_is_unknown(node: Wire) -> None:
    stranger = Wire(
        node.client, Ed25519PrivateKey.generate(), msgspec.structs.replace(node.told, node=77), node.epoch
    )
    answered = await stranger.exchange(stranger.request())
    assert (answered.status, answered.code) == (401, "node_unknown")


async def test_a_node_cannot_speak_in_another_ones_stream(node: Wire, town: Town) -> None:
    other = await wire.enrol(town.client, await one_time_code(town, place=1))
    answered = await node.exchange(node.request(node=other.node, epoch=other.epoch))
    assert (answered.status, answered.code) == (401, "signature_invalid")


async def test_a_stale_nonce_is_told_the_fresh_one(node: Wire) -> None:
    body = coding.pack(sync.encode(node.request()))
    answered = await node.send(body, nonce="old")
    assert (answered.status, answered.code) == (409, "nonce_stale")
    fresh = answered.headers[sync.NONCE_HEADER]
    assert (await node.send(body, nonce=fresh)).status == 200


async def test_a_body_that_would_inflate_too_far_is_refused(node: Wire) -> None:
    before = await written()
    for encoding in (Coding.ZSTD, Coding.GZIP):
        bomb = coding.pack(bytes(coding.INFLATED_MAX + 1), encoding)
        assert len(bomb) < 64_000
        answered = await node.send(bomb, encoding=encoding.value)
        assert (answered.status, answered.code) == (413, "body_too_large")
    assert await written() == before


@pytest.mark.parametrize(
    "plain",
    [
        b"[" * 100_000,
        b'{"proto":1}',
        b"\xff\xfe",
        b'{"proto":1,"surprise":true}',
        b"null",
        b"",
    ],
)
async def test_a_body_that_is_no_message_is_refused_by_name(node: Wire, plain: bytes) -> None:
    answered = await node.send(coding.pack(plain))
    assert answered.status in {400, 422}
    assert answered.code in {"body_invalid", "body_not_json"}


async def test_records_out_of_order_are_refused_whole(node: Wire) -> None:
    node.write(node.case(), node.case())
    request = node.request()
    swapped = msgspec.structs.replace(request, recs=(request.recs[1], request.recs[0]))
    before = await written()
    assert (await node.exchange(swapped)).code == "body_invalid"
    assert await written() == before


async def test_a_body_above_the_limit_is_not_read(node: Wire) -> None:
    answered = await node.send(bytes(sync.BODY_MAX + 1), encoding="")
    assert (answered.status, answered.code) == (413, "body_too_large")


async def test_when_all_places_are_taken_a_node_is_asked_to_come_later(node: Wire, town: Town) -> None:
    gate = town.client.app[GATE]
    with gate.body("1"):
        entered = [gate.body(str(place)) for place in range(BODIES_AT_ONCE - 1)]
        for each in entered:
            each.__enter__()
        answered = await node.exchange(node.request())
        for each in entered:
            each.__exit__(None, None, None)
    assert answered.status == 503
    assert 5 <= int(answered.headers["Retry-After"]) < 35


async def test_the_feed_continues_where_the_node_stands(node: Wire) -> None:
    node.write(node.case())
    first = (await node.push()).pull
    assert first
    node.write(node.case())
    second = (await node.push(1, pull=PullAsk(pos=first.pos, dig=first.dig))).pull
    assert second
    assert second.status is PullStatus.OK
    [entry] = second.rows
    assert entry.pos == first.pos + 1
    assert second.dig == chain.feed_digest(first.dig, bytes(entry.row))


async def test_a_position_the_township_does_not_know_means_fetch_everything(node: Wire) -> None:
    node.write(node.case())
    known = (await node.push()).pull
    assert known
    for asked in (PullAsk(pos=known.pos, dig=b"x" * 16), PullAsk(pos=known.pos + 9, dig=known.dig)):
        page = (await node.push(1, pull=asked)).pull
        assert page
        assert page.status is PullStatus.REFETCH
        assert page.rows == known.rows


async def test_long_feeds_come_page_by_page(node: Wire) -> None:
    node.write(*[node.case() for _ in range(25)])
    await node.push()
    pos, dig, rids, pages = 0, chain.FEED_START, [], 0
    while True:
        page = (await node.push(25, pull=PullAsk(pos=pos, dig=dig, max=10))).pull
        assert page
        rids += [row.rid for row in map(feed.find_row, [bytes(e.row) for e in page.rows]) if row]
        pos, dig, pages = page.pos, page.dig, pages + 1
        if not page.more:
            break
    assert pages == 3
    assert len(rids) == len(set(rids)) == 26


async def test_the_idle_check_is_small_and_writes_nothing(node: Wire) -> None:
    page = (await node.push()).pull
    assert page
    idle = node.request(pull=PullAsk(pos=page.pos, dig=page.dig))
    before = await written()
    body = coding.pack(sync.encode(idle))
    answered = await node.send(body)
    assert len(body) + len(answered.body) < 1000
    assert await written() == before


async def test_what_a_node_says_of_itself_is_on_the_list(node: Wire, town: Town) -> None:
    machine = Machine(off_ms=-420, disk_free_mb=5120, waiting=(12, 3), oldest_s=86400)
    await node.push(machine=machine, app="1.4.2")
    admin = await town.staff("admin")
    [view] = (await admin.get("/v1/staff/nodes")).json["items"]
    assert (view["number"], view["app"], view["waiting"], view["photos_waiting"]) == (
        node.node,
        "1.4.2",
        12,
        3,
    )
    assert (view["oldest_s"], view["offset_ms"], view["disk_free_mb"]) == (86400, -420, 5120)
    assert view["last_seen"] == "2026-04-10T04:00:00Z"
