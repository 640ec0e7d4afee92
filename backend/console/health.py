"""How a village computer is, in words a person acts on. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.intake.service import NodeCard

ONLINE: Final = timedelta(minutes=30)
LATE: Final = timedelta(days=3)
"""Three days without a word: the survey's slowest repair, and a case's notice runs out after five working days."""
CLOCK_OFF_MS: Final = 5 * 60 * 1000
LITTLE_DISK_MB: Final = 500


@dataclass(frozen=True, slots=True)
class Health:
    """`tone` as the badges take it; `worries` say what to do something about."""

    word: str
    tone: str
    worries: tuple[str, ...]


def health(card: NodeCard, at: datetime) -> Health:
    """How the node is at `at`, by what it said of itself last."""
    if card.node.revoked_at is not None:
        return Health("已停用", "", ())
    worries = tuple(_worries(card))
    if card.last_seen is None:
        return Health("还没有联系过", "warn", worries)
    silent = at - card.last_seen
    if silent > LATE:
        return Health(f"{silent.days} 天没有联系", "bad", (*worries, "请打电话问一下村代办员"))
    if silent > ONLINE:
        return Health(f"{_ago(silent)}前联系过", "info", worries)
    return Health("联网正常", "good", worries)


def _worries(card: NodeCard) -> Iterator[str]:
    machine = card.machine
    if card.held:
        yield f"有 {card.held} 条记录等镇里处理"
    if card.epochs > 1:
        yield "数据恢复过或电脑换过，请和村代办员核对"
    if machine is None:
        return
    if machine.waiting[0]:
        yield f"还有 {machine.waiting[0]} 件没传上来，最早的等了 {_ago(timedelta(seconds=machine.oldest_s))}"
    if machine.off_ms is not None and abs(machine.off_ms) > CLOCK_OFF_MS:
        yield f"电脑时间差 {abs(machine.off_ms) // 60_000} 分钟，请校准"
    if machine.disk_free_mb is not None and machine.disk_free_mb < LITTLE_DISK_MB:
        yield f"磁盘只剩 {machine.disk_free_mb} MB"


def _ago(span: timedelta) -> str:
    """A span in the largest unit that says something."""
    if span.days:
        return f"{span.days} 天"
    hours, minutes = divmod(span.seconds // 60, 60)
    return f"{hours} 小时" if hours else f"{minutes} 分钟"
