"""A clerk's browser: follows redirects, keeps its cookie, sends forms from the page's own origin."""

import re
from dataclasses import dataclass
from html import unescape

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from api_spec.catalogue import Item
from tests.village_node.packs import AID, AID_FORM

Pairs = list[tuple[str, str]]


@dataclass
class Shown:
    """A page as it was answered."""

    status: int
    html: str
    url: str
    headers: "dict[str, str]"

    @property
    def text(self) -> str:
        """What a reader sees, without tags."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.html)))

    def hidden(self, name: str) -> str:
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.html)
        assert found, f"no hidden field {name}"
        return found[1]

    @property
    def action(self) -> str:
        found = re.search(r'<form method="post" action="(/drafts/[0-9a-f]{32})"', self.html)
        assert found, "no form to file"
        return found[1]


class Browser:
    def __init__(self, client: TestClient) -> None:  # type: ignore[type-arg]
        self.client = client

    async def get(self, path: str) -> Shown:
        return await _shown(await self.client.get(path))

    async def post(self, path: str, pairs: Pairs, **headers: str) -> Shown:
        origin = str(self.client.make_url("")).rstrip("/")
        sent = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await _shown(await self.client.post(path, data=pairs, headers=sent))

    async def sign_in(self, login: str, password: str) -> Shown:
        return await self.post("/signin", [("login", login), ("password", password)])

    async def submit(self, form: Shown, pairs: Pairs, do: str = "file") -> Shown:
        """Fill in an item form that is on the screen and press one of its buttons."""
        control = [(name, form.hidden(name)) for name in ("item", "version", "tab")] + [("do", do)]
        return await self.post(form.action, control + pairs)


async def _shown(answer: ClientResponse) -> Shown:
    return Shown(answer.status, await answer.text(), str(answer.url.path_qs), dict(answer.headers))


async def filed(clerk: Browser, item: Item = AID, pairs: Pairs = AID_FORM) -> Shown:
    """File a case, also where the same person has an open one of the same item: the question about it is answered."""
    shown = await clerk.submit(await clerk.get(f"/items/{item.id}/new"), pairs)
    asked = re.search(r'value="(again-[0-9a-f]{32})"', shown.html)
    return await clerk.submit(shown, pairs, do=asked[1]) if asked else shown


def without(name: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in AID_FORM if key != name]


def rid_of(case: Shown) -> str:
    """Which case a page shows."""
    return case.url.split("/")[2].partition("?")[0]
