"""What documents the office issues and what may become of one; the word of each number series stands beside its kind."""

from collections.abc import Mapping
from typing import Final

from api_spec.vocabulary import Term


class DocumentKind(Term):
    """Kinds of documents, each with a number series of its own."""

    RECEIPT = "receipt", "收件回执"
    ACCEPTANCE = "acceptance", "受理通知书"
    FIX_NOTICE = "fix_notice", "一次性告知书"
    FURTHER_NOTICE = "further_notice", "补正告知书"
    REFUSAL = "refusal", "不予受理决定书"
    EXTENSION = "extension", "延期告知书"
    SPECIAL = "special", "特别程序告知书"
    GRANT = "grant", "准予决定书"
    DENIAL = "denial", "不予决定书"
    DELIVERY = "delivery", "送达回证"
    TERMINATION = "termination", "终止办理通知书"
    MANDATE = "mandate", "授权委托书"
    ERRAND_SUSPENSION = "errand_suspension", "代办中止告知单"
    ERRAND_RESUMPTION = "errand_resumption", "代办续办告知单"
    ERRAND_COMPLETION = "errand_completion", "代办办结单"
    ERRAND_END = "errand_end", "代办终止告知单"


SERIES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.RECEIPT: "收",
    DocumentKind.ACCEPTANCE: "受",
    DocumentKind.FIX_NOTICE: "告",
    DocumentKind.FURTHER_NOTICE: "补",
    DocumentKind.REFUSAL: "不受",
    DocumentKind.EXTENSION: "延",
    DocumentKind.SPECIAL: "特",
    DocumentKind.GRANT: "准",
    DocumentKind.DENIAL: "不准",
    DocumentKind.DELIVERY: "送",
    DocumentKind.TERMINATION: "终",
    DocumentKind.MANDATE: "委",
    DocumentKind.ERRAND_SUSPENSION: "代中",
    DocumentKind.ERRAND_RESUMPTION: "代续",
    DocumentKind.ERRAND_COMPLETION: "代结",
    DocumentKind.ERRAND_END: "代终",
}
"""The word of a series: the 受 of 三政务受〔2026〕12号."""


class DocumentSubject(Term):
    """What a document is about."""

    CASE = "case", "办件"
    ERRAND = "errand", "代办件"


class DocumentState(Term):
    VALID = "valid", "有效"
    SUSPENDED = "suspended", "暂停使用"
    REVOKED = "revoked", "已撤销"
    REPLACED = "replaced", "已由新文书替换"
