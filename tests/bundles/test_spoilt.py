"""Bundles no honest village would make: bombs, foreign nodes and counties, wrong contents, wrong keys."""

import io
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
import zstandard

from api_spec import bundle, bundle_reader, chain, coding, sync
from api_spec.bundle import BundleHeader, Item, Piece
from api_spec.bundle_writer import BundleWriter
from api_spec.records import SCHEMA
from api_spec.sync import Entry, ExchangeRequest
from tests.bundles.desk import Desk, bring, bring_all, state
from tests.support.township import Town
from tests.sync.conftest import Opener


def head(desk: Desk, epoch: str, **changed: Any) -> BundleHeader:
    answer, keys = desk.pc.enrolment.answer, desk.pc.keys.own_keys()
    given: dict[str, Any] = {
        "way": "up",
        "county": answer.county,
        "node": desk.pc.number,
        "bundle": "0" * 32,
        "epoch": epoch,
        "first": 1,
        "last": 0,
        "before": chain.START,
        "after": chain.START,
        "sign_key": bundle.key_id(keys.signing_public),
        "seal_key": bundle.key_id(answer.township_seal_key),
    }
    return BundleHeader(**{**given, **changed})


async def forge(desk: Desk, things: Sequence[tuple[int, bytes]], **changed: Any) -> bytes:
    """A bundle this computer's key has signed, with anything in it."""
    epoch = (await desk.pc.outbox.stream()).epoch
    out = io.BytesIO()
    writer = BundleWriter(
        out,
        head(desk, epoch, **changed),
        recipient=desk.pc.enrolment.answer.township_seal_key,
        key=desk.pc.keys.own_keys().signing,
        file_key=secrets.token_bytes(32),
    )
    for kind, body in things:
        writer.add(kind, body)  # type: ignore[arg-type]
    writer.finish()
    return out.getvalue()


async def push(desk: Desk, *records: bytes, **changed: Any) -> bytes:
    given: dict[str, Any] = {
        "proto": sync.PROTO,
        "app": "test",
        "schema": SCHEMA,
        "node": desk.pc.number,
        "epoch": (await desk.pc.outbox.stream()).epoch,
        "base": 0,
        "base_chain": chain.START,
        "recs": tuple(Entry(seq=seq, rec=msgspec.Raw(stored)) for seq, stored in enumerate(records, 1)),
    }
    return coding.pack(sync.encode(ExchangeRequest(**{**given, **changed})))


async def refused(town: Town, part: bytes) -> str:
    """Its code. Nothing of it may be here afterwards."""
    before = await state(town.office.vault)
    answer = await bring(town, part)
    assert await state(town.office.vault) == before
    assert answer.status >= 400
    return answer.code


