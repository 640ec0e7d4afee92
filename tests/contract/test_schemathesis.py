"""Whatever is sent to any operation, by whomever: an answer the contract declares, and never a 5xx."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

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
from tests.contract.running import Running, in_a_thread

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
    content_type_conformance,
]
QUICK = 12
THOROUGH = int(os.environ.get("BMT_EXAMPLES", "150"))
NOBODY, CITIZEN = "", "citizen"
STAFF_TRIED = ("director", "social", "social-leader", "admin", "water-partner", "utility")
KNOWN_AIM = 2
"""Of three requests about a thing, two are about one that exists."""


@dataclass
class Range:
    """A running township with the tokens of everybody who tries."""

    running: Running
    session: requests.Session = field(default_factory=requests.Session)
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        if who == NOBODY:
            return ""
        if who not in self.tokens:
            town = self.running.town
            town.forget_sign_ins()
            caller = self.running.ask(town.citizen() if who == CITIZEN else town.staff(who))
            self.tokens[who] = caller.token
        return self.tokens[who]

    def fire(self, case: Case, who: str) -> None:
        token = self.token(who)
        headers = {"Authorization": f"Bearer {token}"} if token else {"Authorization": ""}
        answer = case.call(base_url=self.running.url, session=self.session, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert answer.json()["title"].endswith("。"), answer.text
        if answer.status_code == 401 or case.operation.label == "DELETE /v1/session":
            self.tokens.pop(who, None)


@pytest.fixture(scope="module")
def shooting_range(seeded: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    with in_a_thread(seeded, template, tmp_path_factory.mktemp("running")) as running:
        yield Range(running)


@cache
def operations() -> dict[tuple[str, str], Any]:
    schema = schemathesis.openapi.from_dict(document())
    found = [result.ok() for result in schema.get_all_operations()]
    return {(each.method.upper(), each.path): each for each in found}


def callers(route: Route) -> list[str]:
    """Those who may call first and twice, so that most requests come past the door; then those who may not."""
    if route.door is not Door.TOKEN:
        return [NOBODY, CITIZEN, "director"]
    roles = {clerk.login: clerk.role for clerk in STAFF}
    allowed = [login for login in STAFF_TRIED if roles[login] in route.who]
    allowed += [CITIZEN] if route.who & CITIZENS else []
    allowed = allowed or [next(login for login, role in roles.items() if role in route.who)]
    return [*allowed, *allowed, *allowed, NOBODY, "director" if CITIZEN in allowed else CITIZEN]


def aim(case: Case, known: dict[str, list[str]], pick: Any) -> None:
    """Put things that exist where the generator made something up."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            _aim(place, known, pick)


def _aim(place: dict[str, Any], known: dict[str, list[str]], pick: Any) -> None:
    for name, value in list(place.items()):
        if isinstance(value, dict):
            _aim(value, known, pick)
        elif name == "version" and isinstance(value, int):
            place[name] = pick(range(1, 5))
        elif name in known and isinstance(value, list):
            place[name] = [pick(known[name])]
        elif name in known:
            place[name] = pick(known[name])


def shoot(shooting_range: Range, route: Route, *, examples: int) -> None:
    operation = operations()[route.method, PARAMETER.sub(r"{\1}", route.path)]
    strategies = {mode: operation.as_strategy(generation_mode=mode) for mode in GenerationMode}
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
            aim(case, dict(shooting_range.running.known), lambda of: data.draw(st.sampled_from(of)))
        shooting_range.fire(case, who)

    all_answers_are_declared()


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_answer_is_declared(shooting_range: Range, route: Route) -> None:
    shoot(shooting_range, route, examples=QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_every_answer_is_declared_after_many_tries(shooting_range: Range, route: Route) -> None:
    shoot(shooting_range, route, examples=THOROUGH)
