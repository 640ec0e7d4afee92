"""All queries of the national numbers; everything else that goes upward lies in the outbox."""

from datetime import date

from backend.db import in_transaction, row, rows


async def project_no(case_id: str) -> str | None:
    """The number a case has already."""
    found = await row("SELECT project_no FROM upward_project WHERE case_id = ?", [case_id])
    return str(found["project_no"]) if found else None


async def next_serial(task_code: str, day: date) -> int:
    """The next of an item's numbers of a day; whoever asks holds the row until the commit.

    Raises:
        IntegrityError: above 9999, Tortoise's.
    """
    taken = await row(
        "INSERT INTO upward_serial (task_code, day, taken) VALUES (?, ?, 1)"
        " ON CONFLICT (task_code, day) DO UPDATE SET taken = upward_serial.taken + 1 RETURNING taken",
        [task_code, day],
    )
    if taken is None:
        raise RuntimeError("a counter that gives no number")
    return int(taken["taken"])


async def keep_number(tenant_id: str, case_id: str, number: str) -> str:
    """Keep the number of a case; the one it has if somebody was first."""
    async with in_transaction():
        await rows(
            "INSERT INTO upward_project (case_id, tenant_id, project_no) VALUES (?, ?, ?)"
            " ON CONFLICT (case_id) DO NOTHING",
            [case_id, tenant_id, number],
        )
        return await project_no(case_id) or number
