"""Checks the signed receipt on a village slip: whether one of the township's own village computers made it.

The signature is proved with the key of the computer's certificate alone, so it holds even where the case never arrived.
It knows no page and writes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from api_spec import receipt_qr
from api_spec.messages.progress import Progress
from api_spec.receipt_qr import NoReceipt
from api_spec.signature import BadSignature
from api_spec.vocabulary import Term
from backend.actors import Actor
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.intake import store_keys, store_nodes
from backend.intake.values import Node
from backend.proxy.service import Proxy

LARGEST_SERIAL: Final = 2**63 - 1
"""What the column holds; anybody can write a larger one into a QR code."""


class Verdict(Term):
    """What a scanned text turned out to be."""

    GENUINE = "genuine", "是真回执"
    NO_RECEIPT = "no_receipt", "不是村里回执上的防伪码，或者没有扫全"
    OTHER_COMPUTER = "other_computer", "不是本镇村级服务点开出的回执"
    CHANGED = "changed", "签名对不上，内容被改动过"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A scanned text with what it proves; the rest is empty unless it is genuine.

    Args:
        code: the tracking code printed beside it.
        node_at: by the village computer's clock, which nobody verified.
        revoked_at: since when the computer may not send any more: a later receipt is no proof.
        progress: the case or errand as anybody with its code may see it; None while it is not here.
    """

    verdict: Verdict
    village_name: str = ""
    item_name: str = ""
    code: str = ""
    node_at: datetime | None = None
    revoked_at: datetime | None = None
    progress: Progress | None = None


class Receipts:
    """The window that verifies village slips."""

    def __init__(self, cases: Cases, proxy: Proxy, catalogue: Catalogue) -> None:
        self._cases = cases
        self._proxy = proxy
        self._catalogue = catalogue

    async def check(self, text: str, *, actor: Actor, at: datetime) -> Checked:
        """Whether `text`, as scanned, was signed by a village computer of the actor's township."""
        try:
            receipt, signature = receipt_qr.read(text.strip())
        except NoReceipt:
            return Checked(verdict=Verdict.NO_RECEIPT)
        node = await self._signer(actor.tenant_id, receipt.serial)
        if node is None:
            return Checked(verdict=Verdict.OTHER_COMPUTER)
        try:
            receipt_qr.verify(receipt, signature, node.sign_key)
            node_at = datetime.fromtimestamp(receipt.node_at_s, UTC)
        except (BadSignature, OverflowError, ValueError, OSError):
            return Checked(verdict=Verdict.CHANGED)
        village = await self._catalogue.village(node.village_id)
        items = self._catalogue.shelf(actor.tenant_id).pack.items
        return Checked(
            verdict=Verdict.GENUINE,
            village_name=village.name,
            item_name=next((item.name for item in items if item.code == receipt.item), receipt.item),
            code=receipt.code,
            node_at=node_at,
            revoked_at=node.revoked_at,
            progress=await self._cases.progress(receipt.code, at=at)
            or await self._proxy.progress(receipt.code, at=at),
        )

    async def _signer(self, tenant_id: str, serial: int) -> Node | None:
        if abs(serial) > LARGEST_SERIAL:
            return None
        return await store_nodes.find_by_serial(tenant_id, serial) or await store_keys.find_by_serial(
            tenant_id, serial
        )
