"""Moving errands: load through the one door, ask the machine, record, tell the others."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import proxy as m
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Channel, ConsentPurpose, ErrandAction, Relation
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault
from backend.instants import whole_ms
from backend.proxy import deadlines, history, machine, store
from backend.proxy.desk import ErrandDesk
from backend.proxy.errand import Errand, Event, EventFacts
from backend.proxy.machine import Command
from backend.proxy.moves import ErrandMoved
from backend.proxy.neighbours import Consents, Items, WorkingDays
from backend.proxy.reading import Reading
from backend.proxy.records import ErrandChange, ErrandRecord, change_of
from backend.proxy.request import Contents, Mandate, Sharing, write_contents
from backend.proxy.vetting import check_mandate

OnChange = Callable[[Sequence[ErrandChange]], Awaitable[None]]
OnMove = Callable[[ErrandMoved], Awaitable[None]]
AfterCommit = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """One decided move of one errand, ready to be written."""

    record: ErrandRecord
    errand: Errand
    event: Event


class Moving(Reading):
    """What changes errands that are there already."""

    def __init__(self, items: Items, hall: WorkingDays, people: Consents, desk: ErrandDesk) -> None:
        super().__init__(items, hall, people, desk)
        self._on_change: list[OnChange] = []
        self._on_move: list[OnMove] = []
        self._after_commit: list[AfterCommit] = []

    def on_change(self, callback: OnChange) -> None:
        """`callback` is awaited inside the transaction of every change; it may only touch the database."""
        self._on_change.append(callback)

    def on_move(self, callback: OnMove) -> None:
        """`callback` is awaited inside the transaction of every move of an errand that is there already, not of its
        filing; it may only touch the database.
        """
        self._on_move.append(callback)

    def after_commit(self, callback: AfterCommit) -> None:
        """`callback` is given the tracking codes of changed errands once that is durable, to drop caches."""
        self._after_commit.append(callback)

    def committed(self, tracking_codes: Sequence[str]) -> None:
        """Tell the caches; also to be called after the COMMIT of a transaction that used `file_many`."""
        for callback in self._after_commit:
            callback(tracking_codes)

    async def act(
        self, errand_id: str, command: Command, *, actor: Actor, at: datetime, version: int | None = None
    ) -> m.ErrandView:
        """Make one move.

        Args:
            version: the errand the person was looking at; None takes it as it is.

        Raises:
            Fault: ERRAND_NOT_FOUND, CASE_MOVED, and what `machine.step` raises.
        """
        record = await self._load(errand_id, actor, version)
        moved = decide(record, command, actor, at)
        async with in_transaction():
            await self._write(moved)
        self.committed([record.entry.tracking_code])
        return await self._view(_after(moved), actor, at)

    async def consent(
        self,
        errand_id: str,
        mandate: Mandate,
        sharing: Sharing,
        *,
        actor: Actor,
        at: datetime,
        paper: str = "",
        note: str = "",
        channel: Channel = Channel.WEB,
        version: int | None = None,
    ) -> m.ErrandView:
        """Write down mandate and, apart from it, consent to pass data to the one partner.

        Args:
            paper: number under which the signed 委托书 is filed; none for an electronic one.

        Raises:
            Fault: as `act`; NOTICE_OUTDATED the words of the notice have changed since.
        """
        record = await self._load(errand_id, actor, version)
        plain = self.desk.opened(errand_id, record.sealed)
        clean, wrong = check_mandate(mandate, plain.applicant.document_number, today=day_in_china(at))
        if wrong:
            raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
        new = Contents(applicant=plain.applicant, mandate=clean, answers=plain.answers)
        facts = EventFacts(
            content=self.desk.fingerprint(write_contents(new)),
            mandate=clean.terms,
            sharing=sharing.partner,
            sharing_version=sharing.version,
            paper=paper,
        )
        command = Command(action=ErrandAction.CONSENT, note=note, facts=facts)
        moved = decide(record, command, actor, at)
        await self._keep_consent(record.errand.owner_id, actor, sharing, channel=channel, at=at)
        sealed = self.desk.seal(errand_id, new)
        async with in_transaction():
            await self._write(moved, contents=new)
            await store.reseal(errand_id, sealed)
        self.committed([record.entry.tracking_code])
        return await self._view(replace(_after(moved), sealed=sealed), actor, at)

    async def own_mandate(self, errand_id: str, valid_until: date, *, actor: Actor, at: datetime) -> Mandate:
        """The 委托书 a citizen signs on the phone: the centre, this errand, until that day.

        Raises:
            Fault: ERRAND_NOT_FOUND.
        """
        record = await store.load(errand_id, actor)
        terms = record.errand.terms
        return await self.electronic_mandate(
            record.entry.tenant_id, terms.item_name, terms.situation, valid_until, at=at
        )

    async def electronic_mandate(
        self, tenant_id: str, item_name: str, situation: str, valid_until: date, *, at: datetime
    ) -> Mandate:
        """The centre as agent for one matter (民法典 165)."""
        place = await self.desk.of(tenant_id)
        return Mandate(
            agent_name=place.centre_name,
            relation=Relation.ENTRUSTED,
            scope=scope_of(item_name, situation),
            valid_from=day_in_china(at),
            valid_until=valid_until,
            redelegable=True,
            method=SigningMethod.ELECTRONIC,
        )

    async def _load(self, errand_id: str, actor: Actor, version: int | None) -> ErrandRecord:
        record = await store.load(errand_id, actor)
        if version is not None and version != record.errand.version:
            raise Fault(ErrorCode.CASE_MOVED, version=record.errand.version)
        return record

    async def _keep_consent(
        self, owner_id: str, actor: Actor, sharing: Sharing, *, channel: Channel, at: datetime
    ) -> None:
        """A citizen's own consent goes to their account, where they can take it back."""
        if actor.is_citizen and owner_id == actor.id:
            await self._people.give_consent(
                owner_id,
                ConsentPurpose.PARTNER_SHARING,
                version=int(sharing.version),
                partner=sharing.partner,
                channel=channel,
                at=at,
            )

    async def _write(self, moved: Moved, *, contents: Contents | None = None) -> None:
        """Write one move and tell the others, inside the caller's transaction; `contents` if they change with it."""
        record = moved.record
        events = (*record.events, moved.event)
        days = deadlines.dues(events, moved.errand.terms.promise, self._hall.calendar())
        await store.record(record, moved.errand, [moved.event], dues=days)
        now = contents or self.desk.opened(moved.errand.id, record.sealed)
        applicant = now.applicant
        change = change_of(
            record.entry, moved.errand, events, days, applicant=applicant.name, phone=applicant.phone
        )
        await self._announce([change])
        told = ErrandMoved(entry=record.entry, errand=moved.errand, event=moved.event, contents=now)
        for callback in self._on_move:
            await callback(told)

    async def _announce(self, changes: Sequence[ErrandChange]) -> None:
        if changes:
            for callback in self._on_change:
                await callback(changes)


def scope_of(item_name: str, situation: str) -> str:
    """The matter entrusted, in the words of the 委托书."""
    return (
        f"代办“{item_name}”"
        + (f"（{situation}）" if situation else "")
        + "，包括递交材料、代缴费用、领取凭证"
    )


def decide(record: ErrandRecord, command: Command, actor: Actor, at: datetime) -> Moved:
    """Ask the machine; raises what `machine.step` raises."""
    step = machine.step(record.errand, command, actor, today=day_in_china(at))
    event = history.event(record.errand, step, actor_id=actor.id, at=whole_ms(at))
    return Moved(record, history.applied(record.errand, event), event)


def _after(moved: Moved) -> ErrandRecord:
    return replace(moved.record, errand=moved.errand, events=(*moved.record.events, moved.event))
