"""A State Council notice as it is published becomes special days; what contradicts itself becomes a doubt."""

import re
from datetime import date

import pytest

from backend.hall import notice_text
from backend.hall.calendar import Calendar, DayKind, SpecialDay
from backend.hall.calendar_changes import taken_over, working_days
from backend.hall.notice_table import read_table
from backend.hall.notice_text import read_notice, year_of
from tests.hall.test_calendar import published

NOTICE_2026 = """国务院办公厅关于2026年
部分节假日安排的通知
国办发明电〔2025〕7号

现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。

节假日期间，要安排好值班。10月3日前报送。
"""


def special(text: str, kind: DayKind = DayKind.OFF, holiday: str = "元旦") -> SpecialDay:
    return SpecialDay(date.fromisoformat(text), kind, holiday)


@pytest.mark.plan(38)
def test_the_notice_of_2026_reads_as_the_published_table() -> None:
    assert year_of(NOTICE_2026) == 2026
    notice = read_notice(NOTICE_2026, year=2026)
    assert (notice.number, notice.problems, notice.doubts) == ("国办发明电〔2025〕7号", (), ())
    wanted = [one for one in published().special_days() if one.day.year == 2026]
    assert [(one.day, one.kind, one.holiday) for one in notice.days] == [
        (one.day, one.kind, one.holiday) for one in wanted
    ]
    assert working_days(Calendar(notice.days), 2026) == 248


def test_a_holiday_may_begin_in_the_year_before() -> None:
    for words in (
        "元旦：2022年12月31日至2023年1月2日放假调休，共3天。",
        "元旦:12月31日至1月2日放假，共3天。",
    ):
        days = read_notice(words, year=2023).days
        assert [one.day for one in days] == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]


def test_two_holidays_together_keep_both_names() -> None:
    words = "国庆节、中秋节：10月1日至8日放假调休，共8天。9月27日（星期日）、10月10日（星期六）上班。"
    notice = read_notice(words, year=2020)
    assert {one.holiday for one in notice.days} == {"国庆节、中秋节"}
    assert sum(one.kind is DayKind.WORK for one in notice.days) == 2
    assert not any("共" in doubt for doubt in notice.doubts)


def test_one_day_off_without_exchange() -> None:
    notice = read_notice("元旦：1月1日（周三）放假1天，不调休。春节：1月28日至29日放假。", year=2025)
    assert [one.day for one in notice.days] == [date(2025, 1, 1), date(2025, 1, 28), date(2025, 1, 29)]


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        ("国庆节：10月1日（周五）至7日放假调休，共7天。", "通知写10月1日是周五，2026 年这一天是周四。"),
        ("国庆节：10月1日至7日放假调休，共8天。", "国庆节写明共 8 天，按日期数出来是 7 天。"),
        ("国庆节：10月1日至7日放假。", "通知里没有读到元旦、春节、清明节、劳动节、端午节、中秋节的安排。"),
        ("国庆节：10月1日至7日放假。", "没有读到发文字号。"),
    ],
)
def test_what_contradicts_itself_is_a_doubt(words: str, doubt: str) -> None:
    notice = read_notice(words, year=2026)
    assert doubt in notice.doubts
    assert len(notice.days) == 7


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("国庆节：9月21日（周一）上班。", "9月21日是周一，本来就上班，请核对通知或年份。"),
        ("国庆节：9月31日放假。", "国庆节里的“9月31日”不是一个日期。"),
        ("国庆节：3日放假。", "国庆节里的“3日”不是一个日期。"),
        ("国庆节：10月7日至1日放假。", "国庆节从10月7日到10月1日，前后不对，请核对。"),
        ("国庆节：10月1日放假。中秋节：10月1日放假。", "10月1日写了两次（国庆节、中秋节），请核对。"),
        ("请各单位做好值班。", "没有读到放假日期，请把通知全文粘贴进来。"),
    ],
)
def test_what_cannot_be_taken_over_is_said(words: str, problem: str) -> None:
    assert problem in read_notice(words, year=2026).problems


def test_a_whole_years_notice_drops_what_it_no_longer_names() -> None:
    old = Calendar([special("2027-01-01"), special("2027-01-02"), special("2026-10-01")])
    change = taken_over(old, [special("2027-01-01"), special("2027-01-03", DayKind.WORK)])
    assert (change.whole_year, change.dropped) == (2027, (date(2027, 1, 2),))
    assert [(one.day.day, one.works) for one in change.changes] == [(2, False), (3, True)]
    assert change.calendar.find_special(date(2026, 10, 1))
    assert not change.years[0].first_notice


