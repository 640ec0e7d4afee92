"""The node while nobody has opened it: the program runs, what was taken in lies sealed, and only one question is asked.

A clerk's password opens it, or a hand-over code of the township's, or, on a computer nobody has used, the making of the
first account. It knows no page.
"""

import asyncio
import secrets
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from api_spec import paper_code
from api_spec.file_lock import FileLock
from api_spec.sync import ESCROW_PURPOSE
from village_node import journal
from village_node.access import custody
from village_node.access.cabinet import KeyCabinet, Place
from village_node.access.clerks import LONGEST_PASSWORD, Clerk, Clerks, Lock, LoginTaken, Sessions
from village_node.access.keys import DataKey
from village_node.access.sealing import forget, is_plain, seal_up
from village_node.access.tries import UNKNOWN, Tries
from village_node.clock import Clock
from village_node.settings import Settings
from village_node.station import Opened, disk_of
from village_node.storage import whole_files
from village_node.storage.database import Database, Writing
from village_node.sync.shadow import Shadow

HAND_OVER: Final = "hand-over code"
"""Under which name wrong codes are counted; no login has a space in it that is typed so."""
COMMAND: Final = "command at this computer"
"""So that wrong logins typed on the page, from wherever, keep nobody from the commands."""

_LONGEST_TURN_S: Final = 10


class Standing(Enum):
    """What this computer is waiting for."""

    NEW = "new"  # the first account
    LOCKED = "locked"  # a sign-in


@dataclass(frozen=True, slots=True)
class Entered:
    """The door is open. `clerk` is None where the township has changed the password since: the new one is asked for."""

    opened: Opened
    clerk: Clerk | None


@dataclass(frozen=True, slots=True)
class Account:
    """For whom an account is to be made."""

    login: str
    name: str


class WrongCode(RuntimeError):
    """A hand-over code that opens nothing here: another computer's, or used already."""


class StillPlain(RuntimeError):
    """A file of version 0.1.0: a clerk signs in on the page first."""


class NotNew(RuntimeError):
    """Somebody has an account here already."""


