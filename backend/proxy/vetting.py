"""The one check of an errand, whichever way it comes: every mistake at once, each by its field.

Applicant, papers and the item's own questions are asked as for any case; here stands what only errands have.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from api_spec import identity_number, phones
from api_spec.catalogue import SITUATION
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput, Problem, sentence
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import Channel, ItemKind, MoneyMove, Role, VillageAvailability
from backend.cases.check import LONGEST_NAME, LONGEST_TEXT, PERSONAL_DOCUMENTS, examine
from backend.cases.filing import Filing
from backend.faults import Fault, Wrong
from backend.proxy import custody
from backend.proxy.conditions import ASKS, Ask
from backend.proxy.errand import Errand, terms_of
from backend.proxy.request import ErrandRequest, Mandate, consent_facts

RID = re.compile(r"[0-9a-f]{32}")
EMERGENCIES: Mapping[str, tuple[object, str]] = {
    "leak": (
        True,
        "闻到漏气不能等代办：马上关阀、开窗，不要开关电器，人到屋外打燃气抢修电话，也可打 119。",
    ),
}
"""Answers that are a phone call and never a ticket: question, answer, what to do."""


@dataclass(frozen=True, slots=True)
class Vetted:
    """A request in its one written form, and all that is wrong with it."""

    request: ErrandRequest
    wrong: tuple[Wrong, ...]

    def passed(self) -> ErrandRequest:
        """The request, if it can be filed.

        Raises:
            Fault: ITEM_NOT_OFFERED no errand, or one villages do not take; FORM_INVALID with every mistake.
        """
        if any(wrong.code == ErrorCode.ITEM_NOT_OFFERED for wrong in self.wrong):
            item = self.request.item
            raise Fault(ErrorCode.ITEM_NOT_OFFERED, item=item.code, channel=self.request.channel)
        if self.wrong:
            raise Fault(ErrorCode.FORM_INVALID, wrong=self.wrong)
        return self.request


def vet(request: ErrandRequest, *, today: date) -> Vetted:
    """Check everything about an errand.

    Args:
        today: the day in China.
    """
    if not RID.fullmatch(request.rid):
        return Vetted(request, (Wrong("rid", "pattern", "请刷新页面后重新填写。"),))
    if refusal := _not_offered(request):
        return Vetted(request, (refusal,))
    asked = examine(_as_filing(request), today=today)
    wrong = [one for one in asked.wrong if one.field != "item_id"]  # cases leave errands to this file
    answers = asked.filing.answers
    wrong += _emergencies(answers)
    mandate = request.mandate
    if mandate is not None:
        mandate, more = check_mandate(mandate, request.applicant.document_number, today=today)
        wrong += more
    wrong += _money(request)
    wrong += _consents(request, today)
    clean = replace(request, applicant=asked.filing.applicant, answers=answers, mandate=mandate)
    return Vetted(clean, tuple(wrong))


def check_mandate(mandate: Mandate, principal: str, *, today: date) -> tuple[Mandate, list[Wrong]]:
    """The 委托书 in its one written form; how long it may run is the machine's to say.

    Args:
        principal: the applicant's document number; nobody is their own agent.
    """
    wrong: list[Wrong] = []
    number, phone = mandate.agent_document_number, mandate.agent_phone
    if number:
        number = _document(mandate, today, wrong)
        if number == principal:
            wrong.append(_wrong("agent_document_number", Problem.NOT_A_CHOICE, "代办人不能是申请人自己。"))
    if phone:
        try:
            phone = phones.parse_phone(phone)
        except BadInput as bad:
            wrong.append(_wrong("agent_phone", bad.problem, bad.sentence))
    for name, text, longest in (
        ("agent_name", mandate.agent_name, LONGEST_NAME),
        ("scope", mandate.scope, LONGEST_TEXT),
    ):
        if not text.strip():
            wrong.append(_wrong(name, Problem.REQUIRED, sentence(Problem.REQUIRED, {})))
        if len(text) > longest:
            facts = {"max": str(longest)}
            wrong.append(_wrong(name, Problem.TOO_LONG, sentence(Problem.TOO_LONG, facts)))
    if mandate.method is SigningMethod.FINGERPRINT and len(set(mandate.witnesses)) < 2:
        wrong.append(_wrong("witnesses", Problem.REQUIRED, "按指印要有两名见证人，请填两个人的姓名。"))
    clean = replace(
        mandate,
        agent_name=mandate.agent_name.strip(),
        scope=mandate.scope.strip(),
        agent_document_number=number,
        agent_phone=phone,
    )
    return clean, wrong


def _document(mandate: Mandate, today: date, wrong: list[Wrong]) -> str:
    number = mandate.agent_document_number
    if mandate.agent_document_type not in PERSONAL_DOCUMENTS:
        wrong.append(_wrong("agent_document_type", Problem.NOT_A_CHOICE, "请选身份证等个人证件。"))
        return number
    try:
        return identity_number.parse(number, today=today, kind=mandate.agent_document_type).number
    except BadInput as bad:
        wrong.append(_wrong("agent_document_number", bad.problem, bad.sentence))
        return number


def _not_offered(request: ErrandRequest) -> Wrong | None:
    item = request.item
    if item.kind is not ItemKind.PROXY or item.partner is None:
        return Wrong("item_id", ErrorCode.ITEM_NOT_OFFERED, "这不是代办事项，请按办件提交。")
    if request.channel is Channel.VILLAGE and item.village is VillageAvailability.NO:
        return Wrong("item_id", ErrorCode.ITEM_NOT_OFFERED, "这个事项村里不能收，请到镇政务服务中心办理。")
    return None


def _as_filing(request: ErrandRequest) -> Filing:
    answers = dict(request.answers)
    if any(field.name == SITUATION for field in request.item.form.fields):
        answers[SITUATION] = request.situation
    return Filing(
        tenant_id=request.tenant_id,
        item=request.item,
        pack_sha=request.pack_sha,
        situation=request.situation,
        applicant=request.applicant,
        answers=answers,
        materials=request.materials,
        channel=request.channel,
        filed_by=request.filed_by,
        rid=request.rid,
        received_at=request.received_at,
    )


def _consents(request: ErrandRequest, today: date) -> Iterator[Wrong]:
    """What the machine will ask of mandate and consent, told together with everything else."""
    known = {each.code for each in request.item.situations} or {""}
    if request.mandate is None or request.sharing is None or request.situation not in known:
        return
    errand = Errand(
        id=request.rid,
        tenant_id=request.tenant_id,
        department_id="",
        village_id=request.village_id,
        owner_id=request.owner_citizen_id,
        terms=terms_of(request.item, request.situation),
    )
    role = Role.CITIZEN if request.filed_by.is_citizen else Role.NODE
    for ask in (Ask.MANDATE, Ask.SHARING):
        yield from ASKS[ask](errand, consent_facts(request), role, today)


def _emergencies(answers: Mapping[str, Any]) -> Iterator[Wrong]:
    for name, (answer, words) in EMERGENCIES.items():
        if answers.get(name) == answer:
            yield Wrong(f"answers.{name}", "emergency", words)


def _money(request: ErrandRequest) -> Iterator[Wrong]:
    """Money a village brings must add up by itself: nothing is given back or paid that was not taken."""
    if request.money and (request.mandate is None or request.sharing is None):
        yield Wrong("money", "required", "先签委托书和信息提供同意书，再代收钱。")
    balance = 0
    for place, line in enumerate(request.money):
        if line.amount_fen <= 0 or line.amount_fen > custody.MOST_FEN:
            yield Wrong(f"money.{place}.amount_fen", "out_of_range", custody.AMOUNT_WORDS)
            continue
        balance += custody.effect(line.move, line.amount_fen)
        if balance < 0:
            yield Wrong(f"money.{place}.amount_fen", "too_large", "退还或代缴的钱多过代收的钱，请核对。")
        if line.move is MoneyMove.PAID:
            yield Wrong(
                f"money.{place}.move", "not_a_choice", "代缴由镇里凭企业收据登记，村里只登记代收和退还。"
            )


def _wrong(name: str, problem: Problem, words: str) -> Wrong:
    return Wrong(f"mandate.{name}", problem, words)
