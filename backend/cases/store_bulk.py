"""Many cases at once for features that digest them, such as statistics. Reads only, away from the writing connection."""

from collections.abc import Sequence
from datetime import timedelta

from backend import db
from backend.cases.records import CaseRecord
from backend.cases.store import record_of

_BEFORE = """
    SELECT COUNT(*) AS found FROM cases AS earlier, cases AS this
    WHERE this.id = ? AND earlier.tenant_id = this.tenant_id AND earlier.document_index = this.document_index
        AND earlier.item_id = this.item_id AND earlier.id <> this.id
        AND earlier.received_at <= this.received_at AND earlier.received_at >= this.received_at - ?
"""


async def histories(case_ids: Sequence[str]) -> list[CaseRecord]:
    """The cases of these ids that there are, rebuilt and proved, in the order of their ids.

    Raises:
        ChainBroken: the history of one was tampered with.
    """
    if not case_ids:
        return []
    marks = ", ".join("?" * len(case_ids))
    found = await db.long_read(f"SELECT * FROM cases WHERE id IN ({marks}) ORDER BY id", case_ids)  # noqa: S608
    events = await db.long_read(
        f"SELECT * FROM case_events WHERE case_id IN ({marks}) ORDER BY case_id, seq",  # noqa: S608
        case_ids,
    )
    by_case: dict[str, list[db.Row]] = {}
    for event in events:
        by_case.setdefault(event["case_id"], []).append(event)
    return [record_of(row, by_case.get(row["id"], [])) for row in found]


async def ids_after(case_id: str, *, limit: int) -> list[str]:
    """Ids of every township's cases above one, in their order."""
    found = await db.long_read("SELECT id FROM cases WHERE id > ? ORDER BY id LIMIT ?", [case_id, limit])
    return [row["id"] for row in found]


async def open_ids(*, after: str, limit: int) -> list[str]:
    """Ids of every township's open cases above one, in their order."""
    found = await db.long_read(
        "SELECT id FROM cases WHERE is_open = 1 AND id > ? ORDER BY id LIMIT ?", [after, limit]
    )
    return [row["id"] for row in found]


async def asked_before(case_id: str, *, within: timedelta) -> bool:
    """Whether the same person had asked for the same item in the time before this case."""
    found = await db.long_read(_BEFORE, [case_id, within // timedelta(milliseconds=1)])
    return bool(found[0]["found"])
