"""Whatever is sent to any operation, by whomever: an answer the contract declares, and never a 5xx."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api_spec.openapi import PARAMETER, document
from api_spec.route import CITIZENS, Door, Route
from api_spec.routes import ALL
from backend.demo.staff import ALL as STAFF
from tests.contract.running import CITIZEN, NOBODY, STAFF_TRIED, Running, who_may

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
    content_type_conformance,
]
QUICK = 10
THOROUGH = int(os.environ.get("BMT_EXAMPLES", "40"))
KNOWN_AIM = 2
"""Of three requests about a thing, two are about one that exists."""

T = TypeVar("T")
Pick = Callable[[Sequence[T]], T]


def try_out(running: Running, case: Case[Any], who: str) -> None:
    """Send one request as `who` and hold the answer against the contract."""
    token = running.ask(running.caller(who)).token
    headers = {"Authorization": f"Bearer {token}" if token else ""}
    answer = case.call(base_url=running.url, session=session(), headers=headers)
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400 and case.method != "HEAD":
        assert answer.json()["title"].endswith("。"), answer.text
    if case.operation.label == "DELETE /v1/session":
        running.sign_in_again(who)


@cache
def session() -> requests.Session:
    return requests.Session()


@cache
def operations() -> dict[tuple[str, str], Any]:
    schema = schemathesis.openapi.from_dict(document())
    return {
        (route.method, path): schema[path][route.method]
        for route in ALL
        for path in [PARAMETER.sub(r"{\1}", route.path)]
    }


def callers(route: Route) -> list[str]:
    """Those who may call first and twice, so that most requests come past the door; then those who may not."""
    if route.door is not Door.TOKEN:
        return [NOBODY, CITIZEN, "director"]
    roles = {clerk.login: clerk.role for clerk in STAFF}
    allowed = [login for login in STAFF_TRIED if roles[login] in route.who]
    allowed += [CITIZEN] if route.who & CITIZENS else []
    allowed = allowed or [who_may(route)]
    return [*allowed, *allowed, *allowed, NOBODY, "director" if CITIZEN in allowed else CITIZEN]


def aim(case: Case[Any], known: Mapping[str, list[str]], pick: Pick[Any]) -> None:
    """Put things that exist where the generator made something up."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            _aim(place, known, pick)


def _aim(place: dict[str, Any], known: Mapping[str, list[str]], pick: Pick[Any]) -> None:
    for name, value in list(place.items()):
        if isinstance(value, dict):
            _aim(value, known, pick)
        elif name == "version" and isinstance(value, int):
            place[name] = pick(range(1, 5))
        elif name in known and isinstance(value, list):
            place[name] = [pick(known[name])]
        elif name in known:
            place[name] = pick(known[name])


def attack(running: Running, route: Route, *, examples: int) -> None:
    operation = operations()[route.method, PARAMETER.sub(r"{\1}", route.path)]
    strategies = {mode: operation.as_strategy(generation_mode=mode) for mode in GenerationMode}
    known = dict(running.known)
    if route.name == "withdraw_item":
        known["item_id"] = known["item_ids"]  # the others are needed
    modes = [GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def all_answers_are_declared(data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(callers(route)), label="who")
        case = data.draw(strategies[data.draw(st.sampled_from(modes))], label="case")
        if data.draw(st.integers(0, KNOWN_AIM)):
            aim(case, known, lambda of: data.draw(st.sampled_from(of)))
        try_out(running, case, who)

    all_answers_are_declared()


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_answer_is_declared(running: Running, route: Route) -> None:
    attack(running, route, examples=QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_answer_is_declared_after_many_tries(running: Running, route: Route) -> None:
    attack(running, route, examples=QUICK if route.name == "end_session" else THOROUGH)
