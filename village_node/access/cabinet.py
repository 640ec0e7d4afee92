"""The key cabinet (钥匙柜): copies of the data key, one for each clerk under their password, one under the hand-over secret.

One small file beside the key folder, written whole or not at all. Whoever copies it gets neither key nor login: logins
are kept as keyed hashes. It also tells the locked page whose computer this is. It knows no account and no database.
"""

import hmac
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from argon2 import PasswordHasher
from argon2.low_level import Type, hash_secret_raw

from api_spec.file_lock import FileLock
from village_node.access.keys import KEY_LENGTH, DataKey, derive, find_sealed, seal
from village_node.storage import whole_files

FORMAT: Final = 1
_SALT: Final = 16
_MARK: Final = 8
_LONGEST_TURN_S: Final = 10


class BadCabinet(RuntimeError):
    """The file is damaged. A copy of the data folder, or the township, is needed."""


class _Copy(msgspec.Struct, frozen=True, kw_only=True):
    """The data key under one password. `of` tells which password hash it belongs to, without telling the hash."""

    who: str
    salt: bytes
    passes: int
    memory_kib: int
    lanes: int
    box: bytes
    of: str = ""


class _HandOver(msgspec.Struct, frozen=True, kw_only=True):
    mark: str
    box: bytes


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    format: int = FORMAT
    salt: bytes
    node: int = 0
    village: str = ""
    copies: tuple[_Copy, ...] = ()
    hand_over: _HandOver | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What a locked computer may say of itself: no person, no count."""

    node: int
    village_name: str


class KeyCabinet:
    """Safe to use from several threads; deriving from a password takes a good part of a second, so call from one.

    Args:
        hasher: how hard a password is to try; the figures are kept with each copy.
        make_room: called when the disk is full; True if it freed something.
    """

    def __init__(
        self, path: Path, hasher: PasswordHasher, make_room: Callable[[], bool] = lambda: False
    ) -> None:
        self._path = path
        self._hasher = hasher
        self._make_room = make_room
        self._turn = threading.Lock()

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def find(self, login: str, password: str) -> DataKey | None:
        """The data key, if this is the password of one who has a copy. Without one it takes as long."""
        stored = self._find_stored()
        copy = _of(stored, login) if stored else None
        if copy is None:
            self._key_of(password, bytes(_SALT))
            return None
        return _opened(copy, password)

    def find_any(self, password: str) -> DataKey | None:
        """For commands: the data key under any clerk's password."""
        stored = self._find_stored()
        keys = (_opened(copy, password) for copy in (stored.copies if stored else ()))
        return next((key for key in keys if key is not None), None)

    def has(self, login: str, *, of: str = "") -> bool:
        """Whether a clerk has a copy; with `of`, whether it is the one under the password of that hash."""
        stored = self._find_stored()
        copy = _of(stored, login) if stored else None
        return copy is not None and (not of or copy.of == _digest(of))

    def keep(self, login: str, password: str, *, key: DataKey, of: str) -> None:
        """Give a clerk a copy, in place of an older one.

        Args:
            of: the password's hash as the account keeps it, so that a changed password is noticed.
        """
        salt = secrets.token_bytes(_SALT)
        box = seal(self._key_of(password, salt), key.secret, purpose="clerk")

        def change(stored: _Stored) -> _Stored:
            who = _who(stored, login)
            copy = _Copy(
                who=who,
                salt=salt,
                passes=self._hasher.time_cost,
                memory_kib=self._hasher.memory_cost,
                lanes=self._hasher.parallelism,
                box=box,
                of=_digest(of),
            )
            others = tuple(each for each in stored.copies if each.who != who)
            return msgspec.structs.replace(stored, copies=(*others, copy))

        self._change(change)

    def keep_only(self, logins: Collection[str]) -> int:
        """Take their copies from all others; how many that were. Somebody always keeps one."""
        taken = 0

        def change(stored: _Stored) -> _Stored:
            nonlocal taken
            staying = {_who(stored, login) for login in logins}
            copies = tuple(copy for copy in stored.copies if copy.who in staying)
            if not copies and stored.hand_over is None:
                return stored
            taken = len(stored.copies) - len(copies)
            return msgspec.structs.replace(stored, copies=copies)

        self._change(change)
        return taken

    def hand_over_mark(self) -> str:
        """Which hand-over secret opens this cabinet; "" for none yet."""
        stored = self._find_stored()
        return stored.hand_over.mark if stored and stored.hand_over else ""

    def keep_for_hand_over(self, secret: bytes, *, key: DataKey) -> None:
        """A copy under a hand-over secret, in place of the one before: an older code opens nothing any more."""
        box = seal(derive(secret, "hand-over"), key.secret, purpose="hand-over")
        made = _HandOver(mark=mark_of(secret), box=box)
        self._change(lambda stored: msgspec.structs.replace(stored, hand_over=made))

    def find_for_hand_over(self, secret: bytes) -> DataKey | None:
        stored = self._find_stored()
        if stored is None or stored.hand_over is None:
            return None
        return _key(find_sealed(derive(secret, "hand-over"), stored.hand_over.box, purpose="hand-over"))

    def place(self) -> Place | None:
        """Whose computer this is; None before enrolment."""
        stored = self._find_stored()
        return Place(stored.node, stored.village) if stored and stored.node else None

    def keep_place(self, node: int, village: str) -> None:
        if self.place() != Place(node, village):
            self._change(lambda stored: msgspec.structs.replace(stored, node=node, village=village))

    def start_anew(self) -> None:
        """Forget every copy: the database is not sealed yet, so no copy opens anything."""
        with self._turn, self._alone():
            self._write(_Stored(salt=secrets.token_bytes(_SALT)))

    def _key_of(self, password: str, salt: bytes) -> bytes:
        return _stretch(
            password,
            salt,
            passes=self._hasher.time_cost,
            memory_kib=self._hasher.memory_cost,
            lanes=self._hasher.parallelism,
        )

    def _change(self, change: Callable[[_Stored], _Stored]) -> None:
        with self._turn, self._alone():
            before = self._find_stored() or _Stored(salt=secrets.token_bytes(_SALT))
            after = change(before)
            if after != before:
                self._write(after)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The page and a command change the file one after the other.

        Raises:
            Held
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self._path.with_name("lock.cabinet"))
        lock.take(wait_s=_LONGEST_TURN_S)
        try:
            yield
        finally:
            lock.release()

    def _write(self, stored: _Stored) -> None:
        whole_files.replace(self._path, msgspec.json.encode(stored), make_room=self._make_room)

    def _find_stored(self) -> _Stored | None:
        """Raises BadCabinet."""
        try:
            stored = msgspec.json.decode(self._path.read_bytes(), type=_Stored)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise BadCabinet("钥匙柜文件 cabinet.json 已损坏，请打电话给镇政务服务中心。") from None
        if stored.format != FORMAT:
            raise BadCabinet("钥匙柜文件 cabinet.json 是更新的程序写的，请装回新版本再打开。")
        return stored