class Door:
    """One data folder that is closed. Only one of its methods runs at a time."""

    def __init__(self, settings: Settings, *, hasher: PasswordHasher, clock: Clock) -> None:
        self._settings = settings
        self._hasher = hasher
        self._clock = clock
        self._turn = asyncio.Lock()
        self._make_room = disk_of(settings).drop_ballast
        self.cabinet: Final = KeyCabinet(settings.cabinet, hasher, self._make_room)
        self.tries: Final = Tries(settings.tries, clock.monotonic, self._make_room)
        self.sessions: Final = Sessions(clock.monotonic)

    async def standing(self) -> Standing:
        database = self._settings.database
        if is_plain(database):
            return Standing.LOCKED if await self._plain_has_accounts() else Standing.NEW
        return Standing.LOCKED if database.exists() else Standing.NEW

    def place(self) -> Place | None:
        """Whose computer this is, as far as it may tell while it is locked."""
        return self.cabinet.place()

    async def first_account(self, login: str, name: str, *, password: str) -> Entered:
        """Make the data key and the account that opens it.

        Raises:
            NotNew
            Held: a command or another page is at it.
            ValueError: the password is too short or too long.
        """
        async with self._turn:
            self._settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            alone = FileLock(self._settings.first_lock)
            await asyncio.to_thread(alone.take, wait_s=_LONGEST_TURN_S)
            try:
                return await self._make_first(login, name, password=password)
            finally:
                alone.release()

    async def _make_first(self, login: str, name: str, *, password: str) -> Entered:
        if await self.standing() is not Standing.NEW:
            raise NotNew
        key = DataKey.fresh()
        self.cabinet.start_anew()
        opened = self._opened(key)
        path = self._settings.database
        if is_plain(path):
            clerk = await self._add(path, None, opened.lock, login=login, name=name, password=password)
            await self._seal(key)
        else:
            coming = path.with_name(f"{path.name}.first")
            forget(coming)
            clerk = await self._add(
                coming, key.file_key, opened.lock, login=login, name=name, password=password
            )
            coming.replace(path)
            whole_files.settle(path.parent)
        return Entered(opened, clerk)

    async def _add(
        self, path: Path, key: bytes | None, lock: Lock, *, login: str, name: str, password: str
    ) -> Clerk:
        database = await Database.open(path, key=key)
        try:
            return await self._clerks(database, lock).add(
                login, name, password=password, clerk_id=secrets.token_hex(16), now_ms=self._clock.now_ms()
            )
        finally:
            await database.close()

    async def sign_in(self, login: str, password: str) -> Entered | None:
        """Open the door; None: a wrong login and a wrong password look alike and take as long.

        Raises:
            TooManyTries
        """
        async with self._turn:
            password = password[: LONGEST_PASSWORD + 1]
            if is_plain(self._settings.database):
                return await self._sign_in_plain(login, password)
            counted = login if self.cabinet.has(login) else UNKNOWN
            self.tries.attempt(counted)
            key = await asyncio.to_thread(self.cabinet.find, login, password)
            if key is None:
                return None
            self.tries.was_right(counted)
            await self._seal(key)
            return await self._enter(self._opened(key), login, password)

    async def take_over(self, code: str, account: Account, *, password: str, alone: bool) -> Entered:
        """Open the door with a hand-over code of the township's and make an account for who comes now. No line is needed.

        The code is worth nothing afterwards: another secret takes its place here, and goes to the township at the next
        meeting. What was written keeps its author.

        Args:
            alone: nobody who had access keeps it.

        Raises:
            BadInput: a typing slip.
            WrongCode: not this computer's, or used already.
            LoginTaken, ValueError: see `Clerks.add`.
            TooManyTries
        """
        secret = paper_code.read(code, purpose=ESCROW_PURPOSE)
        async with self._turn:
            self.tries.attempt(HAND_OVER)
            key = self.cabinet.find_for_hand_over(secret)
            if key is None:
                raise WrongCode
            self.tries.was_right(HAND_OVER)
            await self._seal(key)
            opened = self._opened(key)
            database = await Database.open(
                self._settings.database, key=key.file_key, make_room=self._make_room
            )
            try:
                clerk = await self._succeed(database, opened.lock, account, password=password, alone=alone)
            finally:
                await database.close()
            return Entered(opened, clerk)

    async def _succeed(
        self, database: Database, lock: Lock, account: Account, *, password: str, alone: bool
    ) -> Clerk:
        clerks, now_ms = self._clerks(database, lock), self._clock.now_ms()
        try:
            clerk = await clerks.add(
                account.login, account.name, password=password, clerk_id=secrets.token_hex(16), now_ms=now_ms
            )
        except LoginTaken:
            again = await clerks.sign_in(account.login, password)  # a power cut came in between
            if again is None:
                raise
            clerk = again
        if alone:
            await clerks.end_others(clerk, now_ms=now_ms)

        async def work(tx: Writing) -> bytes:
            await journal.note(tx, "take_over", at_ms=now_ms, clerk_id=clerk.id, facts={"alone": int(alone)})
            return await custody.new_secret(tx)

        fresh = await database.write(work)
        await asyncio.to_thread(self.cabinet.keep_for_hand_over, fresh, key=lock.key)
        return clerk

    async def find_by_password(self, password: str) -> Opened | None:
        """For commands of somebody who sits at this computer: open the door with any clerk's password.

        Raises:
            StillPlain
            TooManyTries
        """
        async with self._turn:
            if is_plain(self._settings.database):
                raise StillPlain
            self.tries.attempt(COMMAND)
            key = await asyncio.to_thread(self.cabinet.find_any, password)
            if key is None:
                return None
            self.tries.was_right(COMMAND)
            await self._seal(key)
            return self._opened(key)

    async def _enter(self, opened: Opened, login: str, password: str) -> Entered | None:
        """Whether the account behind a copy of the key still is one; if not, the copy is taken away."""
        database = await Database.open(
            self._settings.database, key=opened.key.file_key, make_room=self._make_room
        )
        try:
            clerks = self._clerks(database, opened.lock)
            clerk = await clerks.sign_in(login, password)
            if clerk is None:
                await clerks.collect_keys()
            return Entered(opened, clerk) if clerk or self.cabinet.has(login) else None
        finally:
            await database.close()

    async def _sign_in_plain(self, login: str, password: str) -> Entered | None:
        """A file of version 0.1.0: whoever could sign in to it opens it, and it is sealed before anything else."""
        key = DataKey.fresh()
        self.cabinet.start_anew()
        opened = self._opened(key)
        database = await Database.open(self._settings.database, key=None)
        try:
            clerk = await self._clerks(database, opened.lock).sign_in(login, password)
        finally:
            await database.close()
        if clerk is None:
            return None
        await self._seal(key)
        return Entered(opened, clerk)

    async def _plain_has_accounts(self) -> bool:
        database = await Database.open(self._settings.database, key=None)
        try:
            return await self._clerks(database, self._opened(DataKey.fresh()).lock).any()
        finally:
            await database.close()

    async def _seal(self, key: DataKey) -> None:
        """Also finishes what a power cut interrupted."""
        await asyncio.to_thread(seal_up, self._settings.database, self._settings.keys, key)

    def _opened(self, key: DataKey) -> Opened:
        return Opened(key=key, cabinet=self.cabinet, tries=self.tries, sessions=self.sessions)

    def _clerks(self, database: Database, lock: Lock) -> Clerks:
        return Clerks(database, Shadow(database), hasher=self._hasher, lock=lock)
