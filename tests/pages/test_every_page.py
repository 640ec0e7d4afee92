"""What holds for every page: it renders, nothing in it is inline or from elsewhere, it is small, it is closed to others."""

import re
from html.parser import HTMLParser

import pytest
from yarl import URL

from api_spec import face
from backend.edge.pages import CSP
from tests.pages.markup import problems
from tests.pages.sample import Sample, fill
from tests.pages.scenes import Scene, scenes
from tests.support.township import Answer, Caller, Town

FIRST_LOAD_BYTES = 15 * 1024
SMALL_BYTES = 4 * 1024
NOT_FOR_CITIZENS = ("gallery", "staff-signin")


@pytest.fixture
async def owner(town: Town) -> Caller:
    return await town.citizen()


@pytest.fixture
async def made(town: Town, owner: Caller) -> Sample:
    return await fill(town.office, at=town.clock(), owner=owner.id)


async def caller_of(scene: Scene, town: Town, owner: Caller) -> Caller:
    if scene.who == "citizen":
        return owner
    return await town.staff(scene.who) if scene.who else town.anyone


async def test_every_page_opens_and_keeps_the_rules_of_the_house(
    town: Town, owner: Caller, made: Sample
) -> None:
    wrong: dict[str, object] = {}
    for scene in scenes(town, made):
        answer = await (await caller_of(scene, town, owner)).page(scene.path)
        if answer.status != scene.status:
            wrong[scene.name] = answer.status
        elif found := problems(answer.text):
            wrong[scene.name] = found
        elif answer.headers["Content-Security-Policy"] != CSP:
            wrong[scene.name] = answer.headers["Content-Security-Policy"]
    assert not wrong


async def test_pages_for_somebody_lead_to_sign_in_when_nobody_is_signed_in(town: Town, made: Sample) -> None:
    for scene in scenes(town, made):
        if not scene.who or scene.open:
            continue
        answer = await town.anyone.page(scene.path)
        door = "/signin" if scene.who == "citizen" else "/staff/signin"
        assert answer.status == 303, scene
        assert answer.headers["Location"].startswith(f"{door}?next=/"), scene


async def test_citizens_do_not_enter_the_console(town: Town, owner: Caller, made: Sample) -> None:
    for scene in scenes(town, made):
        if scene.who and scene.who != "citizen":
            assert (await owner.page(scene.path)).status == 403, scene


def sent_bytes(answer: Answer) -> int:
    """What went over the line: compressed, but for the smallest."""
    length = int(answer.headers["Content-Length"])
    assert "Content-Encoding" in answer.headers or length < SMALL_BYTES, answer.text[:300]
    return length


async def test_the_first_load_of_a_citizens_page_is_small(town: Town, owner: Caller, made: Sample) -> None:
    sizes, assets = {}, {}
    for scene in scenes(town, made):
        if scene.who in ("", "citizen") and scene.name not in NOT_FOR_CITIZENS:
            page = await (await caller_of(scene, town, owner)).page(scene.path)
            sizes[scene.name] = sent_bytes(page)
            for link in set(re.findall(r'"(/static/[^"]+)"', page.text)):
                if link not in assets:
                    asset = await town.anyone.page(link)
                    assert asset.headers["Cache-Control"] == face.CACHE_CONTROL, link
                    assets[link] = sent_bytes(asset)
                sizes[scene.name] += assets[link]
    assert {name: size for name, size in sizes.items() if size > FIRST_LOAD_BYTES} == {}


def test_stylesheet_and_script_keep_their_budgets() -> None:
    assert len(face.load_asset("base.css").gzipped) <= 7 * 1024
    assert len(face.load_asset("face.js").gzipped) <= 2 * 1024


class _Searches(HTMLParser):
    """The GET forms of a page as a browser would send them untouched."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.found: list[URL] = []
        self._fields: dict[str, str] | None = None
        self._action = self._select = ""
        self._path = path
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "get").lower() == "get":
            self._fields, self._action = {}, given.get("action") or self._path
        elif self._fields is None or not (given.get("name") or tag == "option"):
            return
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option":
            if self._select not in self._fields or "selected" in given:
                self._fields[self._select] = given.get("value", "")
        elif given.get("type") not in ("checkbox", "radio") or "checked" in given:
            self._fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._fields is not None:
            self.found.append(URL(self._action).update_query(self._fields))
            self._fields = None


async def test_every_search_answers_when_nothing_is_changed_in_it(
    town: Town, owner: Caller, made: Sample
) -> None:
    refused: dict[str, int] = {}
    sent = 0
    for scene in scenes(town, made):
        caller = await caller_of(scene, town, owner)
        for search in _Searches((await caller.page(scene.path)).text, scene.path.partition("?")[0]).found:
            sent += 1
            answer = await caller.page(str(search))
            if answer.status != 200:
                refused[f"{scene.name} {search}"] = answer.status
    assert sent > 10
    assert not refused
