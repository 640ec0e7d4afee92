"""Accounts and posts of staff, as the system administrator keeps them. Every change leaves an audit row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from backend import db
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault
from backend.ids import new_id
from backend.people import passwords, posts
from backend.people import store_staff as store
from backend.people.passwords import Hashing
from backend.people.posts import Account, Post
from backend.people.session import EndReason
from backend.people.sessions import Sessions

SUBJECT = "staff"


@dataclass(frozen=True, slots=True)
class Member:
    """An account with its posts, for lists."""

    account: Account
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A fresh or reset account with the password to hand over, which is stored nowhere."""

    account: Account
    first_password: str = field(repr=False)


class Accounts:
    """All accounts of all townships; an administrator reaches those of their own.

    Args:
        random: source of first passwords.
    """

    def __init__(
        self,
        sessions: Sessions,
        hashing: Hashing,
        audit: Audit,
        *,
        random: Callable[[int], bytes],
    ) -> None:
        self._sessions = sessions
        self._hashing = hashing
        self._audit = audit
        self._random = random

    async def member(self, tenant_id: str, staff_id: str) -> Member:
        """Raises Fault(STAFF_NOT_FOUND)."""
        account = await self._load(tenant_id, staff_id)
        return Member(account, tuple(await store.posts_of([staff_id])))

    async def members(self, tenant_id: str, *, after: str, limit: int) -> list[Member]:
        """Accounts of a township by login name, from the one behind `after`."""
        accounts = await store.page(tenant_id, after=after, limit=limit)
        found = await store.posts_of([account.id for account in accounts])
        return [
            Member(account, tuple(post for post in found if post.staff_id == account.id))
            for account in accounts
        ]

    async def create(self, actor: Actor, *, login_name: str, name: str, at: datetime) -> NewAccount:
        """A new account in the actor's township, with a first password to be changed at the first sign-in.

        Raises:
            Fault: LOGIN_NAME_TAKEN.
        """
        account = Account(
            id=new_id(),
            tenant_id=actor.tenant_id,
            login_name=posts.login_key(login_name),
            name=name,
            must_change_password=True,
            created_at=at,
        )
        first = passwords.first_password(self._random)
        hashed = await self._hashing.hash(first)
        async with db.in_transaction():
            added = await store.add(account, hashed)
            if added:
                await self._log_change(actor, account.id, "created", at)
        if not added:
            raise Fault(ErrorCode.LOGIN_NAME_TAKEN)
        return NewAccount(account, first)

    async def reset(self, actor: Actor, staff_id: str, *, at: datetime) -> NewAccount:
        """Back to a first password; every sign-in of the person ends.

        Raises:
            Fault: STAFF_NOT_FOUND; NOT_YOUR_ACTION for one's own account.
        """
        account = await self._load_other(actor, staff_id)
        first = passwords.first_password(self._random)
        hashed = await self._hashing.hash(first)
        async with db.in_transaction():
            await store.reset_password(staff_id, hashed, at=at)
            await self._log_change(actor, staff_id, "reset", at)
        await self._sessions.end_all_of_staff(staff_id, EndReason.ACCOUNT, at=at)
        return NewAccount(replace(account, must_change_password=True), first)

    async def disable(self, actor: Actor, staff_id: str, *, at: datetime) -> None:
        """Shut an account; every sign-in of the person ends.

        Raises:
            Fault: STAFF_NOT_FOUND; NOT_YOUR_ACTION for one's own account.
        """
        await self._load_other(actor, staff_id)
        async with db.in_transaction():
            await store.set_disabled(staff_id, at)
            await self._log_change(actor, staff_id, "disabled", at)
        await self._sessions.end_all_of_staff(staff_id, EndReason.ACCOUNT, at=at)

    async def enable(self, actor: Actor, staff_id: str, *, at: datetime) -> None:
        """Open a shut account again.

        Raises:
            Fault: STAFF_NOT_FOUND; NOT_YOUR_ACTION for one's own account.
        """
        await self._load_other(actor, staff_id)
        async with db.in_transaction():
            await store.set_disabled(staff_id, None)
            await self._log_change(actor, staff_id, "enabled", at)

    async def appoint(self, actor: Actor, post: Post, *, at: datetime) -> Post:
        """Give a person a post; nobody gives one to themselves. An approval right waits for the scan of its document.

        Raises:
            Fault: STAFF_NOT_FOUND, NOT_YOUR_ACTION, FORM_INVALID, POST_CONFLICT.
        """
        await self._load_other(actor, post.staff_id)
        paper = "" if post.role in posts.APPROVES else None
        return await self._appoint(actor, replace(post, paper=paper), at=at)

    async def rest_on(self, actor: Actor, post_id: str, paper_id: str, *, at: datetime) -> Post:
        """The scan of an appointment's document has been kept as `paper_id`: from now on it has its full force.

        Raises:
            Fault: POST_NOT_FOUND; NOT_YOUR_ACTION for one's own post.
        """
        async with db.in_transaction():
            resting = await store.rest_on(actor.tenant_id, post_id, paper_id)
            if resting is None:
                raise Fault(ErrorCode.POST_NOT_FOUND)
            if resting.staff_id == actor.id:
                raise Fault(ErrorCode.NOT_YOUR_ACTION)
            await self._log_change(actor, resting.staff_id, "post_paper", at, post=post_id)
        return resting

    async def end_post(self, actor: Actor, post_id: str, *, at: datetime) -> Post:
        """End a post; the person's sign-ins end, so that no token carries the right any longer.

        Raises:
            Fault: POST_NOT_FOUND.
        """
        async with db.in_transaction():
            ended = await store.end_post(actor.tenant_id, post_id, by=actor.id, at=at)
            if ended is not None:
                await self._log_change(actor, ended.staff_id, "post_ended", at, post=post_id)
        if ended is None:
            raise Fault(ErrorCode.POST_NOT_FOUND)
        await self._sessions.end_all_of_staff(ended.staff_id, EndReason.POST, at=at)
        return ended

    async def import_member(
        self,
        actor: Actor,
        *,
        login_name: str,
        name: str,
        password: str,
        must_change_password: bool,
        held: Sequence[Post],
        at: datetime,
    ) -> Account:
        """An account with posts as a file has them; one that is there already is left as it is.

        Args:
            held: posts of which `id` and `staff_id` do not count.

        Raises:
            Fault: FORM_INVALID, POST_CONFLICT.
        """
        account = Account(
            id=new_id(),
            tenant_id=actor.tenant_id,
            login_name=posts.login_key(login_name),
            name=name,
            must_change_password=must_change_password,
            created_at=at,
        )
        there = await store.find_login(account.login_name)
        if there is not None:
            return there.account
        hashed = await self._hashing.hash(password)
        async with db.in_transaction():
            if await store.add(account, hashed):
                for post in held:
                    await self._appoint(actor, replace(post, staff_id=account.id), at=at)
        there = await store.find_login(account.login_name)
        return there.account if there else account

    async def _appoint(self, actor: Actor, post: Post, *, at: datetime) -> Post:
        posts.check(post)
        new, day = replace(post, id=new_id(), ended_at=None), day_in_china(at)
        async with db.in_transaction():
            await store.hold(new.staff_id)
            beside = [other for other in await store.posts_of([new.staff_id]) if other.may_return(day)]
            posts.check_together(new, beside)
            await store.release_lapsed(actor.tenant_id, day)
            if not await store.add_post(actor.tenant_id, new, given_by=actor.id, at=at):
                raise Fault(ErrorCode.POST_CONFLICT, reason="place_taken")
            await self._log_change(actor, new.staff_id, "post_given", at, post=new.id, role=new.role)
        return new

    async def _load(self, tenant_id: str, staff_id: str) -> Account:
        account = await store.find_in(tenant_id, staff_id)
        if account is None:
            raise Fault(ErrorCode.STAFF_NOT_FOUND)
        return account

    async def _load_other(self, actor: Actor, staff_id: str) -> Account:
        account = await self._load(actor.tenant_id, staff_id)
        if account.id == actor.id:
            raise Fault(ErrorCode.NOT_YOUR_ACTION)
        return account

    async def _log_change(self, actor: Actor, staff_id: str, change: str, at: datetime, **facts: str) -> None:
        await self._audit.record(
            AuditAction.CHANGE_ACCOUNT,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=staff_id,
            change=change,
            **facts,
        )
