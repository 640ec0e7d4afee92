"""A fact as the fields of a national exchange table, in the codes of one platform. Pure.

Source: the `up_*` tables as published for provincial exchanges; widths after them and GB/T 39046. Where a table's
fields are known only from practice, the names are the customary ones and a platform's own list is held against them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from api_spec.vocabulary import CaseAction, MaterialStatus
from backend.upward.facts import Fact, Table
from backend.upward.profiles import (
    APPLICANT_TYPES,
    APPLY_TYPES,
    DOCUMENT_TYPES,
    PROJECT_TYPES,
    Profile,
    stamp,
)

TASK_CODE_LENGTH: Final = 31
MOST_SERIAL: Final = 9999
DATA_SOURCE: Final = "township"
LONGEST_TEXT: Final = 500
FORWARD: Final = "通过"
BACK: Final = "退回"
OTHER: Final = "其他"
_BACK_ACTIONS: Final = frozenset({CaseAction.REQUEST_FIX, CaseAction.REFUSE, CaseAction.RETURN_FROM_ABOVE})
_OTHER_ACTIONS: Final = frozenset({CaseAction.WITHDRAW, CaseAction.DEEM_WITHDRAWN, CaseAction.VOID})

Fields = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who reports.

    Args:
        org_code, org_name: of the department that handles the case.
        handler: name of the clerk.
    """

    org_code: str
    org_name: str
    handler: str


def project_no(task_code: str, day: date, *, serial: int) -> str:
    """办件编号: 31 characters of the item's code, the day, four digits counted per item and day.

    Raises:
        ValueError: another length, or a serial outside 1 … 9999.
    """
    if len(task_code) != TASK_CODE_LENGTH or not 1 <= serial <= MOST_SERIAL:
        raise ValueError("a task code has 31 characters, a serial four digits")
    return f"{task_code}{day:%Y%m%d}{serial:04}"


def fields_of(fact: Fact, profile: Profile, sender: Sender, *, task_code: str, number: str) -> Fields:
    """The row, every field as text; fields that say nothing are left out."""
    common = {
        "project_no": number,
        "task_code": task_code,
        "task_version": str(fact.item_version),
        "org_code": sender.org_code,
        "org_name": sender.org_name,
        "data_source": DATA_SOURCE,
    }
    own = _TABLES[fact.table](fact, profile, sender)
    return {name: text for name, text in {**common, **own}.items() if text}


def _accept(fact: Fact, profile: Profile, sender: Sender) -> Fields:  # noqa: ARG001
    return {
        "project_name": fact.item_name,
        "project_type": PROJECT_TYPES[fact.item_kind],
        "apply_date": stamp(fact.received_at or fact.at),
        "accept_date": stamp(fact.at),
        "accept_doc_no": fact.case_number,
        "apply_type": APPLY_TYPES[fact.channel],
        "applyer_name": fact.applicant_name,
        "applyer_type": APPLICANT_TYPES[fact.applicant_kind],
        "applyer_page_type": DOCUMENT_TYPES[fact.document_type],
        "applyer_page_code": fact.document_number,
        "contact_name": fact.applicant_name,
        "contact_mobile": fact.phone,
        "promise_date": f"{fact.promise_on:%Y%m%d}T235959" if fact.promise_on else "",
        "handle_user_name": sender.handler,
    }


def _material(fact: Fact, profile: Profile, sender: Sender) -> Fields:  # noqa: ARG001
    return {
        "material_code": fact.material_code,
        "material_name": fact.material_name,
        "material_status": "1" if fact.material_status is MaterialStatus.PRESENT else "0",
        "receive_date": stamp(fact.at),
    }


def _process(fact: Fact, profile: Profile, sender: Sender) -> Fields:  # noqa: ARG001
    return {
        "step_code": fact.action.value if fact.action else "",
        "step_name": fact.action.zh if fact.action else "",
        "step_status": "2",
        "step_action": action_word(fact.action),
        "step_opinion": fact.note[:LONGEST_TEXT],
        "start_date": stamp(fact.began_at or fact.at),
        "end_date": stamp(fact.at),
        "next_step": fact.state.zh if fact.state else "",
        "handle_user_name": sender.handler,
    }


def _special(fact: Fact, profile: Profile, sender: Sender) -> Fields:  # noqa: ARG001
    return {
        "special_type": fact.special.value if fact.special else "",
        "special_reason": (fact.basis or fact.note)[:LONGEST_TEXT],
        "start_date": "" if fact.ends and not fact.days else stamp(fact.at),
        "end_date": stamp(fact.at) if fact.ends else "",
        "special_days": str(fact.days) if fact.days else "",
        "notice_no": fact.reference,
        "handle_user_name": sender.handler,
    }


def _result(fact: Fact, profile: Profile, sender: Sender) -> Fields:
    code = profile.endings[fact.ending] if fact.ending else ""
    explained = (
        fact.note or fact.basis or (fact.ending.zh if fact.ending and code in profile.needs_reason else "")
    )
    return {
        "result_type": code,
        "result_date": stamp(fact.at),
        "result_explain": explained[:LONGEST_TEXT],
        "result_cetr_no": fact.reference,
        "handle_user_name": sender.handler,
    }


def _review(fact: Fact, profile: Profile, sender: Sender) -> Fields:  # noqa: ARG001
    """Nobody's name: who rated stays with us (国办发〔2019〕51号)."""
    return {
        "satisfaction": profile.levels[fact.level] if fact.level else "",
        "assess_date": stamp(fact.at),
        "assess_id": fact.review_id,
    }


def _task(fact: Fact, profile: Profile, sender: Sender) -> Fields:  # noqa: ARG001
    return {
        "task_name": fact.item_name,
        "project_type": PROJECT_TYPES[fact.item_kind],
        "promise_day": str(fact.days),
        "update_date": stamp(fact.at),
    }


_TABLES: Final = {
    Table.ACCEPT: _accept,
    Table.MATERIAL: _material,
    Table.PROCESS: _process,
    Table.SPECIAL: _special,
    Table.RESULT: _result,
    Table.REVIEW: _review,
    Table.TASK: _task,
}


def action_word(action: CaseAction | None) -> str:
    """业务动作 (GB/T 39046): 通过, 退回, 其他."""
    if action in _BACK_ACTIONS:
        return BACK
    return OTHER if action is None or action in _OTHER_ACTIONS else FORWARD
