"""What the first demo phone's owner has begun and asked: a draft with a picture of one paper, and wishes about their data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.own_data_terms import DataWish, WishOutcome
from api_spec.paper import qr
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.drafts.draft import Filled
from backend.ids import new_id
from backend.office import Office
from backend.people.wechat_door import WeChatPerson
from backend.wechat.standin.people import DEMO_PEOPLE

BEGUN: Final = "SD-003"
PICTURE: Final = "演示材料：这是一张示意图，不是真的证件。"
ANSWER: Final = "已按您说的改好。以前的办件按档案规定保存，不再改动。"


async def open_own_things(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Seen under 我的办件 and in the privacy centre, and on the desk of the centre's staff."""
    tenant_id = clerks["director"].tenant_id
    person = DEMO_PEOPLE[0]
    came = WeChatPerson(office.settings.wechat_appid, person.openid, person.unionid)
    citizen = Actor(
        id=await office.people.citizens.of_wechat(came, at=at),
        roles=frozenset({Role.CITIZEN}),
        tenant_id=tenant_id,
    )
    items = {item.code: item for item in await office.catalogue.items(tenant_id)}
    item = items[BEGUN]
    paper = item.materials_for(item.situations[0].code if item.situations else "")[0].code
    picture = qr.png(qr.matrix(PICTURE), dots=8)
    photo, _ = await office.photos.receive(picture, actor=citizen, at=at)
    typed = {"rid": [new_id()], "item": [item.id], "situation": [""], "phone": [person.phone]}
    filled = Filled(typed=typed, photos={paper: [photo.id]})
    await office.drafts.save(item.id, lambda _: filled, actor=citizen, at=at - timedelta(hours=3))
    asked = at - timedelta(days=3)
    await office.own_data.ask(
        DataWish.CORRECT, "我换了手机号，以前留的号码请更正。", rid=new_id(), actor=citizen, at=asked
    )
    [done] = await office.own_data.own(citizen.id)
    await office.own_data.answer(
        done.id, WishOutcome.PARTLY, ANSWER, actor=clerks["centre"], at=asked + timedelta(days=1)
    )
    await office.own_data.ask(
        DataWish.EXPLAIN, "想知道低保申请的材料给了哪些部门。", rid=new_id(), actor=citizen, at=at
    )
