"""Bundles from villages without a line: verified to the last byte, then taken in by the code that takes in pushes.

In this process, a part at a time: SQLite lets no second process write, and nothing here is larger than one frame, one
item and one inflated push, whatever the file holds (DECISIONS, 17).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api_spec import bundle, bundle_reader
from api_spec.bundle import BadBundle, BundleHeader, Head, Item
from api_spec.bundle_reader import Verified
from api_spec.errors import ErrorCode
from api_spec.signature import BadSignature
from api_spec.sync import PushStatus
from backend.actors import Actor, system
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.service import Blobs
from backend.db import in_transaction
from backend.faults import Fault
from backend.ids import new_id
from backend.intake import store_bundles, store_nodes, store_streams
from backend.intake.bundle_values import Imported
from backend.intake.county import County
from backend.intake.delivery import Account, Delivery
from backend.intake.reply import Replying
from backend.intake.service import Intake
from backend.intake.spool import Spool
from backend.intake.values import Node
from backend.vault import Vault

SHOWN: Final = 50
SUBJECT: Final = "node"


class Bundles:
    """The township's side of the stick.

    Args:
        folder: where bundles lie while they are brought in, and replies until they are fetched.
        free_bytes: what is left on its disk.
    """

    def __init__(
        self,
        intake: Intake,
        blobs: Blobs,
        vault: Vault,
        audit: Audit,
        *,
        folder: Path,
        free_bytes: Callable[[], int],
    ) -> None:
        self._intake = intake
        self._blobs = blobs
        self._audit = audit
        self._county = County(vault)
        self._turn = asyncio.Lock()
        self._replying = Replying(intake, self._county)
        self.spool = Spool(folder, free_bytes)

    async def look(self, start: bytes, *, at: datetime, actor: Actor | None = None) -> None:
        """Judge the first `bundle.HEAD_MAX` bytes, so that a stranger is refused before he has sent the rest.

        Raises:
            Fault: BUNDLE_INVALID, BUNDLE_FOREIGN, NODE_UNKNOWN.
        """
        try:
            await self._sender(bundle_reader.read_head(BytesIO(start)), actor, at=at)
        except BadBundle as bad:
            raise _invalid(bad) from None

    async def take(self, path: Path, *, at: datetime, actor: Actor | None = None) -> Imported:
        """Bring one part in and make its reply. Any order, any number of times: it is the same as pushing it.

        Args:
            actor: the member of staff who brings it; None where it came over a line.

        Raises:
            Fault: BUNDLE_INVALID, damaged, cut short or not signed by its node, and nothing was taken in;
                BUNDLE_FOREIGN, another county's or township's; NODE_UNKNOWN; NODE_REVOKED, and it brings no record.
        """
        async with self._turn:
            await asyncio.to_thread(self.spool.tidy, at)
            with path.open("rb") as file:
                try:
                    return await self._take(file, actor, at)
                except BadBundle as bad:
                    raise _invalid(bad) from None

    def find_reply(self, imported_id: str) -> Path | None:
        """The reply bundle, until somebody tidied it away."""
        return self.spool.find_reply(imported_id)

    async def latest(self, actor: Actor) -> list[Imported]:
        """What was brought in of the actor's township, the newest first."""
        return await store_bundles.latest(actor.tenant_id, limit=SHOWN)

    async def load(self, imported_id: str, actor: Actor) -> Imported:
        """Raises Fault: NOT_FOUND."""
        found = await store_bundles.find(actor.tenant_id, imported_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return found

    async def _take(self, file: BinaryIO, actor: Actor | None, at: datetime) -> Imported:
        head = await asyncio.to_thread(bundle_reader.read_head, file)
        node = await self._sender(head, actor, at=at)
        verified = await asyncio.to_thread(bundle_reader.verify, file, node.sign_key)
        header = verified.head.header
        before = await store_streams.find(node.number, header.epoch)
        delivery = Delivery(self._intake, self._blobs, node, epoch=header.epoch, at=at)
        await self._deliver(file, node, delivery)
        imported_id = new_id()
        status, upto = await self._reply(imported_id, node, header, account=delivery.account, at=at)
        imported = _imported(
            imported_id,
            node,
            verified,
            delivery.account,
            status=status,
            taken=max(0, upto - (before.head.upto if before else 0)),
            at=at,
            actor=actor,
        )
        await self._keep(imported, actor, at)
        return imported

    async def _deliver(self, file: BinaryIO, node: Node, delivery: Delivery) -> None:
        private = self._county.opening_key(node.tenant_id)
        items = bundle_reader.items(file, private)
        while (item := await asyncio.to_thread(next, items, None)) is not None:
            kind, body = item
            match kind:
                case Item.PUSH:
                    await delivery.push(body)
                case Item.PHOTO:
                    await delivery.photo(body)
                case _:
                    raise BadBundle("item")

    async def _reply(
        self, imported_id: str, node: Node, header: BundleHeader, *, account: Account, at: datetime
    ) -> tuple[PushStatus, int]:
        out = self.spool.begin_reply(imported_id)
        try:
            answer = await self._replying.write(out, node, header, account=account, at=at)
            await asyncio.to_thread(self.spool.keep_reply, imported_id, out)
        except BaseException:
            self.spool.drop_reply(imported_id, out)
            raise
        return answer.push.status, answer.push.upto

    async def _sender(self, head: Head, actor: Actor | None, *, at: datetime) -> Node:
        """Whose bundle the head says it is, proved by its signature, under the key it was signed with.

        Raises:
            BadBundle: not signed by that node.
            Fault: BUNDLE_FOREIGN, NODE_UNKNOWN.
        """
        header = head.header
        if header.way != "up":
            raise Fault(ErrorCode.BUNDLE_FOREIGN, reason="reply")
        if header.county != self._intake.nodes.county_id():
            raise Fault(ErrorCode.BUNDLE_FOREIGN, reason="county")
        node = await store_nodes.find(header.node)
        if node is None:
            raise Fault(ErrorCode.NODE_UNKNOWN)
        if actor is not None and actor.tenant_id != node.tenant_id:
            raise Fault(ErrorCode.BUNDLE_FOREIGN, reason="township")
        if header.seal_key != bundle.key_id(self._county.seal_key(node.tenant_id)):
            raise Fault(ErrorCode.BUNDLE_FOREIGN, reason="key")

        def check(key: Ed25519PublicKey) -> None:
            try:
                bundle_reader.verify_head(head, key.public_bytes_raw())
            except BadBundle as bad:
                raise BadSignature(bad.args[0]) from None

        try:
            return await self._intake.nodes.signer(node, check, at=at)
        except BadSignature:
            raise BadBundle("signature") from None

    async def _keep(self, imported: Imported, actor: Actor | None, at: datetime) -> None:
        async with in_transaction():
            await store_bundles.add(imported)
            await self._audit.record(
                AuditAction.IMPORT_BUNDLE,
                actor=actor or system(imported.tenant_id),
                at=at,
                subject_kind=SUBJECT,
                subject_id=str(imported.node),
                bundle=imported.bundle,
                part=imported.part,
                records=imported.records,
                taken=imported.taken,
            )


def _imported(
    imported_id: str,
    node: Node,
    verified: Verified,
    account: Account,
    *,
    status: PushStatus,
    taken: int,
    at: datetime,
    actor: Actor | None,
) -> Imported:
    header = verified.head.header
    return Imported(
        id=imported_id,
        tenant_id=node.tenant_id,
        village_id=node.village_id,
        node=node.number,
        bundle=header.bundle,
        part=min(header.part, header.parts),
        parts=header.parts,
        epoch=header.epoch,
        first=header.first,
        last=header.last,
        digest=verified.digest,
        size=verified.size,
        status=status,
        records=account.records,
        taken=taken,
        reasons=dict(account.reasons),
        photos=len(account.photos),
        photos_refused=len(account.spoilt),
        imported_at=at,
        imported_by=actor.id if actor else "",
    )


def _invalid(bad: BadBundle) -> Fault:
    return Fault(ErrorCode.BUNDLE_INVALID, reason=bad.args[0])
