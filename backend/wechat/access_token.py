"""The 接口调用凭据 (access token): one in hand, renewed early and by one caller at a time. Knows no HTTP."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from backend.wechat.faults import Busy, TokenRefused, Unreachable

RENEW_BEFORE_END: Final = timedelta(minutes=5)
FORCE_GAP: Final = timedelta(seconds=30)
FORCES_A_DAY: Final = 20


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: str = field(repr=False)
    ends_at: datetime


class Fetch(Protocol):
    def __call__(self, *, force: bool) -> Coroutine[None, None, AccessToken]: ...


class AccessTokens:
    """The newest token of one account.

    Several processes may each hold one: unless forced, WeChat gives them all the same token.

    Args:
        fetch: asks WeChat; forced, it kills the token every other program holds.
        clock: now, aware UTC.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: AccessToken | None = None
        self._flights: dict[bool, asyncio.Task[AccessToken]] = {}
        self._forced_at: deque[datetime] = deque(maxlen=FORCES_A_DAY)

    async def current(self) -> str:
        """A token good for now: renewed in its last five minutes, but used to the end while WeChat is down.

        Raises:
            WeChatFault: there is none and none can be had.
        """
        held, now = self._held, self._clock()
        if held and now < held.ends_at - RENEW_BEFORE_END:
            return held.value
        try:
            return (await self._renewed(force=False)).value
        except (Busy, Unreachable):
            if held and now < held.ends_at:
                return held.value
            raise

    async def after_refusal(self, refused: str) -> str:
        """Another token than `refused`; by force only when WeChat keeps giving out the refused one.

        Raises:
            TokenRefused: the forced renewals WeChat allows are used up.
            WeChatFault: none can be had.
        """
        if self._held and self._held.value != refused:
            return self._held.value
        token = await self._renewed(force=False)
        if token.value == refused:
            token = await self._renewed(force=True)
        return token.value

    async def _renewed(self, *, force: bool) -> AccessToken:
        flight = self._flights.get(force)
        if flight is None:
            if force:
                self._count_force()
            flight = self._flights[force] = asyncio.create_task(self._fetch(force=force))
            flight.add_done_callback(lambda done: self._landed(done, force=force))
        return await asyncio.shield(flight)

    def _landed(self, flight: asyncio.Task[AccessToken], *, force: bool) -> None:
        del self._flights[force]
        if not flight.cancelled() and flight.exception() is None:
            self._held = flight.result()

    def _count_force(self) -> None:
        """WeChat: 20 forced renewals a day, 30 seconds apart; one more would only waste a call."""
        now, past = self._clock(), self._forced_at
        too_soon = bool(past) and now - past[-1] < FORCE_GAP
        used_up = len(past) == FORCES_A_DAY and now - past[0] < timedelta(days=1)
        if too_soon or used_up:
            raise TokenRefused("stable_token", 40001, why="no forced renewal left for now")
        past.append(now)
