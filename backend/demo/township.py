"""The demonstration as a caller of its own township: what it needs from the API to bring a village up."""

import json
import urllib.request
from typing import Any

from backend.demo.plan import VILLAGE_CODE
from backend.demo.staff import PASSWORD

TIMEOUT_S = 30


class Township:
    """The township's API with a demo account's token."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._tokens: dict[str, str] = {}

    def enrolment_code(self) -> str:
        """A one-time code for the demo village's computer."""
        villages = self._call("GET", "/v1/township")["villages"]
        village = next(each["id"] for each in villages if each["code"] == VILLAGE_CODE)
        made = self._call("POST", f"/v1/staff/villages/{village}/enrolment-codes", login="admin")
        return str(made["code"])

    def a_tracking_code(self) -> str:
        """Of some case whose progress anyone may look at."""
        cases = self._call("GET", "/v1/staff/cases?limit=1", login="social")["cases"]
        return str(cases[0]["tracking_code"])

    def _token(self, login: str) -> str:
        if login not in self._tokens:
            body = {"login_name": login, "password": PASSWORD}
            self._tokens[login] = self._call("POST", "/v1/staff/session", body)["access_token"]
        return self._tokens[login]

    def _call(self, method: str, path: str, body: Any = None, *, login: str = "") -> Any:
        request = urllib.request.Request(self._url + path, method=method)  # noqa: S310 - our own loopback address
        if login:
            request.add_header("Authorization", f"Bearer {self._token(login)}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)
