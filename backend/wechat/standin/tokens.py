"""Stable access tokens: one at a time, five minutes of overlap, limited force. Knows no HTTP."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.wechat.standin.refusal import Refusal

TOKEN_LIFE: Final = timedelta(seconds=7200)
OVERLAP: Final = timedelta(minutes=5)
FORCE_GAP: Final = timedelta(seconds=30)
FORCES_A_DAY: Final = 20
# WeChat tells callers to keep room for at least 512 characters, so a shorter column shows up here.
TOKEN_BYTES: Final = 384


@dataclass(slots=True)
class _Token:
    value: str
    ends_at: datetime
    revoked: bool = False


class IssuedTokens:
    """What ``/cgi-bin/stable_token`` has given out to one account."""

    def __init__(self, chance: Callable[[int], bytes]) -> None:
        self._chance = chance
        self._issued: dict[str, _Token] = {}
        self._newest: _Token | None = None
        self._forced_at: list[datetime] = []

    def issue(self, *, force: bool, at: datetime) -> tuple[str, int]:
        """The account's token and the seconds it still lives; a new one only near the end or by force.

        Raises:
            Refusal: 45009, the day's forced renewals are used up.
        """
        newest = self._newest
        if force and self._may_force(at):
            if newest:
                newest.revoked = True
            newest = self._mint(at)
        elif newest is None or newest.revoked or at >= newest.ends_at - OVERLAP:
            if newest and at < newest.ends_at:
                newest.ends_at = at + OVERLAP
            newest = self._mint(at)
        return newest.value, int((newest.ends_at - at).total_seconds())

    def check(self, value: str, *, at: datetime) -> None:
        """Raises Refusal: 41001 none given, 40001 unknown or replaced by force, 42001 too old."""
        if not value:
            raise Refusal(41001)
        token = self._issued.get(value)
        if token is None or token.revoked:
            raise Refusal(40001)
        if at >= token.ends_at:
            raise Refusal(42001)

    def revoke(self) -> None:
        """Kill the newest token, as a second program's forced renewal would."""
        if self._newest:
            self._newest.revoked = True

    def _may_force(self, at: datetime) -> bool:
        """Within 30 seconds of the last one WeChat answers a forced call like an ordinary one."""
        self._forced_at = [one for one in self._forced_at if at - one < timedelta(days=1)]
        if self._forced_at and at - self._forced_at[-1] < FORCE_GAP:
            return False
        if len(self._forced_at) >= FORCES_A_DAY:
            raise Refusal(45009)
        self._forced_at.append(at)
        return True

    def _mint(self, at: datetime) -> _Token:
        value = base64.urlsafe_b64encode(self._chance(TOKEN_BYTES)).decode()
        self._newest = self._issued[value] = _Token(value, at + TOKEN_LIFE)
        return self._newest
