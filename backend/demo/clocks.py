"""Clocks at work: a case whose time stands still for a special procedure, and one that went on after it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.catalogue import Item
from api_spec.vocabulary import CaseAction
from backend.actors import Actor
from backend.cases.case import EventFacts
from backend.cases.machine import Command
from backend.demo import samples
from backend.demo.filings import file
from backend.office import Office

STANDING: Final = "SD-006"
WENT_ON: Final = "SD-019"
FIRST_PERSON: Final = 820
TOLD_DAYS: Final = 5


async def open_clocks(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """File both in the past; stop both, and let one run again."""
    items = {item.code: item for item in await office.catalogue.items(clerks["director"].tenant_id)}
    for number, (code, resumed) in enumerate(((STANDING, False), (WENT_ON, True)), start=FIRST_PERSON):
        item = items[code]
        case_id = await _reviewed(office, item, clerks, number=number, at=at - timedelta(days=9))
        leader = clerks[f"{item.window.value}-leader"]
        stop = Command(
            action=CaseAction.START_SPECIAL,
            note="需要先作鉴定或检验，这段时间不计入办理期限。",
            facts=EventFacts(basis=item.stop_grounds[0], days=TOLD_DAYS),
        )
        await office.cases.act(case_id, stop, actor=leader, at=at - timedelta(days=7))
        if resumed:
            end = Command(action=CaseAction.END_SPECIAL, note="检验合格，恢复审查。")
            await office.cases.act(case_id, end, actor=leader, at=at - timedelta(days=2))


async def _reviewed(
    office: Office, item: Item, clerks: Mapping[str, Actor], *, number: int, at: datetime
) -> str:
    """An application accepted and first reviewed by its window."""
    clerk = clerks[item.window.value]
    papers = samples.materials(item, samples.situation(item))
    case_id = (await file(office, item, samples.applicant(number), by=clerk, at=at)).case_id
    for command in (
        Command(action=CaseAction.ACCEPT, facts=EventFacts(materials=papers)),
        Command(action=CaseAction.FIRST_REVIEW, note="材料齐全，同意报审。"),
    ):
        await office.cases.act(case_id, command, actor=clerk, at=at)
    return case_id
