"""What is somebody else's looks exactly like what is not there; and what cannot be an id is not there either."""

import re
from typing import Any

import pytest
from yarl import URL

from api_spec import tracking_code
from api_spec.openapi import PARAMETER
from api_spec.route import CITIZENS, Route
from api_spec.routes import ALL
from backend.app import pages
from tests.contract.bodies import EXAMPLES
from tests.contract.running import NOT_THERE, STRANGER, Running, who_may
from tests.support.township import Answer, Caller

pytestmark = pytest.mark.usefixtures("nothing_is_written")

ABOUT_A_THING = tuple(route for route in ALL if "{" in route.path)
OWN_THINGS = tuple(
    route for route in ABOUT_A_THING if route.who & CITIZENS and "/v1/me/" not in route.path
) + tuple(route for route in ABOUT_A_THING if route.name == "withdraw_consent")
OWN_PAGES = tuple(page for page in pages() if page.who == CITIZENS and PARAMETER.search(page.path))
NOBODYS_CODE = tracking_code.mint(0, 4711, key=b"not the township's key".ljust(32)).text

NO_IDS = (
    NOT_THERE.upper(),
    NOT_THERE[:-1],
    NOT_THERE + "0",
    f"{NOT_THERE[:8]}-{NOT_THERE[8:12]}-{NOT_THERE[12:16]}-{NOT_THERE[16:20]}-{NOT_THERE[20:]}",
    "%00",
    NOT_THERE[:-1] + "%00",
    NOT_THERE + "%0a",
    NOT_THERE + "%20",
    "%27%20OR%201=1--",
    "%22",
    "..%2f..%2fetc%2fpasswd",
    "%ff%fe",
    "%ed%a0%80",
    "%E4%B8%89%E9%83%BD",
    "%EF%BC%90" * 32,
    "%7B%7B7*7%7D%7D",
    "null",
    "0",
    "-1",
    "a" * 2000,
)


def nameless(answer: Answer, path: str) -> tuple[int, str]:
    """An answer without what differs each time: the request's number, and the address that was asked for."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]+", "", answer.text.replace(path, ""))
    return answer.status, text


@pytest.fixture
def somebody_else(running: Running) -> Caller:
    """Another citizen, with an identity of their own."""
    return running.ask(running.caller(STRANGER))


def paths(template: str, known: dict[str, list[str]]) -> tuple[str, str]:
    """The same address about a thing of the first citizen's, and about nothing."""
    theirs = PARAMETER.sub(lambda found: known.get(found[1], ["2026-04-14"])[0], template)
    nothing = PARAMETER.sub(
        lambda found: {"day": "2026-04-14", "code": NOBODYS_CODE}.get(found[1], NOT_THERE), template
    )
    return theirs, nothing


@pytest.mark.parametrize("route", OWN_THINGS, ids=lambda route: route.name)
def test_another_citizens_thing_is_not_there(running: Running, somebody_else: Caller, route: Route) -> None:
    async def both() -> list[tuple[int, str]]:
        body = EXAMPLES.get(route.name)
        return [
            nameless(await somebody_else.call(route.method, path, json=body), path)
            for path in paths(route.path, dict(running.known))
        ]

    theirs, nothing = running.ask(both())
    assert theirs == nothing
    assert theirs[0] == 404


@pytest.mark.parametrize("page", OWN_PAGES, ids=lambda page: f"{page.method} {page.path}")
def test_another_citizens_page_is_not_there(running: Running, somebody_else: Caller, page: Any) -> None:
    sent = {"version": "1", "note": "不办了", "start": "09:00", "valid_until": "2026-06-01", "sharing": "yes"}

    async def both() -> list[tuple[int, str]]:
        found = []
        for path in paths(page.path, dict(running.known)):
            if page.method == "GET":
                found.append(nameless(await somebody_else.page(path), path))
            else:
                found.append(nameless(await somebody_else.send(path, sent), path))
        return found

    theirs, nothing = running.ask(both())
    if "item_id" not in page.path:
        assert theirs == nothing
        assert theirs[0] == 404


@pytest.mark.parametrize("path", ["/slips/{code}", "/a/{code}"])
def test_another_citizens_slip_is_not_there(running: Running, somebody_else: Caller, path: str) -> None:
    codes = {"/slips/{code}": running.known["code"][:2], "/a/{code}": running.known["code"][2:]}[path]

    async def tried(code: str) -> tuple[int, str]:
        asked = path.replace("{code}", code)
        return nameless(await somebody_else.page(asked), asked)

    nothing = running.ask(tried(NOBODYS_CODE))
    assert nothing[0] == 404
    assert [running.ask(tried(code)) for code in codes] == [nothing] * len(codes)


