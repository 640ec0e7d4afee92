"""Errands of the demonstration, some waiting at every partner, and requests that were on no list."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.messages.referrals import Refer
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Channel, ConsentPurpose, ErrandAction, Partner
from backend.actors import Actor
from backend.demo import samples
from backend.demo.citizens import NAMES, applicant
from backend.ids import new_id
from backend.office import Office
from backend.people import notices
from backend.proxy.machine import Command
from backend.proxy.request import ErrandRequest, Mandate, Sharing
from backend.proxy.vetting import EMERGENCIES

FIRST_NUMBER: Final = 740
REFERRED: Final = (
    Refer(
        subject="想补办机动车行驶证",
        go_to="耒阳市车管所",
        phone="0734-4330001",
        basis="机动车登记由公安机关交通管理部门办理",
    ),
    Refer(subject="问企业养老保险怎么转移", go_to="耒阳市社保中心", phone="0734-4330002"),
)


async def open_errands(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """For every partner one errand handed over and one taken on; and two referrals (plan, clause 12)."""
    items = await office.catalogue.items(clerks["director"].tenant_id)
    for number, partner in enumerate(Partner):
        offered = [item for item in items if item.partner is partner and item.errand]
        for place, item in enumerate(offered[:2]):
            when = at - timedelta(days=3 - place, hours=number)
            await _run(
                office,
                item,
                partner,
                clerks=clerks,
                number=2 * number + place,
                is_handed_over=not place,
                at=when,
            )
    for days, sent in enumerate(REFERRED, 1):
        await office.referrals.refer(sent, actor=clerks["service"], at=at - timedelta(days=days))


async def _run(
    office: Office,
    item: Item,
    partner: Partner,
    *,
    clerks: Mapping[str, Actor],
    number: int,
    is_handed_over: bool,
    at: datetime,
) -> None:
    today, centre, situation = day_in_china(at), clerks["centre"], samples.situation(item)
    request = ErrandRequest(
        tenant_id=centre.tenant_id,
        item=item,
        pack_sha=(await office.catalogue.pack(centre.tenant_id)).sha,
        situation=situation,
        applicant=applicant(number) if number < len(NAMES) else samples.applicant(FIRST_NUMBER + number),
        mandate=Mandate(
            agent_name="三都镇政务服务中心",
            scope=f"代办“{item.name}”",
            valid_from=today,
            valid_until=today + timedelta(days=60),
            redelegable=True,
            method=SigningMethod.WET_INK,
        ),
        sharing=Sharing(partner, str(notices.current(ConsentPurpose.PARTNER_SHARING, today).version)),
        paper=f"演示委〔2026〕{number + 1}号",
        answers=_answers(item, at=at),
        materials=samples.materials(item, situation),
        channel=Channel.WINDOW,
        filed_by=clerks[item.window.value],
        rid=new_id(),
        received_at=at,
    )
    errand_id = (await office.proxy.file(request, at=at)).errand_id
    take = Command(action=ErrandAction.TAKE)
    await office.proxy.act(errand_id, take, actor=centre, at=at + timedelta(hours=1))
    if is_handed_over:
        await office.proxy.hand_over(partner, [errand_id], actor=centre, at=at + timedelta(hours=2))


def _answers(item: Item, *, at: datetime) -> dict[str, object]:
    """Of somebody who has time: what is an emergency goes by telephone."""
    given = samples.answers(item.form, today=day_in_china(at))
    return given | {name: not danger for name, (danger, _) in EMERGENCIES.items() if name in given}
