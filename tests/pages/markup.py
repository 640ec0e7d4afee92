"""What must hold for the HTML of every page: nothing inline, every input named, every id once, nothing from elsewhere."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "img", "meta", "link", "path", "rect", "circle"}
UNNAMED = {"hidden", "submit", "button"}
Attributes = dict[str, str]


class Page(HTMLParser):
    """One parsed page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.ids: Counter[str] = Counter()
        self.labelled: set[str] = set()
        self.nested: list[Attributes] = []
        self.title = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids[attributes["id"]] += 1
        if tag == "label" and "for" in attributes:
            self.labelled.add(attributes["for"])
        if tag in ("input", "select", "textarea") and "label" in self._open:
            self.nested.append(attributes)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data

    def of(self, tag: str) -> Iterator[Attributes]:
        return (attributes for name, attributes in self.tags if name == tag)


def problems(html: str) -> list[str]:
    """Everything wrong with a page, in words."""
    page = Page(html)
    found = [f"id twice: {name}" for name, times in page.ids.items() if times > 1]
    if not page.title.strip():
        found.append("no title")
    if not any(attributes.get("lang") == "zh-CN" for attributes in page.of("html")):
        found.append("no language")
    if sum(1 for _ in page.of("h1")) != 1:
        found.append("not one h1")
    for tag, attributes in page.tags:
        found += _wrong_attributes(tag, attributes)
    for tag in ("input", "select", "textarea"):
        for attributes in page.of(tag):
            if not _has_name(page, attributes):
                found.append(f"unnamed {tag}: {attributes.get('name')}")
    return found


def _wrong_attributes(tag: str, attributes: Attributes) -> Iterator[str]:
    if tag == "style" or "style" in attributes:
        yield f"inline style on {tag}"
    if tag == "script" and not attributes.get("src", "").startswith("/static/"):
        yield "inline script"
    if any(name.startswith("on") for name in attributes):
        yield f"inline handler on {tag}"
    if tag == "img" and "alt" not in attributes:
        yield "picture without words"
    for name in ("src", "href", "action"):
        if attributes.get(name, "").startswith(("http:", "https:", "//")):
            yield f"{tag} from elsewhere: {attributes[name]}"


def _has_name(page: Page, attributes: Attributes) -> bool:
    return (
        attributes.get("type") in UNNAMED
        or "aria-label" in attributes
        or attributes.get("id", "-") in page.labelled
        or any(attributes is nested for nested in page.nested)
    )
