"""Money taken for a case, held against the published fee (plan, clause 5): free unless the catalogue names a basis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.cases.dossier import Dossier
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.instants import whole_ms
from backend.supervision import store_fees
from backend.supervision.desk import CardDesk
from backend.supervision.store_fees import Fee
from backend.supervision.watching import Finding

TAKERS = frozenset({Role.WINDOW, Role.GROUP_LEADER})
FINDERS = frozenset({Role.SUPERVISOR})
MOST_FEN = 100_000_00


class CaseDesk(Protocol):
    """What fees need of cases."""

    async def dossier(self, case_id: str, *, actor: Actor) -> Dossier: ...


class Shelves(Protocol):
    """What fees need of the catalogue."""

    async def item_in(self, pack_sha: str, item_id: str) -> Item: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One fee: `paper` is the number of the official receipt, "" where none was given."""

    rid: str
    amount_fen: int
    paper: str = ""


def finding(case: Dossier, fee: Fee, *, total_fen: int) -> Finding | None:
    """What is wrong with a fee: taken outside the case or without a receipt, or together with the case's others more than
    the item's published fee.

    Args:
        total_fen: of everything entered at the case's windows, this fee with it; what was found outside has its own card.

    Source: 行政许可法 58, 59; plan, clause 5.
    """
    rule = None
    if fee.is_outside or not fee.paper.strip():
        rule = RuleCode.FEE_OUTSIDE
    elif total_fen > fee.allowed_fen:
        rule = RuleCode.UNLAWFUL_FEE
    if rule is None:
        return None
    return Finding(
        rule=rule,
        subject_kind=SubjectKind.CASE,
        subject_id=case.case.id,
        subject_number=case.entry.case_number,
        occurrence=f"fee:{fee.id}",
        on=day_in_china(fee.entered_at),
        department_id=case.case.department_id,
        staff_id="" if fee.is_outside else fee.entered_by,
        item_id=case.case.terms.item_id,
        href=f"/staff/cases/{case.case.id}#fees",
        facts={
            "amount_fen": str(fee.amount_fen if fee.is_outside else total_fen),
            "allowed_fen": str(fee.allowed_fen),
        },
    )


class Fees:
    """What was taken, by whoever took it or found it out."""

    def __init__(self, desk: CardDesk, cases: CaseDesk, shelves: Shelves) -> None:
        self._desk = desk
        self._cases = cases
        self._shelves = shelves

    async def enter(self, case_id: str, taken: Taken, *, actor: Actor, at: datetime) -> None:
        """Write down a fee; the same `rid` is one fee. What is wrong with it becomes a card at once.

        Raises:
            Fault: NOT_YOUR_ACTION, CASE_NOT_FOUND, FORM_INVALID.
        """
        outside = actor.has(FINDERS)
        if not outside and not actor.has(TAKERS):
            raise Fault(ErrorCode.NOT_YOUR_ACTION)
        if not 0 < taken.amount_fen <= MOST_FEN:
            raise Fault(
                ErrorCode.FORM_INVALID,
                wrong=[Wrong("amount", "too_small", "请填写收费金额，单位元。")],
            )
        case = await self._cases.dossier(case_id, actor=actor)
        item = await self._shelves.item_in(case.entry.pack_sha, case.case.terms.item_id)
        fee = Fee(
            id=new_id(),
            case_id=case_id,
            rid=taken.rid,
            amount_fen=taken.amount_fen,
            allowed_fen=item.fee.amount_fen or 0,
            paper=taken.paper.strip(),
            is_outside=outside,
            entered_by=actor.id,
            entered_at=whole_ms(at),
        )
        async with in_transaction():
            added = await store_fees.add_fee(actor.tenant_id, fee)
            if added:
                await self._judge(case, fee, at=at)
        if added:  # once more: of two entered at the same moment neither saw the other until both were there
            await self._judge(case, fee, at=at)

    async def _judge(self, case: Dossier, fee: Fee, *, at: datetime) -> None:
        tenant_id = case.entry.tenant_id
        there = await store_fees.fees(tenant_id, fee.case_id)
        total_fen = sum(each.amount_fen for each in there if not each.is_outside)
        if wrong := finding(case, fee, total_fen=total_fen):
            book = await self._desk.rulebook(tenant_id)
            if book.is_on(wrong.rule):
                await self._desk.put(tenant_id, [wrong], at=at)

    async def of_case(self, case_id: str, *, actor: Actor) -> Sequence[Fee]:
        """What was taken for a case this person may see."""
        return await store_fees.fees(actor.tenant_id, case_id)
