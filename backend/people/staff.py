"""Staff signing in, and who they are then: an account is only a name, rights are read from the posts of today."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend import db
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault
from backend.people import passwords, posts
from backend.people import store_staff as store
from backend.people.passwords import Hashing
from backend.people.posts import Account, Post
from backend.people.session import EndReason, Session, SignedIn
from backend.people.sessions import Sessions, Standing
from backend.people.tries import Tries

SUBJECT = "staff"
NOBODY = "unknown"
MOST_TO_LOOK_AFTER = 50


class Staff:
    """All staff of all townships.

    Args:
        home_tenant: under which refused sign-ins of unknown names are logged.
        tries: counts wrong passwords by login name.
    """

    def __init__(
        self,
        sessions: Sessions,
        hashing: Hashing,
        audit: Audit,
        *,
        tries: Tries,
        home_tenant: Callable[[], str],
    ) -> None:
        self._sessions = sessions
        self._hashing = hashing
        self._audit = audit
        self._tries = tries
        self._home_tenant = home_tenant

    async def sign_in(self, login_name: str, password: str, *, at: datetime) -> SignedIn:
        """Check name and password; an unknown name costs the same time and gets the same answers.

        Raises:
            Fault: SIGN_IN_FAILED, ACCOUNT_LOCKED, NOT_ALLOWED (no valid post).
        """
        name = posts.login_key(login_name)
        tried = await self._tries.begin(name, at)
        login = await store.find_login(name)
        usable = login is not None and login.account.disabled_at is None
        stored = login.password_hash if login is not None and usable else None
        if not await self._hashing.matches(password, stored) or login is None:
            if tried.locks:
                await self._log_refusal(login, at)
            raise Fault(ErrorCode.SIGN_IN_FAILED)
        account = login.account
        signed_in = await self._sessions.open(account.id, account.tenant_id, is_staff=True, at=at)
        await self._tries.succeeded(tried)
        await self._strengthen(login, password, at)
        await self._audit.record(
            AuditAction.SIGN_IN,
            actor=posts.acting(account, await self._posts(account.id), day=day_in_china(at), session_id=""),
            at=at,
            subject_kind=SUBJECT,
            subject_id=account.id,
        )
        return signed_in

    async def change_password(self, actor: Actor, current: str, *, new: str, at: datetime) -> SignedIn:
        """Replace the actor's own password; ends every sign-in they have and opens a new one.

        Raises:
            Fault: SIGN_IN_FAILED: `current` is wrong; ACCOUNT_LOCKED; PASSWORD_WEAK.
        """
        account = await self._load(actor.tenant_id, actor.id)
        tried = await self._tries.begin(account.login_name, at)
        login = await store.find_login(account.login_name)
        if login is None or not await self._hashing.matches(current, login.password_hash):
            raise Fault(ErrorCode.SIGN_IN_FAILED)
        await self._tries.succeeded(tried)
        passwords.check(new, account.login_name)
        passwords.check_changed(current, new)
        hashed = await self._hashing.hash(new)
        async with db.in_transaction():
            changed = await store.change_password(
                account.id, hashed, was=login.password_hash, must_change=False, at=at
            )
            if changed:
                await self._audit.record(
                    AuditAction.CHANGE_ACCOUNT,
                    actor=actor,
                    at=at,
                    subject_kind=SUBJECT,
                    subject_id=account.id,
                    change="password",
                )
        if not changed:
            raise Fault(ErrorCode.SIGN_IN_FAILED)
        await self._sessions.end_all_of_staff(account.id, EndReason.PASSWORD, at=at)
        return await self._sessions.open(account.id, account.tenant_id, is_staff=True, at=at)

    async def standing(self, session: Session, at: datetime) -> Standing | None:
        """Who the person of a staff session is now; None without a usable account and a valid post."""
        account = await store.find(session.person_id)
        if account is None or account.disabled_at is not None:
            return None
        held, day = await self._posts(account.id), day_in_china(at)
        actor = posts.acting(account, held, day=day, session_id=session.id)
        return Standing(actor, posts.lapses_at(held, day)) if actor.roles else None

    async def names(self, tenant_id: str, staff_ids: Sequence[str]) -> dict[str, str]:
        """Names by id, for duty boards and case histories."""
        return await store.names(tenant_id, staff_ids)

    async def village_logins(self, tenant_id: str, village_id: str, day: date) -> Sequence[store.Login]:
        """Accounts that may sign in at a village's computer, for its feed."""
        return await store.village_logins(tenant_id, village_id, day)

    async def held_in(self, tenant_id: str, role: Role, day: date) -> Sequence[Post]:
        """Posts in a role that are held on `day`, everybody's."""
        return await store.held_in(tenant_id, role, day)

    async def to_look_after(self, tenant_id: str, day: date, *, until: date) -> Sequence[Post]:
        """Posts held on `day` that end by `until`, or whose scan is missing."""
        return await store.to_look_after(tenant_id, day, until=until, limit=MOST_TO_LOOK_AFTER)

    async def holders(self, tenant_id: str, day: date) -> set[str]:
        """Who holds any post on `day`."""
        return await store.holders(tenant_id, day)

    async def over_before(self, tenant_id: str, day: date) -> Sequence[str]:
        """Ids of posts that were over before `day`."""
        return await store.over_before(tenant_id, day)

    async def covers(self, staff_id: str, item_id: str, *, role: Role, day: date) -> bool:
        """Whether the person's appointment in `role` covers the item on `day` (plan, clause 29)."""
        return posts.covers(await self._posts(staff_id), item_id, role=role, day=day)

    async def _posts(self, staff_id: str) -> list[Post]:
        return await store.posts_of([staff_id])

    async def _load(self, tenant_id: str, staff_id: str) -> Account:
        account = await store.find_in(tenant_id, staff_id)
        if account is None:
            raise Fault(ErrorCode.STAFF_NOT_FOUND)
        return account

    async def _strengthen(self, login: store.Login, password: str, at: datetime) -> None:
        """Hash anew if the deployment's cost parameters have changed since."""
        if self._hashing.is_outdated(login.password_hash):
            await store.change_password(
                login.account.id,
                await self._hashing.hash(password),
                was=login.password_hash,
                must_change=login.account.must_change_password,
                at=at,
            )

    async def _log_refusal(self, login: store.Login | None, at: datetime) -> None:
        """A locked name leaves a row, whether or not there is such an account."""
        staff_id = login.account.id if login else NOBODY
        tenant_id = login.account.tenant_id if login else self._home_tenant()
        await self._audit.record(
            AuditAction.SIGN_IN_REFUSED,
            actor=Actor(id=staff_id, roles=frozenset(), tenant_id=tenant_id),
            at=at,
            subject_kind=SUBJECT,
            subject_id=staff_id,
        )
