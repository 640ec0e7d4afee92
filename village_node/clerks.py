"""Who may use this node's page: the township's accounts from the feed and those made here; sign-ins stay in memory.

A session's age runs on the monotonic clock, because a village PC's calendar jumps.
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
from village_node.database import Database, Writing
from village_node.shadow import Shadow

SHORTEST_PASSWORD: Final = 6
LONGEST_PASSWORD: Final = 100
IDLE_LIFE: Final = timedelta(hours=8)
FREE_TRIES: Final = 5
LONGEST_PAUSE: Final = timedelta(minutes=5)
_NAMES_REMEMBERED: Final = 200


@dataclass(frozen=True, slots=True)
class Clerk:
    """A 代办员; `name` stands on slips and in every record this person writes."""

    id: str
    name: str


class LoginTaken(ValueError):
    """Another clerk of this node has the login."""


class TooManyTries(RuntimeError):
    """Wrong passwords; `wait` until the next try counts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many wrong passwords")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class _Account:
    clerk: Clerk
    password_hash: str


class Clerks:
    """Accounts. Hashing runs in a thread, so that a sign-in stops nobody else's page."""

    def __init__(
        self, database: Database, shadow: Shadow, *, hasher: PasswordHasher, monotonic: Callable[[], float]
    ) -> None:
        self._database = database
        self._shadow = shadow
        self._hasher = hasher
        self._monotonic = monotonic
        self._wrong: dict[str, tuple[int, float]] = {}

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
        return Clerk(clerk_id, name)

    async def sign_in(self, login: str, password: str) -> Clerk | None:
        """The clerk, or None: a wrong login and a wrong password look alike and take as long.

        Raises:
            TooManyTries: after five wrong ones the pause doubles, up to five minutes.
        """
        self._refuse_hurry(login)
        account = (await self._accounts()).get(login)
        right = await asyncio.to_thread(self._verify, account, password[: LONGEST_PASSWORD + 1])
        if account is None or not right:
            tries, _ = self._wrong.get(login, (0, 0.0))
            if len(self._wrong) > _NAMES_REMEMBERED:
                self._wrong.clear()
            self._wrong[login] = (tries + 1, self._monotonic())
            return None
        self._wrong.pop(login, None)
        return account.clerk

    async def _accounts(self) -> dict[str, _Account]:
        """By login. Where both have one, the township's account counts."""
        rows = await self._database.rows("SELECT id, login, name, password_hash FROM clerk")
        found = {row["login"]: _Account(Clerk(row["id"], row["name"]), row["password_hash"]) for row in rows}
        for told in await self._shadow.of_kind(ClerkRow):
            found.pop(told.login, None)
            if told.active:
                found[told.login] = _Account(Clerk(told.rid, told.name), told.password)
        return found

    def _refuse_hurry(self, login: str) -> None:
        tries, last = self._wrong.get(login, (0, 0.0))
        if tries < FREE_TRIES:
            return
        pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(tries - FREE_TRIES + 1, 10)))
        left = last + pause.total_seconds() - self._monotonic()
        if left > 0:
            raise TooManyTries(timedelta(seconds=left))

    def _verify(self, account: _Account | None, password: str) -> bool:
        if account is None:
            self._hasher.hash(password)  # costs what a check costs
            return False
        try:
            return self._hasher.verify(account.password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


class Sessions:
    """Who is signed in. Gone when the node stops: signing in again is one line."""

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
