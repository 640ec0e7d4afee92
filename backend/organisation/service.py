"""The organisation behind the windows: who was sent there on which papers, what partners delegated, which items are in the
hall, and whether the published lists are covered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Partner, Role, WindowType
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.looking import Looking
from backend.catalogue.service import Catalogue, ListedEntry
from backend.db import in_transaction
from backend.faults import Fault
from backend.hall.service import Hall
from backend.ids import new_id
from backend.organisation import rules, store
from backend.organisation.board import Board, BoardPerson, BoardWindow
from backend.organisation.papers import Papers
from backend.organisation.rules import Assignment, Delegation, HallEntry, Lack, StaffCard
from backend.people.service import People, Post
from backend.vault import Vault

__all__ = [
    "Assignment",
    "Board",
    "BoardPerson",
    "BoardWindow",
    "CoveredItem",
    "CoveredLine",
    "Delegation",
    "HallEntry",
    "Lack",
    "Organisation",
    "StaffCard",
]


@dataclass(frozen=True, slots=True)
class CoveredItem:
    """An item on offer and what it still needs."""

    item: Item
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class CoveredLine:
    """A line of a published list with the item that stands for it, if there is one."""

    line: ListedEntry
    item: Item | None
    lacks: tuple[Lack, ...]


class Organisation:
    """What stands on paper about people, partners and items of a township. `board` is its public side."""

    def __init__(
        self,
        catalogue: Catalogue,
        hall: Hall,
        people: People,
        vault: Vault,
        audit: Audit,
        *,
        looking: Looking | None = None,
    ) -> None:
        eyes = looking or Looking()
        self._catalogue = catalogue
        self._people = people
        self._audit = audit
        self.papers = Papers(people.accounts, vault, audit, eyes)
        self.board = Board(hall, people.accounts, vault, audit, eyes)

    async def appoint(
        self, actor: Actor, post: Post, *, form: Assignment | None, scan: bytes, at: datetime
    ) -> Post:
        """Give a person a post with its papers: all of it or nothing.

        Args:
            form: the department's word for whoever serves a window or leads its group.
            scan: the appointment document or 委托书; b"" where it comes later: an approval right then waits for it.

        Raises:
            Fault: as `Accounts.appoint`, and FORM_INVALID where the department did not attest; BLOB_TYPE,
                BLOB_BROKEN, BLOB_HUGE for the scan.
        """
        if post.role in rules.ATTESTED:
            if form is None:
                raise Fault(ErrorCode.FORM_INVALID)
            rules.check_assignment(form, today=day_in_china(at))
        seen = await self.papers.look(scan) if scan else None
        async with in_transaction():
            given = await self._people.accounts.appoint(actor, post, at=at)
            if form is not None and post.role in rules.ATTESTED:
                await store.add_assignment(
                    actor.tenant_id,
                    given.id,
                    form,
                    staff_id=given.staff_id,
                    department_id=given.department_id,
                    by=actor.id,
                    at=at,
                )
            if seen is not None:
                await self.papers.keep(given.id, scan, seen, actor=actor, at=at)
        return given

    async def keep_scan(self, post_id: str, scan: bytes, *, actor: Actor, at: datetime) -> None:
        """Add the scan a post was still waiting for.

        Raises:
            Fault: POST_NOT_FOUND, NOT_YOUR_ACTION, BLOB_TYPE, BLOB_BROKEN, BLOB_HUGE.
        """
        await self.papers.keep(post_id, scan, await self.papers.look(scan), actor=actor, at=at)

    async def assignments(self, staff_id: str) -> Mapping[str, Assignment]:
        """What departments attested of a person, by post."""
        return await store.assignments(staff_id)

    async def delegations(self, tenant_id: str) -> Sequence[Delegation]:
        """Every delegation there ever was, newest first."""
        return await store.delegations(tenant_id)

    async def delegate(
        self,
        partner: Partner,
        *,
        item_ids: tuple[str, ...],
        document: str,
        valid_from: date,
        valid_to: date | None,
        actor: Actor,
        at: datetime,
    ) -> Delegation:
        """Record that a partner lets the centre take its business.

        Raises:
            Fault: NOT_ALLOWED, FORM_INVALID; ITEM_NOT_FOUND an item that is not this partner's.
        """
        self._refuse_outsider(actor)
        delegation = Delegation(
            id=new_id(),
            partner=partner,
            item_ids=item_ids,
            document=document,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        rules.check_delegation(delegation)
        for item_id in item_ids:
            if self._catalogue.item_now(actor.tenant_id, item_id).partner is not partner:
                raise Fault(ErrorCode.ITEM_NOT_FOUND, item_id=item_id)
        async with in_transaction():
            await store.add_delegation(actor.tenant_id, delegation, by=actor.id, at=at)
            await self._log(actor, "delegation", delegation.id, "given", at)
        return delegation

    async def end_delegation(self, delegation_id: str, *, actor: Actor, at: datetime) -> Delegation:
        """End a delegation today: no new errand rests on it, those under way are brought to an end.

        Raises:
            Fault: NOT_ALLOWED, NOT_FOUND.
        """
        self._refuse_outsider(actor)
        async with in_transaction():
            ended = await store.end_delegation(actor.tenant_id, delegation_id, by=actor.id, at=at)
            if ended is None:
                raise Fault(ErrorCode.NOT_FOUND, delegation_id=delegation_id)
            await self._log(actor, "delegation", delegation_id, "ended", at)
        return ended

    async def covers(self, tenant_id: str, partner: Partner, item_id: str, *, day: date) -> bool:
        """Whether new errands of this item may be taken for the partner on `day` (plan, clause 27)."""
        return rules.covers(await store.delegations_of(tenant_id, partner), item_id, day=day)

    async def entries(self, tenant_id: str) -> Sequence[HallEntry]:
        """When items had or have to be in the hall."""
        return await store.entries(tenant_id)

    async def put_entry(
        self,
        item_id: str,
        *,
        due_on: date,
        entered_on: date | None,
        document: str,
        actor: Actor,
        at: datetime,
    ) -> HallEntry:
        """Say by when an item has to be in the hall, or that it is.

        Raises:
            Fault: NOT_ALLOWED, ITEM_NOT_FOUND, FORM_INVALID.
        """
        self._refuse_outsider(actor)
        item = self._catalogue.item_now(actor.tenant_id, item_id)
        entry = HallEntry(
            item_id=item_id,
            department_id=self._catalogue.department_id(actor.tenant_id, item.window),
            due_on=due_on,
            entered_on=entered_on,
            document=document,
        )
        rules.check_entry(entry, today=day_in_china(at))
        await store.put_entries(actor.tenant_id, [entry], by=actor.id, at=at)
        return entry

    async def item_cover(self, tenant_id: str, *, day: date) -> Sequence[CoveredItem]:
        """Every item on offer, with what it needs to be in the hall in full (plan, clauses 11 and 15)."""
        windows, leaders = await self._windows(tenant_id), await self._leaders(tenant_id, day)
        return [
            CoveredItem(item, rules.lacks(item, windows=windows, leaders=leaders))
            for item in await self._catalogue.items(tenant_id)
        ]

    async def list_cover(self, tenant_id: str, *, day: date) -> Sequence[CoveredLine]:
        """Every 依申请 line of the lists taken in, with what is missing (plan, clause 11)."""
        windows, leaders = await self._windows(tenant_id), await self._leaders(tenant_id, day)
        items = await self._catalogue.items(tenant_id)
        by_id = {item.id: item for item in items}
        placed = await store.placings(tenant_id)
        lines: list[CoveredLine] = []
        for line in await self._catalogue.listed():
            if not rules.by_application(line.entry):
                continue
            chosen = placed.get(line.id)
            item = by_id.get(chosen) if chosen else rules.match(line.entry, items)
            if item is None:
                lines.append(CoveredLine(line, None, (Lack.NOT_OFFERED if chosen else Lack.NO_ITEM,)))
            else:
                lines.append(CoveredLine(line, item, rules.lacks(item, windows=windows, leaders=leaders)))
        return lines

    async def place(self, entry_id: str, item_id: str, *, actor: Actor, at: datetime) -> None:
        """Say which item stands for a line of a list.

        Raises:
            Fault: NOT_ALLOWED, ITEM_NOT_FOUND; NOT_FOUND no such line.
        """
        self._refuse_outsider(actor)
        self._catalogue.item_now(actor.tenant_id, item_id)
        if entry_id not in {line.id for line in await self._catalogue.listed()}:
            raise Fault(ErrorCode.NOT_FOUND, entry_id=entry_id)
        await store.put_placing(actor.tenant_id, entry_id, item_id, by=actor.id, at=at)

    async def _windows(self, tenant_id: str) -> Mapping[WindowType, str]:
        return {card.type: card.department_id for card in await self._catalogue.windows(tenant_id)}

    async def _leaders(self, tenant_id: str, day: date) -> Mapping[str, frozenset[str]]:
        """By department the items its 组长 may decide; empty for all."""
        held = await self._people.staff.held_in(tenant_id, Role.GROUP_LEADER, day)
        return {post.department_id: frozenset(post.item_ids) for post in held if post.paper != ""}

    def _refuse_outsider(self, actor: Actor) -> None:
        """Raises Fault(NOT_ALLOWED): the centre keeps these records."""
        if not actor.has(rules.WHOLE_CENTRE):
            raise Fault(ErrorCode.NOT_ALLOWED)

    async def _log(self, actor: Actor, kind: str, subject_id: str, change: str, at: datetime) -> None:
        await self._audit.record(
            AuditAction.CHANGE_SETTING,
            actor=actor,
            at=at,
            subject_kind=kind,
            subject_id=subject_id,
            change=change,
        )
