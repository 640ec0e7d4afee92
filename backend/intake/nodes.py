"""The villages' computers: one-time codes, enrolment, whose signature a request carries, revocation, health."""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api_spec import certificate, signature, tracking_code
from api_spec.errors import ErrorCode
from api_spec.feed import CatalogueManifest
from api_spec.signature import BadSignature
from api_spec.sync import PROTO, EnrolAnswer, EnrolRequest, NumberBlock
from backend.actors import Actor, system
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.catalogue.service import Catalogue
from backend.db import in_transaction
from backend.faults import Fault
from backend.intake import store_keys, store_nodes, store_streams
from backend.intake.announcing import Announcing
from backend.intake.county import County
from backend.intake.key_desk import KeyDesk
from backend.intake.values import CODE_LIFE, NewCode, Node, NodeCard, Stream

_CODE_BYTES: Final = 16
_CODE_SYMBOLS: Final = 26
_GROUP: Final = 5
_SERIAL_BITS: Final = 32
_SEPARATORS: Final = re.compile(r"[\s-]+")
_AS_TYPED: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
SUBJECT: Final = "node"


class Nodes:
    """Who may send for which village."""

    def __init__(
        self, catalogue: Catalogue, audit: Audit, county: County, announcing: Announcing, *, key_desk: KeyDesk
    ) -> None:
        self.key_desk: Final = key_desk
        self._catalogue = catalogue
        self._audit = audit
        self._county = county
        self._announcing = announcing

    async def make_code(self, village_id: str, *, actor: Actor, at: datetime) -> NewCode:
        """A one-time code for a village's next computer; only its hash is kept.

        Raises:
            Fault: NOT_FOUND, no such village in the actor's township.
        """
        village = await self._catalogue.village(village_id)
        if village.tenant_id != actor.tenant_id:
            raise Fault(ErrorCode.NOT_FOUND)
        text = _symbols(secrets.token_bytes(_CODE_BYTES))
        expires_at = at + CODE_LIFE
        async with in_transaction():
            await store_nodes.add_code(
                _hash(text),
                tenant_id=actor.tenant_id,
                village_id=village_id,
                by=actor.id,
                at=at,
                expires_at=expires_at,
            )
            await self._audit.record(
                AuditAction.ENROL_NODE,
                actor=actor,
                at=at,
                subject_kind="village",
                subject_id=village_id,
                step="code",
            )
        grouped = "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
        return NewCode(code=grouped, village_id=village_id, village_name=village.name, expires_at=expires_at)

    async def enrol(self, request: EnrolRequest, *, at: datetime, tenant_id: str = "") -> EnrolAnswer:
        """Make a computer a node. The same computer may ask again with its code when the answer was lost.

        Args:
            tenant_id: where somebody carries the request in, their township: they serve no other's codes.

        Raises:
            Fault: SIGNATURE_INVALID it does not hold the key it shows; ENROLMENT_INVALID the code is unknown,
                used by another, expired, or protocol or algorithm are not ours.
        """
        if request.proto != PROTO or request.alg != signature.ALG:
            raise Fault(ErrorCode.ENROLMENT_INVALID, reason="protocol")
        try:
            certificate.verify_enrol_proof(
                request.proof,
                token=request.token,
                epoch=request.epoch,
                sign_key=request.sign_key,
                seal_key=request.seal_key,
            )
        except BadSignature:
            raise Fault(ErrorCode.SIGNATURE_INVALID, part="proof") from None
        code_hash = _hash(request.token)
        if tenant_id:
            code = await store_nodes.find_code(code_hash)
            if code is None or code.tenant_id != tenant_id:
                raise Fault(ErrorCode.ENROLMENT_INVALID)
        node = await self._take(code_hash, request, at=at) or await self._enrolled_before(code_hash, request)
        return await self._answer(node, request.epoch, at=at)

    async def _take(self, code_hash: str, request: EnrolRequest, *, at: datetime) -> Node | None:
        """Use the code up; None if that cannot be done (again)."""
        async with in_transaction():
            number = await _free_number()
            code = await store_nodes.take_code(code_hash, number=number, at=at)
            if code is None:
                return None
            node = Node(
                number=number,
                tenant_id=code.tenant_id,
                village_id=code.village_id,
                sign_key=request.sign_key,
                seal_key=request.seal_key,
                serial=1 + secrets.randbits(_SERIAL_BITS),
                enrolled_at=at,
            )
            if not await store_nodes.add(node, by=code.made_by):
                raise Fault(ErrorCode.BUSY)
            await self._audit.record(
                AuditAction.ENROL_NODE,
                actor=system(node.tenant_id),
                at=at,
                subject_kind=SUBJECT,
                subject_id=str(number),
                step="enrolled",
                village=node.village_id,
            )
            await store_streams.begin(
                number,
                request.epoch,
                tenant_id=node.tenant_id,
                old_epoch="",
                at=at,
                pick=secrets.choice,
            )
            await self._announcing.introduce(node, at=at)
        return node

    async def _enrolled_before(self, code_hash: str, request: EnrolRequest) -> Node:
        """The node this very computer became with this code.

        Raises:
            Fault: ENROLMENT_INVALID.
        """
        code = await store_nodes.find_code(code_hash)
        if code is None:
            raise Fault(ErrorCode.ENROLMENT_INVALID)
        if code.node_number is None:
            raise Fault(ErrorCode.ENROLMENT_INVALID, reason="expired")
        node = await store_nodes.find(code.node_number)
        if node is None or node.sign_key != request.sign_key or node.revoked_at is not None:
            raise Fault(ErrorCode.ENROLMENT_INVALID, reason="used")
        return node

    async def _answer(self, node: Node, epoch: str, *, at: datetime) -> EnrolAnswer:
        tenant = await self._catalogue.tenant(node.tenant_id)
        village = await self._catalogue.village(node.village_id)
        stream = await self.stream(node, epoch, old_epoch="", at=at)
        return EnrolAnswer(
            node=node.number,
            county=self.county_id(),
            tenant=tenant.id,
            tenant_name=tenant.name,
            centre_name=tenant.centre_name,
            village=village.code,
            village_name=village.name,
            public_base_url=self._catalogue.shelf(tenant.id).pack.public_base_url,
            certificate=await self.key_desk.certificate(node),
            county_key=self._county.public_key,
            township_seal_key=self._county.seal_key(tenant.id),
            receipt_key=self._county.receipt_key(node.number),
            numbers=NumberBlock(prefix=tenant.case_prefix, block=stream.block),
            manifest=await self._announcing.manifest(tenant.id),
            time=at.isoformat(timespec="milliseconds"),
            nonce=self._county.nonce(at),
        )

    async def stream(self, node: Node, epoch: str, *, old_epoch: str, at: datetime) -> Stream:
        """The stream of one life of the node's database; opened if this is the first we hear of it."""
        found = await store_streams.find(node.number, epoch)
        if found is not None:
            return found
        return await store_streams.begin(
            node.number,
            epoch,
            tenant_id=node.tenant_id,
            old_epoch=old_epoch,
            at=at,
            pick=secrets.choice,
        )

    async def admit(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> Node:
        """Whose request this is, proved on the raw bytes.

        Raises:
            Fault: SIGNATURE_INVALID anything covered was changed; NODE_UNKNOWN; NONCE_STALE with the fact `nonce`,
                once the signature is proved.
        """
        try:
            node = await store_nodes.find(signature.claimed_node(headers))
            if node is None:
                raise Fault(ErrorCode.NODE_UNKNOWN)

            def check(key: Ed25519PublicKey) -> None:
                signature.verify_request(method, path, body=body, headers=headers, key=key)

            node = await self.signer(node, check, at=at)
        except BadSignature as bad:
            raise Fault(ErrorCode.SIGNATURE_INVALID, part=bad.args[0]) from None
        if not self._county.is_fresh(headers.get(signature.NONCE, ""), at):
            raise Fault(ErrorCode.NONCE_STALE, nonce=self._county.nonce(at))
        return node

    async def signer(self, node: Node, check: Callable[[Ed25519PublicKey], None], *, at: datetime) -> Node:
        """The node under the key with which it has signed. Its next key counts from the first time it is seen; one
        that was replaced is like a revoked computer's: a restored copy signs with it, and what it brings is held.

        Args:
            check: raises BadSignature for a key that is not the signer's.

        Raises:
            BadSignature: none of this node's keys.
        """
        try:
            check(Ed25519PublicKey.from_public_bytes(node.sign_key))
        except BadSignature:
            for other in await store_keys.other_keys(node):
                with suppress(BadSignature):
                    check(Ed25519PublicKey.from_public_bytes(other.sign_key))
                    if other.revoked_at is None:
                        await self.key_desk.take_up(node, other, at=at)
                    return other
            raise
        return node

    async def revoke(self, number: int, *, reason: str, actor: Actor, at: datetime) -> None:
        """Stop serving a computer at once; what it still sends is held.

        Raises:
            Fault: NOT_FOUND, no working node of this number in the actor's township.
        """
        async with in_transaction():
            if not await store_nodes.revoke(actor.tenant_id, number, by=actor.id, reason=reason, at=at):
                raise Fault(ErrorCode.NOT_FOUND)
            await self._audit.record(
                AuditAction.ENROL_NODE,
                actor=actor,
                at=at,
                subject_kind=SUBJECT,
                subject_id=str(number),
                reason=reason,
                step="revoked",
            )

    async def cards(self, tenant_id: str) -> list[NodeCard]:
        """Every node of a township with its health, by number."""
        names = {village.id: village.name for village in await self._catalogue.villages(tenant_id)}
        return [
            NodeCard(
                node=each.node,
                village_name=names.get(each.node.village_id, ""),
                app=each.app,
                last_seen=each.last_seen,
                machine=each.machine,
                held=each.held,
                epochs=each.epochs,
                received=each.received,
                safe=each.safe,
                record_schema=each.record_schema,
                compared_at=each.compared_at,
                differs=each.differs,
            )
            for each in await store_nodes.listed(tenant_id)
        ]

    async def manifest(self, node: Node) -> CatalogueManifest:
        """The catalogue in force at the node's township, signed by the county."""
        return await self._announcing.manifest(node.tenant_id)

    def county_id(self) -> str:
        """Six digits of the division code all townships here share; nodes send nothing to a server that says another.

        Raises:
            Fault: BUSY, no township is set up yet.
        """
        for tenant_id in self._catalogue.tenant_ids:
            for village in self._catalogue.shelf(tenant_id).villages:
                return village.code[:6]
        raise Fault(ErrorCode.BUSY)


async def _free_number() -> int:
    while True:
        number = 1 + secrets.randbelow((1 << tracking_code.NODE_BITS) - 1)
        if await store_nodes.find(number) is None:
            return number


def _symbols(secret: bytes) -> str:
    """128 bits as 26 symbols that cannot be misread."""
    value = int.from_bytes(secret)
    return "".join(
        tracking_code.ALPHABET[value >> 5 * place & 31] for place in reversed(range(_CODE_SYMBOLS))
    )


def _hash(token: str) -> str:
    """A code as kept: typed with or without hyphens, in either case, O for 0 and I or L for 1."""
    bare = _SEPARATORS.sub("", token).upper().translate(_AS_TYPED)
    return hashlib.sha256(bare.encode()).hexdigest()
