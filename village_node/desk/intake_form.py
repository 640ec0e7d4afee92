"""What a clerk typed into the item form, read all at once: either a finished case body or every mistake by its field.

The same checks as on phones and at windows, because they are `api_spec`'s. No clock, no database: values in, values out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, TypeVar

from api_spec import answers, credit_code, forms, identity_number, phones
from api_spec.catalogue import SITUATION, CataloguePack, Item
from api_spec.problems import BadInput, Problem, sentence
from api_spec.record_parts import (
    Applicant,
    Consent,
    Contact,
    Mandate,
    MaterialLine,
    MoneyLine,
    Photo,
    SigningMethod,
)
from api_spec.records import SCHEMA, CaseBody
from api_spec.vocabulary import (
    ApplicantKind,
    ConsentPurpose,
    DocumentType,
    ItemKind,
    MaterialStatus,
    MoneyMove,
    Relation,
    VillageAvailability,
)
from village_node.desk import photo_slots

ANSWER: Final = "a-"
MATERIAL: Final = "m-"
CONSENT: Final = "consent-"
PROMISED: Final = "promised"
NAME_MAX: Final = 50
SCOPE_MAX: Final = 200
LONGEST_MANDATE: Final = timedelta(days=3 * 365)
PEOPLE_DOCUMENTS: Final = identity_number.DOCUMENT_TYPES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One mistake: the input's name on the page, and what to do about it."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Everything of a case but its number and tracking code, which only a commit gives."""

    situation: str
    applicant: Applicant
    contact: Contact
    answers: dict[str, answers.Value]
    materials: tuple[MaterialLine, ...]
    mandate: Mandate | None
    consents: tuple[Consent, ...]
    money: tuple[MoneyLine, ...]
    note: str

    def body(self, item: Item, *, code: str, number: str) -> CaseBody:
        """The record's body; `code` and `number` are those on the slip."""
        return CaseBody(
            item=item.code,
            situation=self.situation,
            code=code,
            number=number,
            applicant=self.applicant,
            contact=self.contact,
            answers=self.answers,
            materials=self.materials,
            mandate=self.mandate,
            consents=self.consents,
            money=self.money,
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """`typed` is there only if nothing is wrong."""

    typed: Typed | None
    wrong: tuple[Wrong, ...]


def may_take(item: Item) -> bool:
    """Whether the village writes this item down at all; whether it is accepted the township decides."""
    return item.village is not VillageAvailability.NO


def is_too_new(item: Item) -> bool:
    """Whether the item's form asks for what this version cannot write down (sync/1, 2.12)."""
    return item.record_schema > SCHEMA


def consents_for(item: Item) -> tuple[ConsentPurpose, ...]:
    """What the applicant must agree to, each by its own tick (个人信息保护法 13, 23, 29)."""
    needed = (ConsentPurpose.SERVICE, ConsentPurpose.SENSITIVE)
    return (*needed, ConsentPurpose.PARTNER_SHARING) if item.partner else needed


def needs_mandate(item: Item) -> bool:
    """An errand is done by someone for the applicant, so there is always a 委托书 (民法典 165)."""
    return item.kind is ItemKind.PROXY


def signing_methods(item: Item) -> tuple[SigningMethod, ...]:
    """How the 委托书 may be signed here.

    Not on the screen where the law wants ink (电子签名法 3: stopping water, heat and gas), nor for errands: the partner
    is shown a paper, and an electronic consent is given on the applicant's own phone.
    """
    paper_only = item.wet_ink or needs_mandate(item)
    return tuple(each for each in SigningMethod if each is not SigningMethod.ELECTRONIC or not paper_only)


def situation_input(item: Item) -> str:
    """Under which name the 情形 is asked: where the form itself depends on it, it is an answer too, asked once."""
    asked = any(field.name == SITUATION for field in item.form.fields)
    return ANSWER + SITUATION if asked else SITUATION


def read(pairs: Sequence[tuple[str, str]], item: Item, pack: CataloguePack, *, today: date) -> Reading:
    """Read a submitted form.

    Args:
        pairs: as the browser sent them, repeated keys kept.
        today: the day in China by this computer.
    """
    reader = _Reader(pairs, today)
    situation = reader.situation(item)
    typed = Typed(
        situation=situation,
        applicant=reader.applicant(),
        contact=reader.contact(),
        answers=reader.answers(item),
        materials=reader.materials(item, situation),
        mandate=reader.mandate(item),
        consents=reader.consents(item, pack.consent_version),
        money=reader.money(item),
        note=reader.text("note", 500, required=False),
    )
    return Reading(None if reader.wrong else typed, tuple(reader.wrong))


@dataclass(slots=True)
class _Reader:
    """Goes through the form part by part and keeps every mistake."""

    pairs: Sequence[tuple[str, str]]
    today: date
    wrong: list[Wrong] = field(default_factory=list)

    def first(self, name: str) -> str:
        return next((value.strip() for key, value in self.pairs if key == name), "")

    def refuse(self, name: str, words: str) -> None:
        self.wrong.append(Wrong(name, words))

    def text(self, name: str, longest: int, *, required: bool = True, shortest: int | None = None) -> str:
        value = self.first(name)
        if not value:
            if required:
                self.refuse(name, sentence(Problem.REQUIRED))
            return ""
        try:
            return answers.text(value, shortest, longest)
        except BadInput as bad:
            self.refuse(name, bad.sentence)
            return value

    def one_of(self, name: str, terms: Iterable[T], *, fallback: T) -> T:
        value = self.first(name)
        found = next((term for term in terms if str(term) == value), None)
        if found is None:
            self.refuse(name, sentence(Problem.REQUIRED if not value else Problem.NOT_A_CHOICE))
            return fallback
        return found

    def situation(self, item: Item) -> str:
        if not item.situations:
            return ""
        if self.first(situation_input(item)) == "" and situation_input(item) != SITUATION:
            return ""  # asked as an answer too, which says that it is missing
        return self.one_of(situation_input(item), [each.code for each in item.situations], fallback="")

    def applicant(self) -> Applicant:
        kind = self.one_of("kind", ApplicantKind, fallback=ApplicantKind.PERSON)
        if kind is ApplicantKind.ORGANISATION:
            document = DocumentType.CREDIT_CODE
        else:
            document = self.one_of("document", PEOPLE_DOCUMENTS, fallback=DocumentType.ID_CARD)
        return Applicant(
            kind=kind,
            name=self.text("name", NAME_MAX, shortest=2),
            document=document,
            number=self._document("number", document),
            phone=self._phone("phone"),
            address=self.text("address", answers.ADDRESS_MAX, required=False),
        )

    def contact(self) -> Contact:
        return Contact(
            name=self.text("contact_name", NAME_MAX, required=False),
            phone=self._phone("contact_phone", required=False),
            preferred_time=self.text("preferred_time", NAME_MAX, required=False),
        )

    def answers(self, item: Item) -> dict[str, answers.Value]:
        given = forms.from_pairs(item.form, self.pairs, prefix=ANSWER)
        checked = forms.check(item.form, given, today=self.today)
        for name, slip in checked.errors.items():
            self.refuse(ANSWER + name, slip.sentence)
        return checked.clean

    def materials(self, item: Item, situation: str) -> tuple[MaterialLine, ...]:
        """Every paper is ticked as there, missing or promised: a paper nobody looked at is no finding."""
        if situation not in {each.code for each in item.situations} | (
            {""} if not item.situations else set()
        ):
            return ()
        lines = []
        for material in item.materials_for(situation):
            photos = self.photos(MATERIAL + material.code, label=material.name)
            # Whoever photographed a paper has looked at it.
            found = self.first(MATERIAL + material.code) or (MaterialStatus.PRESENT.value if photos else "")
            if found not in {MaterialStatus.PRESENT.value, MaterialStatus.MISSING.value, PROMISED}:
                if material.required:
                    self.refuse(MATERIAL + material.code, f"请勾选“{material.name}”带了没有。")
                continue
            there = found == MaterialStatus.PRESENT.value
            lines.append(
                MaterialLine(
                    code=material.code,
                    status=MaterialStatus.PRESENT if there else MaterialStatus.MISSING,
                    copies=material.copies if there else 0,
                    promised=found == PROMISED,
                    photos=photos,
                )
            )
        return tuple(lines)

    def mandate(self, item: Item) -> Mandate | None:
        relation = self.one_of("relation", Relation, fallback=Relation.SELF)
        if relation is Relation.SELF:
            if needs_mandate(item):
                self.refuse("relation", "代办事项要有委托书，请选谁来代办。")
            return None
        number = self._agent_number(item, relation)
        if number and number == self._quiet_number():
            self.refuse("agent_number", "代办人不能是申请人自己。")
        method = self.one_of("method", signing_methods(item), fallback=SigningMethod.WET_INK)
        return Mandate(
            relation=relation,
            agent_name=self.text("agent_name", NAME_MAX, shortest=2),
            agent_number=number,
            agent_phone=self._phone("agent_phone", required=False),
            scope=self.text("scope", SCOPE_MAX),
            valid_from=self.today.isoformat(),
            valid_to=self._valid_to(),
            redelegable=self.first("redelegable") == "yes",
            method=method,
            witnesses=self._witnesses(),
            photos=self._mandate_photos(method),
        )

    def photos(self, slot: str, *, label: str) -> tuple[Photo, ...]:
        """What was photographed for one slot; a file that was not kept is a mistake like any other."""
        for why in photo_slots.refusals(self.pairs, slot):
            self.refuse(photo_slots.PHOTO + slot, why.sentence)
        return photo_slots.photos(self.pairs, slot, label=label)

    def _mandate_photos(self, method: SigningMethod) -> tuple[Photo, ...]:
        """The paper, and where it was signed on the screen the signature, which the principal gives in person."""
        paper = self.photos(photo_slots.MANDATE, label=photo_slots.MANDATE_LABEL)
        if method is not SigningMethod.ELECTRONIC:
            return paper
        signed = self.photos(photo_slots.SIGNATURE, label=photo_slots.SIGNATURE_LABEL)
        if not signed:
            self.refuse("method", "电子签名要请委托人在屏幕上签名；不方便的，请在委托书上签名后拍照。")
        return (*paper, *signed)

    def _agent_number(self, item: Item, relation: Relation) -> str:
        """For an errand the clerk at this computer need not show a card; everybody else who acts for another does."""
        if needs_mandate(item) and relation is Relation.VILLAGE_CLERK and not self.first("agent_number"):
            return ""
        return self._document("agent_number", DocumentType.ID_CARD)

    def consents(self, item: Item, version: str) -> tuple[Consent, ...]:
        agreed = []
        for purpose in consents_for(item):
            if self.first(CONSENT + purpose.value) != "yes":
                self.refuse(CONSENT + purpose.value, f"要先向申请人说明并征得同意：{purpose.zh}。")
            partner = item.partner if purpose is ConsentPurpose.PARTNER_SHARING else None
            agreed.append(Consent(purpose=purpose, version=version, partner=partner))
        if self.first(CONSENT + ConsentPurpose.NOTICES.value) == "yes":
            agreed.append(Consent(purpose=ConsentPurpose.NOTICES, version=version))
        return tuple(agreed)

    def money(self, item: Item) -> tuple[MoneyLine, ...]:
        amount = self.first("money")
        if item.kind is not ItemKind.PROXY or not amount:
            return ()
        try:
            fen = answers.money_fen(amount, 1, None)
        except BadInput as bad:
            self.refuse("money", bad.sentence)
            return ()
        return (
            MoneyLine(move=MoneyMove.TAKEN, amount_fen=fen, receipt=self.text("money_receipt", NAME_MAX)),
        )

    def _witnesses(self) -> tuple[str, ...]:
        if self.first("method") != SigningMethod.FINGERPRINT.value:
            return ()
        return tuple(self.text(name, NAME_MAX, shortest=2) for name in ("witness_1", "witness_2"))

    def _valid_to(self) -> str:
        value = self.first("valid_to")
        if not value:
            self.refuse("valid_to", sentence(Problem.REQUIRED))
            return ""
        try:
            return answers.day(value, 0, LONGEST_MANDATE.days, today=self.today)
        except BadInput as bad:
            self.refuse("valid_to", bad.sentence)
            return ""

    def _document(self, name: str, kind: DocumentType) -> str:
        value = self.first(name)
        if not value:
            self.refuse(name, sentence(Problem.REQUIRED))
            return ""
        try:
            if kind is DocumentType.CREDIT_CODE:
                return credit_code.parse(value)
            return identity_number.parse(value, today=self.today, kind=kind).number
        except BadInput as bad:
            self.refuse(name, bad.sentence)
            return ""

    def _quiet_number(self) -> str:
        """The applicant's number for comparison; its own mistakes are told elsewhere."""
        try:
            return identity_number.parse(self.first("number"), today=self.today).number
        except BadInput:
            return ""

    def _phone(self, name: str, *, required: bool = True) -> str:
        value = self.first(name)
        if not value:
            if required:
                self.refuse(name, sentence(Problem.REQUIRED))
            return ""
        try:
            return phones.parse_phone(value)
        except BadInput as bad:
            self.refuse(name, bad.sentence)
            return ""
