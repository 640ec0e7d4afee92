"""How often a wrong password was typed for one login, and how long the next try has to wait.

The counts lie in a small file that every process reads anew, so that neither a restart nor a second window starts them
anew. Pauses are measured in the computer's uptime, which nobody can set: a later process of the same start has at
least the difference behind it, and after a new start of the computer at least the whole uptime. It knows no password.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from village_node.storage import whole_files

FREE_TRIES: Final = 5
LONGEST_PAUSE: Final = timedelta(minutes=5)
UNKNOWN: Final = ""
"""All logins nobody has count as one, so that inventing names gains nothing."""
log = logging.getLogger("village_node.access.tries")


class TooManyTries(RuntimeError):
    """Wrong passwords; `wait` until the next try counts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many wrong passwords")
        self.wait = wait


class _Count(msgspec.Struct, frozen=True, array_like=True):
    """`uptime_s`: of this computer, when the last one was made."""

    tries: int
    uptime_s: float


_decode = msgspec.json.Decoder(dict[str, _Count]).decode


class Tries:
    """Counts by login, or by any other name for what is being guessed.

    Args:
        monotonic: seconds since this computer was started.
        make_room: called when the disk is full; True if it freed something.
    """

    def __init__(
        self, path: Path, monotonic: Callable[[], float], make_room: Callable[[], bool] = lambda: False
    ) -> None:
        self._path = path
        self._monotonic = monotonic
        self._make_room = make_room
        self._turn = threading.Lock()
        self._counts: dict[str, _Count] = {}
        self._only_here = False

    def attempt(self, name: str) -> None:
        """Count a try before it is made: neither many at once nor a pulled plug gains one.

        Raises:
            TooManyTries: after five wrong ones the pause doubles, up to five minutes.
        """
        key = _key(name)
        with self._turn:
            self._load()
            self._refuse_hurry(key)
            before = self._counts.get(key)
            self._counts[key] = _Count(before.tries + 1 if before else 1, self._monotonic())
            self._save()

    def was_right(self, name: str) -> None:
        with self._turn:
            self._load()
            if self._counts.pop(_key(name), None) is not None:
                self._save()

    def _refuse_hurry(self, key: str) -> None:
        count = self._counts.get(key)
        if count is None or count.tries < FREE_TRIES:
            return
        pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(count.tries - FREE_TRIES + 1, 10)))
        now = self._monotonic()
        gone = now - count.uptime_s if count.uptime_s <= now else now
        left = pause.total_seconds() - gone
        if left > 0:
            raise TooManyTries(timedelta(seconds=left))

    def _load(self) -> None:
        """What the file says, unless the disk refused what this process knows."""
        if self._only_here:
            return
        try:
            self._counts = _decode(self._path.read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            self._counts = {}

    def _save(self) -> None:
        """A disk that refuses must not lock out who knows the password: the counts then live in this process."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole_files.replace(self._path, msgspec.json.encode(self._counts), make_room=self._make_room)
        except OSError as refused:
            log.warning("wrong tries are counted in memory only: %s", refused.strerror)
            self._only_here = True
        else:
            self._only_here = False


def _key(name: str) -> str:
    return sha256(b"bmt-tries\n" + name.encode()).hexdigest()[:16]
