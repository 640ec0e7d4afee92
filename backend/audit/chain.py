"""How audit entries hold each other fast. No clock, no database: values in, values out."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from api_spec.vocabulary import Term
from backend.instants import to_ms

START = bytes(32)
"""What the first entry of a township hangs on."""

LONGEST_REASON: Final = 400
"""Characters; whoever gives a longer reason finds it whole where it was given."""


class AuditAction(Term):
    """What must be accounted for."""

    SIGN_IN = "sign_in", "登录"
    SIGN_IN_REFUSED = "sign_in_refused", "登录未成功"
    SIGN_OUT = "sign_out", "退出登录"
    READ_IDENTITY = "read_identity", "查看完整证件号码"
    READ_PAPERS = "read_papers", "查看材料照片"
    CHANGE_ACCOUNT = "change_account", "变更账号"
    CHANGE_SETTING = "change_setting", "变更设置"
    ENROL_NODE = "enrol_node", "登记村级服务点设备"
    SETTLE_HELD = "settle_held", "处理搁置的村级记录"
    IMPORT_BUNDLE = "import_bundle", "导入村级 U 盘数据"
    EXPORT = "export", "导出数据"
    CHANGE = "change", "变更"
    CHANGE_CALENDAR = "change_calendar", "变更工作日历"
    RECOUNT = "recount", "重新计算到期日"
    READ_CASE = "read_case", "查看办件"
    ANCHOR = "anchor", "存每日凭证"
    VERIFY = "verify", "核对日志"
    READ_CONTACTS = "read_contacts", "查看联系电话"
    READ_VOICE = "read_voice", "查看投诉或咨询"
    SETTLE_NOTICE = "settle_notice", "处理通知"
    SEND_AGAIN = "send_again", "重新上报"
    END_DOCUMENT = "end_document", "撤销或替换文书"
    PUBLISH_ITEM = "publish_item", "发布事项"
    WITHDRAW_ITEM = "withdraw_item", "撤下事项"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing somebody did.

    Args:
        number: counts 1, 2, 3 … within a township.
        at: the township's clock, aware, whole milliseconds.
        actor_roles: every role held then, sorted, joined by commas.
        facts: ids, states and counts; never a name, number or address.
    """

    tenant_id: str
    number: int
    at: datetime
    actor_id: str
    actor_roles: str
    action: AuditAction
    subject_kind: str
    subject_id: str
    reason: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it was stored, with the hash before it and its own."""

    entry: Entry
    prev_hash: bytes
    hash: bytes


def link(entry: Entry, prev_hash: bytes) -> Link:
    """SHA-256 over the hash before and the entry's canonical JSON (fixed order, sorted facts)."""
    canonical = msgspec.json.encode(
        [
            entry.tenant_id,
            entry.number,
            to_ms(entry.at),
            entry.actor_id,
            entry.actor_roles,
            entry.action.value,
            entry.subject_kind,
            entry.subject_id,
            entry.reason,
            dict(entry.facts),
        ],
        order="deterministic",
    )
    return Link(entry, prev_hash, hashlib.sha256(prev_hash + canonical).digest())


def first_break(links: Iterable[Link], *, number: int = 0, before: bytes = START) -> int | None:
    """The number of the first entry that was changed, or stands where another is missing; None if all hold.

    Args:
        links: entries of one township in the order of their numbers.
        number, before: the last entry in front of them, which was proved already, and its hash.
    """
    for expected, found in enumerate(links, start=number + 1):
        if found.entry.number != expected or link(found.entry, before) != found:
            return expected
        before = found.hash
    return None
