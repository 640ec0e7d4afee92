"""All queries of the hall. Rows go in and come out as the values of the pure files."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from api_spec.vocabulary import DayPeriod, DutyPlace
from backend.db import Row, insert_many, rows
from backend.hall.calendar import DayKind, SpecialDay
from backend.hall.hours import HoursException, Season, Span
from backend.hall.roster import Clerk, DutyChange, Pair
from backend.ids import new_id
from backend.instants import to_ms


async def special_days() -> Sequence[SpecialDay]:
    found = await rows("SELECT day, kind, holiday, notice, source FROM special_day")
    return [
        SpecialDay(
            date.fromisoformat(line["day"]),
            DayKind(line["kind"]),
            line["holiday"],
            line["notice"],
            line["source"],
        )
        for line in found
    ]


async def put_special_days(days: Iterable[SpecialDay], *, at: datetime) -> None:
    """Add the days; a day already there takes the new word."""
    await insert_many(
        "special_day",
        ("day", "kind", "holiday", "notice", "source", "loaded_at"),
        [(d.day.isoformat(), d.kind.value, d.holiday, d.notice, d.source, to_ms(at)) for d in days],
        conflict="ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, holiday = excluded.holiday,"
        " notice = excluded.notice, source = excluded.source, loaded_at = excluded.loaded_at",
    )


async def seasons() -> Sequence[tuple[str, Season]]:
    """Each with its township."""
    found = await rows("SELECT * FROM season ORDER BY id")
    return [
        (
            line["tenant_id"],
            Season(
                window_id=line["window_id"],
                name=line["name"],
                first=line["first_day"],
                last=line["last_day"],
                spans=_spans(line),
                slot_minutes=line["slot_minutes"],
                places=line["places"],
                walk_in_places=line["walk_in_places"],
            ),
        )
        for line in found
    ]


async def put_seasons(tenant_id: str, wanted: Iterable[Season]) -> None:
    """Add the seasons; one of the same window and name is replaced."""
    columns = ("name", "first_day", "last_day", "spans", "slot_minutes", "places", "walk_in_places")
    await insert_many(
        "season",
        ("id", "tenant_id", "window_id", *columns),
        [
            (
                new_id(),
                tenant_id,
                season.window_id,
                season.name,
                season.first,
                season.last,
                _span_text(season.spans),
                season.slot_minutes,
                season.places,
                season.walk_in_places,
            )
            for season in wanted
        ],
        conflict="ON CONFLICT (tenant_id, window_id, name) DO UPDATE SET "
        + ", ".join(f'"{column}" = excluded."{column}"' for column in columns[1:]),
    )


async def exceptions() -> Sequence[tuple[str, HoursException]]:
    """Each with its township."""
    found = await rows("SELECT * FROM hours_exception")
    return [
        (
            line["tenant_id"],
            HoursException(
                window_id=line["window_id"],
                day=date.fromisoformat(line["day"]),
                reason=line["reason"],
                spans=_spans(line),
            ),
        )
        for line in found
    ]


async def put_exception(tenant_id: str, exception: HoursException, *, by: str, at: datetime) -> None:
    await insert_many(
        "hours_exception",
        ("id", "tenant_id", "window_id", "day", "reason", "spans", "decided_by", "decided_at"),
        [
            (
                new_id(),
                tenant_id,
                exception.window_id,
                exception.day.isoformat(),
                exception.reason,
                _span_text(exception.spans),
                by,
                to_ms(at),
            )
        ],
        conflict="ON CONFLICT (tenant_id, window_id, day) DO UPDATE SET reason = excluded.reason,"
        " spans = excluded.spans, decided_by = excluded.decided_by, decided_at = excluded.decided_at",
    )


async def pairs() -> Sequence[tuple[str, Pair]]:
    """Each with its township."""
    found = await rows("SELECT * FROM duty_pair")
    return [
        (
            line["tenant_id"],
            Pair(
                window_id=line["window_id"],
                since=date.fromisoformat(line["since"]),
                a=Clerk(line["a_staff_id"], line["a_name"]),
                b=Clerk(line["b_staff_id"], line["b_name"]),
            ),
        )
        for line in found
    ]


async def put_pairs(tenant_id: str, wanted: Iterable[Pair]) -> None:
    """Add the pairs; one of the same window and day is replaced."""
    await insert_many(
        "duty_pair",
        ("id", "tenant_id", "window_id", "since", "a_staff_id", "a_name", "b_staff_id", "b_name"),
        [
            (
                new_id(),
                tenant_id,
                pair.window_id,
                pair.since.isoformat(),
                pair.a.staff_id,
                pair.a.name,
                pair.b.staff_id,
                pair.b.name,
            )
            for pair in wanted
        ],
        conflict="ON CONFLICT (window_id, since) DO UPDATE SET a_staff_id = excluded.a_staff_id,"
        " a_name = excluded.a_name, b_staff_id = excluded.b_staff_id, b_name = excluded.b_name",
    )


async def duty_changes() -> Sequence[tuple[str, DutyChange]]:
    """Each with its township."""
    found = await rows("SELECT * FROM duty_change")
    return [
        (
            line["tenant_id"],
            DutyChange(
                window_id=line["window_id"],
                day=date.fromisoformat(line["day"]),
                period=DayPeriod(line["period"]),
                place=DutyPlace(line["place"]),
                note=line["note"],
            ),
        )
        for line in found
    ]


async def put_duty_change(tenant_id: str, change: DutyChange, *, by: str, at: datetime) -> None:
    await insert_many(
        "duty_change",
        ("id", "tenant_id", "window_id", "day", "period", "place", "note", "decided_by", "decided_at"),
        [
            (
                new_id(),
                tenant_id,
                change.window_id,
                change.day.isoformat(),
                change.period.value,
                change.place.value,
                change.note,
                by,
                to_ms(at),
            )
        ],
        conflict="ON CONFLICT (window_id, day, period) DO UPDATE SET place = excluded.place,"
        " note = excluded.note, decided_by = excluded.decided_by, decided_at = excluded.decided_at",
    )


def _spans(line: Row) -> tuple[Span, ...]:
    pairs_of_minutes = msgspec.json.decode(line["spans"], type=list[tuple[int, int]])
    return tuple(Span(opens, closes) for opens, closes in pairs_of_minutes)


def _span_text(spans: Iterable[Span]) -> str:
    return msgspec.json.encode([(span.opens, span.closes) for span in spans]).decode()
