"""Who may use this node's page: the township's accounts from the feed and those made here; sign-ins stay in memory.

Whoever signs in with the right password gets a copy of the data key under it, so that they can open this computer after
a restart; whoever may no longer sign in loses theirs. A session's age runs on the monotonic clock, because a village PC's calendar jumps.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api_spec.feed import ClerkRow
from api_spec.passwords import find_weakness
from village_node.access.cabinet import KeyCabinet
from village_node.access.keys import DataKey
from village_node.access.tries import UNKNOWN, Tries
from village_node.storage.database import Database, Writing
from village_node.sync.shadow import Shadow

SHORTEST_PASSWORD: Final = 8
"""A stolen disk can be tried at leisure; accounts of version 0.1.0 may have six."""
LONGEST_PASSWORD: Final = 100
IDLE_LIFE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Clerk:
    """A 代办员; `name` stands on slips and in every record this person writes."""

    id: str
    name: str


class LoginTaken(ValueError):
    """Another clerk of this node has the login."""


class EasyPassword(ValueError):
    """Others would guess it; the message is for whoever chose it."""


class NotOurs(LookupError):
    """The township keeps this account's password, not this computer."""


@dataclass(frozen=True, slots=True)
class _Account:
    clerk: Clerk
    password_hash: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What a clerk's password opens: the data key, its cabinet, and the count of wrong tries."""

    key: DataKey
    cabinet: KeyCabinet
    tries: Tries


class Clerks:
    """Accounts. Hashing runs in a thread, so that a sign-in stops nobody else's page."""

    def __init__(self, database: Database, shadow: Shadow, *, hasher: PasswordHasher, lock: Lock) -> None:
        self._database = database
        self._shadow = shadow
        self._hasher = hasher
        self._lock = lock

    async def any(self) -> bool:
        """Whether anybody can sign in; if not, the first person at this computer makes an account."""
        return bool(await self._accounts())

    async def add(
        self, login: str, name: str, *, password: str, clerk_id: str, now_ms: int, only_first: bool = False
    ) -> Clerk:
        """Make an account at this computer.

        Args:
            only_first: refuse when there is one already: the page's first-run form is open to whoever sits there.

        Raises:
            LoginTaken: the login exists, or somebody else was first.
            ValueError: the password is too short or too long.
        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise ValueError("password length")
        if login in await self._accounts():
            raise LoginTaken
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        guard = "WHERE NOT EXISTS (SELECT 1 FROM clerk)" if only_first else "WHERE true"

        async def insert(tx: Writing) -> bool:
            added = await tx.row(
                "INSERT INTO clerk (id, login, name, password_hash, added_ms)"
                f" SELECT ?, ?, ?, ?, ? {guard} ON CONFLICT DO NOTHING RETURNING id",
                clerk_id,
                login,
                name,
                hashed,
                now_ms,
            )
            return added is not None

        if not await self._database.write(insert):
            raise LoginTaken
        await self._hand_key(login, password, of=hashed)
        return Clerk(clerk_id, name)

    async def change_password(self, clerk: Clerk, *, old: str, new: str) -> bool:
        """False: the old one is wrong.

        Raises:
            NotOurs: the township's account; its password is changed there.
            ValueError: the new one is too short or too long; EasyPassword: easy to guess.
            TooManyTries
        """
        if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
            raise ValueError("password length")
        row = await self._database.row("SELECT login FROM clerk WHERE id = ?", clerk.id)
        login = row["login"] if row else ""
        account = (await self._accounts()).get(login)
        if account is None or account.clerk.id != clerk.id:
            raise NotOurs
        if easy := find_weakness(new, login):
            raise EasyPassword(easy.sentence)
        self._lock.tries.attempt(login)
        if not await asyncio.to_thread(self._verify, account, old[: LONGEST_PASSWORD + 1]):
            return False
        self._lock.tries.was_right(login)
        hashed = await asyncio.to_thread(self._hasher.hash, new)
        await self._database.write(
            lambda tx: tx.run("UPDATE clerk SET password_hash = ? WHERE id = ?", hashed, clerk.id)
        )
        await self._hand_key(login, new, of=hashed)
        return True

    async def end_others(self, staying: Clerk, *, now_ms: int) -> None:
        """Everybody else's access to this computer ends, the township's accounts' too; what they wrote stays theirs."""
        others = [account.clerk.id for account in (await self._accounts()).values()]
        await self._database.write(
            lambda tx: tx.run_many(
                "INSERT INTO clerk_ended (id, ended_ms) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(each, now_ms) for each in others if each != staying.id],
            )
        )
        await self.collect_keys()

    async def collect_keys(self) -> int:
        """Take the data key from everybody who may no longer sign in; how many had one."""
        logins = list(await self._accounts())
        return await asyncio.to_thread(self._lock.cabinet.keep_only, logins)

    async def sign_in(self, login: str, password: str) -> Clerk | None:
        """The clerk, or None: a wrong login and a wrong password look alike and take as long.

        Raises:
            TooManyTries
        """
        account = (await self._accounts()).get(login)
        counted = login if account else UNKNOWN
        self._lock.tries.attempt(counted)
        right = await asyncio.to_thread(self._verify, account, password[: LONGEST_PASSWORD + 1])
        if account is None or not right:
            return None
        self._lock.tries.was_right(counted)
        if not self._lock.cabinet.has(login, of=account.password_hash):
            await self._hand_key(login, password, of=account.password_hash)
        return account.clerk

    async def _hand_key(self, login: str, password: str, *, of: str) -> None:
        lock = self._lock
        await asyncio.to_thread(lock.cabinet.keep, login, password, key=lock.key, of=of)

    async def _accounts(self) -> dict[str, _Account]:
        """By login. Where both have one, the township's account counts."""
        rows = await self._database.rows("SELECT id, login, name, password_hash FROM clerk")
        found = {row["login"]: _Account(Clerk(row["id"], row["name"]), row["password_hash"]) for row in rows}
        for told in await self._shadow.of_kind(ClerkRow):
            found.pop(told.login, None)
            if told.active:
                found[told.login] = _Account(Clerk(told.rid, told.name), told.password)
        ended = {row["id"] for row in await self._database.rows("SELECT id FROM clerk_ended")}
        return {login: account for login, account in found.items() if account.clerk.id not in ended}

    def _verify(self, account: _Account | None, password: str) -> bool:
        if account is None:
            self._hasher.hash(password)  # costs what a check costs
            return False
        try:
            return self._hasher.verify(account.password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


class Sessions:
    """Who is signed in, browser by browser; whoever leaves theirs alone has to sign in again. Gone when the node stops.

    A form that was typed meanwhile is not lost: see `edge.SIGN_IN_FIRST`.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._open: dict[str, tuple[Clerk, float]] = {}

    def start(self, clerk: Clerk) -> str:
        """The cookie's value; only its hash is kept."""
        token = secrets.token_urlsafe(32)
        self._open[_hash(token)] = (clerk, self._monotonic())
        return token

    def find(self, token: str) -> Clerk | None:
        key = _hash(token)
        clerk, seen = self._open.get(key, (None, 0.0))
        if clerk is None:
            return None
        now = self._monotonic()
        if now - seen > IDLE_LIFE.total_seconds():
            del self._open[key]
            return None
        self._open[key] = (clerk, now)
        return clerk

    def end(self, token: str) -> None:
        self._open.pop(_hash(token), None)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
