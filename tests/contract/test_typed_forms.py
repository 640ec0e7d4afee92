"""Every form of every page filled in and sent as a browser would, with one field at a time holding something nobody expects."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.contract.running import CITIZEN, Running
from tests.pages.scenes import Scene, scenes
from tests.support.township import Answer, Caller

TYPED = (
    "\x01\x1b[2J",
    "‮‏隐藏",
    "'\"><script>alert(1)</script>{{7*7}}${7*7}",
    "9" * 400,
    "-1",
    "1e309",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "一" * 50,
    "一" * 200,
    "一" * 2000,
    "一" * 5000,
    "\U0001f9d1‍\U0001f33e" * 40,
)
FORMS_THERE = 40
LEFT_ALONE = frozenset(
    {"/signout", "/staff/signout", "/signin/renew", "/elder", "/staff/signin", "/staff/password"}
)


@dataclass
class Form:
    """A form as it stands on a page, filled in as it is shown."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The POST forms of a page."""

    def __init__(self, html: str, path: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._path = path
        self._form: Form | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = given.get("method", "").lower() == "post"
            self._form = Form(given.get("action") or self._path) if posts else None
            if self._form is not None:
                self.found.append(self._form)
        elif self._form is not None and given.get("name"):
            self._select = given["name"] if tag == "select" else ""
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._form.fields[given["name"]] = given.get("value", "")
        elif tag == "option" and self._form is not None and self._select:
            self._form.fields[self._select] = self._form.fields.get(self._select) or given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def filled(form: Form) -> Iterator[dict[str, str]]:
    yield form.fields
    yield {}
    for name in form.fields:
        for typed in TYPED:
            yield form.fields | {name: typed}


async def answers(running: Running, scene: Scene, seen: set[str]) -> list[str]:
    """What went wrong with the forms of one page."""
    caller: Caller = await running.caller(scene.who)
    surprises = []
    page = await caller.page(scene.path)
    for form in Forms(page.text, scene.path).found:
        kind = f"{scene.who} {form.action.partition('?')[0]} {sorted(form.fields)}"
        if kind in seen or form.action.partition("?")[0] in LEFT_ALONE:
            continue
        seen.add(kind)
        for fields in filled(form):
            answer: Answer = await caller.send(form.action, fields)
            if answer.status >= 500 or b"<script>alert" in answer.body:
                odd = {name: value[:20] for name, value in fields.items() if value in TYPED}
                surprises.append(f"{scene.name} {form.action}: {answer.status} {odd}")
    return surprises


@pytest.mark.slow
def test_whatever_is_typed_into_a_form_the_answer_is_a_page(running: Running) -> None:
    seen: set[str] = set()

    async def tried() -> list[str]:
        return [
            surprise
            for scene in scenes(running.town, running.made)
            if scene.status == 200
            for surprise in await answers(running, scene, seen)
        ]

    surprises = running.ask(tried(), within_s=600)
    running.sign_in_again(CITIZEN)
    assert not surprises, "\n".join(surprises)
    assert len(seen) >= FORMS_THERE, sorted(seen)
