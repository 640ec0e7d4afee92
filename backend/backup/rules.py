"""When a backup is due, which old ones are kept, and whether the township is well covered. Pure: values and a clock in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api_spec.china_time import CHINA, day_in_china, minute_in_china
from backend.backup.values import BackupState, Manifest

KEPT_DAYS: Final = 14
KEPT_WEEKS: Final = 8
TRY_AGAIN: Final = timedelta(hours=1)
LATE: Final = timedelta(hours=36)
"""A night was missed and the next morning has come."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How well the township is covered by backups, for pages, health and log.

    Args:
        state: ok, none (nothing verified yet), late, or failed (the latest try did not succeed).
        verified_at: when the newest verified backup was made.
        sentence: what to do, "" if nothing.
    """

    state: str
    verified_at: datetime | None
    sentence: str


def name_of(at: datetime) -> str:
    """The folder's name: the moment in China, so that it sorts and the administrator recognises it."""
    return at.astimezone(CHINA).strftime("%Y%m%d-%H%M%S")


def is_due(backups: Sequence[Manifest], *, at: datetime, hour: int) -> bool:
    """Whether the daily backup should start: after `hour` in China, once a day, an hour after a failed try."""
    if minute_in_china(at) < hour * 60:
        return False
    today = [each for each in backups if day_in_china(_made(each)) == day_in_china(at)]
    if any(each.is_verified for each in today):
        return False
    return not any(at - _made(each) < TRY_AGAIN for each in today)


def thinned(backups: Sequence[Manifest], *, at: datetime) -> list[Manifest]:
    """Those to delete: all but the newest verified one of each of the last 14 days and 8 weeks.

    The newest verified backup always stays, and of the failed ones what was made in the last 14 days, to be read.
    """
    verified = sorted(
        (each for each in backups if each.is_verified), key=lambda each: each.made_ms, reverse=True
    )
    keep: set[str] = {each.name for each in verified[:1]}
    days: set[str] = set()
    weeks: set[str] = set()
    for each in verified:
        made = _made(each).astimezone(CHINA)
        day, week = made.strftime("%Y-%m-%d"), made.strftime("%G-%V")
        if at - made < timedelta(days=KEPT_DAYS) and day not in days:
            keep.add(each.name)
        if at - made < timedelta(weeks=KEPT_WEEKS) and week not in weeks:
            keep.add(each.name)
        days.add(day)
        weeks.add(week)
    for each in backups:
        if not each.is_verified and at - _made(each) < timedelta(days=KEPT_DAYS):
            keep.add(each.name)
    return [each for each in backups if each.name not in keep]


def cover(backups: Sequence[Manifest], *, at: datetime) -> Cover:
    """How well the township is covered at `at`."""
    finished = sorted(
        (each for each in backups if each.state != BackupState.RUNNING), key=lambda each: each.made_ms
    )
    verified = [each for each in finished if each.is_verified]
    last = _made(verified[-1]) if verified else None
    if finished and not finished[-1].is_verified:
        return Cover("failed", last, f"最近一次备份没有成功：{finished[-1].problem}")
    if last is None:
        return Cover("none", None, "还没有一份验证过的备份，请现在就做一份。")
    if at - last > LATE:
        return Cover(
            "late", last, "超过一天半没有新的备份，请看看备份文件夹是不是满了，或程序有没有在夜里停过。"
        )
    if damaged := verified[-1].blobs_damaged:
        return Cover(
            "ok", last, f"最近一份备份里有 {damaged} 张照片打不开或不见了，请找更早的备份，并检查磁盘。"
        )
    return Cover("ok", last, "")


def _made(backup: Manifest) -> datetime:
    return datetime.fromtimestamp(backup.made_ms / 1000, tz=CHINA)