def test_a_supplement_changes_only_the_days_it_names() -> None:
    change = taken_over(published(), [special("2026-10-08", holiday="国庆节")])
    assert (change.whole_year, change.dropped) == (None, ())
    assert [(year.working_before, year.working_after) for year in change.years] == [(248, 247)]


def test_the_first_notice_of_a_year_is_told_and_the_same_one_again_changes_nothing() -> None:
    first = taken_over(published(), [special("2027-01-01")])
    assert first.years[0].first_notice
    assert not taken_over(first.calendar, [special("2027-01-01")]).changes_anything


def test_a_table_is_read_with_chinese_or_english_heads() -> None:
    chinese = read_table(
        [["日期", "类别", "节日"], ["2027-1-1", "放假", "元旦"], ["2027/01/03", "上班", "元旦"]]
    )
    english = read_table(
        [
            ["date", "weekday", "kind", "holiday"],
            ["2027-01-01 00:00:00", "五", "off", "元旦"],
            ["2027-01-03", "日", "work", "元旦"],
        ]
    )
    assert chinese.problems == english.problems == ()
    assert chinese.days == english.days


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([["日期", "节日"]], "第一行没有这些列：类别（放假或上班）。"),
        ([["日期", "类别", "节日"]], "表里没有日期。"),
        ([["日期", "类别", "节日"], ["2027-01-04", "上班", "元旦"]], "第 2 行看不懂"),
        ([["日期", "类别", "节日"], ["明天", "放假", "元旦"]], "第 2 行看不懂"),
        (
            [["日期", "类别", "节日"], ["2027-01-01", "放假", "元旦"], ["2027-01-01", "放假", "元旦"]],
            "第 3 行",
        ),
        ([], "第一行没有这些列"),
    ],
)
def test_a_broken_table_says_where(rows: list[list[str]], problem: str) -> None:
    assert any(problem in each for each in read_table(rows).problems)


def test_a_year_without_holidays_has_as_many_working_days_as_weekdays() -> None:
    assert working_days(Calendar([]), 2027) == 261  # 1 January 2027 is a Friday


def test_another_name_or_another_kind_for_a_day_is_a_change() -> None:
    old = Calendar([special("2026-01-03"), special("2026-01-04", DayKind.WORK)])
    renamed = taken_over(old, [special("2026-01-03", holiday="春节")])
    turned = taken_over(old, [special("2026-01-04")])
    assert [change.day.day for change in renamed.changes] == [3]
    assert [(change.day.day, change.works) for change in turned.changes] == [(4, False)]


def test_a_supplement_does_not_make_an_unknown_year_known() -> None:
    change = taken_over(published(), [special("2027-02-08", holiday="春节")])
    assert [(year.year, year.first_notice) for year in change.years] == [(2027, False)]


def test_a_day_of_another_year_is_a_problem_except_around_new_year() -> None:
    for words in (
        "元旦：2019年1月1日放假，共1天。",
        "春节：2028年2月1日放假。",
        "元旦：9999年12月31日放假。",
    ):
        notice = read_notice(words, year=2027)
        assert notice.days == ()
        assert any("不在 2027 年" in one for one in notice.problems), words
    assert read_notice("元旦：2026年12月31日至2027年1月1日放假，共2天。", year=2027).problems == ()


def test_days_at_the_ends_of_the_calendar_are_refused_in_a_table() -> None:
    for day in ("9999-12-31", "0001-01-01", "9999-12-31 00:00:00"):
        notice = read_table([["日期", "类别", "节日"], [day, "放假", "元旦"]])
        assert notice.days == ()
        assert notice.problems[0].startswith("第 2 行看不懂")


def test_what_a_pattern_may_repeat_is_bounded() -> None:
    """Every repetition of a reading pattern has an end, so that reading takes time in proportion to the text."""
    for pattern in (notice_text._YEAR, notice_text._NUMBER, notice_text._HEAD, notice_text._TOKEN):
        assert not re.search(r"(?<!\\)[*+]", pattern.pattern.replace("[^\\S\\n]", "")), pattern.pattern
    assert read_notice("元旦：" + "1日(" * 6000, year=2027).days == ()
