"""Doors stay shut to tokens that are broken, forged, somebody else's or out of date: 401 with a sentence, nothing written."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api_spec.route import Door
from api_spec.routes import ALL
from backend.people.tokens import signing_key
from backend.wechat.standin.people import DEMO_PEOPLE
from tests.contract.running import CITIZEN, STAFF_TRIED, Running
from tests.support.township import Caller

pytestmark = pytest.mark.usefixtures("nothing_is_written")

CLOSED = tuple(route for route in ALL if route.door is Door.TOKEN)


class Forger:
    """Makes tokens of every wrong kind out of a good one."""

    def __init__(self, running: Running) -> None:
        town = running.town
        self.good = running.ask(running.caller("director")).token
        self.claims: dict[str, Any] = jwt.decode(self.good, options={"verify_signature": False})
        self.key = signing_key(town.office.vault.derive("access-tokens"))
        self.at: datetime = town.clock()

    def signed(self, *, key: Any = None, algorithm: str = "ES256", **changes: Any) -> str:
        """A token with some claims changed, or taken out by None; signed by the township unless told otherwise."""
        claims = {name: value for name, value in (self.claims | changes).items() if value is not None}
        return jwt.encode(claims, self.key if key is None else key, algorithm=algorithm)

    def seconds(self, ago: timedelta) -> int:
        return int((self.at - ago).timestamp())

    def by_hand(self, header: dict[str, Any], *, signature: bytes = b"") -> str:
        """A token PyJWT would not make."""
        parts = (json.dumps(header).encode(), json.dumps(self.claims).encode(), signature)
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def confused(self) -> str:
        """HS256 with the township's public key as the secret."""
        head = self.by_hand({"alg": "HS256", "typ": "JWT"}).rpartition(".")[0]
        signature = jwt.get_algorithm_by_name("HS256").sign(head.encode(), self.public_pem())
        return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def other_key() -> ec.EllipticCurvePrivateKey:
    return signing_key(b"somebody else's" * 3)


FORGED: dict[str, Callable[[Forger], str]] = {
    "no algorithm": lambda f: f.by_hand({"alg": "none", "typ": "JWT"}),
    "no algorithm, other case": lambda f: f.by_hand({"alg": "NoNe", "typ": "JWT"}),
    "no algorithm, old signature": lambda f: f.by_hand({"alg": "none"}, signature=b"x" * 64),
    "key confusion": Forger.confused,
    "empty secret": lambda f: f.signed(key="x" * 32, algorithm="HS256"),
    "another key": lambda f: f.signed(key=other_key()),
    "another key in the header": lambda f: f.by_hand(
        {"alg": "ES256", "jwk": {"kty": "EC"}, "jku": "https://evil.test", "kid": "../../dev/null"},
        signature=b"x" * 64,
    ),
    "no signature": lambda f: f.good.rpartition(".")[0] + ".",
    "half a signature": lambda f: f.good[:-20],
    "signature of zeros": lambda f: f.by_hand({"alg": "ES256", "typ": "JWT"}, signature=bytes(64)),
    "no exp": lambda f: f.signed(exp=None),
    "no iat": lambda f: f.signed(iat=None),
    "no jti": lambda f: f.signed(jti=None),
    "no sid": lambda f: f.signed(sid=None),
    "no typ": lambda f: f.signed(typ=None),
    "a refresh token by type": lambda f: f.signed(typ="refresh"),
    "another audience": lambda f: f.signed(aud="county"),
    "our audience among others": lambda f: f.signed(aud=["bianmintong", "county"]),
    "another issuer": lambda f: f.signed(iss="https://other.test"),
    "exp as text": lambda f: f.signed(exp="2099"),
    "exp without end": lambda f: f.signed(exp=10**18),
    "exp at the end of the calendar": lambda f: f.signed(exp=253_402_300_799, iat=253_402_300_000),
    "exp in halves": lambda f: f.signed(exp=4e9 + 0.5),
    "from tomorrow": lambda f: f.signed(iat=f.seconds(-timedelta(days=1)), exp=f.seconds(-timedelta(days=2))),
    "a role nobody has": lambda f: f.signed(rol=["emperor"]),
    "roles as text": lambda f: f.signed(rol="director"),
    "sub as number": lambda f: f.signed(sub=1),
    "garbage": lambda _: "garbage",
    "dots": lambda _: "..",
    "empty parts": lambda _: "a..b",
    "not base64": lambda _: "ä.ö.ü".encode().decode("latin-1"),
    "four parts": lambda f: f.good + ".x",
    "padded": lambda f: f.good + "=",
    "very long": lambda f: f.good + "A" * 5000,
    "quoted": lambda f: f'"{f.good}"',
    "sql": lambda _: "' OR 1=1 --",
}


