"""What every page shows: whose service point this is, what has not gone up, when the township was last met."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from aiohttp import web

from api_spec.china_time import CHINA
from village_node.desk.slips import moment
from village_node.station import Station
from village_node.sticks.bundles import HandedOver, Standing
from village_node.storage.disk import Room
from village_node.sync.exchange import Failure
from village_node.sync.synchroniser import LOST_THERE

STATION: web.AppKey[Station] = web.AppKey("station")

_TROUBLE: Final = {
    Failure.LINE: "现在连不上镇里，网络通了会自动再试。",
    Failure.TOO_LARGE: "网络太慢，正在改成少量多次上传。",
    Failure.CUT: "网络时断时续，会自动再试，一次少传一些。",
    Failure.SLOW: "网络太慢，正在改成少量多次上传。",
    Failure.BROKEN: "镇里的系统出了故障，会自动再试。",
    Failure.BUSY: "镇里正忙，稍后自动再试。",
    Failure.REVOKED: "镇里已停用这台电脑。已收的件都还在，新收的件传上去以后由镇里人工处理。请打电话给镇政务服务中心；要继续使用，请向镇里要一个新登记码。",
    Failure.REFUSED: "镇里没有认出这台电脑，请打电话给镇政务服务中心。已收的件都还在。",
}
_STARTED_OVER_SHOWN_MS: Final = 7 * 24 * 3600 * 1000
CLOCK_WARNING_MS: Final = 5 * 60 * 1000


@dataclass(frozen=True, slots=True)
class SyncLine:
    """The line at the top of every page.

    Args:
        oldest: how long the oldest record has waited here, "" below a minute.
        as_of: when this was looked up, by this computer's clock.
    """

    waiting: int
    photos: int
    oldest: str
    as_of: str
    stick: str
    met: str
    trouble: str
    clock_wrong: bool
    room: Room
    started_over: str
    first_try: bool

    @property
    def unsent(self) -> bool:
        return bool(self.waiting or self.photos)


def station(request: web.Request) -> Station:
    return request.app[STATION]


def china_day(at_ms: int) -> date:
    """The day in China of a moment by this computer's clock."""
    return datetime.fromtimestamp(at_ms / 1000, CHINA).date()


def ago(passed_ms: int) -> str:
    """How long ago by this computer's clock; a clock that was put back says "just now"."""
    passed = waited(passed_ms)
    return f"{passed}前" if passed else "刚才"


def waited(passed_ms: int) -> str:
    """How long something has waited, in its largest unit; "" below a minute or after a clock was put back."""
    minutes = max(0, passed_ms) // 60_000
    if minutes < 60:
        return f"{minutes} 分钟" if minutes else ""
    return f"{minutes // 60} 小时" if minutes < 24 * 60 else f"{minutes // (24 * 60)} 天"


def _on_a_stick(handed: Sequence[HandedOver]) -> str:
    """What was given to somebody and not confirmed by the township: how much, whom, when."""
    open_ones = [each for each in handed if each.standing is Standing.WAITING]
    if not open_ones:
        return ""
    latest = open_ones[0]
    count = sum(each.records for each in open_ones)
    return f"{count} 条记录，{moment(latest.made_ms)}交给 {latest.handed_to}"


async def _started_over(here: Station) -> str:
    """One line for some days after the two histories differed and everything retained went up again."""
    noted = await here.journal.latest("start_over")
    if noted is None or not 0 <= here.clock.now_ms() - noted[0] < _STARTED_OVER_SHOWN_MS:
        return ""
    if noted[1].get("reason") == LOST_THERE:
        return f"{moment(noted[0])}镇里说有的件那边没有了，已自动重新上传。件不会丢，也不会重复。"
    return f"{moment(noted[0])}发现这台电脑的资料是从备份恢复的，或者另有一台相同的电脑，已自动重新上传核对。件不会丢，也不会重复。"


def _trouble(here: Station, failure: str) -> str:
    """What the clerk is told of the latest meeting; while the first one is under way, nothing of an earlier day's."""
    if not failure or here.loop.first_try:
        return ""
    return _TROUBLE.get(Failure(failure), "")


async def common(app: web.Application) -> dict[str, Any]:
    """Variables of the layout."""
    here = app[STATION]
    contact = await here.journal.contact()
    stream = await here.outbox.stream()
    now_ms = here.clock.now_ms()
    return {
        "place": here.enrolment.answer,
        "sync": SyncLine(
            waiting=stream.waiting,
            photos=await here.photos.waiting(),
            oldest=waited(now_ms - oldest_ms) if (oldest_ms := await here.outbox.oldest_ms()) else "",
            as_of=moment(now_ms),
            stick=_on_a_stick(await here.bundles.handed_over()) if stream.waiting else "",
            met=moment(contact.met_ms) if contact.met_ms is not None else "",
            trouble=_trouble(here, contact.trouble),
            clock_wrong=abs(contact.offset_ms or 0) > CLOCK_WARNING_MS,
            room=here.disk.room,
            started_over=await _started_over(here),
            first_try=here.loop.first_try,
        ),
    }
