"""A village computer that was broken into: enrolled, signs correctly, and sends what no node would. Never a 5xx."""

import json
import secrets
from typing import Any

import msgspec
import pytest

from api_spec import coding, records, sync
from api_spec.coding import Coding
from api_spec.signature import NODE
from tests.contract.running import NOT_THERE, Running
from tests.sync.wire import Wire, enrol

NASTY_TEXTS = ("\0", "\ud800", "\x01", "一" * 20_000, "'\"><script>", "‮", "")
NASTY_VALUES: tuple[Any, ...] = (
    10**30,
    -(10**30),
    2**63,
    2**64,
    1e308,
    -1,
    True,
    None,
    [[[[]]]],
    {"a": {"b": "c"}},
    "9" * 5000,
    *NASTY_TEXTS,
)


async def fresh_code(running: Running) -> str:
    director = await running.caller("director")
    made = await director.post(f"/v1/staff/villages/{running.known['village_id'][0]}/enrolment-codes")
    assert made.status == 201, made.json
    return str(made.json["code"])


@pytest.fixture
def wire(running: Running) -> Wire:
    async def enrolled() -> Wire:
        return await enrol(running.town.client, await fresh_code(running))

    return running.ask(enrolled())


def raw_json(value: Any) -> bytes:
    """JSON as a careless program writes it, halves of characters and long numbers included."""

    return json.dumps(value).encode()


def bent(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[str, Any]]:
    """Every way of putting something nasty in one place of a message."""
    found: list[tuple[str, Any]] = []
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        at = (*path, key)
        for nasty in NASTY_VALUES:
            copy = value.copy()
            copy[key] = nasty
            found.append((f"{'.'.join(map(str, at))} = {str(nasty)[:20]!a}", copy))
        for name, inner in bent(value[key], at):
            copy = value.copy()
            copy[key] = inner
            found.append((name, copy))
    return found


def test_whatever_an_enrolled_node_says_of_itself_and_its_stream(running: Running, wire: Wire) -> None:
    wire.write(wire.case())
    whole = msgspec.json.decode(sync.encode(wire.request()))
    whole["self"] = {"now": "x", "mono": 1, "boot": "b", "off_ms": 5, "disk_free_mb": 5, "waiting": [1, 1]}
    del whole["recs"]

    async def tried() -> list[str]:
        surprises = []
        for name, message in bent(whole):
            answer = await wire.send(coding.pack(raw_json(message)))
            if answer.status >= 500:
                surprises.append(f"{name}: {answer.status} {answer.body[:100]!r}")
        return surprises

    surprises = running.ask(tried())
    assert not surprises, "\n".join(surprises)


def test_whatever_stands_in_a_record(running: Running, wire: Wire) -> None:
    """Taken, held for a clerk, or refused: the stream goes on."""
    whole = msgspec.json.decode(records.encode_record(wire.case()))

    async def tried() -> list[str]:
        surprises = []
        for name, record in bent(whole):
            if not name.startswith("rid"):
                record = {**record, "rid": secrets.token_hex(16)}
            wire.sent.append(raw_json(record))
            answer = await wire.exchange(wire.request(len(wire.sent) - 1, opaque=True))
            if answer.status != 200 or answer.exchange.push.upto != len(wire.sent):
                surprises.append(f"{name}: {answer.status} {answer.body[:160]!r}")
                wire.sent.pop()
        return surprises

    surprises = running.ask(tried(), within_s=300)
    assert not surprises, "\n".join(surprises)


def test_whatever_somebody_without_a_key_sends(running: Running) -> None:
    async def tried() -> list[str]:
        surprises = []
        code = await fresh_code(running)
        town = running.town
        good = {
            "proto": sync.PROTO,
            "app": "x",
            "alg": "ed25519",
            "token": code,
            "epoch": secrets.token_hex(8),
            "sign_key": "A" * 44,
            "seal_key": "A" * 44,
            "proof": "A" * 88,
        }
        for name, message in bent(good):
            answer = await town.anyone.call("POST", sync.ENROL_PATH, data=raw_json(message))
            if answer.status not in (400, 403, 413, 422):
                surprises.append(f"{name}: {answer.status}")
        return surprises

    surprises = running.ask(tried())
    assert not surprises, "\n".join(surprises)


BODIES = {
    "nothing": (b"", Coding.ZSTD.value),
    "not packed": (b"{}", Coding.ZSTD.value),
    "a bomb": (coding.pack(b" " * 200_000_000), Coding.ZSTD.value),
    "another coding": (b"{}", "br"),
    "gzip by name": (b"{}", "gzip"),
    "deep": (coding.pack(b"[" * 100_000), Coding.ZSTD.value),
    "not utf-8": (coding.pack(b"\xff\xfe"), Coding.ZSTD.value),
    "twice packed": (coding.pack(coding.pack(b"{}")), "zstd, zstd"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_signed_body_that_cannot_be_read_is_refused(running: Running, wire: Wire, kind: str) -> None:
    body, encoding = BODIES[kind]
    answer = running.ask(wire.send(body, encoding=encoding))
    assert answer.status in (400, 401, 409, 413, 415, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {NODE: "0"},
        {NODE: "-1"},
        {NODE: "9" * 400},
        {NODE: "٣"},
        {"Signature": ""},
        {"Signature": "sig=:" + "A" * 7000 + ":"},
        {"Signature": "sig=::"},
        {"Signature-Input": "sig=()"},
        {"Signature-Input": "\xff"},
        {"Content-Digest": "sha-256=:x:"},
        {"Content-Digest": NOT_THERE},
    ],
    ids=str,
)
def test_a_bent_signature_is_refused(running: Running, wire: Wire, headers: dict[str, str]) -> None:
    body = coding.pack(sync.encode(wire.request()))
    answer = running.ask(wire.send(body, headers=headers))
    assert answer.status in (401, 403, 409)
