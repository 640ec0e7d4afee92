"""Logs and refusals name ids, states and codes: never a person, a number, an address, a code of a slip, a token."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from backend import logs
from backend.demo.staff import PASSWORD
from tests.support.applications import application, counter_application
from tests.support.township import Answer, Caller, Town, id_number, identity

ADDRESS = "三都镇隐秘巷8号"
NAME = "欧阳无名"
PHONE = "13912345678"
NUMBER = id_number(321)
SLIP = "编0815"


class Ear:
    """Everything the township said while somebody went about their business."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.refusals: list[Any] = []

    async def send(self, method: str, path: str, body: Any = None) -> Answer:
        answer = await self.caller.call(method, path, json=body)
        if answer.status >= 400:
            self.refusals.append(answer.json)
        return answer


def told(said: list[Any], secrets: dict[str, str]) -> list[str]:
    """Which secrets are in what was said, by their names."""
    text = json.dumps(said, ensure_ascii=False, default=str)
    return [name for name, secret in secrets.items() if secret in text]


async def test_a_citizens_journey_leaves_ids_and_codes_in_the_log_and_nothing_else(town: Town) -> None:
    with capture_logs() as lines:
        citizen = await town.citizen()
        ear = Ear(citizen)
        await ear.send("PUT", "/v1/me/contact", {"phone": PHONE, "address": ADDRESS})
        filed = await ear.send("POST", "/v1/cases", application(town, "SD-003"))
        seen = await citizen.get(f"/v1/cases/{filed.json['case_id']}")
        code = filed.json["tracking_code"]
        await town.anyone.get(f"/v1/progress/{code}")
        await town.anyone.page(f"/c/{code}")
        own = identity(1)
        await ear.send("PUT", "/v1/me/identity", own | {"document_number": own["document_number"][:-1] + "?"})
        await ear.send("POST", "/v1/cases", application(town, "SD-003") | {"situation": ADDRESS})
        await ear.send("POST", "/v1/cases", application(town, "SD-003", number=2) | {"phone": PHONE + "0"})
        await ear.send("GET", f"/v1/progress/{code[:-1]}U")
        await town.anyone.page(f"/slips/{code}")
    assert seen.status == 200
    assert len(ear.refusals) == 4
    secrets = {
        "name": own["name"],
        "number": own["document_number"],
        "part of the number": own["document_number"][6:14],
        "phone": PHONE,
        "address": ADDRESS,
        "code": code,
        "part of the code": code[4:16],
        "token": citizen.token,
        "signature of the token": citizen.token.rpartition(".")[2],
    }
    assert told(lines, secrets) == []
    assert told(ear.refusals, secrets) == []
    assert {line["operation"] for line in lines} >= {"set_identity", "file_case", "show_progress"}


async def test_what_a_clerk_types_is_repeated_nowhere(town: Town) -> None:
    with capture_logs() as lines:
        clerk = await town.staff("social")
        ear = Ear(clerk)
        good = counter_application(town, "SD-003")
        person = {"name": NAME, "document_number": NUMBER, "phone": PHONE, "address": ADDRESS}
        await ear.send(
            "POST", "/v1/staff/cases", good | {"applicant": person | {"document_number": NUMBER[:-1] + "0"}}
        )
        await ear.send("POST", "/v1/staff/cases", good | {"applicant": person | {NAME: 1}})
        await ear.send(
            "POST", "/v1/staff/cases", good | {"applicant": person, "materials": {NUMBER: "present"}}
        )
        await ear.send("POST", "/v1/staff/cases", good | {"applicant": person, "answers": {NAME: PHONE}})
        await ear.send("GET", f"/v1/staff/cases?text={NUMBER}&colour={NAME}")
        await ear.send("POST", "/v1/staff/check-ins", {"code": SLIP})
    assert len(ear.refusals) >= 4
    secrets = {"name": NAME, "number": NUMBER, "phone": PHONE, "address": ADDRESS, "slip": SLIP}
    assert told(lines, secrets) == []
    facts = [refusal["facts"] for refusal in ear.refusals]
    assert told(facts, secrets) == []


async def test_a_failed_sign_in_says_neither_name_nor_password(town: Town) -> None:
    with capture_logs() as lines:
        ear = Ear(town.anyone)
        for _ in range(6):
            await ear.send("POST", "/v1/staff/session", {"login_name": NAME, "password": PASSWORD})
        await ear.send("POST", "/v1/session", {"code": "wx-secret-code"})
        await ear.send("POST", "/v1/session/refresh", {"refresh_token": "r" * 43})
    secrets = {"name": NAME, "password": PASSWORD, "code": "wx-secret-code", "refresh": "r" * 43}
    assert len(ear.refusals) == 8
    assert told([*lines, *ear.refusals], secrets) == []


@contextmanager
def logging_as_in_production(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure(as_json=True)
    try:
        yield written
    finally:
        structlog.reset_defaults()
        root.handlers[:], _ = before
        root.setLevel(before[1])


def test_a_failure_is_logged_by_its_places_not_by_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database quotes the row it refuses, a parser the text it cannot read."""
    with logging_as_in_production(monkeypatch) as written:
        try:
            try:
                int(NUMBER + "X")
            except ValueError as first:
                raise RuntimeError(f"row ({NAME}, {PHONE})") from first
        except RuntimeError:
            structlog.get_logger("township").exception("failed", operation="file_case")
            logging.getLogger("somebody.else").exception("unexpected")
    text = written.getvalue()
    assert "RuntimeError at test_log_hygiene.py" in text
    assert "ValueError at" in text
    assert all(secret not in text for secret in (NUMBER, NAME, PHONE))


async def test_a_header_that_is_no_http_is_not_quoted_in_the_log(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = await town.citizen()
    with logging_as_in_production(monkeypatch) as written:
        headers = {"Authorization": f"Bearer {citizen.token * 40}"}
        async with town.client.get("/v1/me", headers=headers) as answer:
            assert answer.status == 400
    assert "LineTooLong" in written.getvalue()
    assert citizen.token[:40] not in written.getvalue()
