"""How a village computer is, in words a person acts on, and which villages a sum does not yet hold. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api_spec.china_time import CHINA
from api_spec.records import SCHEMA
from backend.intake.values import LOST, NodeCard

ONLINE: Final = timedelta(minutes=30)
LATE: Final = timedelta(days=3)
"""Three days without a word: the survey's slowest repair, and a case's notice runs out after five working days."""
LEVEL: Final = timedelta(days=1)
"""A sum counts a village as in it if its computer has met the township within a day and had nothing left to send."""
COMPARED: Final = timedelta(days=3)
CLOCK_OFF_MS: Final = 5 * 60 * 1000
LITTLE_DISK_MB: Final = 500


@dataclass(frozen=True, slots=True)
class Health:
    """`tone` as the badges take it; `worries` say what to do something about; the highest `trouble` comes first."""

    word: str
    tone: str
    worries: tuple[str, ...]
    trouble: int = 0


@dataclass(frozen=True, slots=True)
class Behind:
    """A village whose cases may not all be here. `since`: when its computer was last level; None: never."""

    village_name: str
    since: datetime | None
    waiting: int


def health(card: NodeCard, at: datetime) -> Health:
    """How the node is at `at`, by what it said of itself last."""
    if card.node.revoked_at is not None:
        return Health("已停用", "", tuple(_revoked(card)), 1 if card.held else 0)
    worries = tuple(_worries(card, at))
    trouble = 10 + len(worries)
    if card.last_seen is None:
        return Health("还没有联系过", "warn", worries, trouble + 20)
    silent = at - card.last_seen
    if silent > LATE:
        return Health(f"{silent.days} 天没有联系", "bad", (*worries, "请打电话问一下村代办员"), trouble + 40)
    if silent > ONLINE:
        return Health(f"{_ago(silent)}前联系过", "info", worries, trouble)
    return Health("联网正常", "good", worries, trouble)


def by_trouble(cards: Iterable[NodeCard], at: datetime) -> list[tuple[NodeCard, Health]]:
    """Those that need somebody first; revoked computers last."""
    judged = [(card, health(card, at)) for card in cards]
    return sorted(judged, key=lambda one: (-one[1].trouble, one[0].village_name, one[0].node.number))


def line_of(card: NodeCard, health: Health) -> str:
    """One computer on one line, for the command line."""
    seen = card.last_seen.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if card.last_seen else "从未"
    machine = card.machine
    waiting = f"，没传上来 {machine.waiting[0]} 件、照片 {machine.waiting[1]} 张" if machine else ""
    worries = f"；{'；'.join(health.worries)}" if health.worries else ""
    return (
        f"{card.village_name} {card.node.number} 号机：{health.word}，最近联系 {seen}，版本 {card.app or '不明'}，"
        f"已收 {card.received} 条，已入备份 {card.safe} 条，搁置 {card.held} 条{waiting}{worries}"
    )


def behind(cards: Iterable[NodeCard], at: datetime) -> list[Behind]:
    """The villages a sum made at `at` does not surely hold, the longest silent first."""
    late: dict[str, Behind] = {}
    for card in cards:
        if card.node.revoked_at is not None:
            continue
        waiting = card.machine.waiting[0] if card.machine else 0
        if card.last_seen is not None and at - card.last_seen <= LEVEL and not waiting:
            continue
        found = Behind(card.village_name, card.last_seen, waiting)
        known = late.get(card.node.village_id)
        if known is None or _moment(found) < _moment(known):
            late[card.node.village_id] = found
    return sorted(late.values(), key=_moment)


def _moment(one: Behind) -> float:
    return one.since.timestamp() if one.since else 0.0


def _revoked(card: NodeCard) -> Iterator[str]:
    if card.held:
        yield f"有 {card.held} 条记录等镇里处理"


def _worries(card: NodeCard, at: datetime) -> Iterator[str]:
    machine = card.machine
    yield from _revoked(card)
    if card.epochs > 1:
        yield "数据恢复过或电脑换过，请和村代办员核对"
    if card.record_schema is not None and card.record_schema < SCHEMA:
        yield "程序版本旧，请到村里升级"
    yield from _compared(card.differs, card.compared_at, at)
    if machine is None:
        return
    if machine.waiting[0]:
        yield f"还有 {machine.waiting[0]} 件没传上来，最早的等了 {_ago(timedelta(seconds=machine.oldest_s))}"
    if machine.waiting[1]:
        yield f"还有 {machine.waiting[1]} 张照片没传上来"
    if machine.off_ms is not None and abs(machine.off_ms) > CLOCK_OFF_MS:
        yield f"电脑时间差 {abs(machine.off_ms) // 60_000} 分钟，请校准"
    if machine.disk_free_mb is not None and machine.disk_free_mb < LITTLE_DISK_MB:
        yield f"磁盘只剩 {machine.disk_free_mb} MB"


def _compared(differs: Sequence[str], compared_at: datetime | None, at: datetime) -> Iterator[str]:
    months = [each for each in differs if each != LOST]
    if LOST in differs:
        yield "核对时发现镇里缺它传过的件，已让它全部重传，请马上告诉维护人员"
    if months:
        yield f"每日核对有差异（{'、'.join(months)}），已让它重新取，请明天再看"
    if not differs and compared_at is not None and at - compared_at > COMPARED:
        yield f"{(at - compared_at).days} 天没有核对过"


def _ago(span: timedelta) -> str:
    """A span in the largest unit that says something."""
    if span.days:
        return f"{span.days} 天"
    hours, minutes = divmod(span.seconds // 60, 60)
    return f"{hours} 小时" if hours else f"{minutes} 分钟"
