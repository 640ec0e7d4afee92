"""Reads the State Council's yearly holiday notice as it is published: prose in, special days and doubts out. Pure.

What a sentence says of a day is taken as said; what contradicts itself (a weekday that is another one, a count of days
that does not come out) becomes a doubt for the person who loads it, never a silent correction.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from api_spec.china_time import ONE_DAY, WEEKDAYS, weekday_text
from backend.hall.calendar import SATURDAY, DayKind, SpecialDay

HOLIDAYS: Final = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""What every yearly notice arranges (全国年节及纪念日放假办法 art. 2)."""
LONGEST_HOLIDAY: Final = 20
"""Days from the first to the last of one holiday; more is a misread date."""
MOST_TEXT: Final = 20_000
"""Characters of a notice that are read; the published ones have under a thousand."""
LAST_MONTHS: Final = 11
"""New year's holiday may begin in November or December of the year before."""

_YEAR = re.compile(r"(\d{4})年[^。]{0,12}节假日安排")
_NUMBER = re.compile(r"国办发[^\s〔\[（(]{0,4}[〔\[(]\d{4}[〕\])]\d{1,4}号")
_HEAD = re.compile(
    r"(?:^|[。\n])[^\S\n]{0,20}(?:[一二三四五六七八九十]{1,3}、|\(?\d{1,2}[.、)])?\s{0,20}"
    r"((?:元旦|[\u4e00-\u9fff]{1,3}节)(?:[、和](?:元旦|[\u4e00-\u9fff]{1,3}节)){0,6})\s{0,5}:"
)
_TOKEN = re.compile(
    r"(?P<date>(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?:\((?P<said>[^()\n]{0,40})\))?)"
    r"|(?P<to>至|到|—|-|~)"
    r"|(?P<count>共(?P<days>\d{1,2})天)"
    r"|(?P<verb>不放假|放假|上班)"
)
_WEEKDAY = re.compile(r"[周期拜]([一二三四五六日天])")
"""After 周, 星期 or 礼拜."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What was read.

    Args:
        number: the notice's own number, as printed; "" where none was found.
        problems: why it cannot be taken over as it stands, sentences for people.
        doubts: what somebody should compare with the paper first.
    """

    year: int
    number: str
    days: tuple[SpecialDay, ...]
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def year_of(text: str) -> int | None:
    """The year a notice arranges, by its title."""
    found = _YEAR.search(unicodedata.normalize("NFKC", text[:MOST_TEXT]))
    return int(found.group(1)) if found else None


def read_notice(text: str, *, year: int) -> Notice:
    """The special days of a notice for `year`.

    Args:
        text: the notice as copied from the web page or typed off.
    """
    plain = unicodedata.normalize("NFKC", text[:MOST_TEXT])
    number = found.group(0) if (found := _NUMBER.search(plain)) else ""
    reader = _Reader(year, number)
    for holiday, words in _parts(plain):
        reader.read(holiday, words)
    reader.look_over()
    return Notice(
        year=year,
        number=number,
        days=tuple(reader.days[day] for day in sorted(reader.days)),
        problems=tuple(reader.problems),
        doubts=tuple(reader.doubts),
    )


def _parts(plain: str) -> Iterator[tuple[str, str]]:
    """Each holiday with what is said of it, up to the next or to the end of its paragraph."""
    heads = list(_HEAD.finditer(plain))
    ends = [*(head.start() for head in heads[1:]), len(plain)]
    for head, end in zip(heads, ends, strict=False):
        yield head.group(1), plain[head.end() : end].split("\n\n", 1)[0]


@dataclass(slots=True)
class _Span:
    """Dates said together: one day, or the first and the last."""

    first: date
    last: date


