"""What each document of a case says, from the move it is issued with. Pure: values in, words out.

Source of the contents: 行政许可法 30, 32, 38, 42, 44, 45; plan, clauses 36 (一次性告知), 38 (限时办结), 45 (统一出件).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.document_terms import DocumentKind
from api_spec.vocabulary import CaseAction, CaseState, Outcome, TimerKind
from backend.cases.case import Event
from backend.documents import wording
from backend.documents.document import Draft, Line, Table
from backend.documents.wording import chinese_day, quoted
from backend.documents.words import CaseFile, Desk, Words

BRING: Final = "来办时带原件核对"
DECISIONS: Final = frozenset({CaseAction.DECIDE, CaseAction.SIGN, CaseAction.DECIDE_ABOVE})


def compose(file: CaseFile, event: Event, desk: Desk, *, together: Sequence[Event] = ()) -> Draft | None:
    """The document that goes with a move; None for a move that has none.

    Args:
        together: every move made in the same breath. What is decided at the counter at once is not first
            accepted in writing (行政许可法 34).
    """
    writer = _WRITERS.get(event.action)
    if writer is None:
        return None
    if event.action is CaseAction.ACCEPT and any(each.action in DECISIONS for each in together):
        return None
    return writer(Words(file, event, desk))


def receipt(file: CaseFile, desk: Desk) -> Draft:
    """收件回执, when somebody wants it as a document; the slip printed at filing is the same in short."""
    words = Words(file, file.events[0], desk)
    return words.draft(
        DocumentKind.RECEIPT,
        paragraphs=(
            f"现收到{words.you}提交的{words.matter}申请材料，清单见下表。",
            "本回执证明材料已经收到，不代表已经受理。受理与否，以书面通知或进度页为准。",
        ),
        tables=(words.papers(file.events[0].facts.materials),),
        closing=(wording.FOLLOW,),
        signatures=("交件人（签字）", "收件人（签字）"),
    )


def mandate(file: CaseFile, desk: Desk) -> Draft | None:
    """授权委托书 of whoever acts for the applicant (民法典 161, 165); None where the applicant acts alone."""
    given = file.contents.mandate
    if given is None:
        return None
    words = Words(file, file.events[0], desk)
    return words.draft(
        DocumentKind.MANDATE,
        facts=(
            *words.facts,
            Line("委托人", file.contents.applicant.name),
            Line("受托人", given.agent_name),
            Line("与委托人关系", given.relation.zh),
            Line("委托事项", given.scope),
            Line("委托期限", f"至{chinese_day(given.valid_until)}止"),
            Line("签署方式", given.method),
        ),
        paragraphs=(
            "委托人自愿委托上述受托人代为办理上述事项。受托人在委托事项和期限之内所做的行为，由委托人承担责任。",
            "委托人可以随时书面撤回委托。受托人不得超出委托事项，不得与自己发生与本委托有关的交易。",
        ),
        basis=("《中华人民共和国民法典》第一百六十一条、第一百六十五条、第一百六十八条",),
        signatures=("委托人（签字或捺印）", "受托人（签字）"),
        has_seal=False,
    )


def _accepted(words: Words) -> Draft:
    due = words.due(TimerKind.PROMISE)
    if words.event.action is CaseAction.DEEM_ACCEPTED:
        why = "因未在法定期限内一次性告知需要补正的内容，依法自收到材料之日起即为受理，材料不全的由我们联系补齐。"
    elif words.event.facts.pledge:
        why = f"经核对，主要材料齐全，{_pledge(words)}，现先予受理。"
    else:
        why = "经核对，申请材料齐全，符合受理条件，现予受理。"
    limit = wording.limit(words.terms.promise)
    if words.terms.promise.days == 0:
        promise = f"本件{limit}。"
    elif due:
        promise = f"本件承诺于{chinese_day(due)}前办结（自受理次日起算，{limit}）。"
    else:
        promise = f"本件承诺{limit}办结。"
    return words.draft(
        DocumentKind.ACCEPTANCE,
        paragraphs=(f"{words.application}，{why}", promise, wording.NOT_COUNTED),
        tables=(words.papers(words.file.case.materials),),
        closing=(wording.FOLLOW,),
        basis=words.basis("第三十二条", "第四十二条"),
    )


def _pledge(words: Words) -> str:
    """What is still to be handed in against a written pledge (容缺受理), and until when."""
    facts = words.event.facts
    names = "、".join(paper.name for paper in words.terms.papers if paper.code in facts.promised)
    owed = f"所缺材料（{names}）" if names else "所缺材料"
    until = f"于{chinese_day(facts.until)}前" if facts.until else "限期"
    return f"{owed}按书面承诺{until}补交"


def _lacking(words: Words) -> Draft:
    """Everything missing at once, beside what is there (plan, clause 36; 行政许可法 30, 32)."""
    above = words.event.before is CaseState.RETURNED_UP
    further = above or words.file.case.notices > 1
    why = "上级部门退回，要求补正" if above else "经核对，材料不齐全或者不符合要求"
    until = words.due(TimerKind.SUPPLEMENT)
    closing = [
        f"请于{chinese_day(until)}前补齐，" if until else f"请在{words.event.facts.days}个工作日内补齐，",
        f"交到{words.desk.hall}{words.desk.window}；村级服务点能办的，也可以就近交到村里。",
        "" if above else "逾期没有补齐的，按撤回申请处理；材料齐了以后可以重新申请。",
    ]
    note = (f"说明：{words.event.note}",) if words.event.note else ()
    return words.draft(
        DocumentKind.FURTHER_NOTICE if further else DocumentKind.FIX_NOTICE,
        paragraphs=(f"{words.application}，{why}。需要补正的全部内容一次告知如下：",),
        tables=(_gaps(words),),
        closing=("".join(closing), *note, *wording.guide(words.desk.item, words.terms.promise)),
        basis=words.basis("第三十条", "第三十二条"),
    )


def _gaps(words: Words) -> Table:
    """The whole list, with what is there beside what is missing."""
    gaps = {gap.code: gap for gap in words.event.facts.gaps}
    lines: list[tuple[str, str, str]] = []
    for paper in words.terms.papers:
        gap = gaps.get(paper.code)
        if gap is None:
            word = words.found(words.file.case.materials, paper.code)
            lines.append((paper.name, word, BRING if paper.code in words.said else "不用补"))
        else:
            lines.append((paper.name, gap.status.zh, gap.how_to_fix))
    return Table(
        title="材料清单",
        columns=("序号", "材料名称", "情况", "怎样补正"),
        rows=tuple((str(place), *line) for place, line in enumerate(lines, 1)),
    )


def _refused(words: Words) -> Draft:
    return words.draft(
        DocumentKind.REFUSAL,
        paragraphs=(
            f"{words.application}，经核对，决定不予受理。",
            f"理由：{words.event.note}",
        ),
        basis=wording.cited(words.event.facts.basis, words.basis("第三十二条")),
        remedy=words.remedy,
    )


def _extended(words: Words) -> Draft:
    """The reason is the leader's; what the head wrote beside the approval stays inside the office."""
    proposals = (
        each.note
        for each in reversed(words.file.events[: words.event.seq])
        if each.action is CaseAction.PROPOSE_EXTENSION
    )
    reason = next(proposals, words.event.note)
    due = words.due(TimerKind.PROMISE)
    until = f"，延长后于{chinese_day(due)}前办结" if due else ""
    return words.draft(
        DocumentKind.EXTENSION,
        paragraphs=(
            f"{words.application}，不能在原定期限内作出决定。"
            f"经本机关负责人批准，办理期限延长{words.event.facts.days}个工作日{until}。",
            f"理由：{reason}",
        ),
        closing=(wording.FOLLOW,),
        basis=words.basis("第四十二条"),
    )


