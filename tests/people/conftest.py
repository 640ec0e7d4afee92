"""People on a database of their own, with WeChat's answers given by the test and a clock that stands still."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import argon2
import pytest

from api_spec.errors import ErrorCode
from api_spec.identity_number import check_character
from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Role
from backend.actors import Actor, system
from backend.audit.service import Audit
from backend.db import OpenDatabase
from backend.faults import Fault
from backend.ids import new_id
from backend.people.posts import Account, Post
from backend.people.service import Hashing, People, Tokens, WeChatDoor, tokens_of
from backend.people.session import SignedIn
from backend.vault import Vault
from backend.wechat.faults import CodeSpent
from backend.wechat.values import MiniSession, PhoneNumber, Scope, WebIdentity

NOON = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
TODAY = date(2026, 4, 10)
TENANT = new_id()
PASSWORD = "a slow boat to Leiyang"
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Phones:
    """WeChat as the tests see it: each code is good once and leads to the person it was made for."""

    sessions: dict[str, MiniSession] = field(default_factory=dict)
    numbers: dict[str, PhoneNumber] = field(default_factory=dict)
    web: dict[str, WebIdentity] = field(default_factory=dict)

    async def code_to_session(self, js_code: str) -> MiniSession:
        if js_code not in self.sessions:
            raise CodeSpent("jscode2session", 40029)
        return self.sessions.pop(js_code)

    async def phone_number(self, code: str) -> PhoneNumber:
        if code not in self.numbers:
            raise CodeSpent("getuserphonenumber", 40029)
        return self.numbers.pop(code)

    def authorize_url(self, redirect_uri: str, state: str, *, scope: Scope) -> str:
        return f"https://wechat.test/authorize?to={redirect_uri}&state={state}&scope={scope}"

    async def oauth_openid(self, code: str) -> WebIdentity:
        if code not in self.web:
            raise CodeSpent("oauth2", 40029)
        return self.web.pop(code)


@pytest.fixture
def vault() -> Vault:
    return Vault({1: bytes(range(32))})


@pytest.fixture
def tokens(vault: Vault) -> Tokens:
    return tokens_of(vault, "https://sandu.test")


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
def audit() -> Audit:
    return Audit()


def people_of(vault: Vault, tokens: Tokens, phones: Phones) -> People:
    """A township's people as one process has them."""
    return People(
        vault,
        Audit(),
        tokens=tokens,
        wechat=WeChatDoor(mini_appid="wxMini", mini=phones, web_appid="wxWeb", web=phones),
        home_tenant=lambda: TENANT,
        knows_tenant=lambda tenant_id: tenant_id == TENANT,
        hashing=Hashing(CHEAP),
    )


@pytest.fixture
async def people(db: OpenDatabase, vault: Vault, tokens: Tokens, phones: Phones) -> People:
    del db
    return people_of(vault, tokens, phones)


SignIn = Callable[..., Awaitable[tuple[Actor, SignedIn]]]


@pytest.fixture
def citizen(people: People, phones: Phones) -> SignIn:
    """Signs a WeChat user in: their actor and tokens."""

    async def sign_in(openid: str = "oMini-1", unionid: str | None = None) -> tuple[Actor, SignedIn]:
        phones.sessions[openid] = MiniSession(openid, "session key", unionid)
        signed_in = await people.sign_in_mini_program(openid, tenant_id=None, at=NOON)
        return people.authenticate(signed_in.access_token, NOON), signed_in

    return sign_in


Hire = Callable[..., Awaitable[Account]]


@pytest.fixture
def hire(people: People) -> Hire:
    """Makes an account with one post."""

    async def make(
        login_name: str, role: Role = Role.CENTRE_STAFF, *, must_change_password: bool = False, **post: Any
    ) -> Account:
        return await people.accounts.import_member(
            system(TENANT),
            login_name=login_name,
            name="某某",
            password=PASSWORD,
            must_change_password=must_change_password,
            held=[a_post(role, **post)],
            at=NOON,
        )

    return make


async def code_of(call: Awaitable[object]) -> ErrorCode:
    """Why a call is refused."""
    with pytest.raises(Fault) as refusal:
        await call
    return refusal.value.code


def a_post(role: Role, **more: Any) -> Post:
    """A complete post in `role`, from today on."""
    values: dict[str, Any] = {"id": "", "staff_id": "", "role": role, "valid_from": TODAY}
    return Post(**values | more)


def number_of(serial: int, prefix: str = "430481") -> str:
    """A possible identity number of nobody: born in 1900 (the office's rule for invented people)."""
    first = f"{prefix}19000101{serial:03}"
    return first + check_character(first)


async def consented(people: People, actor: Actor, at: datetime = NOON) -> None:
    await people.citizens.give_consent(
        actor.id,
        ConsentPurpose.SENSITIVE,
        version=1,
        partner=None,
        channel=Channel.MINI_PROGRAM,
        at=at,
    )


async def identified(people: People, actor: Actor, number: str, name: str = "某先生") -> None:
    await people.citizens.set_identity(
        actor, name=name, document_type=DocumentType.ID_CARD, document_number=number, at=NOON
    )


def later(**amount: float) -> datetime:
    return NOON + timedelta(**amount)
