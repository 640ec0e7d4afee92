"""Sign-ins: opened, refreshed, ended, and recognised on every request. Knows no password and no WeChat."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from api_spec.errors import ErrorCode
from backend import db
from backend.actors import Actor
from backend.faults import Fault
from backend.ids import new_id
from backend.people import store_sessions as store
from backend.people.session import EndReason, Lives, Session, SignedIn, new_refresh_token, refresh_hash
from backend.people.tokens import LEEWAY, Tokens

LEARN_EVERY_S: Final = 1.0
CLEAN_EVERY: Final = timedelta(hours=1)
OVERLAP: Final = timedelta(seconds=30)
"""A session may be committed as ended a little after the moment it says; those are looked for again."""

log = structlog.get_logger("township.people")


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a person is right now, and until when their rights last; None: as long as the session."""

    actor: Actor
    lapses_at: datetime | None = None


class Sessions:
    """All sign-ins of this township.

    Args:
        random: source of refresh tokens.
        stand: who the person of a session is now; read from the database at every refresh. None: not let in.
    """

    def __init__(
        self,
        tokens: Tokens,
        lives: Lives,
        *,
        random: Callable[[int], bytes],
        stand: Callable[[Session, datetime], Awaitable[Standing | None]],
    ) -> None:
        self._tokens = tokens
        self._lives = lives
        self._random = random
        self._stand = stand
        self._ended: dict[str, datetime] = {}
        self._learned_to: datetime | None = None
        self._learner: asyncio.Task[None] | None = None

    def authenticate(self, token: str, at: datetime) -> Actor:
        """Who a token belongs to; a few microseconds once it was seen.

        Raises:
            Fault: TOKEN_INVALID, TOKEN_EXPIRED.
        """
        actor = self._tokens.verify(token, at=at).actor
        if actor.session_id in self._ended:
            raise Fault(ErrorCode.TOKEN_EXPIRED)
        return actor

    async def open(self, person_id: str, tenant_id: str, *, is_staff: bool, at: datetime) -> SignedIn:
        """Sign a person in whose proof has been checked.

        Raises:
            Fault: NOT_ALLOWED: they have no valid post.
        """
        session = Session(
            id=new_id(),
            tenant_id=tenant_id,
            person_id=person_id,
            is_staff=is_staff,
            started_at=at,
            ends_at=self._lives.session_end(at, is_staff=is_staff),
        )
        standing = await self._stand(session, at)
        if standing is None:
            raise Fault(ErrorCode.NOT_ALLOWED)
        refresh_token = new_refresh_token(self._random)
        signed_in = self._signed_in(session, standing, refresh_token, at)
        await store.add(session, refresh_hash(refresh_token), refresh_ends=signed_in.refresh_expires_at)
        return signed_in

    async def refresh(self, refresh_token: str, *, at: datetime) -> SignedIn:
        """New tokens for an old refresh token, which is used up; rights are read anew.

        Raises:
            Fault: TOKEN_INVALID: never given out, used before (which ends the session), too old, or ended.
        """
        fresh = new_refresh_token(self._random)
        async with db.in_transaction():
            rotated = await store.use_refresh(refresh_hash(refresh_token), at=at)
            signed_in = None
            if rotated is not None and not rotated.reused:
                standing = await self._stand(rotated.session, at)
                if standing is not None:
                    signed_in = self._signed_in(rotated.session, standing, fresh, at)
                    await store.add_refresh(
                        rotated.session.id, refresh_hash(fresh), ends_at=signed_in.refresh_expires_at
                    )
        if rotated is not None and rotated.reused:
            self._ended[rotated.session.id] = at
        if signed_in is None:
            raise Fault(ErrorCode.TOKEN_INVALID)
        return signed_in

    async def end(self, session_id: str, reason: EndReason, *, at: datetime) -> None:
        """End one sign-in; its tokens are refused at once here and within two seconds elsewhere."""
        await store.end([session_id], reason, at=at)
        self._ended[session_id] = at

    async def end_all_of_staff(self, staff_id: str, reason: EndReason, *, at: datetime) -> None:
        """End every sign-in of one member of staff."""
        for session_id in await store.end_all_of_staff(staff_id, reason, at=at):
            self._ended[session_id] = at

    async def start(self, clock: Callable[[], datetime]) -> None:
        """Learn which sessions have ended, and go on learning from the other processes."""
        await self.learn(clock())
        self._learner = asyncio.create_task(self._keep_learning(clock))

    async def close(self) -> None:
        """Stop learning."""
        if self._learner is not None:
            self._learner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._learner
            self._learner = None

    async def learn(self, at: datetime) -> None:
        """Read which sessions have ended lately and forget those whose tokens have run out anyway."""
        horizon = at - self._lives.longest_access - 2 * LEEWAY
        since = horizon if self._learned_to is None else self._learned_to - OVERLAP
        for session_id, ended_at in await store.ended_since(since):
            self._ended[session_id] = ended_at
            self._learned_to = max(ended_at, self._learned_to or ended_at)
        for session_id in [key for key, ended_at in self._ended.items() if ended_at < horizon]:
            del self._ended[session_id]

    async def _keep_learning(self, clock: Callable[[], datetime]) -> None:
        cleaned_at = clock()
        while True:
            await asyncio.sleep(LEARN_EVERY_S)
            try:
                await self.learn(clock())
                if clock() - cleaned_at > CLEAN_EVERY:
                    cleaned_at = clock()
                    await store.forget_before(cleaned_at)
            except store.DATABASE_TROUBLE as trouble:
                log.warning("revocations not read", cause=type(trouble).__name__)

    def _signed_in(self, session: Session, standing: Standing, refresh_token: str, at: datetime) -> SignedIn:
        access_ends = self._lives.access_end(session, at, lapses_at=standing.lapses_at)
        return SignedIn(
            access_token=self._tokens.issue(standing.actor, at=at, expires_at=access_ends),
            access_expires_at=access_ends,
            refresh_token=refresh_token,
            refresh_expires_at=self._lives.refresh_end(session, at),
            must_change_password=standing.actor.must_change_password,
        )
