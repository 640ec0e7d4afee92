"""What the records of a push do to the township, all inside the pusher's transaction: filed, added, noted or set aside.

Nothing is lost: a record that cannot be applied is held with its bytes and a reason, and counts as received.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from api_spec import tracking_code
from api_spec.catalogue import Item
from api_spec.errors import ErrorCode
from api_spec.messages.cases import CaseView
from api_spec.problems import BadInput
from api_spec.records import (
    AmendRecord,
    CaseRecord,
    DiagRecord,
    HeldReason,
    Record,
    RecordRefused,
    SupplementRecord,
    VisitRecord,
    WithdrawRecord,
)
from api_spec.vocabulary import CaseAction, ItemKind, MaterialStatus
from backend.cases.case import NO_FACTS, EventFacts
from backend.cases.service import Cases, Command, Contents, FiledCase, Filing, NewCase
from backend.catalogue.service import Catalogue
from backend.db import in_transaction
from backend.faults import Fault
from backend.intake import errand_notes, filings, store_held, store_nodes, store_streams
from backend.intake.county import County
from backend.intake.filings import FINAL
from backend.intake.values import Node
from backend.intake.visits import Visits
from backend.proxy.service import ErrandRequest, FiledErrand, NewErrand, Proxy

_PACKS_REMEMBERED: Final = 8


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is set aside; `wrong` names fields and codes."""

    reason: HeldReason
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """A record and the node that brought it."""

    node: Node
    record: Record


Ready: TypeAlias = NewCase | NewErrand | Brought | Refusal
"""A record before the writer is taken: ready to be filed, something about a case, or already known to be refused."""


