"""Supervision with something in it, for pictures and page tests: cards, a spot check, an improvement task."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api_spec.china_time import day_in_china
from api_spec.supervision_terms import TaskOrigin
from api_spec.vocabulary import CaseState, Outcome, Role
from backend.actors import Actor
from backend.office import Office
from backend.supervision.service import CardFilter, NewTask
from backend.supervision.store_checks import Closed, put_closed


@dataclass(frozen=True, slots=True)
class Overseen:
    """Ids of what was made."""

    card: str
    check: str
    task: str


async def oversee(office: Office, *, case_id: str, case_number: str, at: datetime) -> Overseen:
    """Read the day after tomorrow's limits, draw the one case that was closed, and set a task."""
    tenant_id = office.catalogue.tenant_ids[0]
    supervisor = Actor(id="s" * 32, roles=frozenset({Role.SUPERVISOR}), tenant_id=tenant_id)
    later, desk = at + timedelta(days=2), office.supervision
    await desk.scan(tenant_id, at=later)
    cards = await desk.cards.page(supervisor, CardFilter(limit=50))
    late = next(card for card in cards if card.subject_id == case_id)
    await put_closed(_closed(tenant_id, case_number, late.department_id, day_in_china(at)))
    check = await desk.checks.draw(
        first=day_in_china(at), last=day_in_china(at), count=1, actor=supervisor, at=later
    )
    task = await desk.tasks.set(
        NewTask(
            title="超期办件集中清理",
            measures="每天下班前逐件核对在办件期限。",
            due_on=day_in_china(later) + timedelta(days=10),
            department_id=late.department_id,
            origin=TaskOrigin.CARD,
            origin_id=late.id,
            href=f"/staff/supervision/cards/{late.id}",
        ),
        actor=supervisor,
        at=later,
    )
    return Overseen(late.id, check, task)


def _closed(tenant_id: str, number: str, department_id: str, day: date) -> Closed:
    return Closed(
        case_id="e" * 32,
        tenant_id=tenant_id,
        case_number=number,
        item_id="f" * 32,
        item_name="老年优待证",
        department_id=department_id,
        surname="王**",
        is_public=True,
        state=CaseState.FINISHED,
        outcome=Outcome.GRANTED,
        received_on=day,
        closed_on=day,
        handlers=(),
    )
