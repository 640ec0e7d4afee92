"""The one middleware: request id, timing, metrics, log line, and refusals as problems or pages.

One middleware instead of four: measured 0.82 of a handler without any, against about 0.3 for aiohttp's access
log plus separate ones. Logs carry route names, codes and ids; never a path, a body or a person.
"""

import itertools
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram

from api_spec.errors import STATUS, ErrorCode
from backend.db import is_storage_trouble
from backend.edge.answers import problem
from backend.edge.pages import error_page
from backend.edge.requests import ROUTE
from backend.faults import Fault

SLOW_S = 0.5
SAMPLE = 100
DISK_WAIT_S = 60
API_PREFIXES = ("/v1/", "/sync/")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

log = structlog.get_logger("township")


class Meter:
    """Request metrics with the label children kept: 0.6 µs an observation against 1.4 µs with `labels()` each time."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "request_seconds", "Time to answer.", ["operation"], registry=self.registry, buckets=BUCKETS
        )
        self._answers = Counter(
            "answers_total",
            "Answers by operation and status.",
            ["operation", "status"],
            registry=self.registry,
        )
        self._kept: dict[tuple[str, int], tuple[Any, Any]] = {}

    def count(self, operation: str, status: int, seconds: float) -> None:
        key = (operation, status)
        kept = self._kept.get(key)
        if kept is None:
            kept = (self._seconds.labels(operation), self._answers.labels(operation, str(status)))
            self._kept[key] = kept
        kept[0].observe(seconds)
        kept[1].inc()


METER: web.AppKey[Meter] = web.AppKey("meter", Meter)

_boot = os.urandom(4).hex()
_numbers = itertools.count(1)

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def observe(request: web.Request, handler: Next) -> web.StreamResponse:
    started = time.perf_counter()
    number = next(_numbers)
    request_id = f"{_boot}-{number:x}"
    code: ErrorCode | None = None
    try:
        answer = await handler(request)
    except Fault as fault:
        code = fault.code
        answer = _refusal(request, fault, request_id)
    except web.HTTPException as refused:
        code, answer = _http_refusal(request, refused, request_id)
    except Exception as failure:
        log.exception("failed", operation=operation(request), request_id=request_id)
        unexpected = _unexpected(failure)
        code = unexpected.code
        answer = _refusal(request, unexpected, request_id)
    seconds = time.perf_counter() - started
    request.app[METER].count(operation(request), answer.status, seconds)
    if not answer.prepared:
        answer.headers["X-Request-Id"] = request_id
    if code is not None or seconds > SLOW_S or number % SAMPLE == 0:
        _line(request, answer.status, code, seconds, request_id)
    return answer


def _unexpected(failure: Exception) -> Fault:
    """A disk that is full or broken for now is not the request's fault: a village keeps its records and comes again.

    Told as INTERNAL, it would take its next record for one that breaks the township, and send it unparsed.
    """
    if is_storage_trouble(failure):
        return Fault(ErrorCode.BUSY, retry_after_s=DISK_WAIT_S)
    return Fault(ErrorCode.INTERNAL)


def operation(request: web.Request) -> str:
    """The route's name, or its template: never the path, which may hold a code."""
    route = request.get(ROUTE)
    if route is not None:
        return str(route.name)
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


def _line(request: web.Request, status: int, code: ErrorCode | None, seconds: float, request_id: str) -> None:
    log.info(
        "answered",
        operation=operation(request),
        method=request.method,
        status=status,
        code=code.value if code else "",
        ms=round(seconds * 1000, 1),
        request_id=request_id,
    )


def _refusal(request: web.Request, fault: Fault, request_id: str) -> web.StreamResponse:
    if request.path.startswith(API_PREFIXES):
        return problem(fault.code, facts=fault.facts, wrong=fault.wrong, request_id=request_id)
    return error_page(request, fault, request_id)


def _http_refusal(
    request: web.Request, refused: web.HTTPException, request_id: str
) -> tuple[ErrorCode | None, web.StreamResponse]:
    """aiohttp's own refusals in the office's words; its redirects pass."""
    if refused.status < 400:
        return None, refused
    if isinstance(refused, web.HTTPMethodNotAllowed):
        fault = Fault(ErrorCode.METHOD_NOT_ALLOWED, allow=", ".join(sorted(refused.allowed_methods)))
    else:
        code = next((code for code in HTTP_CODES if STATUS[code] == refused.status), ErrorCode.NOT_FOUND)
        fault = Fault(code)
    return fault.code, _refusal(request, fault, request_id)


HTTP_CODES = (
    ErrorCode.NOT_FOUND,
    ErrorCode.BODY_TOO_LARGE,
    ErrorCode.MEDIA_TYPE,
    ErrorCode.BODY_NOT_JSON,
)
