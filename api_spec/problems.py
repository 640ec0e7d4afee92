"""What can be wrong with something a person typed, and the sentence that tells them what to do next.

One table for township and village node, so that the same slip is explained with the same words on both.
It knows nothing of HTTP, storage or who is asking.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Problem(StrEnum):
    """One reason for refusing one value."""

    # any field
    REQUIRED = "required"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_TYPE = "wrong_type"
    BAD_CHARACTER = "bad_character"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    PATTERN = "pattern"
    # numbers, money, dates, choices
    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_MONEY = "not_money"
    NOT_A_DATE = "not_a_date"
    DATE_TOO_EARLY = "date_too_early"
    DATE_TOO_LATE = "date_too_late"
    NOT_A_CHOICE = "not_a_choice"
    TOO_FEW_CHOICES = "too_few_choices"
    TOO_MANY_CHOICES = "too_many_choices"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_PHOTO = "not_a_photo"
    # identity documents
    ID_LENGTH = "id_length"
    ID_OLD_FIFTEEN = "id_old_fifteen"
    ID_CHARACTER = "id_character"
    ID_PROVINCE = "id_province"
    ID_BIRTH_DATE = "id_birth_date"
    ID_FUTURE = "id_future"
    ID_CHECK = "id_check"
    DOCUMENT_FORMAT = "document_format"
    # phones and credit codes
    MOBILE = "mobile"
    PHONE = "phone"
    PHONE_AREA = "phone_area"
    CREDIT_LENGTH = "credit_length"
    CREDIT_CHARACTER = "credit_character"
    CREDIT_CHECK = "credit_check"
    # codes and numbers printed on a slip
    CODE_LENGTH = "code_length"
    CODE_SYMBOL = "code_symbol"
    CODE_VERSION = "code_version"
    CODE_CHECK = "code_check"
    NUMBER_SHAPE = "number_shape"
    NUMBER_DATE = "number_date"
    NUMBER_CHECK = "number_check"


SENTENCES: Final[Mapping[Problem, str]] = {
    Problem.REQUIRED: "这一项必须填写。",
    Problem.UNKNOWN_FIELD: "表里没有这一项，请刷新页面后重新填写。",
    Problem.WRONG_TYPE: "这一项的格式不对，请重新填写。",
    Problem.BAD_CHARACTER: "里面有无法保存的特殊符号，请删掉后重新输入。",
    Problem.TOO_SHORT: "至少要填 {min} 个字。",
    Problem.TOO_LONG: "最多填 {max} 个字，请写短一些。",
    Problem.PATTERN: "格式不对，请照着示例填写。",
    Problem.NOT_A_NUMBER: "请填整数，例如 12。",
    Problem.TOO_SMALL: "不能小于 {min}。",
    Problem.TOO_LARGE: "不能大于 {max}。",
    Problem.NOT_MONEY: "请填金额，最多两位小数，例如 50 或 50.50。",
    Problem.NOT_A_DATE: "请填日期，例如 2026-04-10。",
    Problem.DATE_TOO_EARLY: "日期太早了，最早是 {min}。",
    Problem.DATE_TOO_LATE: "日期太晚了，最晚是 {max}。",
    Problem.NOT_A_CHOICE: "请从列出的选项里选。",
    Problem.TOO_FEW_CHOICES: "至少要选 {min} 项。",
    Problem.TOO_MANY_CHOICES: "最多选 {max} 项。",
    Problem.NOT_YES_OR_NO: "请选“是”或“否”。",
    Problem.NOT_A_PHOTO: "照片没有存好，请重新拍一张。",
    Problem.ID_LENGTH: "身份证号应为 18 位，请对照证件再数一遍。",
    Problem.ID_OLD_FIFTEEN: "15 位的旧身份证号已停用，请填二代证上的 18 位号码。",
    Problem.ID_CHARACTER: "身份证号前 17 位是数字，最后一位是数字或 X，请核对。",
    Problem.ID_PROVINCE: "身份证号开头两位不对，请对照证件核对。",
    Problem.ID_BIRTH_DATE: "身份证号里的出生日期不存在，请对照证件核对。",
    Problem.ID_FUTURE: "身份证号里的出生日期还没到，请对照证件核对。",
    Problem.ID_CHECK: "身份证号有一位填错了，请对照证件逐位核对。",
    Problem.DOCUMENT_FORMAT: "证件号码格式不对，请对照证件核对。",
    Problem.MOBILE: "手机号应为 1 开头的 11 位数字。",
    Problem.PHONE: "请填 11 位手机号，或带区号的座机，例如 0734-4331234。",
    Problem.PHONE_AREA: "座机请加上区号，例如 0734-4331234。",
    Problem.CREDIT_LENGTH: "统一社会信用代码应为 18 位，请对照执照核对。",
    Problem.CREDIT_CHARACTER: "统一社会信用代码里没有字母 I、O、S、V、Z，请核对。",
    Problem.CREDIT_CHECK: "统一社会信用代码有一位填错了，请对照执照核对。",
    Problem.CODE_LENGTH: "查询码应为 20 位，请照回执上的查询码输完整。",
    Problem.CODE_SYMBOL: "查询码只有数字和字母（没有字母 U），请对照回执核对。",
    Problem.CODE_VERSION: "这个查询码的版本不认识，请到服务窗口查询。",
    Problem.CODE_CHECK: "查询码有一位输错了，请对照回执逐位核对。",
    Problem.NUMBER_SHAPE: "办件编号的样子是 SD-260410-0007-K，请对照回执输入。",
    Problem.NUMBER_DATE: "办件编号里的日期不存在，请对照回执核对。",
    Problem.NUMBER_CHECK: "办件编号有一位输错了，请对照回执核对。",
}


def sentence(problem: Problem, facts: Mapping[str, str] | None = None) -> str:
    """The sentence for one problem; `facts` are the limits it names (`min`, `max`).

    Raises:
        KeyError: the sentence names a limit that `facts` lacks.
    """
    return SENTENCES[problem].format_map(facts or {})


class BadInput(ValueError):
    """A value was refused. Carries reason and limits, never the value: it may be an identity number."""

    def __init__(self, problem: Problem, **facts: str) -> None:
        self.problem: Final = problem
        self.facts: Final[Mapping[str, str]] = facts
        super().__init__(problem.value)

    @property
    def sentence(self) -> str:
        """What to tell the person, in Chinese."""
        return sentence(self.problem, self.facts)
