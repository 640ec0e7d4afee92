"""Several clerks on one draft: one tab has the turn, taking over is open, and nothing anybody typed is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.village_node.browser import Browser, Shown, filed, rid_of, without
from tests.village_node.conftest import Time
from tests.village_node.packs import AID, AID_FORM, WATER
from village_node.access.clerks import Clerk
from village_node.station import Station
from village_node.web.edge import COOKIE


def named(name: str) -> list[tuple[str, str]]:
    return [*without("name"), ("name", name)]


@pytest.fixture
async def other(clerk: Browser, station: Station) -> AsyncIterator[Browser]:
    """A second clerk at a second computer."""
    client: TestClient[Any, Any]
    async with TestClient(clerk.client.server) as client:
        token = station.sessions.start(Clerk("clerk-2", "贺帮办"))
        client.session.cookie_jar.update_cookies({COOKIE: token}, client.make_url("/"))
        yield Browser(client)


async def typed(clerk: Browser, name: str) -> Shown:
    """A form somebody is in the middle of: its script has saved once."""
    form = await clerk.get(f"/items/{AID.id}/new")
    saved = await autosave(clerk, form, name)
    return await clerk.get(json.loads(saved.html)["where"])


async def autosave(clerk: Browser, form: Shown, name: str) -> Shown:
    return await clerk.submit(form, named(name), do="auto")


async def test_what_is_typed_is_saved_meanwhile_and_a_reload_has_it(clerk: Browser) -> None:
    form = await typed(clerk, "梁小满")
    assert 'value="梁小满"' in form.html
    again = await clerk.get(form.url)
    assert 'value="梁小满"' in again.html
    assert "自动存" in again.text


async def test_a_second_clerk_sees_who_is_writing_and_cannot_write(clerk: Browser, other: Browser) -> None:
    form = await typed(clerk, "梁小满")
    seen = await other.get(form.action)
    assert "梁代办 正在填写（刚才）" in seen.text
    assert "梁小满" in seen.text
    assert "<textarea" not in seen.html


async def test_taking_over_ends_the_first_tabs_right_and_keeps_its_words(
    clerk: Browser, other: Browser, station: Station
) -> None:
    first = await typed(clerk, "梁小满")
    taken = await other.post(f"{first.action}/take", [])
    assert 'value="梁小满"' in taken.html
    late = await autosave(clerk, first, "梁大满")
    assert late.status == 409
    assert "贺帮办 已经接着填" in json.loads(late.html)["said"]
    refused = await clerk.submit(first, named("梁大满"))
    assert refused.status == 409
    assert "您刚才填的没有丢" in refused.text
    assert "梁大满" in refused.text
    assert (await station.outbox.stream()).last_seq == 0
    beside = await other.get(taken.url)
    assert "梁代办" in beside.text
    assert "梁大满" in beside.text
    case = await other.submit(beside, named("梁小满"))
    assert "已收件" in case.text
    entry = await station.register.find(first.action.rpartition("/")[2])
    assert entry is not None
    assert entry.clerk_name == "贺帮办"


async def test_a_draft_that_was_put_down_is_anybodys(clerk: Browser, other: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    await clerk.submit(form, named("梁小满"), do="save")
    home = await other.get("/")
    assert "梁代办" in home.text
    assert 'value="梁小满"' in (await other.get(form.action)).html


async def test_filing_from_both_tabs_is_one_case(clerk: Browser, other: Browser, station: Station) -> None:
    first = await typed(clerk, "梁小满")
    taken = await other.post(f"{first.action}/take", [])
    done = await other.submit(taken, AID_FORM)
    twice = await clerk.submit(first, AID_FORM)
    assert twice.url.partition("?")[0] == done.url.partition("?")[0]
    assert (await station.outbox.stream()).last_seq == 1


async def test_of_two_who_file_one_draft_at_once_the_second_is_told_and_keeps_his_words(
    clerk: Browser, other: Browser, station: Station
) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    await clerk.submit(form, named("梁小满"), do="save")
    mine, theirs = await clerk.get(form.action), await other.get(form.action)
    answers = await asyncio.gather(clerk.submit(mine, named("梁大满")), other.submit(theirs, named("梁中满")))
    assert sorted(each.status for each in answers) == [200, 409]
    [won] = [each for each in answers if each.status == 200]
    [lost] = [each for each in answers if each.status == 409]
    assert (await station.outbox.stream()).last_seq == 1
    entry = await station.register.find(form.action.rpartition("/")[2])
    assert entry is not None
    [other_name] = {"梁大满", "梁中满"} - {entry.applicant_name}
    assert f"这件已由 {entry.clerk_name} 收件" in lost.text
    assert other_name in lost.text
    assert other_name in (await clerk.get(won.url)).text, "and it stays beside the case"


async def test_words_that_come_after_somebody_filed_are_kept_and_shown(
    clerk: Browser, other: Browser
) -> None:
    first = await typed(clerk, "梁小满")
    taken = await other.post(f"{first.action}/take", [])
    case = await other.submit(taken, AID_FORM)
    late = await clerk.submit(first, named("梁大满"), do="save")
    assert late.status == 409
    assert "这件已由 贺帮办 收件" in late.text
    assert "梁大满" in (await other.get(case.url)).text


async def test_a_draft_that_moved_since_the_form_was_opened_is_not_filed(
    clerk: Browser, station: Station
) -> None:
    form = await typed(clerk, "梁小满")
    await autosave(clerk, form, "梁中满")
    refused = await clerk.submit(form, named("梁大满"))
    assert refused.status == 409
    assert "在另一个窗口改过了" in refused.text
    assert (await station.outbox.stream()).last_seq == 0


async def test_a_dropped_draft_is_gone_but_not_from_a_tab_that_lost_its_turn(
    clerk: Browser, other: Browser, station: Station
) -> None:
    first = await typed(clerk, "梁小满")
    taken = await other.post(f"{first.action}/take", [])
    assert (await clerk.submit(first, AID_FORM, do="drop")).status == 409
    assert len(await station.drafts.all()) == 1
    await other.submit(taken, AID_FORM, do="drop")
    assert await station.drafts.all() == []


@pytest.mark.parametrize("words", ["梁小", "11010519491231002x"])
async def test_a_known_resident_is_chosen_never_filled_in_silently(
    clerk: Browser, time: Time, words: str
) -> None:
    await filed(clerk)
    time.pass_by(timedelta(minutes=5))
    moved = [(key, "13900000002" if key == "phone" else value) for key, value in AID_FORM]
    await filed(clerk, AID, moved)
    form = await clerk.get(f"/items/{WATER.id}/new")
    found = await clerk.submit(form, [("kind", "person"), ("who", words)], do="find")
    assert "13900000002" in found.text, "the newest telephone"
    assert found.text.count("用这个人") == 1, "one person, met twice"
    assert 'name="name" value=""' in found.html
    assert "11010519491231002" not in found.text
    rid = found.html.partition('value="use-')[2][:32]
    filled = await clerk.submit(found, [("a-account", "12345678")], do=f"use-{rid}")
    assert 'name="name" value="梁小满"' in filled.html
    assert 'name="phone" value="13900000002"' in filled.html
    assert 'value="12345678"' in filled.html, "what was typed stays"
    assert words not in filled.url


async def test_a_second_case_of_one_person_and_item_is_asked_about_once(
    clerk: Browser, station: Station
) -> None:
    first = await filed(clerk)
    entry = await station.register.find(rid_of(first))
    assert entry is not None
    asked = await clerk.submit(await clerk.get(f"/items/{AID.id}/new"), AID_FORM)
    assert asked.status == 409
    assert f"梁小满已有一件“临时救助”在办（{entry.case_number}，待上传）" in asked.text
    assert f"/cases/{entry.rid}#supplement" in asked.html
    assert 'value="突发重病住院"' in asked.html or "突发重病住院" in asked.text
    assert (await station.outbox.stream()).last_seq == 1
    assert len(await station.drafts.all()) == 1
    done = await clerk.submit(asked, AID_FORM, do=f"again-{entry.rid}")
    assert "已收件" in done.text
    assert (await station.outbox.stream()).last_seq == 2


async def test_a_case_that_is_over_or_was_asked_back_stands_in_nobodys_way(clerk: Browser) -> None:
    first = await filed(clerk)
    await clerk.post(f"/cases/{rid_of(first)}/withdraw", [("rid", "e" * 32), ("by", "self")])
    second = await clerk.submit(await clerk.get(f"/items/{AID.id}/new"), AID_FORM)
    assert "已收件" in second.text


async def test_a_draft_read_by_another_shows_only_what_applies(clerk: Browser, other: Browser) -> None:
    form = await clerk.get(f"/items/{AID.id}/new")
    idle = [
        ("a-rent", "999"),
        ("agent_name", "贺小兰"),
        ("scope", "代办临时救助"),
        ("valid_to", "2026-07-09"),
        ("method", "wet_ink"),
    ]
    fire = [("situation", "fire") if key == "situation" else (key, value) for key, value in AID_FORM]
    await clerk.submit(form, [*fire, *idle], do="auto")
    seen = (await other.get(form.action)).text
    assert "正在填写" in seen
    assert "住房 自有" in seen
    for words in ("月租金", "贺小兰", "委托办什么", "委托书怎么签的", "诊断证明"):
        assert words not in seen, words
