"""Somebody on the line changes, repeats, inflates or invents: refused, and nothing is changed (property 17, 20)."""

import gzip
import secrets

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_spec import coding, signature, sync
from api_spec.sync import PullAsk
from backend import db
from tests.support.township import Town
from tests.sync import wire
from tests.sync.conftest import one_time_code
from tests.sync.wire import Wire


@pytest.fixture
async def node(town: Town) -> Wire:
    enrolled = await wire.enrol(town.client, await one_time_code(town))
    enrolled.write(enrolled.case())
    return enrolled


async def state() -> list[object]:
    """What a push could have changed."""
    return [
        await db.rows("SELECT id, upto, chain FROM node_stream ORDER BY id"),
        await db.rows("SELECT count(*) AS n FROM node_record"),
        await db.rows("SELECT count(*) AS n FROM held_record"),
        await db.rows("SELECT count(*) AS n FROM cases"),
        await db.rows("SELECT count(*) AS n FROM node_feed"),
    ]


def signed(node: Wire, body: bytes) -> dict[str, str]:
    headers = signature.sign_request(
        "POST", sync.EXCHANGE_PATH, body=body, node=node.node, nonce=node.told.nonce, key=node.key
    )
    return {**headers, "Content-Encoding": "zstd", "Accept-Encoding": "identity"}


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


async def post(town: Town, body: bytes, headers: dict[str, str], path: str = sync.EXCHANGE_PATH) -> int:
    async with town.client.post(path, data=body, headers=headers) as answer:
        await answer.read()
        return answer.status


async def test_a_bit_flipped_anywhere_is_refused_and_changes_nothing(town: Town, node: Wire) -> None:
    body = coding.pack(sync.encode(node.request()))
    headers = signed(node, body)
    before = await state()
    chosen = sorted({secrets.randbelow(len(body) * 8) for _ in range(60)})
    for bit in chosen:
        assert await post(town, flipped(body, bit), headers) == 401
    for name in (signature.NONCE, signature.SIGNATURE, signature.CONTENT_DIGEST, signature.SIGNATURE_INPUT):
        value = headers[name]
        for place in {*range(0, len(value), max(1, len(value) // 12)), value.rfind("=") - 2}:
            other = "A" if value[place] != "A" else "B"
            bent = {**headers, name: value[:place] + other + value[place + 1 :]}
            assert await post(town, body, bent) == 401, f"{name} at {place}"
    assert await state() == before
    assert await post(town, body, headers) == 200, "unchanged, it is taken"


async def test_a_push_cannot_be_sent_in_another_nodes_name(town: Town, node: Wire) -> None:
    other = await wire.enrol(town.client, await one_time_code(town, place=1))
    body = coding.pack(sync.encode(node.request()))
    before = await state()
    headers = signed(node, body)
    assert await post(town, body, {**headers, signature.NODE: str(other.node)}) == 401
    assert await post(town, body, {**headers, signature.NODE: "1"}) == 401
    bent = coding.pack(sync.encode(other.request(node=node.node)))
    assert await post(town, bent, signed(other, bent)) == 401, "its own signature, another's stream"
    assert await state() == before


async def test_another_path_than_the_signed_one_is_refused(town: Town, node: Wire) -> None:
    body = coding.pack(sync.encode(node.request()))
    before = await state()
    assert await post(town, body, signed(node, body), f"{sync.EXCHANGE_PATH}?a=1") == 401
    assert await post(town, body, signed(node, body), f"{sync.EXCHANGE_PATH}/") == 404
    assert await post(town, body, signed(node, body), sync.ENROL_PATH) in (400, 422)
    assert await state() == before


def _nested(depth: int) -> bytes:
    return b'{"proto":1,"app":' + b"[" * depth + b"]" * depth + b"}"


BOMBS = {
    "zeros": zstandard.ZstdCompressor(level=19).compress(bytes(200_000_000)),
    "without its size": zstandard.ZstdCompressor(level=19, write_content_size=False).compress(
        b" " * 100_000_000
    ),
    "zstd in zstd": zstandard.compress(zstandard.compress(bytes(50_000_000))),
    "deep": zstandard.compress(_nested(200_000)),
    "long number": zstandard.compress(b'{"proto":' + b"9" * 1_000_000 + b"}"),
    "doubled keys": zstandard.compress(b'{"proto":1,"proto":1}'),
    "gzip called zstd": gzip.compress(b"{}"),
    "cut short": zstandard.compress(b"{}" * 5000)[:-5],
    "not text": zstandard.compress(b"\xff\xfe\x00"),
    "empty": b"",
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_body_made_to_hurt_is_refused_however_well_it_is_signed(
    town: Town, node: Wire, bomb: str
) -> None:
    before = await state()
    status = await post(town, BOMBS[bomb], signed(node, BOMBS[bomb]))
    assert status in (400, 413, 422), status
    assert await state() == before
    assert (await node.push()).push.upto == 1, "the township goes on"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(junk=st.binary(max_size=400), seq=st.integers(1, 3))
async def test_any_bytes_signed_by_a_village_are_held_or_refused_and_never_break_anything(
    town: Town, junk: bytes, seq: int
) -> None:
    node = await wire.enrol(town.client, await one_time_code(town))
    node.write(*([junk] * seq))
    answer = await node.push(opaque=True)
    assert answer.push.upto == seq
    assert {reason for _, reason in answer.push.held} == {"E_UNREADABLE"}


async def test_a_replayed_push_and_a_replayed_pull_change_nothing(town: Town, node: Wire) -> None:
    body = coding.pack(sync.encode(node.request(pull=PullAsk())))
    headers = signed(node, body)
    assert await post(town, body, headers) == 200
    before = await state()
    for _ in range(5):
        assert await post(town, body, headers) == 200
    assert await state() == before
