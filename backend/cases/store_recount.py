"""Open cases with the days their rows keep, to reckon these anew, and the one write that changes nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend import db
from backend.cases.records import CaseRecord, Dues
from backend.cases.store import kept_dues, record_of
from backend.register.event_chain import ChainBroken

_RECKONED = """
    UPDATE cases SET due_on = ?, soon_on = ?, promise_on = ?, provisional = ?
    WHERE id = ? AND version = ? RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A case and the days its row keeps."""

    record: CaseRecord
    dues: Dues


async def open_ids(tenant_id: str) -> list[str]:
    found = await db.long_read("SELECT id FROM cases WHERE tenant_id = ? AND is_open = 1", [tenant_id])
    return [row["id"] for row in found]


async def kept(ids: Sequence[str]) -> list[Kept]:
    """The cases of these ids; one whose history was tampered with is left out: nothing can be reckoned from it."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = await db.rows(f"SELECT * FROM cases WHERE id IN ({marks})", ids)  # noqa: S608
    events: dict[str, list[db.Row]] = {}
    for event in await db.rows(
        f"SELECT * FROM case_events WHERE case_id IN ({marks}) ORDER BY case_id, seq",  # noqa: S608
        ids,
    ):
        events.setdefault(event["case_id"], []).append(event)
    found = []
    for row in rows:
        try:
            found.append(Kept(record_of(row, events.get(row["id"], [])), kept_dues(row)))
        except ChainBroken:
            continue
    return found


async def write(case_id: str, version: int, dues: Dues) -> bool:
    """False: the case was moved in between."""
    values = [dues.due_on, dues.soon_on, dues.promise_on, int(dues.provisional), case_id, version]
    return await db.row(_RECKONED, values) is not None
