"""Slows down guessing: counts wrong tries under a name, whether or not the name exists."""

from dataclasses import dataclass
from datetime import datetime

from api_spec.errors import ErrorCode
from backend import db
from backend.faults import Fault
from backend.people import store_sessions as store
from backend.people.lockout import Lockout
from backend.vault import Vault


@dataclass(frozen=True, slots=True)
class Try:
    """One try that was counted; `locks` says that the name is locked unless it succeeds."""

    key: str
    locks: bool


class Tries:
    """Counts tries before their outcome is known.

    Args:
        kind: keeps the counts of one purpose apart from those of another.
        refusal: what a locked name is refused with; `retry_after_s` says for how long.
    """

    def __init__(self, vault: Vault, lockout: Lockout, *, kind: str, refusal: ErrorCode) -> None:
        self._vault = vault
        self._lockout = lockout
        self._kind = kind
        self._refusal = refusal

    async def begin(self, name: str, at: datetime) -> Try:
        """Raises Fault: the given refusal."""
        key = self._vault.blind_index(self._kind, name)
        async with db.in_transaction():
            tries = await store.count_try(key, at=at, forget_before=at - self._lockout.forgotten_after)
            if tries is not None:
                wait = self._lockout.wait_after(tries)
                if wait:
                    await store.lock(key, at + wait)
                return Try(key, locks=bool(wait))
            until = await store.locked_until(key)
        left = (until - at).total_seconds() if until else 0
        raise Fault(self._refusal, retry_after_s=max(1, round(left)))

    async def succeeded(self, tried: Try) -> None:
        """The name was used rightly: its count starts anew."""
        await store.forget_tries(tried.key)