@pytest.mark.parametrize("inflated", [9 * 1024**2, 512 * 1024**2])
async def test_a_bomb_is_not_inflated(desk: Desk, town: Town, inflated: int) -> None:
    packer = zstandard.ZstdCompressor().compressobj(size=inflated)
    bomb = b"".join(packer.compress(bytes(1024**2)) for _ in range(inflated // 1024**2)) + packer.flush()
    assert len(bomb) < 100_000
    assert await refused(town, await forge(desk, [(Item.PUSH, bomb)])) == "bundle_invalid"


async def test_a_bomb_that_hides_its_size_is_not_inflated(desk: Desk, town: Town) -> None:
    packer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    bomb = packer.compress(bytes(64 * 1024**2)) + packer.flush()
    assert await refused(town, await forge(desk, [(Item.PUSH, bomb)])) == "bundle_invalid"


@pytest.mark.parametrize("body", [b"", b"{}", b"PK\x03\x04", b'{"proto":1}', b"\xff" * 100])
async def test_what_is_no_push_is_refused(desk: Desk, town: Town, body: bytes) -> None:
    assert await refused(town, await forge(desk, [(Item.PUSH, coding.pack(body))])) == "bundle_invalid"
    assert await refused(town, await forge(desk, [(Item.PUSH, body)])) == "bundle_invalid"


@pytest.mark.parametrize("kind", [Item.ANSWER, Item.MANIFEST, Item.PACK, 0, 6, 255])
async def test_an_item_no_village_may_send_is_refused(desk: Desk, town: Town, kind: int) -> None:
    assert await refused(town, await forge(desk, [(kind, b"x")])) == "bundle_invalid"


async def test_a_push_of_another_node_in_its_bundle_is_refused(
    town: Town, computers: Opener, desk: Desk
) -> None:
    other = Desk(await computers("other", place=1), desk.folder)
    foreign = await push(desk, node=other.pc.number)
    assert await refused(town, await forge(desk, [(Item.PUSH, foreign)])) == "bundle_invalid"


async def test_a_bundle_in_another_nodes_name_is_refused(town: Town, computers: Opener, desk: Desk) -> None:
    other = Desk(await computers("other", place=1), desk.folder)
    part = await forge(desk, [(Item.PUSH, await push(desk))], node=other.pc.number)
    assert await refused(town, part) == "bundle_invalid"


async def test_a_push_of_another_epoch_than_the_head_says_is_refused(desk: Desk, town: Town) -> None:
    part = await forge(desk, [(Item.PUSH, await push(desk, epoch="ab" * 8))])
    assert await refused(town, part) == "bundle_invalid"


async def test_records_out_of_order_are_refused(desk: Desk, town: Town) -> None:
    wrong = await push(desk, recs=(Entry(seq=2, rec=msgspec.Raw(b"{}")),))
    assert await refused(town, await forge(desk, [(Item.PUSH, wrong)])) == "bundle_invalid"


async def test_another_countys_bundle_is_refused_as_such(desk: Desk, town: Town) -> None:
    assert await refused(town, await forge(desk, [], county="999999")) == "bundle_foreign"


async def test_a_bundle_sealed_to_another_township_is_refused_as_such(desk: Desk, town: Town) -> None:
    assert await refused(town, await forge(desk, [], seal_key="0" * 16)) == "bundle_foreign"


async def test_a_nodes_number_nobody_has_is_unknown(desk: Desk, town: Town) -> None:
    taken = desk.pc.number
    free = taken + 1 if taken < 1_048_575 else 1
    assert await refused(town, await forge(desk, [], node=free)) == "node_unknown"


async def test_a_reply_is_not_taken_in_by_the_township(desk: Desk, town: Town) -> None:
    [reply] = await bring_all(town, await desk.parts())
    assert await refused(town, reply) == "bundle_foreign"


async def test_a_bundle_that_cannot_be_opened_is_refused(desk: Desk, town: Town) -> None:
    """Its head names the township's key and its file key is wrapped for another."""
    out = io.BytesIO()
    keys = desk.pc.keys.own_keys()
    writer = BundleWriter(
        out,
        head(desk, (await desk.pc.outbox.stream()).epoch),
        recipient=keys.sealing_public,
        key=keys.signing,
        file_key=secrets.token_bytes(32),
    )
    writer.finish()
    assert await refused(town, out.getvalue()) == "bundle_invalid"


async def test_a_record_no_township_can_read_is_held_and_the_next_one_taken(desk: Desk, town: Town) -> None:
    good = await desk.pc.file()
    [stored] = await desk.pc.database.rows("SELECT body FROM outbox")
    body = await push(desk, b'{"kind":"case"}', stored["body"])
    [reply] = await bring_all(town, [await forge(desk, [(Item.PUSH, body)])])
    left = await state(town.office.vault)
    assert len(left["held"]) == 1
    assert [case[0] for case in left["cases"]] == [good.rid]
    assert bundle_reader.read_head(io.BytesIO(reply)).header.last == 2


@pytest.mark.parametrize("piece", [b"", bytes(47), Piece(bytes(32), 5, 3, b"abc").pack()])
async def test_a_piece_of_no_photo_is_refused(desk: Desk, town: Town, piece: bytes) -> None:
    assert await refused(town, await forge(desk, [(Item.PHOTO, piece)])) == "bundle_invalid"


async def test_a_stranger_is_stopped_at_the_head(desk: Desk, town: Town) -> None:
    """The rest of a body whose head is refused is not even received."""
    part = await forge(desk, [], county="999999")
    assert await refused(town, part + bytes(3 * 1024**2)) == "bundle_foreign"
    assert not (town.office.settings.data / "bundles").exists(), "it never took a place"
