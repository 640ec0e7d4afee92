"""Phrases that several documents share: dates, limits, the law behind them, and where a refusal can be contested. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from api_spec.catalogue import Basis, Fee, Item, Limit
from api_spec.china_time import day_in_china
from api_spec.document_terms import DocumentState
from api_spec.vocabulary import Evidence, ItemType, LimitUnit
from backend.documents.document import Standing

LICENSING_NAME: Final = "行政许可法"
LICENSING_LAW: Final = f"《中华人民共和国{LICENSING_NAME}》"
NOT_COUNTED: Final = (
    "依法需要听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间不计入办理期限，另行书面告知。"
)
FOLLOW: Final = "办理进度可以凭收件回执上的二维码或查询码随时查询，不用登录。"
ELSEWHERE: Final = "外地参照"
"""How the catalogue marks a source that holds in another place."""
UPPER_ORGAN: Final = "上一级人民政府"


def chinese_day(day: date) -> str:
    """2026年4月10日"""
    return f"{day.year}年{day.month}月{day.day}日"


def quoted(name: str) -> str:
    return f"“{name}”"


def limit(given: Limit) -> str:
    """How long something takes: 10个工作日, 当场."""
    if given.days == 0:
        return "当天办结" if given.unit is LimitUnit.DAY else "当场办结"
    return f"{given.days}{given.unit.zh}"


def fee(given: Fee) -> str:
    """What it costs (行政许可法 58, 59)."""
    if given.amount_fen:
        return f"收费{given.amount_fen // 100}.{given.amount_fen % 100:02}元，依据：{given.basis}"
    return "按公用企业公布的标准收取，代办不收费" if given.by_partner else "不收费"


def basis_of(item: Item | None) -> tuple[str, ...]:
    """The laws and rules an item rests on.

    What is only illustrative, or the guide of another place the catalogue leans on, is never printed as if it were law.
    """
    if item is None:
        return ()
    return tuple(
        _written(each)
        for each in item.basis
        if each.evidence is not Evidence.ILLUSTRATIVE and ELSEWHERE not in each.title
    )


def general(item: Item | None, articles: Sequence[str]) -> tuple[str, ...]:
    """The licensing law: the basis of a permit, followed by analogy for everything else."""
    how = "" if item is not None and item.type is ItemType.PERMIT else "参照"
    return (f"{how}{LICENSING_LAW}{'、'.join(articles)}",)


def cited(text: str, rest: Sequence[str]) -> tuple[str, ...]:
    """A basis as a clerk wrote it down, if they did, before the rest; the licensing law is named once."""
    typed = text.strip().rstrip("。；;")
    if not typed:
        return tuple(rest)
    names_it = LICENSING_NAME in typed
    return (typed, *(each for each in rest if not (names_it and LICENSING_LAW in each)))


def remedy(county: str) -> str:
    """How to contest a refusal: 行政复议法 (2023) 20 and 24, 行政诉讼法 18 and 46.

    Args:
        county: the county that hears complaints about its townships and their branch offices; "" unknown.
    """
    organ = f"{county}人民政府" if county else UPPER_ORGAN
    court = f"有管辖权的人民法院（一般为{county}人民法院）" if county else "有管辖权的人民法院"
    return (
        f"如果不服本决定，可以自收到本决定书之日起六十日内向{organ}申请行政复议，"
        f"也可以自收到本决定书之日起六个月内依法向{court}提起行政诉讼。"
    )


def guide(item: Item | None, promise: Limit) -> tuple[str, ...]:
    """What a notice repeats of the guide: conditions, steps, limit, fee and where the sample forms are."""
    if item is None:
        return ()
    lines = [
        f"受理后{limit(promise)}办结；{fee(item.fee)}。"
        if promise.days
        else f"{limit(promise)}；{fee(item.fee)}。"
    ]
    if item.conditions:
        lines.insert(0, f"办理条件：{'；'.join(item.conditions)}。")
    if item.steps:
        lines.append(f"办理流程：{'→'.join(item.steps)}。")
    lines.append("填写样表可以在窗口领取，也可以在“便民通”的办事指南里查看。")
    return tuple(lines)


def standing_words(standing: Standing) -> str:
    """What is printed across a document that holds no longer."""
    if standing.state is DocumentState.SUSPENDED:
        return "本文书暂停使用"
    on = f"（{chinese_day(day_in_china(standing.ended_at))}）" if standing.ended_at else ""
    return f"本文书{standing.state.zh}{on}，不再有效"


def _written(basis: Basis) -> str:
    title = basis.title if basis.title.startswith("《") else f"《{basis.title}》"
    return f"{title}{basis.article}"
