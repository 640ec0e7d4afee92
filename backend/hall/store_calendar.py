"""Takes a holiday notice into the calendar's table: new words in, dropped days out, in the caller's transaction."""

from datetime import datetime

from backend import db
from backend.hall.calendar_changes import CalendarChange
from backend.hall.store import put_special_days


async def take_over(change: CalendarChange, *, at: datetime) -> None:
    for day in change.dropped:
        await db.row("DELETE FROM special_day WHERE day = ? RETURNING day", [day])
    await put_special_days(change.notice, at=at)
