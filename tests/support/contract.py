"""Holds every answer a test receives against the contract."""

import re
from functools import cache
from typing import Any

import jsonschema_rs

from api_spec.openapi import PARAMETER, document
from api_spec.route import Route
from api_spec.routes import ALL

API = ("/v1/", "/sync/1/")


@cache
def _document() -> dict[str, Any]:
    return document()


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Route]]:
    found = []
    for route in ALL:
        parts = PARAMETER.split(route.path)
        pattern = "".join(re.escape(part) if i % 2 == 0 else "[^/]+" for i, part in enumerate(parts))
        found.append((route.method, re.compile(pattern), route))
    return sorted(found, key=lambda each: each[2].path.count("{"))


@cache
def _validator(name: str, status: int) -> Any:
    """The schema of one answer, or None where the contract promises no JSON."""
    route = next(route for route in ALL if route.name == name)
    operation = _document()["paths"][PARAMETER.sub(r"{\1}", route.path)][route.method.lower()]
    answers = operation["responses"]
    if str(status) not in answers:
        raise AssertionError(f"{name} answered {status}, which its contract does not declare")
    content = answers[str(status)].get("content", {})
    schema = next((media.get("schema") for kind, media in content.items() if "json" in kind), None)
    if schema is None:
        return None
    whole = {**schema, "components": _document()["components"]}
    return jsonschema_rs.validator_for(whole)


def find(method: str, path: str) -> Route | None:
    """The operation behind a request, if it is one of the contract's."""
    for verb, pattern, route in _patterns():
        if verb == method and pattern.fullmatch(path):
            return route
    return None


def check(method: str, path: str, *, status: int, content_type: str, body: Any) -> None:
    """Raises AssertionError: an undeclared status, or a body that is not what the contract says."""
    route = find(method, path)
    if route is None:
        return
    validator = _validator(route.name, status)
    if validator is None:
        return
    expected = "application/problem+json" if status >= 400 else "application/json"
    assert content_type.startswith(expected), f"{route.name} answered {status} as {content_type}"
    error = next(iter(validator.iter_errors(body)), None)
    assert error is None, f"{route.name} {status}: {error}"
