"""Whatever row of cases, ratings, complaints, enquiries, bookings, tasks or papers is altered or taken away is named."""

from datetime import timedelta

import pytest

from api_spec.vocabulary import Role
from backend import db
from backend.actors import Actor
from backend.audit.proving import Kept
from backend.ledgers import LEDGERS
from tests.pages.sample import Bench, fill
from tests.support.township import Town

ALTERED = {
    "case_row": "department_id = 'police'",
    "case_task": "opened_seq = opened_seq + 1",
    "errand_row": "village_id = 'x'",
    "money_entry": "partner_receipt = 'x'",
    "document": "end_reason = 'x'",
    "review_occasion": "staff_id = 'x'",
    "review": "level = 'good', item_name = 'x'",
    "bad_review": "department_id = 'x'",
    "complaint": "received_by = 'x'",
    "box_opening": "letters = letters + 1",
    "enquiry": "first_id = 'x'",
    "appointment": "made_by = 'x'",
    "hall_ticket": "issued_at = issued_at + 1",
    "task": "owner_id = 'x'",
    "fee": "paper = 'x'",
}


NEXT_DAY = timedelta(days=1)


async def found(town: Town) -> set[tuple[str, str]]:
    """What does not hold of the rows; the sample township's anchor stands among days it went back to."""
    return {
        (one.what.value, one.subject_id)
        for one in await town.office.proving.findings(town.tenant_id, at=town.clock())
        if one.what is not Kept.ANCHOR
    }


def test_every_sealed_table_is_tried() -> None:
    assert {ledger.kind for ledger in LEDGERS} == set(ALTERED)


@pytest.mark.plan(52, 57)
async def test_every_kind_of_row_is_sealed_once_a_state_and_named_when_altered_or_removed(town: Town) -> None:
    await fill(town.office, at=town.clock())
    proving, tenant = town.office.proving, town.tenant_id
    assert await proving.seal(tenant, at=town.clock())
    assert await proving.seal(tenant, at=town.clock()) == 0
    assert await found(town) == set()
    hit: set[tuple[str, str]] = set()
    for ledger in LEDGERS:
        row = await db.row(f"SELECT id FROM {ledger.table} ORDER BY id LIMIT 1")  # noqa: S608
        if row is not None:
            hit.add((ledger.kind, row["id"]))
            await db.rows(f"UPDATE {ledger.table} SET {ALTERED[ledger.kind]} WHERE id = ?", [row["id"]])  # noqa: S608
    assert {kind for kind, _ in hit} == set(ALTERED) - {"box_opening", "fee"}
    assert await found(town) == hit


@pytest.mark.plan(52, 57)
async def test_removed_rows_and_removed_or_altered_moves_are_named(town: Town) -> None:
    sample = await fill(town.office, at=town.clock())
    await town.office.recount.run(town.clock())
    await town.office.proving.seal(town.tenant_id, at=town.clock())
    complaint, enquiry, bad = sample.voiced.complaint, sample.voiced.enquiry, sample.voiced.bad
    await db.rows("DELETE FROM complaint_event WHERE subject_id = ?", [complaint])
    await db.rows("UPDATE enquiry_event SET actor_id = 'x' WHERE subject_id = ? AND version = 1", [enquiry])
    await db.rows("UPDATE bad_review SET version = version + 1 WHERE id = ?", [bad])
    gone = await db.row("SELECT id FROM review ORDER BY id DESC LIMIT 1")
    booked = await db.row("SELECT id FROM appointment ORDER BY id LIMIT 1")
    late = await db.row("SELECT id FROM cases WHERE is_open = 1 AND due_on < '9999' ORDER BY id LIMIT 1")
    assert gone
    assert booked
    assert late
    await db.rows("DELETE FROM review WHERE id = ?", [gone["id"]])
    await db.rows("DELETE FROM appointment_event WHERE appointment_id = ?", [booked["id"]])
    await db.rows("UPDATE cases SET due_on = '9999-12-31' WHERE id = ?", [late["id"]])
    assert await found(town) == {
        ("complaint", complaint),
        ("enquiry", enquiry),
        ("bad_review", bad),
        ("review", gone["id"]),
        ("appointment", booked["id"]),
        ("case_days", late["id"]),
    }


@pytest.mark.plan(52, 57)
async def test_a_row_that_went_on_lawfully_holds_and_one_altered_with_its_seal_does_not_fit_the_anchor(
    town: Town,
) -> None:
    bench, proving = Bench(town.office, at=town.clock()), town.office.proving
    centre = Actor(id="c" * 32, roles=frozenset({Role.CENTRE_STAFF}), tenant_id=town.tenant_id)
    window = min(await town.office.catalogue.windows(town.tenant_id), key=lambda card: card.number).id
    desk = town.office.appointments
    come = await desk.walk_in(window, item_id=None, name="谢春花", priority=None, actor=centre, at=bench.at)
    await bench.file("SD-019", "王小妹")
    town.clock.advance(timedelta(minutes=10))
    await proving.run(town.clock())
    called = await desk.call_next(window, actor=centre, at=town.clock())
    assert called.id == come.id
    assert await found(town) == set()
    town.clock.advance(NEXT_DAY)
    await proving.run(town.clock())
    assert await proving.findings(town.tenant_id, at=town.clock()) == []
    row = await db.row(
        "SELECT stamp, digest FROM audit_seals WHERE row_id = ? ORDER BY stamp DESC", [come.id]
    )
    assert row
    assert row["stamp"] == called.version
    ledger = next(each for each in LEDGERS if each.kind == "appointment")
    await db.rows("UPDATE appointment SET made_by = 'x' WHERE id = ?", [come.id])
    await db.rows("DELETE FROM audit_seals WHERE row_id = ?", [come.id])
    assert [len(seals) async for seals in ledger.unsealed(town.tenant_id)] == [1]
    town.clock.advance(NEXT_DAY)
    await proving.seal(town.tenant_id, at=town.clock())
    broken = await proving.findings(town.tenant_id, at=town.clock())
    assert {(one.what, one.number) for one in broken} == {(Kept.ANCHOR, 1)}
