"""The first page of the console lists what waits for whoever looks, of every feature, and every line leads somewhere."""

import re
from datetime import date, timedelta

import pytest

from api_spec.vocabulary import Role
from backend import db
from backend.actors import Actor
from backend.audit.proving import Finding, Kept
from backend.demo.announce import FLOWS
from backend.demo.staff import ALL
from backend.to_do import ToDo, nearest_first
from tests.pages.sample import fill
from tests.support.township import Town


def test_what_is_ones_own_comes_before_the_departments_each_by_the_nearest_day() -> None:
    def line(what: str, day: int | None, *, mine: bool) -> ToDo:
        return ToDo(what=what, href="/", due=date(2026, 4, day) if day else None, mine=mine)

    found = [line("d", None, mine=False), line("c", 1, mine=False), line("b", None, mine=True)]
    assert "".join(each.what for each in nearest_first([*found, line("a", 9, mine=True)])) == "abcd"


async def _lines(town: Town, login: str) -> dict[str, str]:
    """What waits for somebody: address to words. Whoever has something to do is not told that nothing waits."""
    text = (await (await town.staff(login)).page("/staff")).text
    card = re.search(r"<h2>等您办的事.*?</section>", text, re.DOTALL)
    found = dict(re.findall(r'<a href="([^"]+)"><span><b>([^<]+)</b>', card[0])) if card else {}
    assert not (found and "没有等您办的件。" in text)
    assert not (found and "现在没有等您办的事。" in text)
    return found


@pytest.mark.plan(26, 37, 39, 57)
async def test_everybody_finds_what_waits_for_them_and_may_open_it(town: Town) -> None:
    owner = await town.citizen(1)
    await fill(town.office, at=town.clock(), owner=owner.id)
    await db.rows("UPDATE staff_post SET paper = '' WHERE role = 'director'")
    wanted = {
        "service": ("差评：登记联系", "投诉：受理", "咨询：接手"),
        "director": ("抽查", "投诉", "逾期没有进驻大厅"),
        "supervisor": ("抽查",),
        "social-leader": ("说明情况", "整改任务：上报整改结果"),
        "social": ("说明情况",),
        "admin": ("任职缺任命文书扫描件",),
    }
    for login in (*wanted, "centre", "utility", "water-partner", "security", "auditor"):
        lines = await _lines(town, login)
        for words in wanted.get(login, ()):
            assert any(words in line for line in lines.values()), (login, words, lines)
        for href in lines:
            assert (await (await town.staff(login)).page(href)).status == 200, (login, href)


async def test_the_auditor_is_told_that_a_proof_found_something(town: Town) -> None:
    assert not await _lines(town, "auditor")
    broken = [Finding(Kept.LOG, "", 3, "改动")]
    await town.office.proving.note(town.tenant_id, broken, at=town.clock() + timedelta(minutes=1))
    assert list(await _lines(town, "auditor")) == ["/staff/audit"]


async def test_staff_on_a_citizens_own_page_are_told_that_this_is_a_work_account(town: Town) -> None:
    page = await (await town.staff("social")).page("/cases")
    assert page.status == 403
    assert "您现在用的是工作账号" in page.text
    assert 'href="/staff"' in page.text
    assert "您现在用的是工作账号" not in (await (await town.staff("social")).page("/staff/audit")).text


def test_the_demonstration_names_every_account_beside_what_it_is_for() -> None:
    named = {login for _, logins in FLOWS for login in logins}
    assert named == {clerk.login for clerk in ALL}


@pytest.mark.plan(54)
async def test_a_clerk_may_ask_for_a_rating_where_they_work_once_the_window_has_a_device(town: Town) -> None:
    made = await fill(town.office, at=town.clock(), owner=(await town.citizen(1)).id)
    clerk, at = await town.staff("social"), town.clock()
    window = next(card for card in await town.office.catalogue.windows(town.tenant_id) if card.number == 1)
    places = (f"/staff/cases/{made.fresh.case_id}", f"/staff/calling?window_id={window.id}", "/staff/reviews")
    button = 'action="/staff/reviews/ask"'
    await db.rows("DELETE FROM review_terminal")
    assert [button in (await clerk.page(path)).text for path in places] == [False, False, False]
    keeper = Actor(id="k" * 32, roles=frozenset({Role.DIRECTOR}), tenant_id=town.tenant_id)
    terminals = town.office.reviews.terminals
    await terminals.start(await terminals.add(window.id, actor=keeper, at=at), at=at)
    assert [button in (await clerk.page(path)).text for path in places] == [True, True, True]
    leader = await (await town.staff("social-leader")).page(places[1])
    assert "登记收件</a></div>" not in leader.text
