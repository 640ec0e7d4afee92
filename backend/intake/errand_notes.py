"""What a village says later about an errand: papers and money brought, a wish to withdraw, a visit. The desk decides.

It moves no errand: a note tells the runners, and cash goes into the ledger under a receipt of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from api_spec.record_parts import MaterialLine
from api_spec.records import SupplementRecord
from api_spec.vocabulary import ErrandAction
from backend.intake.values import Node
from backend.proxy.service import Command, Move, Proxy


async def supplement(
    proxy: Proxy, errand_id: str, record: SupplementRecord, *, node: Node, at: datetime
) -> None:
    """Papers and cash brought to the village after the errand was taken there.

    Raises:
        Fault: as the ledger and the machine say; the caller takes all of it back then.
    """
    body = record.body
    for place, line in enumerate(body.money):
        move = Move(
            rid=_line_id(record.rid, place),
            move=line.move,
            amount_fen=line.amount_fen,
            paper_receipt=line.receipt,
            note=line.note,
        )
        await proxy.money.enter(errand_id, move, actor=node.actor, at=at)
    view = await proxy.show(errand_id, actor=node.actor, at=at)
    words = papers_and_note(body.materials, body.note, {paper.code: paper.name for paper in view.papers})
    if words:
        await note(proxy, errand_id, words, node=node, at=at)


async def note(proxy: Proxy, errand_id: str, words: str, *, node: Node, at: datetime) -> None:
    """Raises Fault: as the machine says."""
    await proxy.act(errand_id, Command(action=ErrandAction.ADD_NOTE, note=words), actor=node.actor, at=at)


def papers_and_note(materials: tuple[MaterialLine, ...], said: str, names: Mapping[str, str]) -> str:
    """What was brought, as one line of the history; "" for nothing.

    Args:
        names: of the papers in the catalogue, by code.
    """
    papers = "、".join(f"{names.get(line.code, '其他材料')}（{line.status.zh}）" for line in materials)
    return "。".join(part for part in (f"村里补交材料：{papers}" if papers else "", said.strip("。")) if part)


def _line_id(rid: str, place: int) -> str:
    """The same line of the same record is the same entry of the ledger, however often it arrives."""
    return sha256(f"{rid}/{place}".encode()).hexdigest()[:32]
