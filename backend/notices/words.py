"""Reasons of the outbox as the desk reads them, and example words for the preview. Pure."""

from collections.abc import Mapping
from typing import Final

EXAMPLE: Final[Mapping[str, str]] = {
    "item": "最低生活保障申请",
    "number": "SD-260410-0007-K",
    "what": "户口簿、收入证明",
    "until": "2026年4月20日",
    "place": "社会事务综合窗口",
    "at": "2026年4月10日 12:00",
    "window": "社会事务综合窗口",
    "when": "4月13日 周一 09:00",
    "when_exact": "2026年4月13日 09:00",
    "link": "（查询网址）",
}
REASONS: Final[Mapping[str, str]] = {
    "no_consent": "本人没有同意接收消息",
    "no_channel": "没有可用的发送方式",
    "no_account": "没有用微信登录过",
    "no_template": "没有配置微信模板",
    "no_grant": "本人没有允许微信提醒",
    "no_mobile": "没有手机号码",
    "empty_field": "模板字段缺内容",
    "wechat_openid": "微信号已失效",
    "wechat_unreachable": "连不上微信",
    "by_hand": "已由工作人员告知",
    "by_desk": "工作人员取消",
    "too_late": "发送前日子已经过了",
    "unreadable": "内容打不开，请联系管理员",
    "internal": "系统内部错误，请联系管理员",
}
_KINDS: Final[Mapping[str, str]] = {
    "wechat_setup": "微信配置有误",
    "wechat_field": "微信模板字段不符",
    "wechat": "微信没有接收",
    "sms_unreachable": "连不上短信网关",
    "sms_http": "短信网关出错",
    "sms": "短信网关没有接收",
}


def reason_words(reason: str) -> str:
    """What a clerk reads, with the code in brackets where an administrator will ask for it."""
    if not reason:
        return ""
    if reason in REASONS:
        return REASONS[reason]
    found = next((words for start, words in _KINDS.items() if reason.startswith(start)), "没有发出")
    return f"{found}（{reason}）"


def names_of(text: str) -> tuple[str, ...]:
    """Field names as typed: parted by commas of either width, spaces or 、."""
    for mark in "，、;；":
        text = text.replace(mark, ",")
    return tuple(text.replace(",", " ").split())
