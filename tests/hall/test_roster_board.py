"""The board of the roster: one half day looked at, B put in by one press, A back again."""

import pytest

from tests.support.township import Town


@pytest.mark.plan(26)
async def test_b_stands_in_by_one_press_and_a_comes_back(town: Town) -> None:
    leader = await town.staff("household-leader")
    window = next(
        card for card in await town.office.catalogue.windows(town.tenant_id) if card.type.value == "household"
    )
    board = (await leader.page("/staff/roster?from=2026-04-13")).text
    address = f"?window={window.id}&amp;day=2026-04-13&amp;period=morning#half"
    assert address in board

    async def look() -> str:
        return (await leader.page(f"/staff/roster?window={window.id}&day=2026-04-13&period=morning")).text

    pair = town.office.hall.duties.roster(town.tenant_id).pair(window.id, town.clock().date())
    assert pair
    before = await look()
    assert f"B岗 {pair.b.name} 顶岗" in before
    half = {"window_id": window.id, "day": "2026-04-13", "period": "morning"}
    assert (
        await leader.send("/staff/roster/duty", {**half, "place": "b", "note": "A岗有事，由B岗办理"})
    ).status == 303
    after = await look()
    assert f"A岗 {pair.a.name} 回来值班" in after
    assert f"B {pair.b.name}" in after
    assert (
        await leader.send("/staff/roster/duty", {**half, "place": "a", "note": "A岗回来值班"})
    ).status == 303
    assert await look() == before

    foreign = next(
        card for card in await town.office.catalogue.windows(town.tenant_id) if card.type.value == "justice"
    )
    seen = (await leader.page(f"/staff/roster?window={foreign.id}&day=2026-04-13&period=morning")).text
    assert "顶岗</button>" not in seen
