"""The queue of cases as its clerks work it: tabs, walking through it, several cases at once, and the window's bar."""

import asyncio
import re

import pytest
from aiohttp import FormData

from api_spec.vocabulary import CaseAction, CaseState, Role
from backend import db
from backend.cases.service import Count
from backend.console.bulk import MOST, MOVES, Deed, chosen, offered
from backend.console.saved_views import View, first_view, states_of, tabs
from tests.cases.office import staff
from tests.pages.sample import Sample, fill
from tests.support.township import Answer, Caller, Town

QUEUE = "/staff/cases"


@pytest.fixture
async def clerk(town: Town) -> Caller:
    return await town.staff("social")


@pytest.fixture
async def made(town: Town) -> Sample:
    return await fill(town.office, at=town.clock())


async def tick(caller: Caller, *case_ids: str) -> list[tuple[str, str]]:
    """What a browser sends for ticked rows: the boxes of the page as they were drawn."""
    page = (await caller.page(f"{QUEUE}?view=all")).text
    boxes = dict(re.findall(r'name="case" value="(\w{32})(\.\d+)"', page))
    return [("case", case_id + boxes[case_id]) for case_id in case_ids]


async def bulk(caller: Caller, do: str, ticked: list[tuple[str, str]], **more: str) -> Answer:
    """The form below the queue, sent."""
    form = FormData()
    for name, value in (("do", do), *more.items(), *ticked):
        form.add_field(name, value)
    return await caller.send(f"{QUEUE}/bulk", form)


