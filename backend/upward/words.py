"""The way upward as the desk and the command line read it. Pure."""

from typing import Final

from backend.outbox.service import ParcelState
from backend.pages_env import moment
from backend.upward.service import Report

_WORDS: Final = {
    "no_task_code": "事项没有 31 位实施编码",
    "no_receipt": "平台没有给回执",
    "unreachable": "连不上平台",
    "unreadable_answer": "平台的回执读不懂",
    "unreadable": "内容打不开，请联系管理员",
    "not_composed": "内容整理不出来，请联系管理员",
    "refused_batch": "平台拒收整批",
    "refused": "平台拒收这一条",
    "http": "平台暂时不能接收",
    "by_desk": "工作人员取消",
    "internal": "系统内部错误，请联系管理员",
}


def reason_words(reason: str) -> str:
    """What a clerk reads, with the code in brackets for whoever rings the platform."""
    if not reason:
        return ""
    found = next((words for start, words in _WORDS.items() if reason.startswith(start)), "没有报上去")
    return f"{found}（{reason}）"


def report_lines(report: Report) -> list[str]:
    """The report as the command line prints it, the worst first."""
    lines = []
    if not report.configured:
        lines.append("没有接入一体化平台，什么都没有报上去。")
    if report.is_stuck and report.oldest:
        lines.append(f"有数据超过一天没有报上去，最早的是 {moment(report.oldest)}。")
    if report.no_code:
        lines.append(f"{len(report.no_code)} 个事项没有 31 位实施编码：{'、'.join(report.no_code)}。")
    waiting, refused, sent = (
        report.total(state) for state in (ParcelState.WAITING, ParcelState.DEAD, ParcelState.SENT)
    )
    return [*lines, f"待上报 {waiting} 条，被拒收 {refused} 条，近三十天有回执 {sent} 条。"]
