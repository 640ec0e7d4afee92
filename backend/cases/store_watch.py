"""Which open cases a day brings nearer to a limit, or past it: found by their days, never all of them read."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from api_spec.vocabulary import CaseState
from backend import db
from backend.cases.deadlines import NO_DAY

Place = tuple[date, str]
BEGINNING: Final[Place] = (date.min, "")

NEAR: Final = """
    SELECT id, due_on FROM cases
    WHERE tenant_id = ? AND is_open = 1 AND due_on < '9999-12-31' AND (due_on, id) > (?, ?)
        AND (due_on <= ? OR (soon_on <= ? AND soon_on > ?))
    ORDER BY due_on, id LIMIT ?
"""
_STANDING: Final = """
    SELECT id, due_on FROM cases WHERE tenant_id = ? AND state = ? AND (due_on, id) > (?, ?)
    ORDER BY due_on, id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Near:
    """One case to look at, and the place behind which the next page begins."""

    case_id: str
    place: Place


async def near(tenant_id: str, *, today: date, since: date, after: Place, limit: int) -> list[Near]:
    """A page of cases whose limits have to be looked at on `today`, in the order of their days.

    Those due or late, those nearly due since the day after `since`, and at the end those in a special procedure,
    whose own day stands still.
    """
    found = await db.long_read(NEAR, [tenant_id, *after, today, today, since, limit])
    if len(found) < limit:
        behind = max(after, (NO_DAY, ""))
        rest = [tenant_id, CaseState.SPECIAL, *behind, limit - len(found)]
        found = [*found, *await db.long_read(_STANDING, rest)]
    return [Near(row["id"], (date.fromisoformat(row["due_on"]), row["id"])) for row in found]
