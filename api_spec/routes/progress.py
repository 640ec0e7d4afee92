"""Public progress by tracking code; open to anyone who holds a slip."""

from api_spec.errors import ErrorCode
from api_spec.messages.progress import Progress
from api_spec.route import Door, Route

SHOW_PROGRESS = Route(
    name="show_progress",
    method="GET",
    path="/v1/progress/{code}",
    summary="凭查询码看进度",
    tag="progress",
    door=Door.OPEN,
    answer=Progress,
    errors=(ErrorCode.CODE_UNKNOWN, ErrorCode.CODE_INVALID),
)

ROUTES: tuple[Route, ...] = (SHOW_PROGRESS,)
