"""Which moves of a case its applicant is told, and in which words. Pure: values in, values out."""

from collections.abc import Mapping
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.messages.notices import NoticeKind
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Outcome, TimerKind
from backend.cases.changes import CaseMoved
from backend.cases.deadlines import NO_DAY
from backend.notices.fields import day_words, moment_words
from backend.notices.rules import timely
from backend.notices.telling import Recipient, Telling

KINDS: Final[Mapping[A, NoticeKind]] = {
    A.ACCEPT: NoticeKind.CASE_ACCEPTED,
    A.DEEM_ACCEPTED: NoticeKind.CASE_ACCEPTED,
    A.REQUEST_FIX: NoticeKind.CASE_FIX,
    A.REFUSE: NoticeKind.CASE_REFUSED,
    A.START_SPECIAL: NoticeKind.CASE_SPECIAL,
    A.EXTEND: NoticeKind.CASE_EXTENDED,
    A.REPORT_UP: NoticeKind.CASE_REPORTED,
    A.DECIDE: NoticeKind.CASE_DECIDED,
    A.SIGN: NoticeKind.CASE_DECIDED,
    A.DECIDE_ABOVE: NoticeKind.CASE_DECIDED,
    A.MAKE_READY: NoticeKind.CASE_READY,
    A.FINISH: NoticeKind.CASE_FINISHED,
    A.DEEM_WITHDRAWN: NoticeKind.CASE_WITHDRAWN,
}
_ASK_FOR: Final[Mapping[NoticeKind, TimerKind]] = {NoticeKind.CASE_FIX: TimerKind.SUPPLEMENT}
UNNAMED: Final = "您申请的事项"
"""What a confidential item is called wherever others may read along."""
PAGE: Final = "pages/case/case"


def telling_of(moved: CaseMoved, *, base_url: str) -> Telling | None:
    """What to tell of moves made together: only the last of them that anybody is told of."""
    told = [event for event in moved.new if event.action in KINDS]
    if not told:
        return None
    event, case, entry = told[-1], moved.case, moved.entry
    kind = _kind(event.action, case.outcome)
    due = moved.timers.get(_ASK_FOR.get(kind, TimerKind.PROMISE))
    words = {
        "item": UNNAMED if case.terms.confidential else case.terms.item_name,
        "number": entry.case_number,
        "what": "、".join(gap.name for gap in case.gaps)
        if kind is NoticeKind.CASE_FIX
        else event.facts.basis,
        "until": day_words(due.due) if due and due.due and due.due != NO_DAY else "",
        "place": case.terms.window.zh,
        "at": moment_words(event.at),
        "link": f"{base_url}/c/{entry.tracking_code}",
    }
    applicant = moved.contents.applicant
    return Telling(
        tenant_id=entry.tenant_id,
        kind=kind,
        to=Recipient(
            citizen_id=case.owner_id,
            phone=applicant.phone,
            name=applicant.name,
            village_id=case.village_id,
        ),
        about_kind="case",
        about_id=case.id,
        once=str(event.seq),
        words=timely({name: word for name, word in words.items() if word}, today=day_in_china(event.at)),
        at=event.at,
        page=f"{PAGE}?code={entry.tracking_code}",
    )


def _kind(action: A, outcome: Outcome | None) -> NoticeKind:
    """A paper that refuses is not told of as if it were what was asked for."""
    if action is A.MAKE_READY and outcome is Outcome.REFUSED:
        return NoticeKind.CASE_REFUSAL_READY
    return KINDS[action]
