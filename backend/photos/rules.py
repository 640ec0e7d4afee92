"""How much of their papers one citizen may send, and how long what nobody uses is kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api_spec.errors import ErrorCode
from backend.faults import Fault, Wrong

MOST_A_DAY: Final = 60
"""More than the longest checklist, photographed twice."""
DAY: Final = timedelta(days=1)
FULL_WAIT_S: Final = 3600
AT_ONCE: Final = 8
"""Photos in memory at one time, in each process: 80 MB."""
BUSY_WAIT_S: Final = 2
KEPT: Final = timedelta(days=90)
"""As long as a blob nobody names (sync/1, 2.11)."""
MOST_OF_ONE_PAPER: Final = 12

NO_SUCH: Final = "照片没有传上来，请重新上传这张。"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPhoto:
    """A photo a citizen has sent."""

    id: str
    tenant_id: str
    citizen_id: str
    sha: str
    size: int
    sent_at: datetime


def refuse_too_many(sent_today: int) -> None:
    """Raises Fault: TOO_MANY_REQUESTS."""
    if sent_today >= MOST_A_DAY:
        raise Fault(ErrorCode.TOO_MANY_REQUESTS, retry_after_s=FULL_WAIT_S)


def chosen(
    asked: Mapping[str, Sequence[str]], own: Mapping[str, OwnPhoto], *, field: str = "photos"
) -> list[tuple[str, OwnPhoto]]:
    """What is named under each paper, each photo once.

    Args:
        asked: ids by the code of the paper.
        own: the photos of whoever names them, by id.

    Raises:
        Fault: BODY_INVALID for every paper that names a photo which is not theirs or not here.
    """
    wrong = [
        Wrong(f"{field}.{code}", ErrorCode.NOT_FOUND, NO_SUCH)
        for code, ids in asked.items()
        if any(each not in own for each in ids)
    ]
    if wrong:
        raise Fault(ErrorCode.BODY_INVALID, wrong=wrong)
    return [(code, own[each]) for code, ids in asked.items() for each in dict.fromkeys(ids)]