async def refusal(caller: Caller, token: str, *, path: str = "/v1/staff/me") -> tuple[int, str]:
    answer = await caller.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.json["title"].endswith("。")
    return answer.status, answer.code


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_opens_no_door(running: Running, kind: str) -> None:
    forger = Forger(running)
    forged = FORGED[kind](forger)
    assert running.ask(refusal(running.town.anyone, forged)) == (401, "token_invalid")


@pytest.mark.parametrize("kind", [kind for kind in FORGED if kind != "quoted"])
def test_a_forged_cookie_leads_to_the_sign_in_page(running: Running, kind: str) -> None:
    forged = FORGED[kind](Forger(running))

    async def opened() -> tuple[int, str]:
        answer = await running.town.anyone.get("/staff", headers={"Cookie": f"bmt_session={forged}"})
        return answer.status, answer.headers["Location"]

    assert running.ask(opened()) == (303, "/staff/signin?next=/staff")


def test_the_good_token_they_were_made_from_is_good(running: Running) -> None:
    forger = Forger(running)
    again = forger.signed()

    async def opened() -> int:
        return (
            await running.town.anyone.get("/v1/staff/me", headers={"Authorization": f"Bearer {again}"})
        ).status

    assert running.ask(opened()) == 200


def test_an_expired_token_says_so(running: Running) -> None:
    forger = Forger(running)
    old = forger.signed(exp=forger.seconds(timedelta(minutes=2)), iat=forger.seconds(timedelta(hours=1)))
    assert running.ask(refusal(running.town.anyone, old)) == (401, "token_expired")


def test_a_refresh_token_is_no_access_token(running: Running) -> None:
    async def tried() -> tuple[int, str]:
        town = running.town
        async with town.wechat.post(f"/_standin/people/{DEMO_PEOPLE[0].openid}/login-code") as minted:
            code = (await minted.json())["code"]
        session = await town.anyone.post("/v1/session", {"code": code})
        return await refusal(town.anyone, session.json["refresh_token"], path="/v1/me")

    assert running.ask(tried()) == (401, "token_invalid")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic ZGlyZWN0b3I6eA==", "bearer x", "Token x", "Bearer  x", "x" * 8000],
)
def test_another_kind_of_authorization_is_refused(running: Running, header: str) -> None:
    async def tried() -> tuple[int, str]:
        answer = await running.town.anyone.get("/v1/staff/me", headers={"Authorization": header})
        return answer.status, answer.code

    status, code = running.ask(tried())
    assert (status, code) in {(401, "token_missing"), (401, "token_invalid")}


def test_every_closed_operation_wants_a_token_and_a_good_one(running: Running) -> None:
    forger = Forger(running)

    async def tried() -> list[str]:
        open_doors = []
        for route in CLOSED:
            for token in ("", FORGED["no algorithm"](forger), forger.confused()):
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                answer = await running.town.anyone.call(route.method, running.path(route), headers=headers)
                if answer.status != 401 or answer.headers.get("WWW-Authenticate") != "Bearer":
                    open_doors.append(f"{route.name}: {answer.status}")
        return open_doors

    assert running.ask(tried()) == []


def test_a_role_that_is_not_asked_gets_through_no_door(running: Running) -> None:
    """Each operation by everybody else: 403, before anything is read of the body."""

    async def tried() -> list[str]:
        through = []
        for who in (CITIZEN, *STAFF_TRIED):
            caller = await running.caller(who)
            roles = running.town.office.people.authenticate(caller.token, running.town.clock()).roles
            for route in CLOSED:
                if route.who.isdisjoint(roles):
                    answer = await caller.call(route.method, running.path(route), data=b"not json")
                    if (answer.status, answer.code) != (403, "not_allowed"):
                        through.append(f"{route.name} by {who}: {answer.status}")
        return through

    assert running.ask(tried()) == []
