"""What an edge of the machine asks of the errand and of the command, and how each is judged. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from api_spec.errors import ErrorCode
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Relation, Role
from backend.faults import Fault, Wrong
from backend.proxy.errand import TRADES, Errand, EventFacts

LONGEST_MANDATE = timedelta(days=366)
"""A mandate for one errand is no standing power: a year is the most this office takes."""

TOWNSHIP = frozenset({Role.WINDOW, Role.CENTRE_STAFF, Role.DIRECTOR})
OWNER = frozenset({Role.CITIZEN, Role.AGENT})


class When(StrEnum):
    """What must be true of the errand and the person."""

    MANDATE_RUNS = "mandate_runs"
    REDELEGABLE = "redelegable"
    PAPER_SIGNED = "paper_signed"
    MONEY_SETTLED = "money_settled"
    NOT_RECEIVED = "not_received"
    HANDED_OVER = "handed_over"


class Ask(StrEnum):
    """What the command must bring."""

    MANDATE = "mandate"
    SHARING = "sharing"
    PAPER = "paper"
    BATCH = "batch"
    REFERENCE = "reference"
    PAPERS_BACK = "papers_back"


Judge = Callable[[Errand, Role, date], Fault | None]


def _mandate_runs(errand: Errand, _: Role, today: date) -> Fault | None:
    if errand.mandate is None or errand.sharing is not errand.terms.partner:
        return Fault(ErrorCode.MANDATE_REQUIRED, reason="missing")
    if not errand.mandate.runs(today):
        return Fault(ErrorCode.MANDATE_REQUIRED, reason="not_in_force", until=errand.mandate.valid_until)
    return None


def _redelegable(errand: Errand, role: Role, _: date) -> Fault | None:
    """Who was chosen personally may pass an errand on only with consent (民法典 169)."""
    mandate = errand.mandate
    if (
        role in TOWNSHIP
        and mandate
        and mandate.relation is Relation.VILLAGE_CLERK
        and not mandate.redelegable
    ):
        return Fault(ErrorCode.MANDATE_REQUIRED, reason="no_redelegation")
    return None


def _paper_signed(errand: Errand, _: Role, __: date) -> Fault | None:
    """电子签名法 3: stopping water, heat or gas rests on ink; some errands need the person themselves (民法典 161)."""
    if not errand.unsigned:
        return None
    return Fault(ErrorCode.IN_PERSON_ONLY if errand.terms.in_person else ErrorCode.WET_INK_REQUIRED)


def _money_settled(errand: Errand, _: Role, __: date) -> Fault | None:
    return Fault(ErrorCode.MONEY_NOT_BALANCED, held_fen=errand.held_fen) if errand.held_fen else None


def _not_received(errand: Errand, _: Role, __: date) -> Fault | None:
    return Fault(ErrorCode.ACTION_NOT_ALLOWED, needs=When.NOT_RECEIVED) if errand.received else None


def _handed_over(errand: Errand, role: Role, _: date) -> Fault | None:
    """A partner acts only on what it has been given."""
    if role is Role.PARTNER and not errand.batch:
        return Fault(ErrorCode.NOT_YOUR_ACTION)
    return None


WHENS: Mapping[When, Judge] = {
    When.MANDATE_RUNS: _mandate_runs,
    When.REDELEGABLE: _redelegable,
    When.PAPER_SIGNED: _paper_signed,
    When.MONEY_SETTLED: _money_settled,
    When.NOT_RECEIVED: _not_received,
    When.HANDED_OVER: _handed_over,
}

Check = Callable[[Errand, EventFacts, Role, date], Iterator[Wrong]]


def _mandate(_: Errand, facts: EventFacts, role: Role, today: date) -> Iterator[Wrong]:
    mandate = facts.mandate
    if mandate is None:
        yield Wrong("mandate", "required", "请先签好委托书：委托谁、办什么、到哪天为止。")
        return
    if mandate.valid_until < max(today, mandate.valid_from):
        yield Wrong("mandate.valid_until", "date_too_early", "委托已经过期，请写一个今天以后的日期。")
    if mandate.valid_until - mandate.valid_from > LONGEST_MANDATE:
        yield Wrong("mandate.valid_until", "date_too_late", "委托期限最长一年，请按办这件事需要的时间写。")
    if mandate.relation is Relation.SELF:
        yield Wrong("mandate.relation", "not_a_choice", "请选受托人与申请人的关系。")
    electronic = mandate.method is SigningMethod.ELECTRONIC
    if electronic and role not in OWNER:
        yield Wrong("mandate.method", "not_a_choice", "电子签名只能由本人在手机上签，窗口请登记纸质委托书。")
    if role in OWNER and not electronic:
        yield Wrong("mandate.method", "not_a_choice", "纸质委托书请交到窗口或村服务点登记。")
    if not electronic and not facts.paper.strip():
        yield Wrong("paper", "required", "请填纸质委托书的编号。")


def _sharing(errand: Errand, facts: EventFacts, _: Role, __: date) -> Iterator[Wrong]:
    """个人信息保护法 23: passing data on needs a consent of its own, for this one recipient."""
    partner = errand.terms.partner
    if facts.sharing is not partner:
        yield Wrong(
            "sharing", "required", f"还要单独同意把办理所需的信息交给{TRADES[partner]}企业，和委托书分开签。"
        )
    elif not facts.sharing_version:
        yield Wrong("sharing", "required", "请写明同意的是哪一版说明。")


def _paper(_: Errand, facts: EventFacts, __: Role, ___: date) -> Iterator[Wrong]:
    if not facts.paper.strip():
        yield Wrong("paper", "required", "请填本人签字的纸质件编号。")


def _batch(_: Errand, facts: EventFacts, __: Role, ___: date) -> Iterator[Wrong]:
    if not facts.batch:
        yield Wrong("batch", "required", "请列入移交清单后再递交。")


def _reference(_: Errand, facts: EventFacts, __: Role, ___: date) -> Iterator[Wrong]:
    if not facts.reference.strip():
        yield Wrong("reference", "required", "请填企业的受理号、回执号或凭证号。")


def _papers_back(errand: Errand, facts: EventFacts, role: Role, _: date) -> Iterator[Wrong]:
    if errand.holds_papers and not facts.papers_returned:
        words = (
            "您的材料还没有退回，请到窗口领回材料后再终止。"
            if role in OWNER
            else "申请人的材料还没有退回，请退回并勾选“材料已退回”。"
        )
        yield Wrong("papers_returned", "required", words)


ASKS: Mapping[Ask, Check] = {
    Ask.MANDATE: _mandate,
    Ask.SHARING: _sharing,
    Ask.PAPER: _paper,
    Ask.BATCH: _batch,
    Ask.REFERENCE: _reference,
    Ask.PAPERS_BACK: _papers_back,
}
