"""Cards: put up for findings, explained, appealed, decided, closed. Asks `card` what may be, records, keeps the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

import msgspec

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.supervision_terms import CardAction, CardLevel, RuleCode, SubjectKind
from api_spec.vocabulary import Role
from backend.actors import SYSTEM_ID, Actor
from backend.cases.dossier import Dossier
from backend.db import in_transaction
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import whole_ms
from backend.supervision import card as cards
from backend.supervision import store_cards, store_rules
from backend.supervision.card import Card, CardEvent, Step
from backend.supervision.rulebook import RULES, SUPERSEDES, Rulebook
from backend.supervision.store_cards import CardFilter
from backend.supervision.watching import Finding

LIFTED_NOTE = "该步骤已按期办理或计时已停止，提醒自动解除。"
SUPERSEDED_NOTE = "已发出更高一级的牌，本条提醒自动解除。"


class CaseDesk(Protocol):
    """What cards need of cases."""

    async def dossier(self, case_id: str, *, actor: Actor) -> Dossier: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """A card with its history and what this person may do now."""

    card: Card
    events: tuple[CardEvent, ...]
    actions: tuple[CardAction, ...]


class CardDesk:
    """Everybody's way to the cards."""

    def __init__(self, cases: CaseDesk) -> None:
        self._cases = cases

    async def put(self, tenant_id: str, findings: Iterable[Finding], *, at: datetime) -> list[Card]:
        """Make a card of every finding that has none, and tell overdue ones further up; all of it or nothing.

        May run inside the caller's transaction. Two at once make one card.
        """
        at = whole_ms(at)
        once = {finding.key: finding for finding in findings}
        if not once:
            return []
        async with in_transaction():
            new = await store_cards.add_new(
                [
                    cards.raised(_card(tenant_id, each, at=at), actor_id=SYSTEM_ID, role=Role.SYSTEM, at=at)
                    for each in once.values()
                ]
            )
            fresh = {(card.rule, card.subject_kind, card.subject_id, card.occurrence) for card in new}
            for finding in once.values():
                if finding.stage and finding.key not in fresh:
                    await self._escalate(tenant_id, finding, at=at)
            for card in new:
                if lower := SUPERSEDES.get(card.rule):
                    await self._supersede(card, lower, at=at)
        return new

    async def lift(self, lifted: Sequence[Card], *, note: str, at: datetime) -> None:
        """Take reminders off the list; one that somebody moved meanwhile stays."""
        for card in lifted:
            edge = cards.EDGES[card.state, CardAction.LIFT]
            done = Step(action=CardAction.LIFT, before=card.state, after=edge.to, role=Role.SYSTEM, note=note)
            await store_cards.record(*cards.moved(card, done, actor_id=SYSTEM_ID, at=whole_ms(at)))

    async def _escalate(self, tenant_id: str, finding: Finding, *, at: datetime) -> None:
        found = await store_cards.find_finding(tenant_id, finding.key)
        if found is None or found.state not in cards.ESCALATED or found.stage >= finding.stage:
            return
        done = Step(
            action=CardAction.ESCALATE, before=found.state, after=found.state, role=Role.SYSTEM, note=""
        )
        card, event = cards.moved(found, done, actor_id=SYSTEM_ID, at=at, facts={"stage": str(finding.stage)})
        await store_cards.record(msgspec.structs.replace(card, stage=finding.stage), event)

    async def _supersede(self, card: Card, lower: Sequence[RuleCode], *, at: datetime) -> None:
        others = await store_cards.about(card.tenant_id, card.subject_kind, card.subject_id)
        spent = [
            each
            for each in others
            if each.rule in lower
            and each.state in cards.LIFTABLE
            and (each.occurrence.startswith(card.occurrence) or card.occurrence.startswith(each.occurrence))
        ]
        await self.lift(spent, note=SUPERSEDED_NOTE, at=at)

    async def page(self, actor: Actor, asked: CardFilter) -> list[Card]:
        """A page of cards, newest first."""
        return await store_cards.page(actor, asked)

    async def open_by_level(self, actor: Actor) -> dict[CardLevel, int]:
        """How many are open, by level."""
        return await store_cards.open_by_level(actor)

    async def about_case(self, case_id: str, *, actor: Actor) -> list[Card]:
        """The cards of one case this person may know of."""
        found = await store_cards.about(actor.tenant_id, SubjectKind.CASE, case_id)
        if actor.has(store_cards.WIDE):
            return found
        return [card for card in found if card.department_id == actor.department_id]

    async def show(self, card_id: str, *, actor: Actor) -> CardFile:
        """One card whole, its history proved.

        Raises:
            Fault: NOT_FOUND.
            ChainBroken: its history was tampered with.
        """
        card = await self._load(card_id, actor)
        events = await store_cards.events(card_id)
        cards.prove(card_id, events)
        return CardFile(card=card, events=tuple(events), actions=cards.can(card, actor))

    async def act(
        self, card_id: str, action: CardAction, *, note: str, version: int, actor: Actor, at: datetime
    ) -> CardFile:
        """Make one move.

        Args:
            version: the card the person was looking at.

        Raises:
            Fault: NOT_FOUND, SUPERVISION_MOVED, and what `card.step` raises.
        """
        before = await self._load(card_id, actor)
        if before.version != version:
            raise Fault(ErrorCode.SUPERVISION_MOVED, version=before.version)
        done = cards.step(before, action, actor, note=note)
        card, event = cards.moved(before, done, actor_id=actor.id, at=whole_ms(at))
        async with in_transaction():
            if not await store_cards.record(card, event):
                raise Fault(ErrorCode.SUPERVISION_MOVED, version=before.version)
        return await self.show(card_id, actor=actor)

    async def raise_by_hand(
        self,
        case_id: str,
        *,
        level: CardLevel,
        reason: str,
        rid: str,
        actor: Actor,
        at: datetime,
        rule: RuleCode = RuleCode.BY_HAND,
    ) -> str:
        """A card by the supervisor's own hand; the same `rid` is one card. Gives its id.

        Raises:
            Fault: NOT_ALLOWED anybody but the supervisor, CASE_NOT_FOUND, REASON_REQUIRED.
        """
        if not actor.has(cards.SUPERVISOR):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if not reason.strip():
            raise Fault(ErrorCode.REASON_REQUIRED)
        case = await self._cases.dossier(case_id, actor=actor)
        at, day = whole_ms(at), day_in_china(at)
        finding = replace(
            of_case(case, rule, occurrence=f"hand:{rid}", on=day),
            facts={"reason": reason.strip()},
        )
        card = msgspec.structs.replace(_card(actor.tenant_id, finding, at=at), level=level)
        async with in_transaction():
            added = await store_cards.add_new(
                [cards.raised(card, actor_id=actor.id, role=Role.SUPERVISOR, at=at, note=reason.strip())]
            )
            found = added[0] if added else await store_cards.find_finding(actor.tenant_id, finding.key)
        if found is None:
            raise Fault(ErrorCode.SUPERVISION_MOVED)
        return found.id

    async def rulebook(self, tenant_id: str) -> Rulebook:
        """The rules as they are set now."""
        return await store_rules.rulebook(tenant_id)

    async def _load(self, card_id: str, actor: Actor) -> Card:
        found = await store_cards.find(card_id, actor)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return found


def of_case(case: Dossier, rule: RuleCode, *, occurrence: str, on: date) -> Finding:
    """A finding about a whole case."""
    return Finding(
        rule=rule,
        subject_kind=SubjectKind.CASE,
        subject_id=case.case.id,
        subject_number=case.entry.case_number,
        occurrence=occurrence,
        on=on,
        department_id=case.case.department_id,
        item_id=case.case.terms.item_id,
        href=f"/staff/cases/{case.case.id}",
    )


def _card(tenant_id: str, finding: Finding, *, at: datetime) -> Card:
    return Card(
        id=new_id(),
        tenant_id=tenant_id,
        rule=finding.rule,
        level=RULES[finding.rule].level,
        subject_kind=finding.subject_kind,
        subject_id=finding.subject_id,
        subject_number=finding.subject_number,
        occurrence=finding.occurrence,
        on=finding.on,
        seq=finding.seq,
        department_id=finding.department_id,
        staff_id=finding.staff_id,
        item_id=finding.item_id,
        href=finding.href,
        facts=dict(finding.facts),
        opened_at=at,
        stage=finding.stage,
    )
