"""What the township keeps for a village computer: certificates for its next key, and the secret by which a new clerk
takes over when the old one left without a word.

The secret opens the village's file and is worth as much: sealed by the vault, given out only on paper, every time in
the audit log. What the computer does with a code, and that it works once, is the computer's business.
"""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final

from api_spec import certificate, paper_code, sealed_letter
from api_spec.errors import ErrorCode
from api_spec.sealed_letter import NotForUs
from api_spec.signature import BadSignature
from api_spec.sync import ESCROW_PURPOSE, Certificate, Escrow, NextKey
from backend.actors import Actor, system
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.catalogue.service import Catalogue
from backend.db import in_transaction
from backend.faults import Fault
from backend.intake import store_keys, store_nodes
from backend.intake.county import County
from backend.intake.values import Escrowed, HandOverCode, Node
from backend.vault import Vault

NEXT_KEYS: Final = 4
SECRETS_KEPT: Final = 8
_SERIAL_BITS: Final = 32
_SUBJECT: Final = "node"


class KeyDesk:
    """Keys that change hands."""

    def __init__(self, catalogue: Catalogue, audit: Audit, county: County, vault: Vault) -> None:
        self._catalogue = catalogue
        self._audit = audit
        self._county = county
        self._vault = vault

    async def certify(self, node: Node, asked: NextKey, *, at: datetime) -> Certificate | None:
        """A certificate for the key a node wants to sign with next; the same again when the answer was lost.

        None: the proof is false, or the key was replaced before.
        """
        try:
            certificate.verify_key_change(asked.proof, node.number, old=node.sign_key, new=asked.sign_key)
        except BadSignature:
            return None
        serial = await store_keys.certify(
            node, asked.sign_key, serial=1 + secrets.randbits(_SERIAL_BITS), at=at
        )
        if serial is None:
            return None
        await store_keys.forget_unused(node.number, keeping=NEXT_KEYS)
        return await self.certificate(replace(node, sign_key=asked.sign_key, serial=serial))

    async def certificate(self, node: Node) -> Certificate:
        """The county's word on the key a node signs with."""
        village = await self._catalogue.village(node.village_id)
        return certificate.certify(
            node.number,
            village.code,
            serial=node.serial,
            sign_key=node.sign_key,
            seal_key=node.seal_key,
            county=self._county.signing,
        )

    async def take_up(self, old: Node, new: Node, *, at: datetime) -> None:
        """A node has signed with its next key: the old one is worth nothing from now on."""
        async with in_transaction():
            if await store_keys.take_up(old, new, at=at):
                await self._audit.record(
                    AuditAction.ENROL_NODE,
                    actor=system(old.tenant_id),
                    at=at,
                    subject_kind=_SUBJECT,
                    subject_id=str(old.number),
                    step="key_changed",
                )

    async def keep(self, node: Node, escrow: Escrow, *, at: datetime) -> str:
        """Keep a hand-over secret; its mark, or "" for one that cannot be used."""
        try:
            secret = sealed_letter.open_letter(
                escrow.sealed, key=self._county.opening_key(node.tenant_id), purpose=ESCROW_PURPOSE
            )
        except NotForUs:
            return ""
        if len(secret) != paper_code.SECRET_BYTES:
            return ""
        sealed = self._vault.seal(secret, context=_context(node.number, escrow.mark))
        if await store_keys.keep(node, escrow.mark, sealed, at=at):
            await store_keys.forget_old(node.number, keeping=SECRETS_KEPT)
        return escrow.mark

    async def kept(self, number: int, *, actor: Actor) -> list[Escrowed]:
        """The hand-over secrets of one computer of the actor's township, the newest first.

        Raises:
            Fault: NOT_FOUND.
        """
        await self._node(number, actor)
        return await store_keys.escrowed(actor.tenant_id, number)

    async def issue(self, number: int, mark: str, *, reason: str, actor: Actor, at: datetime) -> HandOverCode:
        """Give a code out, to be written on paper. A lost paper may be replaced; each time is in the audit log.

        Args:
            mark: which secret, as the locked computer shows it; "" for the newest.

        Raises:
            Fault: NOT_FOUND no such computer; NO_HAND_OVER it left no such secret here.
        """
        node = await self._node(number, actor)
        kept = await store_keys.escrowed(actor.tenant_id, number)
        wanted = next((each for each in kept if not mark or each.mark == mark), None)
        if wanted is None:
            raise Fault(ErrorCode.NO_HAND_OVER, node=number)
        async with in_transaction():
            sealed = await store_keys.issue(wanted.id, actor.tenant_id, by=actor.id, at=at)
            if sealed is None:
                raise Fault(ErrorCode.NO_HAND_OVER, node=number)
            await self._audit.record(
                AuditAction.ENROL_NODE,
                actor=actor,
                at=at,
                subject_kind=_SUBJECT,
                subject_id=str(number),
                reason=reason,
                step="hand_over_code",
                mark=wanted.mark,
            )
        secret = self._vault.open(sealed, context=_context(number, wanted.mark))
        village = await self._catalogue.village(node.village_id)
        return HandOverCode(
            code=paper_code.write(secret, purpose=ESCROW_PURPOSE),
            mark=wanted.mark,
            node=number,
            village_name=village.name,
        )

    async def _node(self, number: int, actor: Actor) -> Node:
        node = await store_nodes.find(number)
        if node is None or node.tenant_id != actor.tenant_id:
            raise Fault(ErrorCode.NOT_FOUND)
        return node


def _context(number: int, mark: str) -> str:
    return f"node_escrow/{number}/{mark}"
