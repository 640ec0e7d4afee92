"""Reasons of the way upward as the desk reads them. Pure."""

from typing import Final

_WORDS: Final = {
    "no_task_code": "事项没有 31 位实施编码",
    "no_receipt": "平台没有给回执",
    "unreachable": "连不上平台",
    "unreadable_answer": "平台的回执读不懂",
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
