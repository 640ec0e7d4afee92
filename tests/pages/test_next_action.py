"""The one card on the home page: of all that is somebody's own, what they should do next."""

from datetime import timedelta

import pytest

from tests.pages.sample import fill
from tests.support.township import Town


@pytest.mark.plan(36)
async def test_home_leads_a_citizen_from_one_thing_to_the_next(town: Town) -> None:
    owner, other = await town.citizen(1), await town.citizen(2)
    made = await fill(town.office, at=town.clock(), owner=owner.id)

    held = (await owner.page("/")).text
    assert "还没有确认" in held
    assert f'href="/appointments/{made.coming.held}"' in held
    assert "接下来请您" not in (await other.page("/")).text
    assert "接下来请您" not in (await town.anyone.page("/")).text

    await owner.post(f"/v1/appointments/{made.coming.held}/cancel", {"version": 1})
    lacking = (await owner.page("/")).text
    assert "前补齐材料" in lacking
    assert f'href="/cases/{made.own.case_id}"' in lacking

    version = (await owner.get(f"/v1/cases/{made.own.case_id}")).json["version"]
    withdrawn = await owner.post(f"/v1/cases/{made.own.case_id}/withdraw", {"version": version})
    assert withdrawn.status == 200, withdrawn.text
    unsigned = (await owner.page("/")).text
    assert "签好委托书才能开始办" in unsigned
    assert f'href="/errands/{made.coming.errand}"' in unsigned

    town.clock.advance(timedelta(days=4, hours=-4))
    on_the_day = (await (await town.citizen(1)).page("/")).text
    assert "今天 09:00，到" in on_the_day
    assert f'href="/appointments/{made.coming.booked}"' in on_the_day
