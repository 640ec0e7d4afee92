"""How often a wrong password was typed for one login, and how long the next try has to wait.

The counts lie in a small file, so that a restart does not start them anew; a pause under way then begins again from
its beginning, because no clock of a village PC can be trusted across a restart. It knows no password.
"""

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


class TooManyTries(RuntimeError):
    """Wrong passwords; `wait` until the next try counts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many wrong passwords")
        self.wait = wait


class Tries:
    """Counts by login, or by any other name for what is being guessed."""

    def __init__(self, path: Path, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._monotonic = monotonic
        self._started = monotonic()
        self._last: dict[str, float] = {}
        self._turn = threading.Lock()
        self._counts = self._load()

    def attempt(self, name: str) -> None:
        """Count a try before it is made: neither many at once nor a pulled plug gains one.

        Raises:
            TooManyTries: after five wrong ones the pause doubles, up to five minutes.
        """
        key = _key(name)
        with self._turn:
            self._refuse_hurry(key)
            self._counts[key] = self._counts.get(key, 0) + 1
            self._last[key] = self._monotonic()
            self._save()

    def was_right(self, name: str) -> None:
        with self._turn:
            if self._counts.pop(_key(name), None) is not None:
                self._save()

    def _refuse_hurry(self, key: str) -> None:
        tries = self._counts.get(key, 0)
        if tries < FREE_TRIES:
            return
        pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(tries - FREE_TRIES + 1, 10)))
        left = self._last.get(key, self._started) + pause.total_seconds() - self._monotonic()
        if left > 0:
            raise TooManyTries(timedelta(seconds=left))

    def _load(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, int])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def _save(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_files.replace(self._path, msgspec.json.encode(self._counts))


def _key(name: str) -> str:
    return sha256(b"bmt-tries\n" + name.encode()).hexdigest()[:16]
