"""Many cases at once for features that digest them, such as statistics. Reads only, away from the writing connection."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from backend import db
from backend.cases.records import CaseRecord
from backend.cases.store import record_of
from backend.register.event_chain import ChainBroken

_BEFORE = """
    SELECT this.id AS id FROM cases AS this WHERE this.id IN ({marks}) AND EXISTS (
        SELECT 1 FROM cases AS earlier
        WHERE earlier.tenant_id = this.tenant_id AND earlier.document_index = this.document_index
        AND earlier.item_id = this.item_id AND earlier.id <> this.id
        AND earlier.received_at <= this.received_at AND earlier.received_at >= this.received_at - ?
    )
"""


async def histories(case_ids: Sequence[str]) -> list[CaseRecord]:
    """The cases of these ids that there are, rebuilt and proved, in the order of their ids.

    Raises:
        ChainBroken: the history of one was tampered with.
    """
    return [record_of(row, events) for row, events in await _rows(case_ids)]


async def whole(case_ids: Sequence[str]) -> dict[str, CaseRecord]:
    """Those of these cases whose history proves, by id; a broken one is left out instead of stopping the others."""
    found: dict[str, CaseRecord] = {}
    for row, events in await _rows(case_ids):
        with suppress(ChainBroken):
            found[row["id"]] = record_of(row, events)
    return found


async def _rows(case_ids: Sequence[str]) -> list[tuple[db.Row, list[db.Row]]]:
    """Each case that there is with its events in order; two queries however many they are."""
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
    return [(row, by_case.get(row["id"], [])) for row in found]


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


async def asked_before(case_ids: Sequence[str], *, within: timedelta) -> set[str]:
    """Those of these cases whose person had asked for the same item in the time before."""
    if not case_ids:
        return set()
    sql = _BEFORE.format(marks=", ".join("?" * len(case_ids)))
    found = await db.long_read(sql, [*case_ids, within // timedelta(milliseconds=1)])
    return {row["id"] for row in found}
