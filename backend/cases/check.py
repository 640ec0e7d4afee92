"""The one check of an application, whichever way it comes: every mistake at once, each by its field. Pure.

The same questions are asked at the window, on the phone, in the village and by the citizen.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from api_spec import credit_code, forms, identity_number, phones
from api_spec.catalogue import SITUATION
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput, Problem, sentence
from api_spec.text import refuse_bad_characters
from api_spec.vocabulary import (
    ApplicantKind,
    Channel,
    DocumentType,
    ItemKind,
    Relation,
    VillageAvailability,
)
from backend.cases.filing import Applicant, Contents, Filing, Mandate
from backend.faults import Fault, Wrong

LONGEST_NAME = 100
LONGEST_TEXT = 200
PERSONAL_DOCUMENTS = frozenset(DocumentType) - {DocumentType.CREDIT_CODE, DocumentType.HUKOU}


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """An application's parts in their one written form (numbers normalised, answers cleaned), and all that is wrong.

    Made without copying the application itself: that costs a tenth of filing it.
    """

    asked: Filing
    applicant: Applicant
    mandate: Mandate | None
    answers: dict[str, Any]
    wrong: tuple[Wrong, ...]

    @property
    def filing(self) -> Filing:
        """The application with its parts in that form."""
        return replace(self.asked, applicant=self.applicant, mandate=self.mandate, answers=self.answers)

    @property
    def contents(self) -> Contents:
        """The personal part."""
        return Contents(applicant=self.applicant, mandate=self.mandate, answers=self.answers)

    def find_fault(self) -> Fault | None:
        """ITEM_NOT_OFFERED an errand, or an item villages do not take; FORM_INVALID with every mistake."""
        if not self.wrong:
            return None
        if any(wrong.code == ErrorCode.ITEM_NOT_OFFERED for wrong in self.wrong):
            return Fault(ErrorCode.ITEM_NOT_OFFERED, item=self.asked.item.code, channel=self.asked.channel)
        return Fault(ErrorCode.FORM_INVALID, wrong=self.wrong)

    def refuse_wrong(self) -> None:
        """Raises Fault: what `find_fault` finds."""
        if fault := self.find_fault():
            raise fault


def examine(filing: Filing, *, today: date) -> Examined:
    """Check everything about an application.

    Missing papers are no mistake here: they are for the receiver to tell (行政许可法 32).

    Args:
        today: the day in China.
    """
    reader = _Reader(today)
    reader.item(filing)
    applicant = reader.applicant(filing.applicant)
    return Examined(
        asked=filing,
        applicant=applicant,
        mandate=reader.mandate(filing.mandate, applicant) if filing.mandate else None,
        answers=reader.answers(filing),
        wrong=tuple(reader.wrong),
    )


@dataclass(slots=True)
class _Reader:
    """Reads an application part by part and notes what is wrong."""

    today: date
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, where: str, problem: Problem, words: str = "", **facts: str) -> None:
        self.wrong.append(Wrong(where, problem, words or sentence(problem, facts)))

    def item(self, filing: Filing) -> None:
        item = filing.item
        if item.kind is ItemKind.PROXY:
            self._not_offered("这是代办事项，请到“代办”里申请。")
        elif filing.channel is Channel.VILLAGE and item.village is VillageAvailability.NO:
            self._not_offered("这个事项村里不能收，请到镇政务服务中心办理。")
        if filing.paper_on and filing.paper_on > self.today:
            self.refuse("paper_on", Problem.DATE_TOO_LATE, "收纸质材料的日子不能晚于今天。")
        situations = [each.code for each in item.situations]
        if filing.situation not in (situations or [""]):
            self.refuse("situation", Problem.NOT_A_CHOICE, "请选择属于哪种情形。")
            return
        if not filing.materials:
            return
        known = {material.code for material in item.materials_for(filing.situation)}
        for code in filing.materials:
            if code not in known:
                self.refuse(
                    f"materials.{code[:40]}", Problem.NOT_A_CHOICE, "这个事项没有这份材料，请刷新后重新勾选。"
                )

    def applicant(self, applicant: Applicant) -> Applicant:
        organisation = applicant.kind is ApplicantKind.ORGANISATION
        allowed = {DocumentType.CREDIT_CODE} if organisation else PERSONAL_DOCUMENTS
        number = applicant.document_number
        if applicant.document_type in allowed:
            number = self._document("applicant.document_number", applicant.document_type, number)
        else:
            words = "单位请填统一社会信用代码。" if organisation else "个人请选身份证等个人证件。"
            self.refuse("applicant.document_type", Problem.NOT_A_CHOICE, words)
        return Applicant(
            kind=applicant.kind,
            name=self._text("applicant.name", applicant.name, LONGEST_NAME),
            document_type=applicant.document_type,
            document_number=number,
            phone=self._phone("applicant.phone", applicant.phone),
            address=self._text("applicant.address", applicant.address, LONGEST_TEXT, required=False),
        )

    def mandate(self, mandate: Mandate, applicant: Applicant) -> Mandate:
        number = mandate.agent_document_number
        if mandate.agent_document_type in PERSONAL_DOCUMENTS:
            number = self._document("mandate.agent_document_number", mandate.agent_document_type, number)
        else:
            self.refuse("mandate.agent_document_type", Problem.NOT_A_CHOICE, "请选身份证等个人证件。")
        if number == applicant.document_number:
            self.refuse("mandate.agent_document_number", Problem.NOT_A_CHOICE, "代办人不能是申请人自己。")
        if mandate.relation is Relation.SELF:
            self.refuse("mandate.relation", Problem.NOT_A_CHOICE, "请选代办人与申请人的关系。")
        if mandate.valid_until < self.today:
            self.refuse("mandate.valid_until", Problem.DATE_TOO_EARLY, "委托已经过期，请重新签委托书。")
        return replace(
            mandate,
            agent_name=self._text("mandate.agent_name", mandate.agent_name, LONGEST_NAME),
            agent_document_number=number,
            scope=self._text("mandate.scope", mandate.scope, LONGEST_TEXT),
            method=self._text("mandate.method", mandate.method, LONGEST_TEXT),
        )

    def answers(self, filing: Filing) -> dict[str, Any]:
        given = dict(filing.answers)
        if any(field.name == SITUATION for field in filing.item.form.fields):
            given[SITUATION] = filing.situation
        checked = forms.check(filing.item.form, given, today=self.today)
        for name, problem in checked.errors.items():
            self.refuse(f"answers.{name}", problem.problem, problem.sentence)
        return checked.clean

    def _not_offered(self, words: str) -> None:
        self.wrong.append(Wrong("item_id", ErrorCode.ITEM_NOT_OFFERED, words))

    def _document(self, where: str, kind: DocumentType, number: str) -> str:
        try:
            if kind is DocumentType.CREDIT_CODE:
                return credit_code.parse(number)
            return identity_number.parse(number, today=self.today, kind=kind).number
        except BadInput as bad:
            self.refuse(where, bad.problem, bad.sentence)
            return number

    def _phone(self, where: str, phone: str) -> str:
        try:
            return phones.parse_phone(phone)
        except BadInput as bad:
            self.refuse(where, bad.problem, bad.sentence)
            return phone

    def _text(self, where: str, value: str, longest: int, *, required: bool = True) -> str:
        value = value.strip()
        if required and not value:
            self.refuse(where, Problem.REQUIRED)
        if len(value) > longest:
            self.refuse(where, Problem.TOO_LONG, max=str(longest))
        try:
            refuse_bad_characters(value)
        except BadInput as bad:
            self.refuse(where, bad.problem, bad.sentence)
        return value
