"""The rules of supervision as a table that can be printed: number, level, who answers, source, limit. Pure.

How each is found stands elsewhere: `limits` for time, `conduct` for what was done, other features for their own desks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from api_spec.supervision_terms import CardLevel, RuleCode
from api_spec.vocabulary import Role

RED, YELLOW, WARNING = CardLevel.RED, CardLevel.YELLOW, CardLevel.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Args:
        answers: the post that has to explain and put right.
        source: the law's article, or the clause of the plan.
        threshold: from how much on it is a finding; None where there is nothing to set.
        unit: what the threshold counts, in Chinese.
        lifts: a reminder that goes by itself once the step was done in time.
    """

    code: RuleCode
    level: CardLevel
    answers: Role
    source: str
    threshold: int | None = None
    unit: str = ""
    lifts: bool = False


def _row(
    code: RuleCode,
    level: CardLevel,
    answers: Role,
    *,
    source: str,
    threshold: int | None = None,
    unit: str = "",
    lifts: bool = False,
) -> Rule:
    return Rule(
        code=code, level=level, answers=answers, source=source, threshold=threshold, unit=unit, lifts=lifts
    )


R, W, G, H, B = RuleCode, Role.WINDOW, Role.GROUP_LEADER, Role.DEPARTMENT_HEAD, Role.BACK_OFFICE
CENTRE, DESK = Role.CENTRE_STAFF, Role.SERVICE_DESK
_PLAN: Final = "进驻方案“{}”"

RULES: Final[Mapping[RuleCode, Rule]] = {
    rule.code: rule
    for rule in (
        _row(R.SOON, WARNING, G, source=_PLAN.format("限时办结制"), lifts=True),
        _row(R.DUE_TODAY, YELLOW, G, source=_PLAN.format("限时办结制"), lifts=True),
        _row(R.OVERDUE, RED, G, source=_PLAN.format("限时办结制、服务承诺制")),
        _row(R.STATUTORY_OVERDUE, RED, H, source="行政许可法第四十二条"),
        _row(R.NOTICE_LATE, RED, W, source="行政许可法第三十二条"),
        _row(R.NOTICE_SOON, WARNING, W, source="行政许可法第三十二条", lifts=True),
        _row(R.SUPERIOR_LATE, WARNING, G, source="行政许可法第四十三条"),
        _row(R.DELIVERY_LATE, YELLOW, W, source="行政许可法第四十四条"),
        _row(R.SPECIAL_LATE, YELLOW, B, source="行政许可法第四十五条"),
        _row(R.EXTENDED_LATE, RED, H, source="行政许可法第四十二条"),
        _row(R.SECOND_NOTICE, YELLOW, W, source=_PLAN.format("一次性告知制")),
        _row(R.MANY_SUPPLEMENTS, WARNING, W, source=_PLAN.format("一次性告知制"), threshold=2, unit="次"),
        _row(R.ACCEPTED_INCOMPLETE, YELLOW, W, source="行政许可法第三十二条"),
        _row(R.REFUSED_WITHOUT_GROUNDS, RED, G, source="行政许可法第三十八条"),
        _row(R.SAME_PERSON, RED, G, source=_PLAN.format("前台综合受理、后台分类审批")),
        _row(R.NO_HALL_RECEIPT, RED, H, source=_PLAN.format("大厅之外无审批")),
        _row(R.RETURNED_TWICE, YELLOW, G, source=_PLAN.format("上报件办理"), threshold=2, unit="次"),
        _row(R.OUT_OF_ORDER, YELLOW, W, source=_PLAN.format("电子监察全程监控")),
        _row(R.STOPPED_WITHOUT_GROUND, RED, G, source="行政许可法第四十五条"),
        _row(R.CHAIN_BROKEN, RED, H, source=_PLAN.format("电子监察全程监控")),
        _row(R.UNLAWFUL_FEE, RED, W, source="行政许可法第五十八条、第五十九条"),
        _row(R.FEE_OUTSIDE, RED, W, source=_PLAN.format("收费全部纳入大厅办理")),
        _row(R.NOBODY_AT_WINDOW, YELLOW, G, source=_PLAN.format("窗口实行 AB 岗")),
        _row(R.ENQUIRY_IDLE, YELLOW, W, source=_PLAN.format("首问责任制")),
        _row(R.BAD_REVIEW_LATE, RED, G, source=_PLAN.format("全程跟踪处置差评")),
        _row(R.COMPLAINT_LATE, RED, CENTRE, source=_PLAN.format("投诉举报")),
        _row(R.NODE_SILENT, WARNING, CENTRE, source=_PLAN.format("各村便民服务中心"), threshold=3, unit="天"),
        _row(
            R.HELD_WAITING,
            YELLOW,
            CENTRE,
            source=_PLAN.format("一个窗口对外"),
            threshold=2,
            unit="天",
        ),
        _row(R.LONG_WAIT, WARNING, G, source=_PLAN.format("窗口围绕群众转")),
        _row(R.ENTRY_LATE, YELLOW, H, source=_PLAN.format("应进必进、限时进驻")),
        _row(R.NOTICES_STUCK, WARNING, CENTRE, source=_PLAN.format("全程监控")),
        _row(R.REVIEWS_ODD, WARNING, G, source="国办发〔2019〕51号"),
        _row(R.BY_HAND, YELLOW, G, source=_PLAN.format("电子监察全程监控")),
        _row(R.SPOT_CHECK, YELLOW, G, source=_PLAN.format("电子监察全程监控")),
    )
}

ALWAYS_ON: Final = frozenset({RuleCode.BY_HAND, RuleCode.SPOT_CHECK, RuleCode.CHAIN_BROKEN})
"""What a person raises by hand, and what proves the history itself, cannot be switched off."""
MOST_THRESHOLD: Final = 60

SUPERSEDES: Final[Mapping[RuleCode, tuple[RuleCode, ...]]] = {
    RuleCode.DUE_TODAY: (RuleCode.SOON,),
    RuleCode.OVERDUE: (RuleCode.SOON, RuleCode.DUE_TODAY),
    RuleCode.NOTICE_LATE: (RuleCode.NOTICE_SOON,),
}
"""A graver card about the same occurrence takes the reminders before it off the list."""

STAGES: Final = ((0, "责任岗位"), (2, "部门负责人"), (5, "中心主任"))
"""From how many working days late on an overdue case is told how far up (illustrative until the township sets it)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the supervisor set for one rule."""

    is_on: bool
    threshold: int | None = None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules as a township runs them: the plan's own, where nothing else was set."""

    choices: Mapping[RuleCode, Choice] = field(default_factory=dict)

    def is_on(self, code: RuleCode) -> bool:
        chosen = self.choices.get(code)
        return chosen is None or chosen.is_on

    def threshold(self, code: RuleCode) -> int:
        """How much is a finding.

        Raises:
            KeyError: a rule that has no threshold.
        """
        default = RULES[code].threshold
        if default is None:
            raise KeyError(code)
        chosen = self.choices.get(code)
        return default if chosen is None or chosen.threshold is None else chosen.threshold


def who_answers(code: RuleCode, department_id: str) -> Role:
    """The post that has to answer a card: of a department, or where none has the step, of the centre."""
    post = RULES[code].answers
    if department_id or post is CENTRE:
        return post
    return DESK if code is RuleCode.BAD_REVIEW_LATE else CENTRE


def stage_of(days_late: int) -> int:
    """How far up an overdue case has to be told after so many working days."""
    return max(stage for stage, (since, _) in enumerate(STAGES) if days_late >= since)
