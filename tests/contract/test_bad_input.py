"""Bad bodies at every operation that takes one: a 4xx with a sentence, never a 5xx, and nothing written."""

import copy
import gzip
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from api_spec.route import Route
from api_spec.routes import ALL
from tests.contract.bodies import EXAMPLES
from tests.contract.running import Running, who_may
from tests.support.township import Answer

WITH_BODY = tuple(route for route in ALL if route.body is not None)
pytestmark = pytest.mark.usefixtures("nothing_is_written")
MEGABYTE = 1024 * 1024
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Bent:
    """One bad body. `at`: the field it is about, for the message when a test fails."""

    raw: bytes
    at: str


def everywhere(running: Running, bend: Callable[[Route], Iterator[Bent]], *, status: int, code: str) -> None:
    """Send every bent body to its operation; all answers must be this refusal."""
    assert running.ask(_everywhere(running, bend, (status, code))) == []


async def _everywhere(
    running: Running, bend: Callable[[Route], Iterator[Bent]], expected: tuple[int, str]
) -> list[str]:
    surprises = []
    for route in WITH_BODY:
        for bent in bend(route):
            answer = await send(running, route, bent.raw)
            if (answer.status, answer.code) != expected or not answer.json["title"].endswith("。"):
                surprises.append(f"{route.name} {bent.at}: {answer.status} {answer.text[:300]}")
    return surprises