def mark_of(secret: bytes) -> str:
    """By which a hand-over secret can be named without being told."""
    return sha256(b"bmt-hand-over\n" + secret).hexdigest()[:_MARK]


def _of(stored: _Stored, login: str) -> _Copy | None:
    who = _who(stored, login)
    return next((copy for copy in stored.copies if copy.who == who), None)


def _who(stored: _Stored, login: str) -> str:
    return hmac.digest(stored.salt, login.encode(), "sha256").hex()


def _digest(of: str) -> str:
    return sha256(of.encode()).hexdigest()[:16]


def _opened(copy: _Copy, password: str) -> DataKey | None:
    key = _stretch(password, copy.salt, passes=copy.passes, memory_kib=copy.memory_kib, lanes=copy.lanes)
    return _key(find_sealed(key, copy.box, purpose="clerk"))


def _key(secret: bytes | None) -> DataKey | None:
    return DataKey(secret) if secret is not None and len(secret) == KEY_LENGTH else None


def _stretch(password: str, salt: bytes, *, passes: int, memory_kib: int, lanes: int) -> bytes:
    return hash_secret_raw(
        password.encode(),
        salt,
        time_cost=passes,
        memory_cost=memory_kib,
        parallelism=lanes,
        hash_len=KEY_LENGTH,
        type=Type.ID,
    )