def _special(words: Words) -> Draft:
    days = words.event.facts.days
    takes = f"所需时间为{days}个工作日" if days else "所需时间以该程序实际完成为准"
    ground = words.event.facts.basis
    return words.draft(
        DocumentKind.SPECIAL,
        paragraphs=(
            f"办理{words.application}，依法需要进行{ground}。{takes}，不计入办理期限。",
            f"自{chinese_day(day_in_china(words.event.at))}起停止计算办理期限，该程序结束后恢复计算。",
            f"说明：{words.event.note}",
        ),
        closing=(wording.FOLLOW,),
        basis=words.basis("第四十五条"),
    )


def _decided(words: Words) -> Draft:
    event = words.event
    above = event.action is CaseAction.DECIDE_ABOVE
    reference = f"（文号：{event.facts.reference}）" if event.facts.reference else ""
    through = f"经报上级业务部门决定{reference}，" if above else "经审查，"
    if event.facts.outcome is Outcome.REFUSED:
        return words.draft(
            DocumentKind.DENIAL,
            paragraphs=(f"{words.application}，{through}现决定不予办理。", f"理由：{event.note}"),
            basis=wording.cited(event.facts.basis, words.basis("第三十八条")),
            remedy=words.remedy,
        )
    result = words.terms.result_name
    handed = f"办理结果为{quoted(result)}，自本决定作出之日起十日内送达。" if result else ""
    paragraphs = (f"{words.application}，{through}符合规定条件，现决定准予办理。", handed, event.note)
    return words.draft(
        DocumentKind.GRANT,
        paragraphs=tuple(each for each in paragraphs if each),
        basis=words.basis("第三十八条", "第四十四条"),
    )


