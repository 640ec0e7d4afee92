"""What happens next, told to the applicant in one line. Pure."""

from collections.abc import Mapping
from datetime import date

from api_spec.vocabulary import CaseState as S
from api_spec.vocabulary import Outcome
from backend.cases.case import Gap
from backend.cases.deadlines import NO_DAY

_SENTENCES: Mapping[S, str] = {
    S.QUEUED: "村里已收下，等联网后自动传到镇里。",
    S.DRAFT: "还没有提交，请填好后提交。",
    S.SUBMITTED: "镇里正在核对材料，最迟{due}告诉您结果。",
    S.NEED_FIX: "请在{due}前补齐：{missing}。可交到村服务点或窗口{online}。",
    S.NOT_ACCEPTED: "没有受理，原因写在通知书里；有疑问请打电话或到窗口问。",
    S.ACCEPTED: "已经受理，承诺{promise}前办好，现在不用您做什么。",
    S.REVIEWING: "部门正在审查，承诺{promise}前办好，现在不用您做什么。",
    S.INSPECTING: "工作人员会到现场查看，请保持电话畅通。",
    S.SPECIAL: "正在走法定的特别程序，这段时间不计入办理期限，结束后会接着办。",
    S.COLLECTIVE: "正在等镇里集体讨论，承诺{promise}前办好。",
    S.LEGAL_SIGN: "正在等部门负责人审签，承诺{promise}前办好。",
    S.REPORTED: "已上报上级部门，等上级答复，有结果会告诉您。",
    S.RETURNED_UP: "上级要求再核实，镇里正在处理，现在不用您做什么。",
    S.DECIDED: "已经作出决定，正在制作文书，请等领取通知。",
    S.TO_COLLECT: "结果已出，请带身份证到窗口领取，也可请村代办员转交。",
    S.DELIVERED: "结果已送到，办件就要归档了。",
    S.FINISHED: "已经办完。",
    S.WITHDRAWN: "申请已撤回，需要时可以重新提交。",
    S.VOIDED: "这个办件登记有误，已作废；有疑问请打电话问。",
    S.ARCHIVED: "已经办完并归档。",
}
_WANTED_ABOVE = "上级要求补正：{missing}。请在告知书写明的日期前补齐，可交到村服务点或窗口{online}。"
_BRING_ORIGINALS = "镇里正在核对您填的内容，最迟{due}告诉您结果。请带上材料原件到窗口核对。"
_LATE = "已超过承诺期限{by}，我们正在催办。{ask}"
_STILL_PLEDGED = frozenset({S.ACCEPTED, S.REVIEWING, S.SPECIAL, S.COLLECTIVE, S.LEGAL_SIGN})
_REFUSED: Mapping[S, str] = {
    S.DECIDED: "没有批准，正在制作决定书，里面会写明理由和怎样申请复议。",
    S.TO_COLLECT: "没有批准，请到窗口领取决定书，里面写明理由和怎样申请复议。",
    S.FINISHED: "没有批准，决定书里写明了理由和怎样申请复议。",
}


def next_step(
    state: S,
    *,
    due_on: date = NO_DAY,
    promise_on: date | None = None,
    missing: tuple[str, ...] = (),
    outcome: Outcome | None = None,
    only_said: bool = False,
    has_account: bool = True,
    visit_on: date | None = None,
    owed: tuple[str, ...] = (),
    owed_until: date | None = None,
    days_late: int | None = None,
    complaint_phone: str = "",
) -> str:
    """The sentence for a state; days that are not known are left out.

    Args:
        missing: what a notice asks for, each with how to put it right (`gap_words`).
        only_said: the papers were ticked on the phone and nobody has seen them yet.
        has_account: the applicant can follow the case on the phone.
        visit_on: the day of a joint inspection.
        owed, owed_until: names of the papers pledged for later, and until when.
        days_late: working days since the promised day; None: it is not over, and 0 where only days of rest are.
        complaint_phone: where to ask about what is late.
    """
    pledged = f"请在{day_text(owed_until)}前补交：{'、'.join(owed)}；过期不补按撤回处理。" if owed else ""
    if state is S.INSPECTING and visit_on:
        return f"{day_text(visit_on)}会有工作人员到现场查看，请到场，保持电话畅通。{pledged}"
    if pledged and state in _STILL_PLEDGED:
        return f"已经受理。{pledged}"
    words = _BRING_ORIGINALS if only_said and state is S.SUBMITTED else _SENTENCES[state]
    if state is S.RETURNED_UP and missing:
        words = _WANTED_ABOVE
    if days_late is not None and "{promise}" in words:
        return _late(days_late, complaint_phone)
    if outcome is Outcome.REFUSED:
        words = _REFUSED.get(state, words)
    if "{promise}" in words and promise_on is None:
        words = words.replace("承诺{promise}前办好，", "").replace("，承诺{promise}前办好。", "。")
    return words.format(
        due=day_text(due_on),
        promise=day_text(promise_on),
        missing="；".join(missing) or "告知书上的材料",
        online="，也可在手机上补" if has_account else "",
    )


def _late(days: int, phone: str) -> str:
    """A day that is past is no promise any more."""
    return _LATE.format(
        by=f" {days} 个工作日" if days else "",
        ask=f"可打 {phone} 询问。" if phone else "可到窗口询问。",
    )


def gap_words(gap: Gap) -> str:
    """户口簿（请带原件来）: a line of a notice as it stands in a sentence."""
    how = gap.how_to_fix.strip().rstrip("。；;.")
    return f"{gap.name}（{how}）" if how else gap.name


def day_text(day: date | None) -> str:
    """4月10日; an unknown day is the one on the notice."""
    return "通知书写明的日期" if day is None or day == NO_DAY else f"{day.month}月{day.day}日"
