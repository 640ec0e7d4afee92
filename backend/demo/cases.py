"""Applications the demonstration opens with, one or more in every state: filed and moved by the people of the office."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import LinkKind, Outcome
from backend.actors import Actor
from backend.cases.service import FiledCase
from backend.demo import moves, samples
from backend.demo.filings import file
from backend.office import Office

REVIEWED: Final = (A.ACCEPT, A.FIRST_REVIEW)
DECIDED: Final = (*REVIEWED, A.DECIDE)
UP: Final = (*REVIEWED, A.REPORT_UP)
HANDED: Final = (*DECIDED, A.MAKE_READY, A.DELIVER)

OLD: Final = ("SD-046", (*HANDED, A.FINISH))
"""Finished first, and archived before the others end."""
STORIES: Final[tuple[tuple[str, tuple[A, ...]], ...]] = (
    ("SD-001", ()),
    ("SD-017", ()),
    ("SD-034", ()),
    ("SD-012", ()),
    ("SD-003", (A.ACCEPT,)),
    ("SD-046", (A.ACCEPT,)),
    ("SD-024", (A.ACCEPT,)),
    ("SD-041", REVIEWED),
    ("SD-032", DECIDED),
    ("SD-007", (A.REQUEST_FIX,)),
    ("SD-027", (A.REQUEST_FIX,)),
    ("SD-003", (A.PROPOSE_REFUSAL, A.REFUSE)),
    ("SD-040", (A.PROPOSE_REFUSAL,)),
    ("SD-024", (*REVIEWED, A.CONVENE_INSPECTION, A.GIVE_OPINION)),
    ("SD-006", (*REVIEWED, A.START_SPECIAL)),
    ("SD-027", (*REVIEWED, A.SUBMIT_COLLECTIVE)),
    ("SD-027", (*REVIEWED, A.SUBMIT_COLLECTIVE, A.RECORD_COLLECTIVE)),
    ("SD-024", (*REVIEWED, A.SEND_TO_SIGN)),
    ("SD-001", UP),
    ("SD-005", (*UP, A.RETURN_FROM_ABOVE)),
    ("SD-007", (*UP, A.DECIDE_ABOVE)),
    ("SD-041", (*REVIEWED, A.PROPOSE_EXTENSION)),
    ("SD-032", (*DECIDED, A.MAKE_READY)),
    ("SD-003", HANDED),
    ("SD-040", (*HANDED, A.FINISH)),
    ("SD-026", (A.ACCEPT, A.WITHDRAW)),
    ("SD-012", (A.VOID,)),
    ("SD-032", (*HANDED, A.FINISH, A.REOPEN)),
)
DAYS: Final = (1, 2, 3, 5, 8)
"""How long ago those that have come further were handed in."""
PLEDGED: Final = "SD-017"


async def open_cases(office: Office, clerks: Mapping[str, Actor], *, at: datetime) -> None:
    """Something for everybody to do, and something of every end.

    Args:
        clerks: the demo staff by login name.
    """
    items = {item.code: item for item in await office.catalogue.items(clerks["director"].tenant_id)}
    tenant_id = clerks["director"].tenant_id
    code, steps = OLD
    await _tell(office, items[code], steps, 900, clerks=clerks, at=at)
    await office.cases.archive(tenant_id, quiet_for=timedelta(), at=at + timedelta(milliseconds=1))
    filed = [
        await _tell(office, items[code], steps, number, clerks=clerks, at=at)
        for number, (code, steps) in enumerate(STORIES, 1)
    ]
    await _pledge(office, items[PLEDGED], clerks=clerks, at=at)
    window = clerks["social"]
    await office.cases.hold(filed[4].case_id, actor=window, at=at)
    await office.cases.link(
        filed[4].case_id, filed[0].case_number, kind=LinkKind.FOLLOW_UP, actor=window, at=at
    )


async def _tell(
    office: Office,
    item: Item,
    steps: tuple[A, ...],
    number: int,
    *,
    clerks: Mapping[str, Actor],
    at: datetime,
) -> FiledCase:
    """File one and take it through its steps, each by whoever at that desk takes it, over the days before `at`."""
    days = DAYS[number % len(DAYS)] if len(steps) > 1 else 0
    pace = timedelta(days=days) / (len(steps) or 1)
    begun = at - timedelta(days=days)
    filed = await file(office, item, samples.applicant(number), by=clerks[item.window.value], at=begun)
    for place, action in enumerate(steps, 1):
        actor = clerks[moves.login(item, action)]
        refused = action is A.DECIDE and number % 9 == 0
        command = moves.command(
            item,
            action,
            departments=await office.cases.departments(actor.tenant_id),
            today=day_in_china(begun + place * pace),
            outcome=Outcome.REFUSED if refused else Outcome.GRANTED,
        )
        await office.cases.act(filed.case_id, command, actor=actor, at=begun + place * pace)
    return filed


async def _pledge(office: Office, item: Item, *, clerks: Mapping[str, Actor], at: datetime) -> None:
    """容缺受理: accepted today, with one paper to come."""
    clerk = clerks[item.window.value]
    filed = await file(office, item, samples.applicant(800), by=clerk, at=at, lacking=1)
    accept = moves.pledge(until=day_in_china(at) + timedelta(days=10))
    await office.cases.act(filed.case_id, accept, actor=clerk, at=at)
