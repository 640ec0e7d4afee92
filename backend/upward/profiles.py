"""The code tables of platforms, one `Profile` each: they conflict, so inside there is one set of names. Pure.

Where two published tables disagree, both are here and the deployment names its own. What a table cannot say is the
nearest it can, named in the comment of its row. Before a platform is joined its own table is held against these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api_spec.china_time import CHINA
from api_spec.review_terms import ReviewLevel
from api_spec.vocabulary import ApplicantKind, Channel, DocumentType, ItemKind, Term


class Ending(Term):
    """How a case ended, in the one set of words we keep."""

    GRANTED = "granted", "出证办结"
    FINISHED = "finished", "办结"
    REFUSED = "refused", "不予许可"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "申请人撤回"
    LAPSED = "lapsed", "补正不来办结"
    PASSED_ON = "passed_on", "转报办结"
    VOIDED = "voided", "作废"


class Special(Term):
    """特别程序种类 (GB/T 39046): extension of the limit, and everything else."""

    EXTENSION = "1", "延长审批"
    OTHER = "2", "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One platform's codes.

    Args:
        endings: result codes; `needs_reason` are those that must bring one.
        levels: satisfaction by level: GB/T 39046 A.8 counts down from 1 = 非常满意, an interface of Guangdong up to 5.
    """

    name: str
    label: str
    endings: Mapping[Ending, str]
    needs_reason: frozenset[str]
    levels: Mapping[ReviewLevel, str]


_DOWN: Final = {level: str(number) for number, level in enumerate(ReviewLevel, 1)}
_UP: Final = {level: str(6 - number) for number, level in enumerate(ReviewLevel, 1)}

_OLDER: Final[Mapping[Ending, str]] = {
    Ending.GRANTED: "0",
    Ending.FINISHED: "6",
    Ending.REFUSED: "1",  # the older set knows no 不予许可; 退回 is the nearest
    Ending.NOT_ACCEPTED: "1",
    Ending.WITHDRAWN: "1",
    Ending.LAPSED: "5",
    Ending.PASSED_ON: "4",
    Ending.VOIDED: "2",
}
_SHANDONG: Final[Mapping[Ending, str]] = {
    Ending.GRANTED: "0",
    Ending.FINISHED: "0",
    Ending.REFUSED: "1",
    Ending.NOT_ACCEPTED: "6",
    Ending.WITHDRAWN: "5",
    Ending.LAPSED: "5",
    Ending.PASSED_ON: "4",
    Ending.VOIDED: "2",
}
_HUNAN: Final[Mapping[Ending, str]] = {
    Ending.GRANTED: "6",
    Ending.FINISHED: "6",
    Ending.REFUSED: "6",  # 办结; that it was refused stands in the explanation
    Ending.NOT_ACCEPTED: "2",
    Ending.WITHDRAWN: "8",
    Ending.LAPSED: "8",
    Ending.PASSED_ON: "6",
    Ending.VOIDED: "7",
}

PROFILES: Final[Mapping[str, Profile]] = {
    each.name: each
    for each in (
        Profile(name="older", label="通行旧版", endings=_OLDER, needs_reason=frozenset("125"), levels=_DOWN),
        Profile(
            name="shandong",
            label="山东新版",
            endings=_SHANDONG,
            needs_reason=frozenset("12345"),
            levels=_DOWN,
        ),
        Profile(
            name="hunan", label="湖南电子监察", endings=_HUNAN, needs_reason=frozenset("278"), levels=_DOWN
        ),
        Profile(name="guangdong", label="广东", endings=_OLDER, needs_reason=frozenset("125"), levels=_UP),
    )
}

PROJECT_TYPES: Final[Mapping[ItemKind, str]] = {
    ItemKind.INSTANT: "1",
    ItemKind.PROMISED: "2",
    ItemKind.REPORTED: "2",  # 上报件 is no national kind: it has a promise, so it goes as 承诺件
    ItemKind.PROXY: "9",
}
"""办件类型 (GB/T 39046 A.6)."""

APPLY_TYPES: Final[Mapping[Channel, str]] = {
    Channel.WINDOW: "1",
    Channel.VILLAGE: "1",
    Channel.WEB: "3",
    Channel.MINI_PROGRAM: "3",
    Channel.PHONE: "9",
}
"""办理形式 (GB/T 39046)."""

APPLICANT_TYPES: Final[Mapping[ApplicantKind, str]] = {
    ApplicantKind.PERSON: "1",
    ApplicantKind.ORGANISATION: "2",
}

DOCUMENT_TYPES: Final[Mapping[DocumentType, str]] = {
    DocumentType.ID_CARD: "111",
    DocumentType.HUKOU: "113",
    DocumentType.PASSPORT: "414",
    DocumentType.TW_PERMIT: "511",
    DocumentType.HM_PERMIT: "516",
    DocumentType.FOREIGN_RESIDENT: "553",
    DocumentType.RESIDENCE_PERMIT_HMT: "990",
    DocumentType.CREDIT_CODE: "001",
}
"""证件类型 after GA/T 517, to be confirmed with the platform that is joined; 990 is 其他."""


def stamp(at: datetime) -> str:
    """YYYYMMDDThhmmss in China (GB/T 39046)."""
    return f"{at.astimezone(CHINA):%Y%m%dT%H%M%S}"
