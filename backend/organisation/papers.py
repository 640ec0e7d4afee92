"""Scans of appointment documents: looked at before they are kept, sealed, and shown page by page to those who check them."""

from datetime import datetime
from typing import Final

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.apart import NotNow
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.looking import BadBlob, Looking
from backend.blobs.values import Media
from backend.db import in_transaction
from backend.faults import Fault
from backend.ids import new_id
from backend.organisation import store
from backend.organisation.store import Scan
from backend.people.service import Accounts
from backend.vault import Vault

LARGEST_SCAN: Final = 10 * 1024 * 1024
"""Bytes: ten pages of a document as an office scanner makes them."""

READERS: Final = frozenset({Role.SYSTEM_ADMIN, Role.DIRECTOR, Role.SUPERVISOR})


class Papers:
    """The scans posts rest on (plan, clause 29)."""

    def __init__(self, accounts: Accounts, vault: Vault, audit: Audit, looking: Looking) -> None:
        self._accounts = accounts
        self._vault = vault
        self._audit = audit
        self._looking = looking

    async def look(self, scan: bytes) -> tuple[Media, int]:
        """What a file is and how many pages it has, before anything rests on it.

        Raises:
            Fault: BLOB_TYPE, BLOB_BROKEN, BLOB_HUGE; BUSY, it could not be looked at now.
        """
        try:
            return await self._looking.check(scan)
        except BadBlob as bad:
            raise Fault(ErrorCode(f"blob_{bad.refusal.value}")) from None
        except NotNow:
            raise Fault(ErrorCode.BUSY) from None

    async def keep(
        self, post_id: str, scan: bytes, seen: tuple[Media, int], *, actor: Actor, at: datetime
    ) -> None:
        """Keep a scan that was looked at, inside the caller's transaction or its own; a post has one.

        Raises:
            Fault: POST_NOT_FOUND, NOT_YOUR_ACTION.
        """
        media, pages = seen
        kept = Scan(id=new_id(), post_id=post_id, media=media.value, pages=pages)
        sealed = self._vault.seal(scan, context=_context(kept.id))
        async with in_transaction():
            await self._accounts.rest_on(actor, post_id, kept.id, at=at)
            await store.put_scan(actor.tenant_id, kept, sealed=sealed, size=len(scan), by=actor.id, at=at)

    async def page(self, post_id: str, page: int, *, actor: Actor, at: datetime) -> bytes:
        """A page of a scan as a JPEG; every look is written down.

        Raises:
            Fault: NOT_ALLOWED; NOT_FOUND; BUSY.
        """
        if not actor.has(READERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        found = await store.find_scan(actor.tenant_id, post_id)
        if found is None or not 0 <= page < found[0].pages:
            raise Fault(ErrorCode.NOT_FOUND)
        scan, sealed = found
        plain = self._vault.open(sealed, context=_context(scan.id))
        try:
            drawn = await self._looking.preview(plain, Media(scan.media), page)
        except NotNow:
            raise Fault(ErrorCode.BUSY) from None
        if drawn is None:
            raise Fault(ErrorCode.BLOB_BROKEN)
        await self._audit.record(
            AuditAction.READ_PAPERS,
            actor=actor,
            at=at,
            subject_kind="post",
            subject_id=post_id,
            page=page + 1,
        )
        return drawn

    async def pages(self, tenant_id: str, post_id: str) -> int:
        """How many pages the scan of a post has; 0 without one."""
        found = await store.find_scan(tenant_id, post_id)
        return found[0].pages if found else 0


def _context(scan_id: str) -> str:
    return f"appointment/{scan_id}"