async def send(running: Running, route: Route, data: Any, **headers: str) -> Answer:
    caller = await running.caller(who_may(route))
    return await caller.call(
        route.method,
        running.path(route),
        data=data,
        headers={
            "Content-Type": JSON_TYPE,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value inside a body with the way to it; the whole body is the first."""
    yield path, value
    for key, part in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(part, (*path, key))


def put(body: Mapping[str, Any], path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the body with another value at `path`."""
    bent = copy.deepcopy(dict(body))
    place: Any = bent
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return bent


def each_text(route: Route) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    body = EXAMPLES[route.name]
    yield from ((path, body) for path, value in places(body) if isinstance(value, str))


def dumped(body: Any, *, at: tuple[Any, ...] = ()) -> Bent:
    return Bent(json.dumps(body).encode(), ".".join(map(str, at)))


def test_there_is_a_good_body_for_every_operation() -> None:
    assert set(EXAMPLES) == {route.name for route in WITH_BODY}
    for route in WITH_BODY:
        assert route.body is not None
        route.body.model_validate_json(json.dumps(EXAMPLES[route.name]))


def test_a_key_nobody_knows_is_refused_at_every_depth(running: Running) -> None:
    def bend(route: Route) -> Iterator[Bent]:
        body = EXAMPLES[route.name]
        for path, value in places(body):
            if isinstance(value, dict) and path[-1:] not in (("answers",), ("materials",)):
                yield dumped(put(body, (*path, "is_admin"), value=True), at=path)

    everywhere(running, bend, status=422, code="body_invalid")


@pytest.mark.parametrize("wrong", [7, True, ["x"], {"x": "x"}], ids=["number", "bool", "list", "object"])
def test_text_is_never_read_out_of_something_else(running: Running, wrong: object) -> None:
    """So a number is never an identity number: its last digits would be lost on the way."""

    def bend(route: Route) -> Iterator[Bent]:
        for path, body in each_text(route):
            if "answers" not in path:
                yield dumped(put(body, path, wrong), at=path)

    everywhere(running, bend, status=422, code="body_invalid")


@pytest.mark.parametrize("wrong", ["1", 1.5, -1, 10**400, "true", None, []], ids=repr)
def test_numbers_and_ticks_are_never_read_out_of_something_else(running: Running, wrong: object) -> None:
    def bend(route: Route) -> Iterator[Bent]:
        body = EXAMPLES[route.name]
        for path, value in places(body):
            if isinstance(value, int):
                yield dumped(put(body, path, wrong), at=path)

    everywhere(running, bend, status=422, code="body_invalid")


@pytest.mark.parametrize("text", ["\0", "好\0好"])
def test_nul_is_refused_in_every_text(running: Running, text: str) -> None:
    def bend(route: Route) -> Iterator[Bent]:
        for path, body in each_text(route):
            yield dumped(put(body, path, text), at=path)

    everywhere(running, bend, status=400, code="body_not_json")


@pytest.mark.parametrize("half", ["\ud800", "好\udfff", "\udc00\ud800"], ids=ascii)
def test_half_a_character_is_refused_in_every_text(running: Running, half: str) -> None:
    def bend(route: Route) -> Iterator[Bent]:
        for path, body in each_text(route):
            yield dumped(put(body, path, half), at=path)

    everywhere(running, bend, status=400, code="body_not_json")


def test_a_key_given_twice_is_refused_at_every_depth(running: Running) -> None:
    """Two readers may take different ones of the two."""

    def bend(route: Route) -> Iterator[Bent]:
        whole = json.dumps(EXAMPLES[route.name])
        for path, value in places(EXAMPLES[route.name]):
            if isinstance(value, dict) and value:
                inner = json.dumps(value)
                first = json.dumps(dict([next(iter(value.items()))]))[1:-1]
                yield Bent(whole.replace(inner, f"{{{first}, {inner[1:]}", 1).encode(), str(path))

    everywhere(running, bend, status=400, code="body_not_json")


NOT_JSON = {
    "nothing": b"",
    "half": b'{"version": 1',
    "trailing": b'{"version": 1} {}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"version": 1}'.encode("utf-16"),
    "invalid utf-8": b'{"name": "\xff\xfe"}',
    "overlong utf-8": b'{"name": "\xc0\x80"}',
    "surrogate in utf-8": b'{"name": "\xed\xa0\x80"}',
    "bare control character": b'{"name": "a\x01b"}',
    "nan": b'{"version": NaN}',
    "infinity": b'{"version": -Infinity}',
    "single quotes": b"{'version': 1}",
    "comment": b'{"version": 1 /* one */}',
    "a form": b"version=1",
    "deep lists": b"[" * 30_000,
    "deep lists closed": b"[" * 15_000 + b"]" * 15_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "gzip": gzip.compress(b'{"version": 1}'),
}


@pytest.mark.parametrize("raw", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(running: Running, raw: bytes) -> None:
    fits = [route for route in WITH_BODY if len(raw) <= route.max_bytes]

    def bend(route: Route) -> Iterator[Bent]:
        if route in fits:
            yield Bent(raw, "")

    everywhere(running, bend, status=400, code="body_not_json")


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"17", b"true", b"[{}]"], ids=repr)
def test_json_that_is_no_object_is_refused(running: Running, raw: bytes) -> None:
    everywhere(running, lambda _: iter([Bent(raw, "")]), status=422, code="body_invalid")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json", 'a/b; c="d'],
)
def test_another_content_type_is_refused(running: Running, kind: str) -> None:
    async def sent() -> list[str]:
        surprises = []
        for route in WITH_BODY:
            answer = await send(running, route, json.dumps(EXAMPLES[route.name]).encode(), Content_Type=kind)
            if (answer.status, answer.code) != (415, "media_type"):
                surprises.append(f"{route.name}: {answer.status} {answer.text[:200]}")
        return surprises

    assert running.ask(sent()) == []


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_fifteen_megabytes_are_refused_without_being_read(running: Running, *, chunked: bool) -> None:
    async def sent() -> list[str]:
        surprises = []
        for route in WITH_BODY:
            data = in_pieces(15 * MEGABYTE) if chunked else io.BytesIO(b" " * (15 * MEGABYTE))
            answer = await send(running, route, data)
            if (answer.status, answer.code) != (413, "body_too_large"):
                surprises.append(f"{route.name}: {answer.status} {answer.text[:200]}")
        return surprises

    assert running.ask(sent()) == []


def test_a_packed_bomb_is_not_unpacked(running: Running) -> None:
    bomb = gzip.compress(b" " * (2 * MEGABYTE))

    async def sent() -> list[int]:
        return [(await send(running, route, bomb, Content_Encoding="gzip")).status for route in WITH_BODY]

    assert set(running.ask(sent())) <= {400, 413}