@dataclass(slots=True)
class _Reader:
    year: int
    number: str
    days: dict[date, SpecialDay] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def read(self, holiday: str, words: str) -> None:
        """One holiday: dates wait until a verb says what they are."""
        self.seen.append(holiday)
        waiting: list[_Span] = []
        joined, month = False, 0
        rested = 0
        for token in _TOKEN.finditer(words):
            if token["date"]:
                month = int(token["month"] or month)
                day = self._date(holiday, token, month)
                if day is None:
                    joined = False
                    continue
                if joined and waiting:
                    waiting[-1].last = day
                else:
                    waiting.append(_Span(day, day))
                joined = False
            elif token["to"]:
                joined = bool(waiting)
            elif token["verb"]:
                rested += self._say(holiday, token["verb"], waiting)
                waiting = []
            elif rested != int(token["days"]):
                self.doubts.append(f"{holiday}写明共 {token['days']} 天，按日期数出来是 {rested} 天。")

    def look_over(self) -> None:
        """What a whole notice must have."""
        if not self.days and not self.problems:
            self.problems.append("没有读到放假日期，请把通知全文粘贴进来。")
        named = "、".join(self.seen)
        missing = [one for one in HOLIDAYS if one not in named]
        if self.days and missing:
            self.doubts.append(f"通知里没有读到{'、'.join(missing)}的安排。")
        if self.days and not self.number:
            self.doubts.append("没有读到发文字号。")

    def _date(self, holiday: str, token: re.Match[str], month: int) -> date | None:
        year = int(token["year"] or self.year)
        if not token["year"] and "元旦" in holiday and month >= LAST_MONTHS:
            year -= 1
        try:
            day = date(year, month, int(token["day"]))
        except ValueError:
            self.problems.append(f"{holiday}里的“{token['date']}”不是一个日期。")
            return None
        if not self._is_meant(holiday, day):
            self.problems.append(f"{holiday}里的“{token['date']}”不在 {self.year} 年，请核对。")
            return None
        self._compare_weekday(day, token["said"] or "")
        return day

    def _is_meant(self, holiday: str, day: date) -> bool:
        """Whether a notice for the year arranges that day; only new year's holiday reaches over its edges."""
        if day.year == self.year:
            return True
        before = day.year == self.year - 1 and day.month >= LAST_MONTHS
        after = day.year == self.year + 1 and day.month == 1
        return "元旦" in holiday and (before or after)

    def _compare_weekday(self, day: date, said: str) -> None:
        weekday = _WEEKDAY.search(said)
        if weekday and weekday.group(1).replace("天", "日") != WEEKDAYS[day.weekday()]:
            self.doubts.append(
                f"通知写{day.month}月{day.day}日是周{weekday.group(1)}，{day.year} 年这一天是{weekday_text(day)}。"
            )

    def _say(self, holiday: str, verb: str, spans: Sequence[_Span]) -> int:
        """Take the waiting dates as days off or days worked; gives how many days off they are."""
        if verb == "不放假":
            return 0
        kind = DayKind.OFF if verb == "放假" else DayKind.WORK
        taken = 0
        for span in spans:
            if not 0 <= (span.last - span.first).days < LONGEST_HOLIDAY:
                self.problems.append(
                    f"{holiday}从{span.first.month}月{span.first.day}日到{span.last.month}月{span.last.day}日，"
                    "前后不对，请核对。"
                )
                continue
            day = span.first
            while day <= span.last:
                taken += self._add(day, kind, holiday)
                day += ONE_DAY
        return taken if kind is DayKind.OFF else 0

    def _add(self, day: date, kind: DayKind, holiday: str) -> int:
        known = self.days.get(day)
        if known is not None:
            self.problems.append(f"{day.month}月{day.day}日写了两次（{known.holiday}、{holiday}），请核对。")
        elif kind is DayKind.WORK and day.weekday() < SATURDAY:
            self.problems.append(
                f"{day.month}月{day.day}日是{weekday_text(day)}，本来就上班，请核对通知或年份。"
            )
        else:
            self.days[day] = SpecialDay(day, kind, holiday, self.number)
        return 1
