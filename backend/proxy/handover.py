"""Hand-over: one list for one partner, its digest, the partner's receipt. Every errand on it moves, or none."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import proxy as m
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import ConsentPurpose, ErrandAction, ErrandState, Partner
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.instants import whole_ms
from backend.proxy import machine, store, store_handover
from backend.proxy.errand import TRADES, EventFacts
from backend.proxy.machine import RECEIVERS, Command
from backend.proxy.moving import Moving, decide
from backend.proxy.records import ErrandRecord, Handover, handover_label
from backend.proxy.views import handover_card

NEWEST = 2**31 - 1


class HandingOver(Moving):
    """What goes to the partners, and what comes back."""

    async def hand_over(
        self, partner: Partner, errand_ids: Sequence[str], *, actor: Actor, at: datetime
    ) -> m.HandoverSheet:
        """Make one list and hand everything on it over.

        Raises:
            Fault: FORM_INVALID naming each errand that is another partner's or stands on the list twice; what the
                machine raises of any of them; CONSENT_MISSING an applicant has taken the consent back.
        """
        at = whole_ms(at)
        records = [await store.load(errand_id, actor) for errand_id in errand_ids]
        _refuse_strangers(partner, records)
        for record in records:
            await self._require_consent(record, at)
        handover = await self._make_list(partner, records, actor, at)
        self.committed([record.entry.tracking_code for record in records])
        return await self.handover(handover.id, actor=actor, at=at)

    async def sign_handover(
        self, handover_id: str, receipt: str, *, actor: Actor, at: datetime
    ) -> m.HandoverSheet:
        """The partner signs for a list; those of its errands that are still with the partner say so.

        Raises:
            Fault: NOT_FOUND, ACTION_NOT_ALLOWED signed for already, NOT_YOUR_ACTION, CASE_MOVED.
        """
        machine.refuse_others(actor, RECEIVERS, ErrandAction.RECEIVE)
        at = whole_ms(at)
        _, rows = await store_handover.load(handover_id, actor)
        command = Command(action=ErrandAction.RECEIVE, facts=EventFacts(reference=receipt))
        waiting = [row.errand_id for row in rows if row.state is ErrandState.SUBMITTED_TO_PARTNER]
        moves = [decide(await store.load(each, actor), command, actor, at) for each in sorted(waiting)]
        async with in_transaction():
            await store_handover.sign(handover_id, receipt, at=at)
            for move in moves:
                await self._write(move)
        self.committed([move.record.entry.tracking_code for move in moves])
        return await self.handover(handover_id, actor=actor, at=at)

    async def handover(self, handover_id: str, *, actor: Actor, at: datetime) -> m.HandoverSheet:
        """One list with its lines.

        Raises:
            Fault: NOT_FOUND.
        """
        handover, rows = await store_handover.load(handover_id, actor)
        return m.HandoverSheet(
            handover=handover_card(handover), errands=self.cards(rows, actor, day_in_china(at))
        )

    async def handovers(
        self, actor: Actor, *, partner: Partner | None = None, before: int | None = None, limit: int = 20
    ) -> m.HandoverPage:
        """Lists, newest first; `before` is the last number of the page before."""
        found = await store_handover.page(actor, partner=partner, before=before or NEWEST, limit=limit + 1)
        shown = found[:limit]
        return m.HandoverPage(
            handovers=[handover_card(one) for one in shown],
            next=shown[-1].number if len(found) > limit else None,
        )

    async def _make_list(
        self, partner: Partner, records: Sequence[ErrandRecord], actor: Actor, at: datetime
    ) -> Handover:
        async with in_transaction():
            number = await store_handover.take_number(actor.tenant_id)
            handover = Handover(
                id=new_id(),
                tenant_id=actor.tenant_id,
                number=number,
                partner=partner,
                count=len(records),
                digest=digest(number, partner, records),
                made_by=actor.id,
                made_at=at,
            )
            command = Command(action=ErrandAction.HAND_OVER, facts=EventFacts(batch=handover_label(number)))
            # In the order of their ids, so that two lists never wait for each other.
            for record in sorted(records, key=lambda one: one.errand.id):
                await self._write(decide(record, command, actor, at))
            await store_handover.add(handover, [record.errand.id for record in records])
        return handover

    async def _require_consent(self, record: ErrandRecord, at: datetime) -> None:
        """An electronic consent lives in the applicant's account; it may have been taken back (个人信息保护法 15)."""
        errand = record.errand
        if errand.owner_id and errand.mandate and errand.mandate.method is SigningMethod.ELECTRONIC:
            await self._people.require_consent(
                errand.owner_id, ConsentPurpose.PARTNER_SHARING, at=at, partner=errand.terms.partner
            )


def digest(number: int, partner: Partner, records: Sequence[ErrandRecord]) -> str:
    """SHA-256 over the list's number, the partner and each errand's number with the hash of its last event."""
    said = hashlib.sha256(f"{handover_label(number)}|{partner}\n".encode())
    for record in records:
        said.update(f"{record.entry.number}|{record.errand.prev_hash}\n".encode())
    return said.hexdigest()


def _refuse_strangers(partner: Partner, records: Sequence[ErrandRecord]) -> None:
    wrong = []
    seen: set[str] = set()
    for place, record in enumerate(records):
        if record.errand.terms.partner is not partner:
            words = f"{record.entry.number} 不是{TRADES[partner]}企业的代办，请另开清单。"
            wrong.append(Wrong(f"errand_ids.{place}", "not_a_choice", words))
        if record.errand.id in seen:
            words = f"{record.entry.number} 列了两次。"
            wrong.append(Wrong(f"errand_ids.{place}", "repeated", words))
        seen.add(record.errand.id)
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
