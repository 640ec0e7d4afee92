"""People as the other features see them: who is asking, what they may know of a citizen, who staff are."""

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime

from api_spec.errors import ErrorCode
from api_spec.vocabulary import ConsentPurpose, Partner, Role
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault
from backend.people.accounts import Accounts, Member, NewAccount
from backend.people.citizens import Citizens
from backend.people.identity import Citizen, OwnDetails
from backend.people.lockout import Lockout
from backend.people.passwords import Hashing
from backend.people.posts import Post
from backend.people.session import EndReason, Lives, Session, SignedIn
from backend.people.sessions import Sessions, Standing
from backend.people.staff import Staff
from backend.people.store_staff import Login
from backend.people.tokens import Tokens, signing_key
from backend.people.tries import Tries
from backend.people.wechat_door import WeChatDoor
from backend.vault import Vault

__all__ = [
    "Accounts",
    "Citizen",
    "Hashing",
    "Lives",
    "Lockout",
    "Member",
    "NewAccount",
    "OwnDetails",
    "People",
    "Post",
    "SignedIn",
    "Tokens",
    "WeChatDoor",
    "tokens_of",
]


def tokens_of(vault: Vault, issuer: str) -> Tokens:
    """This deployment's tokens; the signing key comes from the vault's, so there is no second secret to keep.

    Args:
        issuer: the address people reach the township by.
    """
    key = signing_key(vault.derive("access-tokens"))
    return Tokens(key, issuer=issuer, audience="bianmintong", random=os.urandom)