async def holders(case_ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {case_id: [] for case_id in case_ids}
    for row in await db.rows("SELECT case_id, staff_id FROM case_holds WHERE current = 1"):
        found.setdefault(row["case_id"], []).append(row["staff_id"])
    return found


def test_each_post_begins_with_what_waits_for_it_and_overseers_with_everything_open() -> None:
    counts = [
        Count(CaseState.SUBMITTED, 5, 1, 1, 2, village=3),
        Count(CaseState.REVIEWING, 4, 0, 0, 1),
        Count(CaseState.NEED_FIX, 2, 0, 0, 0),
    ]
    window = {t.view: t.number for t in tabs(counts, 1, [Role.WINDOW], shown=View.MINE)}
    assert window == {
        View.MINE: 5,
        View.HELD: 1,
        View.OVERDUE: 3,
        View.DUE: 1,
        View.SOON: 1,
        View.NEW: 5,
        View.FIX: 2,
        View.APPROVE: 4,
        View.VILLAGE: 3,
        View.ALL: 11,
        View.ENDED: None,
    }
    assert first_view([Role.DIRECTOR]) is View.ALL
    assert {t.view for t in tabs(counts, 0, [Role.DIRECTOR], shown=View.ALL)}.isdisjoint(
        {View.MINE, View.HELD}
    )
    assert states_of(View.MINE, [Role.DEPARTMENT_HEAD]) == (CaseState.LEGAL_SIGN,)


@pytest.mark.plan(30, 44)
def test_nothing_that_decides_is_done_to_several_cases_at_once() -> None:
    assert set(MOVES.values()) == {CaseAction.MAKE_READY, CaseAction.DELIVER, CaseAction.FINISH}
    assert offered(staff(Role.SUPERVISOR)) == []
    assert Deed.HAND_ON not in offered(staff(Role.GROUP_LEADER))


def test_ticks_nobody_drew_are_left_out_and_each_case_counts_once() -> None:
    one, two = "a" * 32, "b" * 32
    found = chosen([f"{one}.1", f"{one}.2", two, f"{two}.x", "'; --.1", f"{two}.3"])
    assert [(each.case_id, each.version) for each in found] == [(one, 1), (two, 3)]
    assert len(chosen(f"{number:032d}.1" for number in range(MOST + 5))) == MOST


async def test_tabs_filters_and_order_show_what_they_say(clerk: Caller, made: Sample) -> None:
    mine = (await clerk.page(QUEUE)).text
    assert made.fresh.case_number in mine
    assert made.lacking.case_number not in mine
    assert made.lacking.case_number in (await clerk.page(f"{QUEUE}?view=fix")).text
    assert made.ready.case_number in (await clerk.page(f"{QUEUE}?view=hand_out")).text
    village = (await clerk.page(f"{QUEUE}?view=village")).text
    assert made.fresh.case_number in village
    assert made.overdue.case_number not in village
    newest = re.findall(
        r'class="code" href="/staff/cases/(\w{32})', (await clerk.page(f"{QUEUE}?view=all&sort=newest")).text
    )
    assert newest == sorted(newest, reverse=True)
    assert len(newest) > 5


@pytest.mark.usefixtures("made")
async def test_a_case_knows_the_queue_it_was_opened_from(clerk: Caller) -> None:
    rows = re.findall(
        r'class="code" href="/staff/cases/(\w{32})\?view=all"', (await clerk.page(f"{QUEUE}?view=all")).text
    )
    walked = [rows[0]]
    while True:
        page = (await clerk.page(f"{QUEUE}/{walked[-1]}?view=all")).text
        following = re.search(r'rel="next" href="/staff/cases/(\w{32})\?view=all"', page)
        if following is None:
            break
        walked.append(following[1])
    assert walked == rows
    last = (await clerk.page(f"{QUEUE}/{rows[-1]}?view=all")).text
    assert f'rel="prev" href="/staff/cases/{rows[-2]}?view=all"' in last
    alone = (await clerk.page(f"{QUEUE}/{rows[0]}")).text
    assert 'rel="next"' not in alone
    held = await clerk.send(f"{QUEUE}/{rows[0]}/hold?view=all", {})
    assert (held.status, held.headers["Location"]) == (303, f"{QUEUE}/{rows[0]}?view=all")
    assert rows[0] in (await clerk.page(f"{QUEUE}?view=held")).text


@pytest.mark.plan(26, 37)
async def test_several_cases_are_taken_and_handed_to_the_other_of_the_pair(
    town: Town, clerk: Caller, made: Sample
) -> None:
    other = await town.staff("social-b")
    await other.send(f"{QUEUE}/{made.overdue.case_id}/hold", {})
    ids = [made.fresh.case_id, made.overdue.case_id]
    ticked = await tick(clerk, *ids)
    done = await bulk(clerk, "hold", ticked)
    assert "1 件办好了，1 件没有办成" in done.text
    assert await holders(ids) == {ids[0]: [clerk.id], ids[1]: [other.id]}

    asked = await bulk(clerk, "hand_on", ticked)
    assert f'<option value="{other.id}"' in asked.text
    stranger = await bulk(clerk, "hand_on", ticked, sure="1", to="f" * 32)
    assert stranger.status == 422
    given = await bulk(clerk, "hand_on", ticked, sure="1", to=other.id)
    assert "1 件办好了，1 件没有办成" in given.text
    assert await holders(ids) == {ids[0]: [other.id], ids[1]: [other.id]}
    ended = await db.rows("SELECT ended FROM case_holds WHERE staff_id = ?", [clerk.id])
    assert [row["ended"] for row in ended] == ["handed_on"]


@pytest.mark.plan(45)
async def test_results_are_handed_out_together_with_one_proof(clerk: Caller, made: Sample) -> None:
    ticked = await tick(clerk, made.ready.case_id, made.fresh.case_id)
    sure = {"sure": "1", "method": "window"}
    assert (await bulk(clerk, "deliver", ticked, **sure)).status == 422
    done = (await bulk(clerk, "deliver", ticked, **sure, proof="签收单 12 号")).text
    assert "1 件办好了，1 件没有办成" in done
    states = await db.rows(
        "SELECT id, state FROM cases WHERE id IN (?, ?)", [made.ready.case_id, made.fresh.case_id]
    )
    assert {row["id"]: row["state"] for row in states} == {
        made.ready.case_id: "delivered",
        made.fresh.case_id: "submitted",
    }
    stale = (await bulk(clerk, "finish", ticked)).text
    assert "2 件没有办成" in stale


async def test_labels_are_printed_nothing_ticked_is_said_and_onlookers_are_refused(
    town: Town, clerk: Caller, made: Sample
) -> None:
    ticked = await tick(clerk, made.fresh.case_id)
    labels = await bulk(clerk, "labels", ticked)
    assert made.fresh.case_number in labels.text
    assert "<svg" in labels.text
    nothing = await bulk(clerk, "hold", [])
    assert (nothing.status, "还没有勾选办件" in nothing.text) == (422, True)
    assert (await bulk(clerk, "decide", ticked)).status == 422
    supervisor = await town.staff("supervisor")
    assert (await bulk(supervisor, "hold", ticked)).status == 403
    elsewhere = await town.staff("land")
    refused = await bulk(elsewhere, "hold", ticked)
    assert "1 件没有办成" in refused.text
    assert made.fresh.case_number not in refused.text


async def test_of_two_who_take_the_same_cases_at_once_each_case_goes_to_one(
    town: Town, clerk: Caller, made: Sample
) -> None:
    other = await town.staff("social-b")
    ids = [made.fresh.case_id, made.overdue.case_id, made.ready.case_id]
    ticked = await tick(clerk, *ids)
    await asyncio.gather(*(bulk(who, "hold", ticked) for who in (clerk, other, clerk, other)))
    found = await holders(ids)
    assert all(len(who) == 1 and who[0] in (clerk.id, other.id) for who in found.values()), found


@pytest.mark.usefixtures("made")
async def test_the_windows_queue_is_on_every_page_of_its_clerk_and_leads_back_there(
    town: Town, clerk: Caller
) -> None:
    page = (await clerk.page(QUEUE)).text
    window = re.search(r'action="/staff/calling/(\w{32})/next"', page)
    assert window is not None
    assert "人等候" in page
    called = await clerk.send(f"/staff/calling/{window[1]}/next", {"back": f"{QUEUE}?view=fix"})
    assert (called.status, called.headers["Location"]) == (303, f"{QUEUE}?view=fix")
    away = await clerk.send(f"/staff/calling/{window[1]}/next", {"back": "https://elsewhere.test/"})
    assert away.status != 303 or away.headers["Location"] == "/"
    assert 'class="calling' not in (await (await town.staff("director")).page(QUEUE)).text
