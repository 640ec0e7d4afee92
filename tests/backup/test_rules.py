"""When a backup is due, which are kept, and what is said about them."""

from datetime import UTC, datetime, timedelta

from backend.backup import rules
from backend.backup.values import BackupState, Manifest
from backend.instants import to_ms

MORNING = datetime(2026, 4, 10, 1, 0, tzinfo=UTC)
"""Nine in China."""


def made(at: datetime, state: BackupState = BackupState.VERIFIED, problem: str = "") -> Manifest:
    return Manifest(
        name=rules.name_of(at),
        state=state.value,
        made_ms=to_ms(at),
        dialect="sqlite",
        app="1",
        problem=problem,
    )


def days_ago(days: float) -> datetime:
    return MORNING - timedelta(days=days)


def test_the_daily_backup_waits_for_its_hour_in_china() -> None:
    one_at_night = datetime(2026, 4, 9, 17, 59, tzinfo=UTC)
    assert not rules.is_due([], at=one_at_night, hour=2)
    assert rules.is_due([], at=one_at_night + timedelta(minutes=1), hour=2)


def test_one_verified_backup_a_day_is_enough() -> None:
    assert not rules.is_due([made(MORNING - timedelta(hours=6))], at=MORNING, hour=2)
    assert rules.is_due([made(days_ago(1))], at=MORNING, hour=2)


def test_a_failed_backup_is_tried_again_after_an_hour() -> None:
    failed = made(MORNING, BackupState.FAILED)
    assert not rules.is_due([failed], at=MORNING + timedelta(minutes=59), hour=2)
    assert rules.is_due([failed], at=MORNING + timedelta(minutes=60), hour=2)


def test_old_backups_thin_out_to_fourteen_days_and_eight_weeks() -> None:
    every_night = [made(days_ago(days)) for days in range(100)]
    gone = {each.name for each in rules.thinned(every_night, at=MORNING)}
    kept = [each for each in every_night if each.name not in gone]
    ages = [round((to_ms(MORNING) - each.made_ms) / 86_400_000) for each in kept]
    assert ages[:14] == list(range(14))
    assert len(ages[14:]) == 6
    assert max(ages) < 56


def test_of_two_backups_of_one_day_the_later_is_kept() -> None:
    early, late = made(days_ago(1.2)), made(days_ago(1.1))
    assert rules.thinned([early, late, made(MORNING)], at=MORNING) == [early]


def test_the_newest_verified_backup_is_never_deleted() -> None:
    only = made(days_ago(400))
    assert rules.thinned([only, made(days_ago(1), BackupState.FAILED)], at=MORNING) == []


def test_a_failure_is_said_even_while_older_backups_are_good() -> None:
    cover = rules.cover([made(days_ago(1)), made(MORNING, BackupState.FAILED, "磁盘满了。")], at=MORNING)
    assert (cover.state, cover.verified_at) == ("failed", days_ago(1))
    assert "磁盘满了" in cover.sentence


def test_a_missed_night_is_said() -> None:
    assert rules.cover([], at=MORNING).state == "none"
    assert rules.cover([made(days_ago(1))], at=MORNING).state == "ok"
    assert rules.cover([made(days_ago(2))], at=MORNING).state == "late"
