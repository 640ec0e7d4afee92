"""The guide's plain words: how long, until which day, and who may do it for somebody."""

from datetime import date

import pytest

from api_spec.catalogue import Limit
from api_spec.vocabulary import ItemKind, LimitUnit, VillageAvailability
from backend.catalogue.guide import helpers, lasting
from backend.hall.calendar import Calendar
from tests.catalogue.examples import sound_item

TODAY = date(2026, 4, 10)


def working_days(start: date, days: int) -> date:
    return Calendar(()).add_working_days(start, days).day


@pytest.mark.plan(39, 41)
@pytest.mark.parametrize(
    ("limit", "words", "until"),
    [
        (Limit(days=5), "5 个工作日内办好", date(2026, 4, 17)),
        (Limit(days=5, unit=LimitUnit.DAY), "5 天内办好", date(2026, 4, 15)),
        (Limit(days=24, unit=LimitUnit.HOUR), "24 小时内办好", None),
        (Limit(days=0), "材料齐了，当场就能办好", None),
        (Limit(days=0, unit=LimitUnit.DAY), "当天就能办好", None),
    ],
)
def test_a_promise_is_told_with_its_last_day(limit: Limit, words: str, until: date | None) -> None:
    told = lasting(sound_item(promise=limit), today=TODAY, working_days=working_days)
    assert (told.words, told.until) == (words, until)


def test_a_limit_nobody_confirmed_is_given_no_day() -> None:
    assert lasting(sound_item(illustrative=True), today=TODAY, working_days=working_days).until is None


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({}, "家里人或信得过的人", "本人来"),
        ({"in_person": True}, "要您本人来", "信得过的人"),
        ({"kind": ItemKind.PROXY}, "替您去跑", "要您本人来"),
        ({"village": VillageAvailability.TAKES}, "村便民服务中心就能收", "送到镇里"),
        ({"village": VillageAvailability.HELPS}, "送到镇里", "就能收"),
        ({"wet_ink": True}, "签字或按手印", "要您本人来"),
    ],
)
def test_who_may_do_it_for_somebody_is_said_outright(
    changes: dict[str, object], said: str, unsaid: str
) -> None:
    words = "".join(helpers(sound_item(**{"village": VillageAvailability.NO, **changes})))
    assert said in words
    assert unsaid not in words
