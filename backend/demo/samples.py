"""Plausible answers to any catalogue form, for the demonstration and the benchmark. All of it invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from api_spec import forms
from api_spec.catalogue import Item
from api_spec.forms import Field, FieldKind, Form
from api_spec.identity_number import check_character
from api_spec.vocabulary import DocumentType, MaterialStatus
from backend.cases.filing import Applicant

SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗谢"
GIVEN: Final = "建国秀英桂兰志强玉梅春生海燕文斌小红德明"
TEXT: Final = {FieldKind.ADDRESS: "三都镇南庄村一组", FieldKind.PHONE: "13800000001"}


def applicant(number: int) -> Applicant:
    """Invented person `number`, born in 1900 to 1909 as real applicants are not."""
    place = number % (len(GIVEN) // 2) * 2
    return Applicant(
        name=SURNAMES[number % len(SURNAMES)] + GIVEN[place : place + 2],
        document_type=DocumentType.ID_CARD,
        document_number=id_number(number),
        phone=f"139{number % 100_000_000:08d}",
        address=f"三都镇南庄村{number % 12 + 1}组",
    )


def id_number(number: int) -> str:
    born = date(1900, 1, 1) + timedelta(days=number // 1000 % 3650)
    digits = f"430481{born:%Y%m%d}{number % 1000:03d}"
    return digits + check_character(digits)


def materials(item: Item, situation: str) -> dict[str, MaterialStatus]:
    """Everything the guide asks for, handed in."""
    return {paper.code: MaterialStatus.PRESENT for paper in item.materials_for(situation) if paper.required}


def situation(item: Item) -> str:
    return item.situations[0].code if item.situations else ""


def answers(form: Form, *, today: date) -> dict[str, Any]:
    """One answer to every question that is asked, such that the form's own check passes.

    Raises:
        ValueError: a form no sample fits, which its own limits would then contradict.
    """
    given: dict[str, Any] = {}
    for field in form.fields:
        if field.kind is not FieldKind.PHOTO and forms.asked(field, given):
            given[field.name] = _answer(field, today)
    checked = forms.check(form, given, today=today)
    if checked.errors:
        raise ValueError(f"no sample fits {sorted(checked.errors)}")
    return checked.clean


def _answer(field: Field, today: date) -> Any:
    match field.kind:
        case FieldKind.NUMBER:
            return field.min or 1
        case FieldKind.MONEY_FEN:
            return max(field.min or 0, 5000)
        case FieldKind.DATE:
            days = field.max if field.max is not None and field.max < 1 else field.min
            return (today + timedelta(days=days or 0)).isoformat()
        case FieldKind.CHOICE:
            return field.choices[0].code
        case FieldKind.MULTI_CHOICE:
            return [field.choices[0].code]
        case FieldKind.YES_NO:
            return True
        case FieldKind.ID_NUMBER:
            return id_number(7)
    return TEXT.get(field.kind) or _text(field)


def _text(field: Field) -> str:
    """A text that the field's own pattern accepts."""
    alone = Form((msgspec.structs.replace(field, when=None),))
    for text in _texts():
        if not forms.check(alone, {field.name: text}, today=date(2026, 1, 5)).errors:
            return text
    raise ValueError(f"no sample text fits {field.name}")


def _texts() -> Iterator[str]:
    yield "家里情况属实"
    for length in range(1, 33):
        yield "1234567890123456789012345678901234"[:length]
    yield "6217000000000000000"
    yield "A12345678"
    yield "家里情况属实，请按规定办理。" * 3