STRANGE_STAFF = {
    "staff_case": "land",
    "reveal_applicant": "land",
    "act_on_case": "land",
    "settle_at_once": "land",
    "staff_errand": "gas-partner",
    "reveal_errand": "gas-partner",
    "act_on_errand": "gas-partner",
    "show_handover": "gas-partner",
}
"""Who holds the role and serves another window, or another utility."""


@pytest.mark.parametrize("name", STRANGE_STAFF)
def test_another_departments_thing_is_not_there(running: Running, name: str) -> None:
    route = next(route for route in ALL if route.name == name)
    caller = running.ask(running.caller(STRANGE_STAFF[name]))

    async def both() -> list[tuple[int, str]]:
        return [
            nameless(await caller.call(route.method, path, json=EXAMPLES.get(name)), path)
            for path in paths(route.path, dict(running.known))
        ]

    theirs, nothing = running.ask(both())
    assert theirs == nothing
    assert theirs[0] == 404


@pytest.mark.parametrize("route", ABOUT_A_THING, ids=lambda route: route.name)
def test_what_cannot_be_an_id_is_not_there(running: Running, route: Route) -> None:
    async def tried() -> list[str]:
        caller = await running.caller(who_may(route))
        surprises: list[str] = []
        for no_id in NO_IDS:
            raw = PARAMETER.sub(no_id, route.path)
            answer = await caller.call(
                route.method,
                URL(raw, encoded=True),
                json=EXAMPLES.get(route.name),
                headers={
                    "X-Forwarded-For": f"10.0.0.{len(surprises)}, 10.1.{len(no_id) % 250}.{hash(raw) % 250}"
                },
            )
            said = "。" if route.method == "HEAD" else (answer.json or {}).get("title", "")
            if answer.status not in (404, 422, 401) or not said.endswith("。"):
                surprises.append(f"{no_id[:40]}: {answer.status} {answer.text[:200]}")
        return surprises

    assert running.ask(tried()) == []


QUERIES = (
    "nobody_knows=1",
    "limit=1&limit=2",
    "cursor=%00",
    "cursor=%0a",
    "tenant_id=%00",
    "limit=0",
    "limit=-1",
    "limit=1e3",
    "limit=" + "9" * 400,
    "limit=%D9%A3",
    "days=99999999",
    "from=0000-00-00",
    "day=2026-02-30",
    "day=20260413T00",
    "item_id=" + NOT_THERE.upper(),
    "cursor=" + "x" * 3000,
    "%00=1",
    "__proto__=1",
    "a%5B%5D=1",
)


def test_a_query_that_is_not_understood_is_refused(running: Running) -> None:
    """Never guessed at: an answer to another question than the one asked is worse than none."""

    async def tried() -> list[str]:
        surprises: list[str] = []
        for route in ALL:
            if route.query is None:
                continue
            caller = await running.caller(who_may(route))
            names = {field.alias or name for name, field in route.query.model_fields.items()}
            for text in QUERIES:
                answer = await caller.call(
                    route.method, URL(f"{running.path(route)}?{text}", encoded=True), data=b""
                )
                understood = text.partition("=")[0] in names
                if answer.status >= 500 or (not understood and answer.status != 422):
                    surprises.append(f"{route.name}?{text[:40]}: {answer.status} {answer.text[:200]}")
        return surprises

    assert running.ask(tried()) == []


@pytest.mark.parametrize("written", ["O", "I", "L", "o", "i", "l"])
def test_letters_that_are_read_as_digits_lead_to_the_same_slip(running: Running, written: str) -> None:
    """O, I and L are no symbols of a code: whoever reads them off paper means 0 and 1."""
    code = running.known["code"][0]
    digit = "0" if written in "Oo" else "1"

    async def tried() -> tuple[int, str]:
        answer = await running.town.anyone.get(f"/v1/progress/{code.replace(digit, written)}")
        return answer.status, answer.json["code"].replace("-", "")

    assert running.ask(tried()) == (200, code)


def test_a_slip_with_one_wrong_symbol_is_found_out_before_any_table_is_read(running: Running) -> None:
    code = running.known["code"][0]
    wrong = [code[:i] + ("0" if code[i] != "0" else "8") + code[i + 1 :] for i in range(len(code))]

    async def tried() -> set[tuple[int, str]]:
        found = set()
        for number, each in enumerate(wrong):
            headers = {"X-Forwarded-For": f"10.9.0.{number}"}
            answer = await running.town.anyone.get(f"/v1/progress/{each}", headers=headers)
            found.add((answer.status, answer.code))
        return found

    assert running.ask(tried()) == {(422, "code_invalid")}


def test_wrong_guesses_are_slowed_down(running: Running) -> None:
    async def tried() -> list[int]:
        headers = {"X-Forwarded-For": "10.8.0.1"}
        path = f"/v1/progress/{NOBODYS_CODE}"
        return [(await running.town.anyone.get(path, headers=headers)).status for _ in range(25)]

    answers = running.ask(tried())
    assert answers[-1] == 429
    assert 429 not in answers[:20]