def _delivered(words: Words) -> Draft:
    """送达回证: what was handed over, to whom, how (plan, clause 45; 行政许可法 44)."""
    event = words.event
    papers = [*words.desk.handed_over]
    if words.terms.deliverable and words.terms.result_name:
        papers.append((words.terms.result_name, ""))
    method = event.facts.method
    return words.draft(
        DocumentKind.DELIVERY,
        facts=(
            *words.facts,
            Line("送达方式", method.zh if method else ""),
            Line("送达凭证", event.facts.proof or "当面签收"),
            Line("送达日期", chinese_day(day_in_china(event.at))),
        ),
        paragraphs=("下列文书和结果已经送达，请受送达人核对后签字。",),
        tables=(
            Table(
                title="送达的文书和结果",
                columns=("序号", "名称", "文号"),
                rows=tuple((str(place), *paper) for place, paper in enumerate(papers, 1)),
            ),
        ),
        basis=words.basis("第四十四条"),
        signatures=("受送达人（签字）", "代收人及与受送达人关系", "送达人（签字）"),
    )


def _ended(words: Words) -> Draft:
    if words.event.action is CaseAction.DEEM_WITHDRAWN:
        told = words.event.before is CaseState.NEED_FIX
        missed = "在告知的期限内没有补齐材料" if told else "没有按书面承诺补交所缺材料"
        why = f"因{missed}，按撤回申请处理，现终止办理。"
    else:
        wish = f"（申请书编号：{words.event.facts.reference}）" if words.event.facts.reference else ""
        why = f"现按{words.you}本人的要求{wish}撤回，终止办理。"
    return words.draft(
        DocumentKind.TERMINATION,
        paragraphs=(
            f"{words.application}，{why}",
            "已经收下的材料原件可以到窗口取回。需要办理时可以重新申请，不受本次影响。",
        ),
    )


_WRITERS: Final[Mapping[CaseAction, Callable[[Words], Draft]]] = {
    CaseAction.ACCEPT: _accepted,
    CaseAction.DEEM_ACCEPTED: _accepted,
    CaseAction.REQUEST_FIX: _lacking,
    CaseAction.REFUSE: _refused,
    CaseAction.EXTEND: _extended,
    CaseAction.START_SPECIAL: _special,
    CaseAction.DECIDE: _decided,
    CaseAction.SIGN: _decided,
    CaseAction.DECIDE_ABOVE: _decided,
    CaseAction.DELIVER: _delivered,
    CaseAction.WITHDRAW: _ended,
    CaseAction.DEEM_WITHDRAWN: _ended,
}

WITH_DOCUMENT: Final = frozenset(_WRITERS)
"""The moves a document is issued with."""
