"""All queries of leaves and hand-overs. A township's roster is held while somebody changes it, so that no two leaves together
empty a window."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from api_spec.vocabulary import DayPeriod, LeaveReason
from backend import db
from backend.db import Row
from backend.hall import store
from backend.hall.handing import Counted, HandOver
from backend.hall.roster import Clerk, HalfDay, Leave, Roster
from backend.instants import from_ms, to_ms

_HAND_OVER = (
    "id, tenant_id, window_id, from_staff_id, from_name, to_staff_id, to_name, open_cases, open_errands, due_soon,"
    " money_fen, papers, note, at, seen_at"
)


async def hold(tenant_id: str) -> None:
    """Make others who want to change this township's roster wait until this transaction is over."""
    await db.rows("UPDATE duty_pair SET a_name = a_name WHERE tenant_id = ?", [tenant_id])


async def roster(tenant_id: str) -> Roster:
    """The roster as the database has it, inside the transaction that changes it."""
    return Roster(
        [pair for tenant, pair in await store.pairs() if tenant == tenant_id],
        [change for tenant, change in await store.duty_changes() if tenant == tenant_id],
        [leave for tenant, leave in await leaves() if tenant == tenant_id],
    )


async def leaves() -> Sequence[tuple[str, Leave]]:
    """Each with its township; those taken back are left out."""
    found = await db.rows("SELECT * FROM duty_leave WHERE ended_at IS NULL ORDER BY first_day, id")
    return [(line["tenant_id"], _leave(line)) for line in found]


async def add_leave(tenant_id: str, leave: Leave, *, by: str, at: datetime) -> None:
    await db.insert_many(
        "duty_leave",
        (
            "id",
            "tenant_id",
            "staff_id",
            "first_day",
            "first_period",
            "last_day",
            "last_period",
            "reason",
            "decided_by",
            "decided_at",
            "ended_by",
        ),
        [
            (
                leave.id,
                tenant_id,
                leave.staff_id,
                leave.first.day.isoformat(),
                leave.first.period.value,
                leave.last.day.isoformat(),
                leave.last.period.value,
                leave.reason.value,
                by,
                to_ms(at),
                "",
            )
        ],
    )


async def end_leave(tenant_id: str, leave_id: str, *, by: str, at: datetime) -> Leave | None:
    """Take a leave back; None if there is none to take back."""
    ended = await db.row(
        "UPDATE duty_leave SET ended_at = ?, ended_by = ? WHERE id = ? AND tenant_id = ? AND ended_at IS NULL"
        " RETURNING *",
        [to_ms(at), by, leave_id, tenant_id],
    )
    return _leave(ended) if ended else None


async def drop_changes(window_id: str, half_days: Iterable[HalfDay]) -> None:
    """Forget what was said of half days a later word overrides."""
    await db.execute_many(
        "DELETE FROM duty_change WHERE window_id = ? AND day = ? AND period = ?",
        [(window_id, each.day.isoformat(), each.period.value) for each in half_days],
    )


async def add_hand_over(tenant_id: str, done: HandOver) -> None:
    columns = tuple(_HAND_OVER.split(", "))
    await db.insert_many(
        "duty_hand_over",
        columns[:-1],
        [
            (
                done.id,
                tenant_id,
                done.window_id,
                done.giver.staff_id,
                done.giver.name,
                done.taker.staff_id,
                done.taker.name,
                done.counted.open_cases,
                done.counted.open_errands,
                done.counted.due_soon,
                done.counted.money_fen,
                done.papers,
                done.note,
                to_ms(done.at),
            )
        ],
    )


async def hand_overs(tenant_id: str, *, limit: int) -> list[HandOver]:
    """The township's, newest first."""
    found = await db.rows(
        f"SELECT {_HAND_OVER} FROM duty_hand_over WHERE tenant_id = ? ORDER BY at DESC, id DESC LIMIT ?",  # noqa: S608
        [tenant_id, limit],
    )
    return [_hand_over(row) for row in found]


async def unseen(staff_id: str) -> list[HandOver]:
    """What was handed to a person who has not looked at it yet, oldest first."""
    found = await db.rows(
        f"SELECT {_HAND_OVER} FROM duty_hand_over WHERE to_staff_id = ? AND seen_at IS NULL ORDER BY at, id",  # noqa: S608
        [staff_id],
    )
    return [_hand_over(row) for row in found]


async def mark_seen(staff_id: str, hand_over_id: str, *, at: datetime) -> bool:
    """False: it was not handed to this person, or was seen before."""
    seen = await db.row(
        "UPDATE duty_hand_over SET seen_at = ? WHERE id = ? AND to_staff_id = ? AND seen_at IS NULL RETURNING id",
        [to_ms(at), hand_over_id, staff_id],
    )
    return seen is not None


def _leave(line: Row) -> Leave:
    return Leave(
        id=line["id"],
        staff_id=line["staff_id"],
        first=HalfDay(date.fromisoformat(line["first_day"]), DayPeriod(line["first_period"])),
        last=HalfDay(date.fromisoformat(line["last_day"]), DayPeriod(line["last_period"])),
        reason=LeaveReason(line["reason"]),
    )


def _hand_over(line: Row) -> HandOver:
    return HandOver(
        id=line["id"],
        window_id=line["window_id"],
        giver=Clerk(line["from_staff_id"], line["from_name"]),
        taker=Clerk(line["to_staff_id"], line["to_name"]),
        counted=Counted(
            open_cases=line["open_cases"],
            open_errands=line["open_errands"],
            due_soon=line["due_soon"],
            money_fen=line["money_fen"],
        ),
        papers=line["papers"],
        note=line["note"],
        at=from_ms(line["at"]),
        seen_at=None if line["seen_at"] is None else from_ms(line["seen_at"]),
    )
