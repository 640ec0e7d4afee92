"""Open errands with the days their rows keep, to reckon these anew, and the one write that changes nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend import db
from backend.proxy.deadlines import Dues
from backend.proxy.records import ErrandRecord
from backend.proxy.store import as_row, record_of
from backend.register.event_chain import ChainBroken

_RECKONED = """
    UPDATE errands SET due_on = ?, soon_on = ?, provisional = ? WHERE id = ? AND version = ? RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An errand and the days its row keeps."""

    record: ErrandRecord
    dues: Dues


async def open_ids(tenant_id: str) -> list[str]:
    found = await db.long_read("SELECT id FROM errands WHERE tenant_id = ? AND is_open = 1", [tenant_id])
    return [row["id"] for row in found]


async def kept(ids: Sequence[str]) -> list[Kept]:
    """The errands of these ids; one whose history was tampered with is left out: nothing can be reckoned from it."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = await db.rows(f"SELECT * FROM errands WHERE id IN ({marks})", ids)  # noqa: S608
    events: dict[str, list[db.Row]] = {}
    for event in await db.rows(
        f"SELECT * FROM errand_events WHERE errand_id IN ({marks}) ORDER BY errand_id, seq",  # noqa: S608
        ids,
    ):
        events.setdefault(event["errand_id"], []).append(event)
    found = []
    for row in rows:
        try:
            found.append(Kept(record_of(row, events.get(row["id"], [])), as_row(row).dues))
        except ChainBroken:
            continue
    return found


async def write(errand_id: str, version: int, dues: Dues) -> bool:
    """False: the errand was moved in between."""
    values = [dues.due_on, dues.soon_on, int(dues.provisional), errand_id, version]
    return await db.row(_RECKONED, values) is not None
