"""Form definitions of catalogue items and proxy errands, and the one check of what was filled in.

A definition travels to village nodes inside the catalogue, so both sides refuse exactly the same answers. It
knows nothing of pages, storage or who fills the form in.

Checked answers hold only text, integers, booleans and lists of text, no floats: they go into sync records as is.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec

from api_spec import answers as read
from api_spec.answers import Value, yuan
from api_spec.problems import BadInput, Problem, sentence
from api_spec.vocabulary import Term


class FieldKind(Term):
    """What a field takes. In brackets the checked value."""

    TEXT = "text", "单行文字"  # str
    LONG_TEXT = "long_text", "多行文字"  # str, line breaks as \n
    NUMBER = "number", "整数"  # int
    MONEY_FEN = "money_fen", "金额"  # int, fen
    DATE = "date", "日期"  # str YYYY-MM-DD
    CHOICE = "choice", "单选"  # str, a choice's code
    MULTI_CHOICE = "multi_choice", "多选"  # list[str] in the order of `choices`
    YES_NO = "yes_no", "是否"  # bool
    PHONE = "phone", "电话"  # str, normalised
    ID_NUMBER = "id_number", "身份证号"  # str, normalised
    ADDRESS = "address", "地址"  # str
    PHOTO = "photo", "照片"  # list[str], SHA-256 of each blob in lower-case hex


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One option; `code` is stored, `label` is shown."""

    code: str
    label: str


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field is asked only if an earlier `field` has one of `any_of` ("yes"/"no" for a YES_NO field)."""

    field: str
    any_of: tuple[str, ...]


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One question.

    Args:
        name: key of the answer, `[a-z][a-z0-9_]*`, stable within the form.
        min, max: characters for text kinds, value for NUMBER, fen for MONEY_FEN, days from today for DATE
            (`max=0`: not in the future), how many for MULTI_CHOICE and PHOTO. None: the kind's own limit.
        pattern: regular expression the whole text must match (TEXT only); `help` then shows an example.
        unit: shown after the input: "平方米", "亩".
        personal: encrypted at rest and masked on screens. PHONE, ID_NUMBER and ADDRESS always are.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    help: str = ""
    choices: tuple[Choice, ...] = ()
    min: int | None = None
    max: int | None = None
    pattern: str = ""
    unit: str = ""
    when: When | None = None
    personal: bool = False

    @property
    def is_personal(self) -> bool:
        """Whether the answer must be encrypted at rest and masked."""
        return self.personal or self.kind in _ALWAYS_PERSONAL

    def label_of(self, value: Value) -> str:
        """A checked value as people read it: choice labels, 是/否, yuan, 2026年4月10日, and the unit."""
        labels = {choice.code: choice.label for choice in self.choices}
        match value:
            case bool():
                return "是" if value else "否"
            case str() if self.kind is FieldKind.DATE:
                return _day(value)
            case int() if self.kind is FieldKind.MONEY_FEN:
                return f"{yuan(value)} 元"
            case int():
                return f"{value}{self.unit}"
            case str():
                return labels.get(value, value)
        if self.kind is FieldKind.PHOTO:
            return f"{len(value)} 张"
        return "、".join(labels.get(code, code) for code in value)


class Form(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The fields in the order they are asked."""

    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError: the definition contradicts itself; a catalogue with it must not be published."""
        earlier: dict[str, Field] = {}
        for field in self.fields:
            _refuse_contradictions(field, earlier)
            earlier[field.name] = field


class FieldProblem(NamedTuple):
    """One problem of one field, with the limits its sentence names."""

    problem: Problem
    facts: Mapping[str, str]

    @property
    def sentence(self) -> str:
        return sentence(self.problem, self.facts)


class Checked(NamedTuple):
    """`clean` holds every field that passed; it may be used only if `errors` is empty."""

    clean: dict[str, Value]
    errors: dict[str, FieldProblem]


def check(form: Form, answers: Mapping[str, object], *, today: date) -> Checked:
    """Check all answers at once.

    Blank and missing are the same. Answers to fields that are not asked (`when`) are dropped: what is not
    needed is not kept (个人信息保护法 6). Numbers may come as text, because HTML forms send text; text never
    comes as a number.

    Args:
        answers: as decoded from JSON or collected by `from_pairs`.
        today: the day in China, for DATE limits and birth dates.
    """
    clean: dict[str, Value] = {}
    known = {field.name for field in form.fields}
    errors = {_shown(name): FieldProblem(Problem.UNKNOWN_FIELD, {}) for name in answers if name not in known}
    for field in form.fields:
        if not asked(field, clean):
            continue
        given = answers.get(field.name)
        if _blank(given):
            if field.required:
                errors[field.name] = FieldProblem(Problem.REQUIRED, {})
            continue
        try:
            clean[field.name] = _read(field, given, today)
        except BadInput as refused:
            errors[field.name] = FieldProblem(refused.problem, refused.facts)
    return Checked(clean, errors)


def asked(field: Field, clean: Mapping[str, Value]) -> bool:
    """Whether `field` is asked, given the checked answers to the fields before it."""
    if field.when is None:
        return True
    match clean.get(field.when.field):
        case None:
            return False
        case bool() as yes:
            return ("yes" if yes else "no") in field.when.any_of
        case list() as codes:
            return any(code in field.when.any_of for code in codes)
        case value:
            return str(value) in field.when.any_of


def from_pairs(form: Form, pairs: Iterable[tuple[str, str]], *, prefix: str = "") -> dict[str, object]:
    """The answers of a submitted HTML form: keys that begin with `prefix`, repeated keys as a list.

    A key no field has is kept, so that `check` refuses it.
    """
    lists = {field.name for field in form.fields if field.kind in _LISTS}
    answers: dict[str, object] = {}
    for key, value in pairs:
        if not key.startswith(prefix):
            continue
        name = key.removeprefix(prefix)
        if name in lists:
            given = answers.setdefault(name, [])
            if value and isinstance(given, list):
                given.append(value)
        else:
            answers.setdefault(name, value)
    return answers


_ALWAYS_PERSONAL: Final = frozenset({FieldKind.PHONE, FieldKind.ID_NUMBER, FieldKind.ADDRESS})
_LISTS: Final = frozenset({FieldKind.MULTI_CHOICE, FieldKind.PHOTO})
_CHOOSING: Final = frozenset({FieldKind.CHOICE, FieldKind.MULTI_CHOICE})
_SWITCHES: Final = _CHOOSING | {FieldKind.YES_NO}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


def _read(field: Field, given: object, today: date) -> Value:
    limits = (field.min, field.max)
    match field.kind:
        case FieldKind.TEXT:
            return read.text(given, *limits, pattern=field.pattern)
        case FieldKind.LONG_TEXT:
            return read.long_text(given, *limits)
        case FieldKind.ADDRESS:
            return read.address(given, *limits)
        case FieldKind.NUMBER:
            return read.number(given, *limits)
        case FieldKind.MONEY_FEN:
            return read.money_fen(given, *limits)
        case FieldKind.DATE:
            return read.day(given, *limits, today=today)
        case FieldKind.CHOICE:
            return read.choice(given, _codes(field))
        case FieldKind.MULTI_CHOICE:
            return read.multi_choice(given, *limits, codes=_codes(field))
        case FieldKind.YES_NO:
            return read.yes_no(given)
        case FieldKind.PHONE:
            return read.phone(given)
        case FieldKind.ID_NUMBER:
            return read.id_number(given, today)
        case FieldKind.PHOTO:
            return read.photos(given, *limits)
    raise AssertionError(field.kind)


def _codes(field: Field) -> tuple[str, ...]:
    return tuple([choice.code for choice in field.choices])


def _blank(given: object) -> bool:
    return given is None or given == [] or (isinstance(given, str) and not given.strip())


def _shown(name: str) -> str:
    """An unknown key as it may be repeated to the caller: short and printable."""
    return "".join(char for char in name[:40] if char.isprintable()) or "?"


def _day(written: str) -> str:
    """A day as people read it; what is none stays as it is written."""
    try:
        on = date.fromisoformat(written)
    except ValueError:
        return written
    return f"{on.year}年{on.month}月{on.day}日"


def _refuse_contradictions(field: Field, earlier: Mapping[str, Field]) -> None:
    if not _NAME.fullmatch(field.name) or field.name in earlier:
        raise ValueError(f"field name {field.name!r} is malformed or used twice")
    if not field.label:
        raise ValueError(f"{field.name}: no label")
    codes = [choice.code for choice in field.choices]
    if (field.kind in _CHOOSING) != bool(codes) or len(set(codes)) != len(codes):
        raise ValueError(f"{field.name}: choices are missing, doubled or not wanted")
    if field.min is not None and field.max is not None and field.min > field.max:
        raise ValueError(f"{field.name}: min above max")
    if field.pattern:
        if field.kind is not FieldKind.TEXT:
            raise ValueError(f"{field.name}: only text takes a pattern")
        re.compile(field.pattern)
    if field.when is not None:
        switch = earlier.get(field.when.field)
        if switch is None or switch.kind not in _SWITCHES:
            raise ValueError(f"{field.name}: depends on {field.when.field!r}, which is no earlier choice")
        offered = {choice.code for choice in switch.choices} or {"yes", "no"}
        if not field.when.any_of or not offered.issuperset(field.when.any_of):
            raise ValueError(f"{field.name}: depends on a value {field.when.field!r} cannot have")
