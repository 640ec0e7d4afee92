"""A sign-in and how long it lasts. Pure: no clock, no database, no keys."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

REFRESH_BYTES: Final = 32


class EndReason(Enum):
    """Why a session was ended before its time."""

    SIGN_OUT = "sign_out"
    REFRESH_REUSED = "refresh_reused"  # somebody else holds a copy of the refresh token
    PASSWORD = "password"  # noqa: S105 - a new password ends all older sign-ins
    ACCOUNT = "account"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in of one person; every token belongs to one.

    Args:
        person_id: of a citizen or, with `is_staff`, of a member of staff.
        ends_at: when it is over however often it was refreshed.
    """

    id: str
    tenant_id: str
    person_id: str
    is_staff: bool
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """How long things last.

    Args:
        staff_access, citizen_access: an access token.
        staff_idle, citizen_idle: a refresh token that is not used.
        staff_session, citizen_session: a sign-in, however often it is refreshed.
    """

    staff_access: timedelta = timedelta(minutes=15)
    citizen_access: timedelta = timedelta(minutes=30)
    staff_idle: timedelta = timedelta(hours=4)
    citizen_idle: timedelta = timedelta(days=30)
    staff_session: timedelta = timedelta(hours=12)
    citizen_session: timedelta = timedelta(days=180)

    @property
    def longest_access(self) -> timedelta:
        return max(self.staff_access, self.citizen_access)

    def session_end(self, at: datetime, *, is_staff: bool) -> datetime:
        return at + (self.staff_session if is_staff else self.citizen_session)

    def access_end(self, session: Session, at: datetime, *, lapses_at: datetime | None) -> datetime:
        """When a token issued now ends: never after the session, nor after a right it carries."""
        life = self.staff_access if session.is_staff else self.citizen_access
        ends = min(at + life, session.ends_at)
        return ends if lapses_at is None else min(ends, lapses_at)

    def refresh_end(self, session: Session, at: datetime) -> datetime:
        idle = self.staff_idle if session.is_staff else self.citizen_idle
        return min(at + idle, session.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a person holds after signing in or refreshing."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    must_change_password: bool


def new_refresh_token(random: Callable[[int], bytes]) -> str:
    """256 unpredictable bits as 43 characters that say nothing of whose they are."""
    return urlsafe_b64encode(random(REFRESH_BYTES)).rstrip(b"=").decode()


def refresh_hash(token: str) -> str:
    """What is stored of a refresh token; without salt, because 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
