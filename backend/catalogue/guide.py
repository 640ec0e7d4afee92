"""What the guide of an item says in plain words: how long, until which day, and who may do it for somebody. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from api_spec.catalogue import Item, Limit
from api_spec.vocabulary import ItemKind, LimitUnit, VillageAvailability


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """How long it takes.

    Args:
        words: "25 个工作日内办好"; until: the last day for whoever hands everything in today, None where it is done
            at once, counted in hours, or nobody has confirmed the limit.
    """

    words: str
    until: date | None


WorkingDays = Callable[[date, int], date]


def lasting(item: Item, *, today: date, working_days: WorkingDays) -> Lasting:
    """The promise as a villager would say it (plan, clause 39)."""
    limit = item.promise
    if limit.days == 0:
        words = "当天就能办好" if limit.unit is LimitUnit.DAY else "材料齐了，当场就能办好"
        return Lasting(words=words, until=None)
    unit = "天" if limit.unit is LimitUnit.DAY else limit.unit.zh
    until = None if item.illustrative else _until(limit, today, working_days)
    return Lasting(words=f"{limit.days} {unit}内办好", until=until)


def _until(limit: Limit, today: date, working_days: WorkingDays) -> date | None:
    match limit.unit:
        case LimitUnit.WORKING_DAY:
            return working_days(today, limit.days)
        case LimitUnit.DAY:
            return today + timedelta(days=limit.days)
        case LimitUnit.HOUR:
            return None


def helpers(item: Item) -> tuple[str, ...]:
    """Who may do it for somebody, one sentence each (plan, clauses 1 and 24)."""
    found: list[str] = []
    if item.kind is ItemKind.PROXY:
        found.append("您签好委托书，镇政务服务中心替您去跑，不收服务费。")
    elif item.in_person:
        found.append("这件事要您本人来，别人不能替。行动不便的，先打电话说一声，我们想办法上门。")
    else:
        found.append("家里人或信得过的人可以替您办，带上委托书和双方身份证；用手机申请时选“替别人申请”。")
    if item.village is VillageAvailability.TAKES:
        found.append("村便民服务中心就能收，代办员帮您填、帮您交。")
    elif item.village is VillageAvailability.HELPS:
        found.append("材料可以交给村便民服务中心，帮您送到镇里。")
    if item.wet_ink:
        found.append("纸质申请上要您本人签字或按手印，到窗口或村便民服务中心签。")
    return tuple(found)
