"""What leaves the demonstration: templates, a few national codes, and two people who take messages by WeChat.

The codes are invented; a real township gets them from the county with its list of items.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from api_spec.china_time import day_in_china
from api_spec.messages.notices import SubscribeResult, TemplatePurpose
from api_spec.vocabulary import Channel, ConsentPurpose, Role
from backend.actors import Actor
from backend.notices.fields import TYPES
from backend.notices.service import Template
from backend.office import Office
from backend.people import notices
from backend.people.wechat_door import WeChatPerson
from backend.wechat.standin.people import DEMO_PEOPLE

CODED: Final = {"SD-001": "430131057W00", "SD-003": "430131056W00", "SD-004": "430131058W00"}
UNIT: Final = "11430481MB0DEM00005"
"""Eighteen characters of a unit that does not exist, and the level 5 for a township."""
ALLOWED: Final = 3


async def open_leaving(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Templates of the stand-in, codes for three items, and two phones that allow messages."""
    director = clerks["director"]
    for purpose in TemplatePurpose:
        names = tuple(f"{each}{number}" for number, each in enumerate(TYPES[purpose], 1))
        template = Template(purpose=purpose, template_id=f"demo-{purpose.value}", names=names)
        await office.notices.set_template(template, actor=director, at=at)
    await _give_codes(office, director, at)
    for person in DEMO_PEOPLE[:2]:
        citizen_id = await office.people.citizens.of_wechat(
            WeChatPerson(office.settings.wechat_appid, person.openid, person.unionid), at=at
        )
        await _let_write_to(office, citizen_id, director.tenant_id, at)


async def _give_codes(office: Office, director: Actor, at: datetime) -> None:
    items = [
        msgspec.structs.replace(item, national_code=UNIT + CODED[item.code], version=item.version + 1)
        for item in office.catalogue.shelf(director.tenant_id).pack.items
        if item.code in CODED
    ]
    ids = [item.id for item in items]
    await office.catalogue.import_items(director.tenant_id, items, by=director, at=at)
    await office.catalogue.confirm(director.tenant_id, ids, by=director, at=at)
    await office.catalogue.publish(director.tenant_id, ids, by=director, at=at)


async def _let_write_to(office: Office, citizen_id: str, tenant_id: str, at: datetime) -> None:
    await office.people.citizens.give_consent(
        citizen_id,
        ConsentPurpose.NOTICES,
        version=notices.current(ConsentPurpose.NOTICES, day_in_china(at)).version,
        partner=None,
        channel=Channel.MINI_PROGRAM,
        at=at,
    )
    citizen = Actor(id=citizen_id, roles=frozenset({Role.CITIZEN}), tenant_id=tenant_id)
    tapped = [
        SubscribeResult(template_id=f"demo-{purpose.value}", result="accept") for purpose in TemplatePurpose
    ]
    for _ in range(ALLOWED):
        await office.notices.take_results(citizen, tapped, at=at)