class Applying:
    """The hands of the intake: they know the other features, and nothing of streams.

    Args:
        open_record: a stored record's bytes, from its sealed form and its hash.
    """

    def __init__(
        self,
        cases: Cases,
        proxy: Proxy,
        catalogue: Catalogue,
        county: County,
        *,
        visits: Visits,
        open_record: Callable[[bytes, bytes], bytes],
    ) -> None:
        self._open_record = open_record
        self._cases = cases
        self._proxy = proxy
        self._catalogue = catalogue
        self._visits = visits
        self._receipt_key = lru_cache(1024)(county.receipt_key)
        self._items: dict[tuple[str, str], tuple[str, dict[str, Item]]] = {}

    async def make_ready(self, brought: Sequence[Brought], *, at: datetime) -> list[Ready]:
        """Whatever can be done about records outside the transaction, each in its place; nothing is written."""
        asked = [await self._asked(one, at) for one in brought]
        filings = [one for one in asked if isinstance(one, Filing)]
        requests = [one for one in asked if isinstance(one, ErrandRequest)]
        cases = iter(await self._cases.prepare_many(filings, at=at))
        errands = iter(await self._proxy.prepare_many(requests, at=at))
        ready: list[Ready] = []
        for one in asked:
            match one:
                case Filing():
                    made: NewCase | NewErrand | Fault = next(cases)
                    ready.append(_refusal(made) if isinstance(made, Fault) else made)
                case ErrandRequest():
                    made = next(errands)
                    ready.append(_refusal(made) if isinstance(made, Fault) else made)
                case _:
                    ready.append(one)
        return ready

    async def _asked(self, one: Brought, at: datetime) -> Filing | ErrandRequest | Brought | Refusal:
        if not isinstance(one.record, CaseRecord):
            return one
        try:
            return await self.application(one.node, one.record, at=at)
        except RecordRefused as refused:
            return Refusal(refused.reason)

    async def apply(self, ready: Sequence[Ready], *, at: datetime) -> list[Refusal | None]:
        """Put every record into effect or say why not, each answered in its place.

        Applications go first and together; what is about a case finds it then, even from the same push.
        """
        refusals: list[Refusal | None] = [one if isinstance(one, Refusal) else None for one in ready]
        cases = [(place, one) for place, one in enumerate(ready) if isinstance(one, NewCase)]
        if cases:
            filed = await self._cases.add_many([case for _, case in cases])
            _note_faults(refusals, [place for place, _ in cases], filed)
        errands = [(place, one) for place, one in enumerate(ready) if isinstance(one, NewErrand)]
        if errands:
            asked = await self._proxy.add_many([errand for _, errand in errands])
            _note_faults(refusals, [place for place, _ in errands], asked)
        for place, one in enumerate(ready):
            if isinstance(one, Brought):
                refusals[place] = await self._one(one, at)
        return refusals

    async def application(self, node: Node, record: CaseRecord, *, at: datetime) -> Filing | ErrandRequest:
        """A case record as what it is under its catalogue: a case, or an errand.

        Raises:
            RecordRefused
        """
        prefix, items = await self._pack(record.cat, node.tenant_id)
        item = items.get(record.body.item)
        if item is None:
            raise RecordRefused(HeldReason.UNKNOWN_ITEM)
        make = filings.errand_of if item.kind is ItemKind.PROXY else filings.filing_of

        def made_by(maker: int) -> Filing | ErrandRequest:
            key = self._receipt_key(maker)
            return make(record, item, node=node, prefix=prefix, maker=maker, receipt_key=key, at=at)

        try:
            return made_by(node.number)
        except RecordRefused as refused:
            former = await _former(node, record.body.code)
            if refused.reason is not HeldReason.CODE_NOT_GENUINE or former is None:
                raise
            return made_by(former.number)

    async def find_item(self, tenant_id: str, sha: str, code: str) -> Item | None:
        """An item as the catalogue of this hash has it; None where that is not known."""
        try:
            _, items = await self._pack(sha, tenant_id)
        except RecordRefused:
            return None
        return items.get(code)

    async def _pack(self, sha: str, tenant_id: str) -> tuple[str, dict[str, Item]]:
        """Prefix and items by code of the catalogue a record was filled in with.

        Raises:
            RecordRefused: UNKNOWN_CATALOGUE, also for another township's.
        """
        known = self._items.get((tenant_id, sha))
        if known is None:
            try:
                pack = await self._catalogue.pack_by_sha(sha)
            except Fault:
                raise RecordRefused(HeldReason.UNKNOWN_CATALOGUE) from None
            if pack.tenant_id != tenant_id:
                raise RecordRefused(HeldReason.UNKNOWN_CATALOGUE)
            if len(self._items) >= _PACKS_REMEMBERED:
                self._items.clear()
            known = self._items[tenant_id, sha] = (pack.case_prefix, {item.code: item for item in pack.items})
        return known

    async def _one(self, one: Brought, at: datetime) -> Refusal | None:
        """A record that is no case, wholly or not at all."""
        try:
            async with in_transaction():
                await self._effect(one, at)
        except RecordRefused as refused:
            return Refusal(refused.reason)
        except Fault as fault:
            return _refusal(fault)
        return None

    async def _effect(self, one: Brought, at: datetime) -> None:
        match one.record:
            case AmendRecord():
                await self._amend(one, one.record, at)
            case SupplementRecord():
                await self._supplement(one, one.record, at)
            case WithdrawRecord(body=body):
                if not await store_held.waiting_cases(one.node.tenant_id, body.case):
                    words = f"{body.by.zh}到村里申请撤回。{body.reason}".strip()
                    wish = EventFacts(wish=CaseAction.WITHDRAW)
                    await self._note(one, body.case, words, at, facts=wish)
            case VisitRecord(body=body) if body.case:
                await self._visits.note(one.node, one.record, at=at)
                words = f"村里帮办：{body.purpose}。{body.note}".strip()
                await self._note(one, body.case, words, at, facts=filings.handing_out(one.record))
            case VisitRecord():
                await self._visits.note(one.node, one.record, at=at)
            case DiagRecord() | CaseRecord():
                """Kept as received; nothing follows."""

    async def _supplement(self, one: Brought, record: SupplementRecord, at: datetime) -> None:
        """补件: answers a 一次性告知 if one is open and everything is there, else a note for the receiver."""
        if errand_id := await self._proxy.find_id(one.node.tenant_id, record.body.case):
            await errand_notes.supplement(self._proxy, errand_id, record, node=one.node, at=at)
            return
        view = await self._case(one, record.body.case, at)
        asked = any(line.action is CaseAction.SUPPLEMENT for line in view.actions)
        if asked and await self._answers_notice(one, record, view.id, at):
            return
        names = {paper.code: paper.name for paper in view.papers}
        words = errand_notes.papers_and_note(record.body.materials, record.body.note, names)
        brought = tuple(
            line.code
            for line in record.body.materials
            if line.status is MaterialStatus.PRESENT and line.code in names
        )
        facts = EventFacts(brought=brought)
        await self._note(one, record.body.case, words or "村里补交了材料", at, facts=facts)

    async def _answers_notice(
        self, one: Brought, record: SupplementRecord, case_id: str, at: datetime
    ) -> bool:
        """Hand everything in that the 一次性告知 asked for; False if something is still missing."""
        facts = EventFacts(materials=filings.found(record.body.materials))
        command = Command(action=CaseAction.SUPPLEMENT, note=record.body.note, facts=facts)
        try:
            async with in_transaction():
                await self._cases.act(case_id, command, actor=one.node.actor, at=at)
        except Fault as fault:
            if fault.code not in {ErrorCode.MATERIAL_MISSING, ErrorCode.FORM_INVALID}:
                raise
            return False
        return True

    async def _amend(self, one: Brought, record: AmendRecord, at: datetime) -> None:
        """Before acceptance the village may put right what it wrote; what others changed meanwhile merges with it."""
        case_id = (await self._case(one, record.rid, at)).id
        last = await store_streams.last_applied(record.rid, before=record.rev)
        if last is None or record.parent != last[1]:
            raise RecordRefused(HeldReason.CHANGED_BY_TOWNSHIP)
        base = await self._base(record) if await self._touched(case_id, one.node, at) else None
        body = record.body
        await self._cases.amend(
            case_id,
            actor=one.node.actor,
            at=at,
            applicant=filings.applicant_of(body.applicant, body.contact) if body.applicant else None,
            mandate=filings.mandate_of(body.mandate) if body.mandate else None,
            answers={**body.answers, **dict.fromkeys(body.dropped)},
            base=base,
        )

    async def _touched(self, case_id: str, node: Node, at: datetime) -> bool:
        """Whether anybody outside this village has put the case right."""
        view = await self._cases.show(case_id, actor=node.actor, at=at)
        others = {event.actor_id for event in view.events if event.action is CaseAction.AMEND}
        others.discard(node.actor.id)
        if not others:
            return False
        return not others <= {str(each) for each in await store_nodes.all_of_village(node.village_id)}

    async def _base(self, record: AmendRecord) -> Contents:
        """What the village had before it when it wrote the correction.

        Raises:
            RecordRefused: CHANGED_BY_TOWNSHIP, its earlier records are not here.
        """
        before = await store_streams.applied(record.rid, before=record.rev)
        read = [filings.read(self._open_record(body, h)) for h, body in before]
        said = filings.said_by(each for each in read if not isinstance(each, HeldReason))
        if said is None:
            raise RecordRefused(HeldReason.CHANGED_BY_TOWNSHIP)
        return said

    async def _note(
        self, one: Brought, rid: str, words: str, at: datetime, *, facts: EventFacts = NO_FACTS
    ) -> None:
        if errand_id := await self._proxy.find_id(one.node.tenant_id, rid):
            await errand_notes.note(self._proxy, errand_id, words, node=one.node, at=at)
            return
        view = await self._case(one, rid, at, may_be_final=facts.wish is None)
        command = Command(action=CaseAction.ADD_NOTE, note=words, facts=facts)
        await self._cases.act(view.id, command, actor=one.node.actor, at=at)

    async def _case(self, one: Brought, rid: str, at: datetime, *, may_be_final: bool = False) -> CaseView:
        """The case a record is about.

        Args:
            may_be_final: a word about a finished case counts too: its result is handed out in the village.

        Raises:
            RecordRefused: NO_SUCH_CASE, also for another village's; CASE_CLOSED, also for an errand: what it
                says rests on a signed 委托书 and is agreed to anew, not corrected.
        """
        case_id = await self._cases.find_id(one.node.tenant_id, rid)
        if case_id is None:
            errand = await self._proxy.find_id(one.node.tenant_id, rid)
            raise RecordRefused(HeldReason.CASE_CLOSED if errand else HeldReason.NO_SUCH_CASE)
        view = await self._cases.show(case_id, actor=one.node.actor, at=at)
        if view.state in FINAL and not may_be_final:
            raise RecordRefused(HeldReason.CASE_CLOSED)
        return view


async def _former(node: Node, text: str) -> Node | None:
    """The village's other computer whose number a tracking code has: a computer that was enrolled anew goes on with
    what it took under its old number."""
    try:
        found = await store_nodes.find(tracking_code.parse(text).node)
    except BadInput:
        return None
    return found if found is not None and found.village_id == node.village_id else None


def _note_faults(
    refusals: list[Refusal | None],
    places: Sequence[int],
    answers: Sequence[FiledCase | FiledErrand | Fault],
) -> None:
    for place, answer in zip(places, answers, strict=True):
        if isinstance(answer, Fault):
            refusals[place] = _refusal(answer)


def _refusal(fault: Fault) -> Refusal:
    return Refusal(filings.reason_of(fault), filings.wrong_of(fault))
