"""What each document of an errand says: mandate, suspension, resumption, completion, end. Pure: values in, words out.

Source of the set: local standards of 帮代办 (DB14/T 2233-2020, DB3205/T 1077-2023); 民法典 165, 168, 169, 933.
"""

from collections.abc import Callable, Mapping
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.document_terms import DocumentKind
from api_spec.vocabulary import ErrandAction, WindowType
from backend.cases.masking import masked_name
from backend.documents.document import Draft, Line
from backend.documents.wording import chinese_day, quoted
from backend.documents.words import Desk
from backend.proxy.errand import TRADES
from backend.proxy.moves import ErrandMoved

FREE: Final = "代办自愿、无偿，除公用企业公布的收费外不收任何费用。"


def compose(moved: ErrandMoved, desk: Desk) -> Draft | None:
    """The document that goes with a move of an errand; None for a move that has none."""
    writer = _WRITERS.get(moved.event.action)
    return writer(moved, desk) if writer else None


def _draft(
    kind: DocumentKind,
    moved: ErrandMoved,
    desk: Desk,
    *,
    paragraphs: tuple[str, ...],
    facts: tuple[Line, ...] = (),
    basis: tuple[str, ...] = (),
    signatures: tuple[str, ...] = ("收到人（签字）",),
    has_seal: bool = True,
) -> Draft:
    terms, applicant = moved.errand.terms, moved.contents.applicant
    lines = (
        Line("申请人", applicant.name),
        Line("代办事项", terms.item_name),
        Line("具体情形", terms.situation),
        Line("代办编号", moved.entry.number),
        Line("递交单位", f"{TRADES[terms.partner]}企业"),
        *facts,
    )
    contact = (
        Line("经办人", desk.clerk),
        Line("咨询电话", desk.phone),
        Line("监督投诉电话", desk.complaint_phone),
        Line("办理地点", f"{desk.hall} {WindowType.UTILITY.zh}"),
    )
    return Draft(
        kind=kind,
        title=kind.zh,
        organ=desk.organ,
        issued_on=day_in_china(moved.event.at),
        addressee=applicant.name,
        surname=masked_name(applicant),
        item=terms.item_name,
        case_number=moved.entry.number,
        facts=tuple(line for line in lines if line.text),
        paragraphs=paragraphs,
        basis=basis,
        contact=tuple(line for line in contact if line.text),
        signatures=signatures,
        has_seal=has_seal,
    )


def _asked(moved: ErrandMoved) -> str:
    return f"您于{chinese_day(day_in_china(moved.entry.received_at))}申请代办的{quoted(moved.errand.terms.item_name)}"


def _consented(moved: ErrandMoved, desk: Desk) -> Draft | None:
    """代办委托书: agent, matter, scope and period (民法典 165); passing on needs the principal's word (169)."""
    given = moved.contents.mandate
    if given is None:
        return None
    onward = "同意受托人转委托镇政务服务中心办理" if given.redelegable else "不得转委托"
    return _draft(
        DocumentKind.MANDATE,
        moved,
        desk,
        facts=(
            Line("委托人", moved.contents.applicant.name),
            Line("受托人", given.agent_name),
            Line("委托事项", given.scope),
            Line("委托期限", f"{chinese_day(given.valid_from)}至{chinese_day(given.valid_until)}"),
            Line("转委托", onward),
            Line("签署方式", given.method.zh),
            Line("见证人", "、".join(given.witnesses)),
        ),
        paragraphs=(
            "委托人自愿委托上述受托人办理上述事项，并单独同意把办理所需的信息提供给上述递交单位。",
            f"委托人可以随时撤回委托。{FREE}",
        ),
        basis=(
            "《中华人民共和国民法典》第一百六十五条、第一百六十八条、第一百六十九条、第九百三十三条",
            "《中华人民共和国个人信息保护法》第二十三条",
        ),
        signatures=("委托人（签字或捺印）", "受托人（签字）"),
        has_seal=False,
    )


def _suspended(moved: ErrandMoved, desk: Desk) -> Draft:
    return _draft(
        DocumentKind.ERRAND_SUSPENSION,
        moved,
        desk,
        paragraphs=(
            f"{_asked(moved)}，现中止办理。",
            f"原因：{moved.event.note}",
            "条件具备后会接着办，并另行告知。",
        ),
    )


def _resumed(moved: ErrandMoved, desk: Desk) -> Draft:
    note = (f"说明：{moved.event.note}",) if moved.event.note else ()
    return _draft(
        DocumentKind.ERRAND_RESUMPTION,
        moved,
        desk,
        paragraphs=(f"{_asked(moved)}，现恢复办理。", *note),
    )


def _completed(moved: ErrandMoved, desk: Desk) -> Draft:
    result = moved.errand.terms.result_name
    return _draft(
        DocumentKind.ERRAND_COMPLETION,
        moved,
        desk,
        facts=(Line("企业凭证号", moved.event.facts.reference), Line("办理结果", result)),
        paragraphs=(
            f"{_asked(moved)}，已经办结。",
            f"办理情况：{moved.event.note}",
            f"凭证和材料请到窗口或村服务点领取；代收的钱已经结清，多退少补。{FREE}",
        ),
    )


def _ended(moved: ErrandMoved, desk: Desk) -> Draft:
    return _draft(
        DocumentKind.ERRAND_END,
        moved,
        desk,
        paragraphs=(
            f"{_asked(moved)}，现终止代办。",
            f"原因：{moved.event.note}",
            "材料和代收的钱都已经退还。需要时可以重新申请。",
        ),
    )


_WRITERS: Final[Mapping[ErrandAction, Callable[[ErrandMoved, Desk], Draft | None]]] = {
    ErrandAction.CONSENT: _consented,
    ErrandAction.SUSPEND: _suspended,
    ErrandAction.RESUME: _resumed,
    ErrandAction.COMPLETE: _completed,
    ErrandAction.END: _ended,
}

WITH_DOCUMENT: Final = frozenset(_WRITERS)
"""The moves of an errand a document is issued with."""
