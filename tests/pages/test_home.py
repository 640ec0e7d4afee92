"""What a visitor finds without signing in: home, guides, their progress, help, and the large print."""

import pytest

from api_spec import face, tracking_code
from backend.home.words import COMMON_WORDS
from tests.pages.sample import fill
from tests.support.township import Town


async def test_home_offers_the_three_things_people_come_for(town: Town) -> None:
    home = (await town.anyone.page("/")).text
    for words in ("办事", "预约取号", "查进度", "请人代办", "今天", "08:00–12:00", "12345"):
        assert words in home


async def test_home_shows_a_citizen_their_own_cases_and_nobody_elses(town: Town) -> None:
    owner, other = await town.citizen(1), await town.citizen(2)
    made = await fill(town.office, at=town.clock(), owner=owner.id)
    assert made.own.case_number in (await owner.page("/")).text
    assert made.own.case_number not in (await other.page("/")).text
    assert made.own.case_number not in (await town.anyone.page("/")).text


@pytest.mark.parametrize("word", COMMON_WORDS)
async def test_every_suggested_word_finds_something(town: Town, word: str) -> None:
    assert "没有找到" not in (await town.anyone.page("/items", params={"q": word})).text


async def test_a_search_without_result_says_whom_to_ask(town: Town) -> None:
    answer = await town.anyone.page("/items", params={"q": "登月"})
    assert answer.status == 200
    assert "没有找到" in answer.text
    assert "12345" in answer.text


async def test_the_guide_tells_what_to_bring_how_long_how_much_and_where(town: Town) -> None:
    guide = (await town.anyone.page(f"/items/{town.item('SD-001')}")).text
    for words in ("带什么", "户口簿", "多久", "25 个工作日", "多少钱", "不收费", "在哪办", "1、2、3 号窗口"):
        assert words in guide


async def test_the_guide_lists_the_papers_of_the_chosen_situation(town: Town) -> None:
    item = town.office.catalogue.item_now(town.tenant_id, town.item("SD-003"))
    first, second = item.situations[:2]
    path = f"/items/{item.id}"
    names = {material.name for material in second.materials} - {material.name for material in first.materials}
    plain = (await town.anyone.page(path)).text
    chosen = (await town.anyone.page(path, params={"situation": second.code})).text
    assert names
    assert all(name in chosen and name not in plain for name in names)


async def test_a_limit_nobody_confirmed_is_never_shown_as_law(town: Town) -> None:
    shelf = town.office.catalogue.shelf(town.tenant_id)
    doubtful = [item for item in shelf.pack.items if item.illustrative]
    for item in doubtful:
        assert "参考" in (await town.anyone.page(f"/items/{item.id}")).text


@pytest.mark.parametrize("path", ["/items/" + "0" * 32, "/items/nothing", "/nowhere"])
async def test_what_is_not_there_says_so_and_leads_home(town: Town, path: str) -> None:
    answer = await town.anyone.page(path)
    assert answer.status == 404
    assert 'href="/"' in answer.text


async def test_a_typed_code_leads_to_its_page_however_it_is_written(town: Town) -> None:
    code = tracking_code.mint(0, 20260410, key=bytes(32)).text
    spoken = f"{code[:4].lower()} {code[4:8]}-{code[8:]}"
    answer = await town.anyone.page("/c", params={"code": spoken})
    assert (answer.status, answer.headers["Location"]) == (303, f"/c/{code}")


async def test_a_slip_of_the_pen_in_a_code_is_told_beside_the_field(town: Town) -> None:
    answer = await town.anyone.page("/c", params={"code": "ABCD"})
    assert answer.status == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'value="ABCD"' in answer.text


async def test_large_print_is_kept_in_a_cookie_and_leads_back(town: Town) -> None:
    on = await town.anyone.send("/elder", {"next": "/items?q=" + "%E4" * 150})
    assert (on.status, on.headers["Location"]) == (303, "/items?q=" + "%E4" * 150)
    assert on.headers["Set-Cookie"].startswith("bmt_elder=1")
    large = await town.anyone.call("GET", "/", cookies={"bmt_elder": "1"})
    assert '<html lang="zh-CN" class="elder">' in large.text
    assert "标准字号" in large.text


async def test_the_switch_on_a_page_keeps_what_was_asked_there(town: Town) -> None:
    page = (await town.anyone.page("/items", params={"q": "低保"})).text
    assert 'name="next" value="/items?q=%E4%BD%8E%E4%BF%9D"' in page


async def test_the_switch_on_the_answer_to_a_form_leads_to_a_page_there_is(town: Town) -> None:
    clerk = await town.staff("social")
    refused = await clerk.send("/staff/cases/search", {"text": "没有这个"})
    assert 'name="next" value="/staff"' in refused.text


@pytest.mark.parametrize("next_", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"])
async def test_the_large_print_switch_leads_nowhere_else(town: Town, next_: str) -> None:
    assert (await town.anyone.send("/elder", {"next": next_})).headers["Location"] == "/"


async def test_assets_are_kept_for_ever_under_their_fingerprint_only(town: Town) -> None:
    kept = await town.anyone.get(face.asset_url("base.css"))
    assert kept.headers["Cache-Control"] == face.CACHE_CONTROL
    old = await town.anyone.get("/static/0123456789/base.css")
    assert (old.status, old.headers["Cache-Control"]) == (200, "no-cache")
    assert (await town.anyone.get(face.asset_url("secret.css"))).status == 404


async def test_a_page_is_compressed_for_whoever_reads_that(town: Town) -> None:
    plain = await town.anyone.page("/", headers={"Accept-Encoding": "identity"})
    packed = await town.anyone.page("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(plain.body) / 2
    assert packed.text == plain.text
