"""Work around a case: who has it in hand, what it belongs with, what waits for whom, what should never be found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from api_spec.errors import ErrorCode
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, HoldEnd, LinkKind, Role
from backend.actors import Actor
from backend.cases import machine, store, store_hall, store_holds, store_links, store_tasks
from backend.cases.case import OPEN_STATES, Case
from backend.cases.reading import Reading
from backend.cases.records import CaseRecord
from backend.cases.store import DEPARTMENTAL
from backend.cases.store_hall import Unreceived
from backend.cases.store_links import Link
from backend.cases.store_tasks import AgendaItem, OpenTask
from backend.db import in_transaction
from backend.faults import Fault

HOLDERS: tuple[Role, ...] = (
    Role.WINDOW,
    Role.GROUP_LEADER,
    Role.BACK_OFFICE,
    Role.DEPARTMENT_HEAD,
    Role.CENTRE_STAFF,
)
"""Posts whose work on a case one person takes in hand; the order says which of several posts is meant."""
MOST = 200
_SEEN_FROM_THE_OTHER = {
    LinkKind.PART: "分办件",
    LinkKind.PARALLEL: LinkKind.PARALLEL.zh,
    LinkKind.FOLLOW_UP: "前一事项",
}


class Handling(Reading):
    """What staff do about a case without moving it."""

    async def hold(
        self, case_id: str, *, actor: Actor, at: datetime, take_over: bool = False, note: str = ""
    ) -> None:
        """Take a case in hand; from a colleague of the same post only with a word why.

        Raises:
            Fault: CASE_NOT_FOUND, NOT_ALLOWED no post that holds cases, or the case has ended, CASE_HELD, NOTE_REQUIRED.
        """
        case = (await store.load(case_id, actor)).case
        role = holding_role(case, actor)
        if role is None:
            raise Fault(ErrorCode.NOT_ALLOWED)
        if take_over and not note.strip():
            raise Fault(ErrorCode.NOTE_REQUIRED)
        async with in_transaction():
            if take_over:
                for holder in await store_holds.holders(case_id):
                    if holder.role is role:
                        await store_holds.end(
                            case_id, role, staff_id=holder.staff_id, how=HoldEnd.TAKEN_OVER, at=at
                        )
            taken = await store_holds.take(case_id, role, by=actor, note=note.strip(), at=at)
        if not taken:
            raise Fault(ErrorCode.CASE_HELD)

    async def give_back(self, case_id: str, *, actor: Actor, at: datetime) -> None:
        """Raises Fault: CASE_NOT_FOUND; NOT_ALLOWED the actor does not hold it."""
        await store.load(case_id, actor)
        for holder in await store_holds.holders(case_id):
            if holder.staff_id == actor.id:
                await store_holds.end(case_id, holder.role, staff_id=actor.id, how=HoldEnd.GIVEN_BACK, at=at)
                return
        raise Fault(ErrorCode.NOT_ALLOWED)

    async def hand_on(
        self, case_id: str, *, staff_id: str, name: str, actor: Actor, at: datetime, note: str = ""
    ) -> None:
        """Put a case from one's own hand into a colleague's of the same post (AB岗); wholly or not at all.

        Args:
            staff_id, name: the colleague; that they stand at the same window is for the caller to see.

        Raises:
            Fault: CASE_NOT_FOUND; NOT_ALLOWED the actor does not hold it; CASE_HELD.
        """
        case = (await store.load(case_id, actor)).case
        role = holding_role(case, actor)
        colleague = replace(actor, id=staff_id, name=name)
        async with in_transaction():
            given = role is not None and await store_holds.end(
                case_id, role, staff_id=actor.id, how=HoldEnd.HANDED_ON, at=at
            )
            if role is None or not given:
                raise Fault(ErrorCode.NOT_ALLOWED)
            if not await store_holds.take(case_id, role, by=colleague, note=note.strip(), at=at):
                raise Fault(ErrorCode.CASE_HELD)

    async def in_hand(self, case_ids: Sequence[str]) -> Mapping[str, str]:
        """Who has each of these cases in hand, by name; a case in nobody's hand is left out."""
        return await store_holds.names(case_ids)

    async def refuse_held(self, case: Case, step: machine.Step, actor: Actor) -> None:
        """Raises Fault: CASE_HELD a colleague of the same post has the case in hand; a note may always be added."""
        if step.role not in HOLDERS or step.action is CaseAction.ADD_NOTE:
            return
        holding = [each for each in await store_holds.holders(case.id) if each.role is step.role]
        if any(each.staff_id != actor.id for each in holding):
            raise Fault(ErrorCode.CASE_HELD)

    async def link(self, case_id: str, number: str, *, kind: LinkKind, actor: Actor, at: datetime) -> None:
        """Say that another case of the township belongs to this one.

        Raises:
            Fault: CASE_NOT_FOUND either of them; CASES_LINKED already, or one case with itself.
        """
        await store.load(case_id, actor)
        other = await store_links.find_number(actor.tenant_id, number)
        if other is None:
            raise Fault(ErrorCode.CASE_NOT_FOUND)
        if other == case_id or await store_links.are_linked(case_id, other):
            raise Fault(ErrorCode.CASES_LINKED)
        if not await store_links.add(case_id, other, kind=kind, by=actor, at=at):
            raise Fault(ErrorCode.CASES_LINKED)

    async def unlink(self, case_id: str, link_id: str, *, actor: Actor) -> None:
        """Raises Fault: CASE_NOT_FOUND no such case, or no such link of it."""
        await store.load(case_id, actor)
        if not await store_links.remove(case_id, link_id):
            raise Fault(ErrorCode.CASE_NOT_FOUND)

    async def open_tasks(self, actor: Actor) -> list[OpenTask]:
        """What waits for the actor's department about any case, or for the centre."""
        centre = actor.has(frozenset({Role.CENTRE_STAFF, Role.DIRECTOR}))
        if not centre and not (actor.department_id and actor.has(DEPARTMENTAL)):
            return []
        return await store_tasks.open_tasks(
            actor.tenant_id, "" if centre else actor.department_id, limit=MOST
        )

    async def agenda(self, tenant_id: str) -> list[AgendaItem]:
        """Matters for the leadership meeting, and what came of earlier ones (plan, clause 50)."""
        return await store_tasks.agenda(tenant_id, limit=MOST)

    async def decided_outside(self, tenant_id: str) -> Sequence[Unreceived]:
        """Decisions without hall receipt (plan, clause 4): an empty list, unless somebody wrote past this program."""
        return await store_hall.decided_outside(tenant_id, limit=MOST)

    async def departments(self, tenant_id: str) -> Mapping[str, str]:
        """Names of the township's departments by id."""
        windows = await self._items.windows(tenant_id)
        return {card.department_id: card.department for card in windows}

    async def _view(self, record: CaseRecord, actor: Actor, at: datetime) -> m.CaseView:
        view = await super()._view(record, actor, at)
        if actor.is_citizen:
            return view
        holders = await store_holds.holders(record.case.id)
        return msgspec.structs.replace(
            view,
            holders=[
                m.HolderLine(
                    staff_id=each.staff_id,
                    name=each.name,
                    role=each.role,
                    role_label=each.role.zh,
                    since=each.since,
                    mine=each.staff_id == actor.id,
                )
                for each in holders
            ],
            may_hold=holding_role(record.case, actor) is not None,
            links=[_line(each, actor) for each in await store_links.links(record.case.id)],
        )


def holding_role(case: Case, actor: Actor) -> Role | None:
    """The post in which the actor may take a case in hand."""
    at_home = not actor.department_id or actor.department_id == case.department_id
    if case.state not in OPEN_STATES or not at_home:
        return None
    return next((role for role in HOLDERS if role in actor.roles), None)


def _line(link: Link, actor: Actor) -> m.LinkLine:
    opens = not actor.department_id or actor.department_id == link.department_id
    return m.LinkLine(
        link_id=link.link_id,
        label=link.kind.zh if link.is_first else _SEEN_FROM_THE_OTHER[link.kind],
        case_id=link.case_id if opens else "",
        case_number=link.case_number,
        item_name=link.item_name,
        state=link.state,
        state_label=link.state.zh,
    )
