"""Health and metrics."""

from api_spec.errors import ErrorCode
from api_spec.messages.health import Health
from api_spec.route import Door, Route

SHOW_HEALTH = Route(
    name="show_health",
    method="GET",
    path="/v1/health",
    summary="Whether the township answers and its database does.",
    tag="operation",
    door=Door.OPEN,
    answer=Health,
)
SHOW_METRICS = Route(
    name="show_metrics",
    method="GET",
    path="/v1/metrics",
    summary="Counters for Prometheus; only to a caller on the same machine.",
    tag="operation",
    door=Door.OPEN,
    media="text/plain",
    errors=(ErrorCode.NOT_FOUND,),
)

ROUTES: tuple[Route, ...] = (SHOW_HEALTH, SHOW_METRICS)
