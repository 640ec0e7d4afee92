"""Supervision at work: late and nearly late cases with their cards, an appeal, a withdrawal, a spot check, a task."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.supervision_terms import CardAction, CheckPoint, CheckResult, RuleCode, TaskOrigin
from api_spec.vocabulary import CaseAction, Channel, Outcome
from backend.actors import Actor
from backend.cases.case import EventFacts
from backend.cases.commands import Settlement
from backend.cases.machine import Command
from backend.cases.service import Filing
from backend.demo import samples
from backend.ids import new_id
from backend.office import Office
from backend.supervision.service import CardFilter, NewTask

LATE: Final = (("SD-003", 30), ("SD-041", 24), ("SD-017", 18), ("SD-046", 50))
"""Items and how many days ago they were accepted; nobody has decided since."""
NEAR: Final = (("SD-003", 12), ("SD-032", 6))
CLOSED: Final = ("SD-008", "SD-034", "SD-012", "SD-013")
FIRST_PERSON: Final = 700


async def open_supervision(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """File the cases in the past, read today's limits, and let people answer for what was found."""
    items = {item.code: item for item in await office.catalogue.items(clerks["director"].tenant_id)}
    number = FIRST_PERSON
    for code, days in (*LATE, *NEAR):
        number += 1
        await _accepted(office, items[code], clerks, number=number, at=at - timedelta(days=days))
    for day, code in enumerate(CLOSED, start=1):
        number += 1
        await _settled(office, items[code], clerks, number=number, at=at - timedelta(days=day))
    await office.supervision.scan(clerks["director"].tenant_id, at=at)
    await _answer(office, clerks, at)
    await _check(office, clerks, at)


async def _file(office: Office, item: Item, clerk: Actor, *, number: int, at: datetime) -> str:
    situation = samples.situation(item)
    filing = Filing(
        tenant_id=clerk.tenant_id,
        item=item,
        pack_sha=(await office.catalogue.pack(clerk.tenant_id)).sha,
        situation=situation,
        applicant=samples.applicant(number),
        answers=samples.answers(item.form, today=day_in_china(at)),
        materials=samples.materials(item, situation),
        channel=Channel.WINDOW,
        filed_by=clerk,
        rid=new_id(),
        received_at=at,
    )
    return (await office.cases.file(filing, at=at)).case_id


async def _accepted(
    office: Office, item: Item, clerks: Mapping[str, Actor], *, number: int, at: datetime
) -> None:
    clerk = clerks[item.window.value]
    case_id = await _file(office, item, clerk, number=number, at=at)
    papers = EventFacts(materials=samples.materials(item, samples.situation(item)))
    moves = [
        Command(action=CaseAction.ACCEPT, facts=papers),
        Command(action=CaseAction.FIRST_REVIEW, note="材料齐全，情况属实，同意报审。"),
    ]
    await office.cases.act_in_turn(case_id, moves, actor=clerk, at=at)


async def _settled(
    office: Office, item: Item, clerks: Mapping[str, Actor], *, number: int, at: datetime
) -> None:
    clerk = clerks[item.window.value]
    case_id = await _file(office, item, clerk, number=number, at=at)
    how = Settlement(
        materials=samples.materials(item, samples.situation(item)),
        outcome=Outcome.GRANTED,
        reference="演示〔2026〕2号",
        proof="本人当场签收",
        note="符合条件，准予。",
    )
    await office.cases.settle(case_id, how, actor=clerk, at=at)


async def _answer(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Appeal one card, take another back after an appeal, set a task from a third."""
    desk, supervisor = office.supervision.cards, clerks["supervisor"]
    leaders = {clerk.department_id: clerk for login, clerk in clerks.items() if login.endswith("-leader")}
    late = await desk.page(supervisor, CardFilter(rule=RuleCode.OVERDUE, limit=3))
    for number, card in enumerate(late):
        leader = leaders[card.department_id]
        if number < 2:
            file = await desk.act(
                card.id,
                CardAction.APPEAL,
                note="等候上级部门复核材料，期间没有登记停止计时。",
                version=card.version,
                actor=leader,
                at=at,
            )
        if number == 0:
            await desk.act(
                card.id,
                CardAction.WITHDRAW,
                note="核实确属上级复核期间，撤销本牌，已要求补登停止计时。",
                version=file.card.version,
                actor=supervisor,
                at=at,
            )
        if number == 2:
            await office.supervision.tasks.set(
                NewTask(
                    title="超期办件集中清理",
                    measures="每天下班前逐件核对在办件期限，快到期的当天提醒审批人员。",
                    due_on=day_in_china(at) + timedelta(days=15),
                    department_id=card.department_id,
                    origin=TaskOrigin.CARD,
                    origin_id=card.id,
                    href=f"/staff/supervision/cards/{card.id}",
                ),
                actor=supervisor,
                at=at,
            )


async def _check(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    today = day_in_china(at)
    check_id = await office.supervision.checks.draw(
        first=today - timedelta(days=7),
        last=today - timedelta(days=1),
        count=2,
        actor=clerks["supervisor"],
        at=at,
    )
    file = await office.supervision.checks.show(check_id, actor=clerks["centre"])
    await office.supervision.checks.check(
        file.lines[0].id,
        points=dict.fromkeys(CheckPoint, CheckResult.PASSED),
        note="",
        actor=clerks["centre"],
        at=at,
    )
