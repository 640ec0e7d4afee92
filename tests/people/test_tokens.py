"""Only what this township signed, for itself, lately, opens a door."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Partner, Role
from backend.actors import Actor
from backend.faults import Fault
from backend.people.tokens import LEEWAY, Tokens, signing_key
from tests.people.conftest import NOON, later

ISSUER, AUDIENCE = "https://sandu.test", "bianmintong"
KEY = signing_key(bytes(range(32)))
CLERK = Actor(
    id="s1",
    roles=frozenset({Role.WINDOW, Role.PARTNER}),
    tenant_id="t1",
    department_id="d1",
    window_ids=("w1", "w2"),
    village_id="v1",
    partner=Partner.WATER,
    session_id="x1",
    name="某某",
    must_change_password=True,
)


def make(key: ec.EllipticCurvePrivateKey = KEY, **more: Any) -> Tokens:
    settings: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "random": bytes} | more
    return Tokens(key, **settings)


def issued(tokens: Tokens | None = None) -> str:
    return (tokens or make()).issue(CLERK, at=NOON, expires_at=later(minutes=15))


def claims(**changes: Any) -> dict[str, Any]:
    """A good token's claims with some changed; None takes one out."""
    good = jwt.decode(issued(), options={"verify_signature": False})
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(changed: dict[str, Any]) -> str:
    return jwt.encode(changed, KEY, algorithm="ES256")


def refused(token: str, code: ErrorCode = ErrorCode.TOKEN_INVALID, **when: float) -> None:
    with pytest.raises(Fault) as refusal:
        make().verify(token, at=later(**when))
    assert refusal.value.code is code


def test_a_token_brings_back_the_whole_actor() -> None:
    assert make().verify(issued(), at=NOON).actor == CLERK


def test_a_citizens_token_carries_nothing_of_a_post() -> None:
    citizen = Actor(id="c1", roles=frozenset({Role.CITIZEN}), tenant_id="t1", session_id="x1")
    token = make().issue(citizen, at=NOON, expires_at=later(minutes=30))
    assert make().verify(token, at=NOON).actor == citizen
    assert {"dep", "win", "vil", "par", "nam", "pwc"}.isdisjoint(
        jwt.decode(token, options={"verify_signature": False})
    )


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "jti", "typ", "sub", "sid", "rol", "ten"])
def test_a_token_without_a_required_claim_is_refused(claim: str) -> None:
    refused(signed(claims(**{claim: None})))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "https://other.test"),
        ("aud", "other"),
        ("aud", [AUDIENCE]),
        ("typ", "refresh"),
        ("typ", 1),
        ("exp", "tomorrow"),
        ("exp", 1e30),
        ("exp", True),
        ("exp", -(2**70)),
        ("iat", None),
        ("sub", ""),
        ("sub", 7),
        ("sid", ""),
        ("ten", 7),
        ("rol", ["king"]),
        ("rol", 3),
        ("par", "gold"),
        ("win", 3),
        ("nam", ["x"]),
    ],
)
def test_a_signed_token_with_a_wrong_claim_is_refused(claim: str, value: object) -> None:
    refused(signed(claims(**{claim: value})))


def test_a_token_lives_until_its_end_and_the_leeway() -> None:
    tokens, token = make(), issued()
    tokens.verify(token, at=later(minutes=15) + LEEWAY - timedelta(seconds=1))
    refused(token, ErrorCode.TOKEN_EXPIRED, minutes=16)


def test_a_remembered_token_is_not_taken_past_its_end() -> None:
    tokens, token = make(), issued()
    tokens.verify(token, at=later(minutes=15, seconds=59))
    with pytest.raises(Fault) as refusal:
        tokens.verify(token, at=later(minutes=16))
    assert refusal.value.code is ErrorCode.TOKEN_EXPIRED


def test_a_token_from_the_future_is_refused() -> None:
    refused(issued(), minutes=-2)


def test_an_unsigned_token_is_refused() -> None:
    refused(f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims())}.")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = _part({"alg": "HS256", "typ": "JWT"})
    body = _part(claims())
    mac = hmac.new(public, f"{header}.{body}".encode(), hashlib.sha256).digest()
    refused(f"{header}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


def test_a_token_of_another_key_is_refused() -> None:
    refused(issued(make(signing_key(bytes(32)))))


@pytest.mark.parametrize("algorithm", ["HS256", "ES384", "EdDSA", "RS256", "NONE", ""])
def test_the_algorithm_in_the_header_is_not_believed(algorithm: str) -> None:
    _, body, signature = issued().split(".")
    refused(f"{_part({'alg': algorithm, 'typ': 'JWT'})}.{body}.{signature}")


@given(at=st.integers(0, 10_000), char=st.sampled_from("ABCxyz019-_=. \n+/中"))
def test_an_altered_character_is_noticed_wherever_it_stands(at: int, char: str) -> None:
    token = issued()
    place = at % len(token)
    altered = token[:place] + char + token[place + 1 :]
    if altered != token:
        refused(altered)


def test_another_way_of_writing_the_same_bytes_is_refused() -> None:
    token = issued()
    refused(f"{token}==")
    for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if char != token[-1]:
            refused(token[:-1] + char)


@given(
    st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1")), st.just("\udcff.\udcff.\udcff"))
)
def test_garbage_is_refused(text: str) -> None:
    refused(text)


def test_an_oversized_token_is_refused_unread() -> None:
    refused(signed(claims(junk="x" * 5000)))


def test_the_memory_of_tokens_is_bounded() -> None:
    tokens = make(remembered=3)
    for number in range(10):
        actor = Actor(id=f"s{number}", roles=frozenset({Role.WINDOW}), tenant_id="t", session_id="x")
        tokens.verify(tokens.issue(actor, at=NOON, expires_at=later(minutes=5)), at=NOON)
    assert len(tokens._known) == 3


def test_a_remembered_token_costs_a_small_part_of_a_verified_one() -> None:
    tokens, fresh = make(), make(remembered=1)
    ours = issued()
    other = signed(claims(jti="other"))
    tokens.verify(ours, at=NOON)

    def timed(run: Any) -> float:
        started = time.perf_counter()
        for _ in range(50):
            run()
        return time.perf_counter() - started

    remembered = min(timed(lambda: tokens.verify(ours, at=NOON)) for _ in range(3))
    computed = min(
        timed(lambda: (fresh.verify(ours, at=NOON), fresh.verify(other, at=NOON))) for _ in range(3)
    )
    assert remembered * 10 < computed


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
