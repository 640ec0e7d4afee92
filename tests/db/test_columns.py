"""What a column gives back is what went in, and its stored form is one on both databases."""

import asyncio
import inspect
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.proving import LogState, Proving
from backend.audit.service import Audit
from backend.audit.tables import AuditRow
from backend.columns import Choice, Day, Id, Instant, Json
from backend.db import rows
from backend.ids import new_id, new_id_at
from backend.instants import from_ms, to_ms

CHINA = timezone(timedelta(hours=8))
NINE = datetime(2026, 4, 10, 9, 0, tzinfo=CHINA)


def _row(**fields: object) -> AuditRow:
    given = {
        "id": new_id(),
        "tenant_id": "0" * 32,
        "number": 1,
        "at": NINE,
        "actor_id": "someone",
        "actor_roles": "window",
        "action": AuditAction.SIGN_IN,
        "subject_kind": "account",
        "subject_id": "someone",
        "reason": "",
        "facts": {},
        "prev_hash": b"",
        "hash": b"",
    }
    return AuditRow(**(given | fields))


@pytest.mark.usefixtures("db")
async def test_a_row_comes_back_as_it_was_written() -> None:
    written = _row(facts={"姓": "?", "n": "1"}, hash=b"\x00\xff", at=NINE.replace(microsecond=123_456))
    await written.save()
    read = await AuditRow.get(id=written.id)
    assert read.at == written.at == NINE.replace(microsecond=123_000)
    assert read.at.tzinfo is UTC
    assert read.action is AuditAction.SIGN_IN
    assert read.facts == {"姓": "?", "n": "1"}
    assert read.hash == b"\x00\xff"


@pytest.mark.usefixtures("db")
async def test_raw_sql_sees_the_same_form_on_both_databases() -> None:
    await _row(facts={"b": "2", "a": "低保"}).save()
    (found,) = await rows('SELECT "at", "action", "facts" FROM audit_log WHERE "at" = ?', [NINE])
    assert found == {"at": 1_775_782_800_000, "action": "sign_in", "facts": '{"a":"低保","b":"2"}'}


@pytest.mark.usefixtures("db")
async def test_a_moment_is_found_whatever_zone_it_is_asked_in() -> None:
    await _row().save()
    asked = NINE.astimezone(UTC)
    assert await AuditRow.filter(at=asked).count() == 1
    assert await AuditRow.filter(at=NINE).count() == 1
    assert await AuditRow.filter(at__gte=asked, at__lt=asked + timedelta(milliseconds=1)).count() == 1
    assert await AuditRow.filter(at__in=[asked]).count() == 1
    assert await AuditRow.filter(at__gt=NINE).count() == 0
    assert await AuditRow.filter(action=AuditAction.SIGN_IN).count() == 1
    assert await AuditRow.filter(action__in=[AuditAction.SIGN_OUT]).count() == 0


@pytest.mark.usefixtures("db")
async def test_a_naive_moment_is_refused_wherever_it_goes_in() -> None:
    naive = NINE.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        _row(at=naive)
    with pytest.raises(ValueError, match="aware"):
        await AuditRow.filter(at=naive).count()
    with pytest.raises(ValueError, match="aware"):
        await rows("SELECT ? AS at", [naive])


@pytest.mark.usefixtures("db")
async def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="boil"):
        await AuditRow.filter(action="boil").count()


@pytest.mark.usefixtures("db")
async def test_the_database_itself_keeps_the_constraints_of_a_table() -> None:
    await _row().save()
    with pytest.raises(IntegrityError):
        await _row().save()
    with pytest.raises(IntegrityError):
        await _row(number=0).save()


def test_a_day_is_kept_as_text_and_is_no_moment() -> None:
    day = Day()
    assert day.to_db_value(date(2026, 4, 10), AuditRow) == "2026-04-10"
    assert day.to_python_value("2026-04-10") == date(2026, 4, 10)
    with pytest.raises(TypeError):
        day.to_db_value(NINE, AuditRow)


def test_a_bare_string_is_no_json_value() -> None:
    with pytest.raises(TypeError):
        Json(dict[str, str]).to_db_value("text", AuditRow)


@pytest.mark.parametrize(
    ("field", "stock"),
    [
        (Instant(null=True), "fields.data.BigIntField"),
        (Day(), "fields.data.CharField"),
        (Choice(Role), "fields.data.CharField"),
        (Json(list[str]), "fields.data.TextField"),
        (Id(primary_key=True), "fields.data.CharField"),
    ],
)
def test_a_migration_sees_the_stock_column(field: Instant[datetime], stock: str) -> None:
    path, _, options = field.deconstruct()
    assert path == f"tortoise.{stock}"
    assert not any(inspect.isclass(value) for value in options.values())
    assert field.describe(serializable=True)["field_type"] == stock.rsplit(".", 1)[1]


@given(st.datetimes(timezones=st.sampled_from([UTC, CHINA])))
def test_milliseconds_keep_every_moment_to_the_millisecond(at: datetime) -> None:
    assert timedelta(0) <= at - from_ms(to_ms(at)) < timedelta(milliseconds=1)


@given(st.binary(min_size=10, max_size=10))
def test_an_id_is_a_uuid_of_version_7_that_begins_with_its_time(random: bytes) -> None:
    made = new_id_at(NINE, random)
    assert len(made) == 32
    assert int(made[:12], 16) == to_ms(NINE)
    assert made[12] == "7"
    assert made[16] in "89ab"
    assert made < new_id_at(NINE + timedelta(milliseconds=1), bytes(10))


def test_a_thousand_ids_are_a_thousand() -> None:
    assert len({new_id() for _ in range(1_000)}) == 1_000


CLERK = Actor(id="clerk", roles=frozenset({Role.WINDOW}), tenant_id="1" * 32)


async def _read(case_id: str) -> None:
    await Audit().record(
        AuditAction.READ_IDENTITY,
        actor=CLERK,
        at=NINE,
        subject_kind="case",
        subject_id=case_id,
        reason="核对",
    )


async def _none(_: str) -> tuple[tuple[str, str], ...]:
    return ()


async def _proved() -> LogState:
    proving = Proving(Audit(), (), rows=(), astray=_none, tenant_ids=tuple)
    return await proving.log_state(CLERK.tenant_id, at=NINE, whole=True)


@pytest.mark.usefixtures("db")
async def test_the_audit_log_of_many_at_once_is_one_unbroken_chain() -> None:
    await asyncio.gather(*(_read(f"case-{n}") for n in range(20)))
    entries = await Audit().latest(CLERK.tenant_id, limit=100)
    assert [entry.number for entry in entries] == list(range(20, 0, -1))
    assert (await _proved()).broken is None
    (about,) = await Audit().about(CLERK.tenant_id, "case", "case-7")
    assert (about.reason, about.actor_roles, about.at) == ("核对", "window", NINE)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("tamper", "shows_at"),
    [
        ("UPDATE audit_log SET reason = '另一个' WHERE number = 2", 2),
        ("DELETE FROM audit_log WHERE number = 1", 1),
        ("UPDATE audit_log SET hash = prev_hash WHERE number = 3", 3),
    ],
)
async def test_a_changed_audit_log_shows_where(tamper: str, shows_at: int) -> None:
    for n in range(3):
        await _read(f"case-{n}")
    await rows(tamper)
    assert (await _proved()).broken == shows_at
