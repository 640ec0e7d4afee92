"""The words on a village slip: what was taken, by whom, what was handed in, what happens next."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from api_spec.answers import yuan
from api_spec.catalogue import Item
from api_spec.china_time import CHINA
from api_spec.paper.slip import PaperLine, Slip
from api_spec.record_parts import MaterialLine
from api_spec.records import CaseRecord
from api_spec.sync import EnrolAnswer
from api_spec.vocabulary import ItemKind, MaterialStatus, MoneyMove, VillageAvailability
from village_node.desk.cash import CashLine
from village_node.desk.follow_ups import FollowUp

TITLE: Final = "收件回执"
STATEMENT: Final = "本回执证明村级服务点已收到上列申请和材料；是否受理由镇政务服务中心决定，受理时间以镇里收到为准。请妥善保管。"


def write_slip(record: CaseRecord, item: Item, place: EnrolAnswer, *, proof: str) -> Slip:
    """The slip of one case.

    Args:
        proof: text of the signed receipt.
    """
    body = record.body
    situation = next((each.name for each in item.situations if each.code == body.situation), "")
    names = {material.code: material for material in item.materials_for(body.situation)}
    return Slip(
        title=TITLE,
        statement=STATEMENT,
        centre=place.centre_name,
        place=f"{place.village_name}便民服务站",
        item=item.name,
        situation=situation,
        applicant=body.applicant.name,
        number=body.number,
        code=body.code,
        link=f"{place.public_base_url.rstrip('/')}/c/{body.code}",
        taken_at=moment(record.made.at_ms),
        by_node_clock=True,
        clerk=record.clerk.name,
        materials=tuple(
            PaperLine(name=names[line.code].name, status=_status(line)) for line in body.materials
        ),
        money=tuple(
            f"{line.move.zh} {yuan(line.amount_fen)} 元，收据号 {line.receipt}" for line in body.money
        ),
        next_step=next_step(item),
        proof=proof,
    )


def money_slip(slip: Slip, line: CashLine) -> Slip:
    """The receipt for one sum, on the same papers as the slip."""
    verb = "收到" if line.move is MoneyMove.TAKEN else "退还"
    return replace(
        slip,
        title=f"{line.move.zh}款收据",
        statement=f"{moment(line.made_ms)}（村里电脑时间）{verb}{line.applicant_name or slip.applicant}现金人民币 {yuan(line.amount_fen)} 元。"
        "只用于上列代办事项，村里不另外收费。经手人签名：　　　　　　　交款人签名：",
        materials=(),
        money=(f"{line.move.zh} {yuan(line.amount_fen)} 元，收据号 {line.receipt}",),
        taken_at="",
        by_node_clock=False,
        clerk=line.clerk_name,
        next_step=line.note,
        proof="",
        reprint=0,
    )


def result_slip(slip: Slip, handed: FollowUp) -> Slip:
    """The receipt for a result, signed by who collected it."""
    return replace(
        slip,
        title="结果领取回执",
        statement=f"以上办理结果已于 {moment(handed.made_ms)}（村里电脑时间）领到。领取人签名：　　　　　　　日期：",
        materials=(),
        money=(),
        taken_at="",
        by_node_clock=False,
        clerk=handed.clerk_name,
        next_step=handed.words,
        proof="",
        reprint=0,
    )


def next_step(item: Item) -> str:
    """What the applicant should expect, in one line. A limit nobody has confirmed yet is not printed."""
    if item.kind is ItemKind.PROXY:
        result = "办好会通知" if item.illustrative else f"一般 {limit_words(item)}有结果"
        return f"由村级服务点和镇政务服务中心代办，{result}。"
    if item.village is VillageAvailability.HELPS:
        return "材料转交镇里，由镇里窗口办理，需要补材料时会打电话通知。"
    limit = "会按规定时限办理" if item.illustrative else f"一般 {limit_words(item)}办结"
    return f"镇里受理后{limit}，需要补材料时会打电话通知。"


def limit_words(item: Item) -> str:
    """The promise as words: "当场" or "5 个工作日内"."""
    if item.promise.days == 0:
        return "当场"
    return f"{item.promise.days} {item.promise.unit.zh}内"


def moment(at_ms: int) -> str:
    """Milliseconds UTC as people in China write it: 2026年4月10日 09:30."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(CHINA)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def clock_time(at_ms: int) -> str:
    """The time of day in China: 09:30."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(CHINA):%H:%M}"


def _status(line: MaterialLine) -> str:
    if line.status is MaterialStatus.PRESENT:
        return f"已收 {line.copies} 份" if line.copies > 1 else "已收"
    return "承诺补交" if line.promised else "缺少"
