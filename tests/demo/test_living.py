"""The demonstration's life: whoever opens it finds citizens, partners and failures, not only a desk."""

import pytest

from api_spec.china_time import day_in_china
from api_spec.vocabulary import Channel, Partner, Role
from backend.actors import Actor
from backend.cases.service import QueueFilter
from backend.demo.seed import open_for_business
from backend.outbox.service import Line, ParcelState
from backend.people.wechat_door import WeChatPerson
from backend.wechat.standin.people import DEMO_PEOPLE
from tests.support.township import Town


@pytest.fixture
async def living(town: Town) -> Town:
    await open_for_business(town.office, at=town.clock())
    return town


async def own(town: Town, number: int) -> Actor:
    person = DEMO_PEOPLE[number]
    came = WeChatPerson(town.office.settings.wechat_appid, person.openid, person.unionid)
    citizen_id = await town.office.people.citizens.of_wechat(came, at=town.clock())
    return Actor(id=citizen_id, roles=frozenset({Role.CITIZEN}), tenant_id=town.tenant_id)


async def test_the_demonstration_opens_with_something_for_everybody(living: Town) -> None:
    office, at = living.office, living.clock()
    director = await living.staff("director")
    found = await office.cases.queue(
        Actor(id=director.id, roles=frozenset({Role.DIRECTOR}), tenant_id=living.tenant_id),
        QueueFilter(today=day_in_china(at), limit=100),
    )
    assert {line.channel for line in found.cases} == set(Channel)
    for number, cases in ((0, 3), (1, 2), (2, 1), (3, 1)):
        citizen = await own(living, number)
        assert len((await office.cases.mine(citizen, at=at)).cases) == cases
    first = await own(living, 0)
    assert await office.appointments.mine(first)
    assert await office.notices.own(first)
    finished = [line for line in (await office.cases.mine(first, at=at)).cases if line.state == "finished"]
    assert len(finished) == 1
    work = await office.cases.work(living.tenant_id, first=finished[0].received_at, before=at)
    assert work
    for partner in Partner:
        desk = Actor(
            id="p" * 32, roles=frozenset({Role.PARTNER}), tenant_id=living.tenant_id, partner=partner
        )
        assert (await office.proxy.handovers(desk)).handovers, partner
    month = await office.referrals.month(living.tenant_id, day_in_china(at).replace(day=1))
    assert month.count == 2
    for state in (ParcelState.DEAD, ParcelState.BY_HAND):
        assert await office.outbox.page(living.tenant_id, Line.NOTICE, (state,)), state
    assert [hook.url for hook in await office.webhooks.all(living.tenant_id)]
