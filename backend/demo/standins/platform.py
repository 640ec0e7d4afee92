"""A 一体化平台 as `upward.http_platform` expects one, and strict: it holds every row against the tables before it takes it.

Checked: signature, table, width and alphabet of every code, times, order (a case is accepted before anything else of it),
reasons where a result needs one, and that a row sent again under its guid is the same row. Written apart from the
mapping it judges.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from aiohttp import web

from backend.demo.standins.hooks import NOT_SIGNED, Faults, answer, order_fault, signed

SECRET: Final = "whsec_ZGVtb25zdHJhdGlvbiBwbGF0Zm9ybSBrZXk="  # noqa: S105 - a stand-in has nothing to protect
TASK: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}[1-6][0-9A-Z]{12}")
PROJECT: Final = re.compile(rf"{TASK.pattern}20\d{{6}}\d{{4}}")
STAMP: Final = re.compile(r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])[0-5]\d[0-5]\d")
GUID: Final = re.compile(r"[0-9a-f]{32}")
NUMBER: Final = re.compile(r"\d{1,4}")
TEXT: Final = re.compile(r".{1,500}", re.DOTALL)
NAME: Final = re.compile(r".{1,200}")
PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{2,3}-\d{7,8}")


@dataclass(frozen=True, slots=True)
class Codes:
    """The code sets of one platform."""

    results: str
    reasons: str
    levels: str = "12345"


CODES: Final[Mapping[str, Codes]] = {
    "older": Codes("0123456", "125"),
    "shandong": Codes("0123456", "12345"),
    "hunan": Codes("012345678", "278"),
    "guangdong": Codes("0123456", "125"),
}


def one_of(codes: str) -> re.Pattern[str]:
    return re.compile(f"[{codes}]")


_COMMON: Final = {
    "task_code": TASK,
    "task_version": NUMBER,
    "org_code": re.compile(r"[0-9A-Z]{18}"),
    "data_source": NAME,
}
MUST: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "up_pro_accept": {
        "project_no": PROJECT,
        "project_name": NAME,
        "project_type": one_of("129"),
        "apply_date": STAMP,
        "accept_date": STAMP,
        "apply_type": one_of("12349"),
        "applyer_name": NAME,
        "applyer_type": one_of("12"),
        "applyer_page_type": re.compile(r"\d{3}"),
        "applyer_page_code": re.compile(r"[0-9A-Z]{6,20}"),
        "contact_mobile": PHONE,
    },
    "up_pro_material": {
        "project_no": PROJECT,
        "material_code": NAME,
        "material_name": NAME,
        "material_status": one_of("01"),
    },
    "up_pro_process": {
        "project_no": PROJECT,
        "step_code": NAME,
        "step_name": NAME,
        "step_status": one_of("12"),
        "step_action": re.compile("通过|退回|其他"),
        "start_date": STAMP,
        "end_date": STAMP,
    },
    "up_pro_special_procedure": {"project_no": PROJECT, "special_type": one_of("12"), "special_reason": TEXT},
    "up_pro_result": {"project_no": PROJECT, "result_type": re.compile(r"\d"), "result_date": STAMP},
    "up_review": {"satisfaction": one_of("12345"), "assess_date": STAMP, "assess_id": GUID},
    "up_task_general": {
        "task_name": NAME,
        "project_type": one_of("129"),
        "promise_day": re.compile(r"\d{1,3}"),
    },
}
MAY: Final = {
    "project_no": PROJECT,
    "promise_date": STAMP,
    "start_date": STAMP,
    "end_date": STAMP,
    "update_date": STAMP,
    "receive_date": STAMP,
    "special_days": NUMBER,
}


class _Row(msgspec.Struct):
    table: str
    row_guid: str
    operation: str
    fields: dict[str, str]


class _Batch(msgspec.Struct):
    batch_no: str
    rows: list[_Row]


class Refused(Exception):
    """`args`: the platform's code and its words."""


class PlatformStandin:
    """What the platform holds.

    Attributes:
        rows: by guid, as taken, in order.
        refuse: guids, tables or numbers to refuse on order, with a code.
    """

    def __init__(self, clock: Callable[[], datetime], *, profile: str = "older") -> None:
        self._clock = clock
        self._codes = CODES[profile]
        self.rows: dict[str, _Row] = {}
        self.refuse: dict[str, str] = {}
        self.faults = Faults()
        self.batches = 0

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/rows", self.take)
        app.router.add_get("/_standin/rows", self.listed)
        app.router.add_post("/_standin/faults", partial(order_fault, self.faults))
        return app

    def of(self, table: str) -> list[dict[str, str]]:
        """The rows of a table, in the order they came."""
        return [row.fields for row in self.rows.values() if row.table == table]

    async def take(self, request: web.Request) -> web.Response:
        if fault := self.faults.take():
            return self.faults.happen(fault, request)
        body = await request.read()
        if not signed(request, body, secret=SECRET, at=self._clock()):
            return answer({"error": "bad signature"}, status=NOT_SIGNED)
        self.batches += 1
        batch = msgspec.json.decode(body, type=_Batch)
        return answer({"receipts": [self._receipt(row) for row in batch.rows]})

    def _receipt(self, row: _Row) -> dict[str, Any]:
        try:
            self._check(row)
        except Refused as refused:
            code, reason = refused.args
            return {"row_guid": row.row_guid, "accepted": False, "code": code, "reason": reason}
        again = row.row_guid in self.rows
        self.rows[row.row_guid] = row
        return {"row_guid": row.row_guid, "accepted": True, "code": "again" if again else "new"}

    def _check(self, row: _Row) -> None:
        """Raises Refused."""
        wanted = MUST.get(row.table)
        if wanted is None or not GUID.fullmatch(row.row_guid):
            raise Refused("no_table", "没有这张表")
        if code := self.refuse.get(row.table):
            raise Refused(code, "按约定拒收")
        for name, pattern in {**_COMMON, **wanted}.items():
            if not pattern.fullmatch(row.fields.get(name, "")):
                raise Refused("bad_field", f"字段不合规：{name}")
        for name, pattern in MAY.items():
            if name in row.fields and not pattern.fullmatch(row.fields[name]):
                raise Refused("bad_field", f"字段不合规：{name}")
        self._check_result(row)
        self._check_order(row)
        self._check_same(row)

    def _check_result(self, row: _Row) -> None:
        code = row.fields.get("result_type", "")
        if code and code not in self._codes.results:
            raise Refused("bad_code", "办结结果代码不在本平台的代码表里")
        if code and code in self._codes.reasons and not row.fields.get("result_explain"):
            raise Refused("no_reason", "这种办结结果必须写明原因")

    def _check_order(self, row: _Row) -> None:
        number = row.fields.get("project_no", "")
        if not number or row.table == "up_pro_accept":
            return
        if not any(each["project_no"] == number for each in self.of("up_pro_accept")):
            raise Refused("no_accept", "还没有这件的受理信息")

    def _check_same(self, row: _Row) -> None:
        known = self.rows.get(row.row_guid)
        if known and row.operation == "I" and _plain(known) != _plain(row):
            raise Refused("other_content", "同一编号的内容不同")

    async def listed(self, _: web.Request) -> web.Response:
        return answer(list(self.rows.values()))


def _plain(row: _Row) -> dict[str, str]:
    return {name: text for name, text in row.fields.items() if name not in ("cd_batch", "cd_operation")}
