"""Generates `openapi.json` (OpenAPI 3.1) from the route table; a test keeps the committed file equal to it."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Problem
from api_spec.route import Door, Route, declared_errors
from api_spec.routes import ALL

DOCUMENT = Path(__file__).parent / "openapi.json"
REF = "#/components/schemas/{name}"
PARAMETER = re.compile(r"{(\w+)(?::[^}]*)?}")
VERSION = "1.0.0"


def document(routes: Sequence[Route] = ALL) -> dict[str, Any]:
    """The whole contract as an OpenAPI 3.1 document."""
    schemas = _plain(_answer_schemas(routes) | _body_schemas(routes))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "便民通 township API",
            "version": VERSION,
            "description": "Every operation of the township for phones, staff and village nodes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({route.tag for route in routes})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "node": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "RFC 9421 shaped Ed25519 signature of a village node.",
                },
            },
        },
    }


def text() -> str:
    """What the committed file holds."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def _plain(schemas: dict[str, Any]) -> dict[str, Any]:
    """msgspec gives defaults as Python values; a tuple is no JSON."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schemas))
    return plain


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "security": _security(route),
        "responses": _responses(route),
    }
    if route.who:
        operation["x-roles"] = sorted(role.value for role in route.who)
    parameters = _path_parameters(route) + _query_parameters(route)
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": REF.format(name=route.body.__name__)}}},
        }
    elif route.raw_body:
        operation["requestBody"] = {"required": True, "content": {route.raw_body: _raw(route.raw_body)}}
    return operation


def _raw(media: str) -> dict[str, Any]:
    """What can be said of a body that is no message: of a form, that it has one file."""
    if media != "multipart/form-data":
        return {}
    file = {"type": "string", "format": "binary"}
    return {"schema": {"type": "object", "required": ["file"], "properties": {"file": file}}}


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.door is Door.OPEN:
        return []
    return [{"token": []}] if route.door is Door.TOKEN else [{"node": []}]


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template="#/components/schemas/{model}")
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": sub}
        for name, sub in schema.get("properties", {}).items()
    ]


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {str(route.status): _success(route)}
    if route.etag:
        responses["304"] = {"description": "As before."}
    codes: dict[int, list[ErrorCode]] = {}
    for code in declared_errors(route):
        codes.setdefault(STATUS[code], []).append(code)
    for status, group in sorted(codes.items()):
        responses[str(status)] = {
            "description": ", ".join(code.value for code in group),
            "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
        }
    if route.method == "HEAD":
        return {status: {"description": told["description"]} for status, told in responses.items()}
    return responses


def _success(route: Route) -> dict[str, Any]:
    if route.answer is not None:
        (schema,), _ = msgspec.json.schema_components([route.answer], ref_template=REF)
        return {"description": "Done.", "content": {route.media: {"schema": schema}}}
    if route.status == 204 or 300 <= route.status < 400:
        return {"description": "Done, nothing to say."}
    return {"description": "Done.", "content": {route.media: {}}}


def _answer_schemas(routes: Iterable[Route]) -> dict[str, Any]:
    answers = [route.answer for route in routes if route.answer is not None]
    _, components = msgspec.json.schema_components([*answers, Problem], ref_template=REF)
    return components


def _body_schemas(routes: Iterable[Route]) -> dict[str, Any]:
    models: list[type[BaseModel]] = [route.body for route in routes if route.body is not None]
    models += [route.query for route in routes if route.query is not None]
    unique = list(dict.fromkeys(models))
    _, schema = models_json_schema(
        [(model, "validation") for model in unique],
        ref_template="#/components/schemas/{model}",
        schema_generator=GenerateJsonSchema,
    )
    queries = {route.query.__name__ for route in routes if route.query is not None}
    found: dict[str, Any] = schema.get("$defs", {})
    return {name: sub for name, sub in found.items() if name not in queries}


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