class People:
    """Citizens, staff and their sign-ins.

    Args:
        home_tenant: the township a citizen visits who names none.
        knows_tenant: whether there is such a township.
        random: source of refresh tokens and first passwords.
    """

    def __init__(
        self,
        vault: Vault,
        audit: Audit,
        *,
        tokens: Tokens,
        wechat: WeChatDoor,
        home_tenant: Callable[[], str],
        knows_tenant: Callable[[str], bool],
        hashing: Hashing,
        lives: Lives | None = None,
        lockout: Lockout | None = None,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        lock = lockout or Lockout()
        self._audit = audit
        self._home_tenant = home_tenant
        self._knows_tenant = knows_tenant
        self.wechat = wechat
        self.sessions = Sessions(tokens, lives or Lives(), random=random, stand=self._standing)
        self.citizens = Citizens(
            vault,
            audit,
            taken=Tries(vault, lock, kind="identity_try", refusal=ErrorCode.TOO_MANY_REQUESTS),
        )
        self.staff = Staff(
            self.sessions,
            hashing,
            audit,
            tries=Tries(vault, lock, kind="sign_in_try", refusal=ErrorCode.ACCOUNT_LOCKED),
            home_tenant=home_tenant,
        )
        self.accounts = Accounts(self.sessions, hashing, audit, random=random)

    async def start(self, clock: Callable[[], datetime]) -> None:
        """Learn which sign-ins have ended, and go on learning; to be called once the database is open."""
        await self.sessions.start(clock)

    async def close(self) -> None:
        await self.sessions.close()

    def authenticate(self, token: str, at: datetime) -> Actor:
        """Raises Fault(TOKEN_INVALID, TOKEN_EXPIRED)."""
        return self.sessions.authenticate(token, at)

    async def sign_in_mini_program(self, code: str, *, tenant_id: str | None, at: datetime) -> SignedIn:
        """Sign a citizen in by the code of `wx.login`.

        Raises:
            Fault: WECHAT_CODE_INVALID, WECHAT_BUSY, WECHAT_RISKY, WECHAT_UNAVAILABLE; NOT_FOUND: no such township.
        """
        tenant = self._tenant(tenant_id)
        citizen_id = await self.citizens.of_wechat(await self.wechat.from_mini_program(code), at=at)
        return await self.sessions.open(citizen_id, tenant, is_staff=False, at=at)

    async def sign_in_web(self, code: str, *, tenant_id: str | None, at: datetime) -> SignedIn:
        """Sign a citizen in by the code a browser brought back from WeChat; raises as the other."""
        tenant = self._tenant(tenant_id)
        citizen_id = await self.citizens.of_wechat(await self.wechat.from_web(code), at=at)
        return await self.sessions.open(citizen_id, tenant, is_staff=False, at=at)

    async def sign_out(self, actor: Actor, *, at: datetime) -> None:
        """End the sign-in this request belongs to."""
        await self.sessions.end(actor.session_id, EndReason.SIGN_OUT, at=at)
        if not actor.is_citizen:
            await self._audit.record(
                AuditAction.SIGN_OUT, actor=actor, at=at, subject_kind="staff", subject_id=actor.id
            )

    async def bind_phone(self, actor: Actor, code: str) -> Citizen:
        """Keep the number WeChat verified for this citizen; raises as a sign-in."""
        await self.citizens.set_verified_phone(actor.id, await self.wechat.phone_number(code))
        return await self.citizens.view(actor.id)

    async def citizen(self, citizen_id: str) -> Citizen:
        """A citizen, masked.

        Raises:
            Fault: NOT_FOUND.
        """
        return await self.citizens.view(citizen_id)

    async def applicant_of(self, citizen_id: str) -> OwnDetails:
        """A citizen's own data in full, to fill in their own forms.

        Raises:
            Fault: NOT_FOUND; IDENTITY_MISSING: they have not said yet who they are.
        """
        own = await self.citizens.own(citizen_id)
        if not own.document_number:
            raise Fault(ErrorCode.IDENTITY_MISSING)
        return own

    async def require_consent(
        self, citizen_id: str, purpose: ConsentPurpose, *, at: datetime, partner: Partner | None = None
    ) -> None:
        """Raises Fault(CONSENT_MISSING)."""
        await self.citizens.require_consent(citizen_id, purpose, at=at, partner=partner)

    async def reveal(self, citizen_id: str, *, actor: Actor, reason: str, at: datetime) -> str:
        """A citizen's full document number, read for a reason and accounted for.

        Raises:
            Fault: NOT_ALLOWED, REASON_REQUIRED, NOT_FOUND, IDENTITY_MISSING.
        """
        return await self.citizens.reveal(citizen_id, actor=actor, reason=reason, at=at)

    async def allow_full_number(
        self, actor: Actor, *, subject_kind: str, subject_id: str, reason: str, at: datetime
    ) -> None:
        """Before a feature shows a full number it holds itself (a case, an errand): who, whose, why.

        Raises:
            Fault: NOT_ALLOWED, REASON_REQUIRED.
        """
        await self.citizens.allow_full_number(
            actor, subject_kind=subject_kind, subject_id=subject_id, reason=reason, at=at
        )

    async def staff_names(self, tenant_id: str, staff_ids: Sequence[str]) -> dict[str, str]:
        """Names of staff by id, as their badges show them."""
        return await self.staff.names(tenant_id, staff_ids)

    async def village_logins(self, tenant_id: str, village_id: str, *, day: date) -> Sequence[Login]:
        """Accounts of village clerks with their password hashes, for the computer of their village."""
        return await self.staff.village_logins(tenant_id, village_id, day)

    async def covers(self, staff_id: str, item_id: str, *, role: Role, day: date) -> bool:
        """Whether a person's appointment in `role` covers the item on `day` (plan, clause 29)."""
        return await self.staff.covers(staff_id, item_id, role=role, day=day)

    async def _standing(self, session: Session, at: datetime) -> Standing | None:
        if session.is_staff:
            return await self.staff.standing(session, at)
        return Standing(
            Actor(
                id=session.person_id,
                roles=frozenset({Role.CITIZEN}),
                tenant_id=session.tenant_id,
                session_id=session.id,
            )
        )

    def _tenant(self, tenant_id: str | None) -> str:
        if tenant_id is None:
            return self._home_tenant()
        if not self._knows_tenant(tenant_id):
            raise Fault(ErrorCode.NOT_FOUND)
        return tenant_id
