"""Applications the demonstration opens with: filed and moved by the people of the office, not written into tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction, Channel, MaterialStatus, Outcome
from backend.actors import Actor
from backend.cases.case import EventFacts, Gap
from backend.cases.machine import Command
from backend.cases.service import FiledCase, Filing
from backend.demo import samples
from backend.ids import new_id
from backend.office import Office

SUBMITTED: Final = ("SD-001", "SD-017", "SD-034", "SD-012")
ACCEPTED: Final = ("SD-003", "SD-046", "SD-024")
REVIEWING: Final = ("SD-041",)
DECIDED: Final = ("SD-032",)
INCOMPLETE: Final = ("SD-007", "SD-027")


async def open_cases(office: Office, clerks: Mapping[str, Actor], *, at: datetime) -> None:
    """A few applications in each of the states people meet most.

    Args:
        clerks: the demo staff by login name.
    """
    items = {item.code: item for item in await office.catalogue.items(clerks["director"].tenant_id)}
    number = 0
    for codes, moves in (
        (SUBMITTED, ()),
        (ACCEPTED, (CaseAction.ACCEPT,)),
        (REVIEWING, (CaseAction.ACCEPT, CaseAction.FIRST_REVIEW)),
        (DECIDED, (CaseAction.ACCEPT, CaseAction.FIRST_REVIEW, CaseAction.DECIDE)),
        (INCOMPLETE, (CaseAction.REQUEST_FIX,)),
    ):
        for code in codes:
            number += 1
            item = items[code]
            filed = await _file(office, item, number, clerk=clerks[item.window.value], at=at)
            for action in moves:
                await _move(office, filed, item, action, clerks=clerks, at=at)


async def _file(office: Office, item: Item, number: int, *, clerk: Actor, at: datetime) -> FiledCase:
    situation = samples.situation(item)
    pack = await office.catalogue.pack(clerk.tenant_id)
    filing = Filing(
        tenant_id=clerk.tenant_id,
        item=item,
        pack_sha=pack.sha,
        situation=situation,
        applicant=samples.applicant(number),
        answers=samples.answers(item.form, today=day_in_china(at)),
        materials=samples.materials(item, situation),
        channel=Channel.WINDOW,
        filed_by=clerk,
        rid=new_id(),
        received_at=at,
    )
    return await office.cases.file(filing, at=at)


async def _move(
    office: Office,
    filed: FiledCase,
    item: Item,
    action: CaseAction,
    *,
    clerks: Mapping[str, Actor],
    at: datetime,
) -> None:
    """One step, by whoever at that window takes it."""
    login = item.window.value + ("-leader" if action is CaseAction.DECIDE else "")
    await office.cases.act(filed.case_id, _command(item, action), actor=clerks[login], at=at)


def _command(item: Item, action: CaseAction) -> Command:
    papers = samples.materials(item, samples.situation(item))
    match action:
        case CaseAction.ACCEPT:
            return Command(action=action, facts=EventFacts(materials=papers))
        case CaseAction.FIRST_REVIEW:
            return Command(action=action, note="材料齐全，情况属实，同意报审。")
        case CaseAction.DECIDE:
            facts = EventFacts(outcome=Outcome.GRANTED, reference="演示〔2026〕1号")
            return Command(action=action, note="符合条件，准予。", facts=facts)
        case CaseAction.REQUEST_FIX:
            missing = next(iter(papers))
            gap = Gap(
                code=missing, name="", status=MaterialStatus.MISSING, how_to_fix="请带上原件到窗口补交。"
            )
            return Command(action=action, facts=EventFacts(gaps=(gap,), days=10))
    raise ValueError(f"the demonstration does not {action}")
