"""Applications somebody might hand in: any form of the catalogue filled in, any item filed over HTTP."""

import re
from collections.abc import Mapping
from typing import Any

from api_spec.catalogue import Item
from api_spec.forms import Field, FieldKind, asked
from tests.support.township import Answer, Caller, Town, id_number

PHONE = "13800000001"
TEXTS = ("演示内容", "6" * 19, "6" * 10, "6" * 6, "湘D12345", "2026")
_VALUES: Mapping[FieldKind, Any] = {
    FieldKind.LONG_TEXT: "房屋被水淹，粮食受损，请求救助。",
    FieldKind.YES_NO: True,
    FieldKind.PHONE: PHONE,
    FieldKind.ADDRESS: "三都镇大街1号",
    FieldKind.DATE: "2026-04-10",
    FieldKind.PHOTO: [],
}


def value_for(field: Field) -> Any:
    """Something this field takes."""
    match field.kind:
        case FieldKind.CHOICE:
            return field.choices[0].code
        case FieldKind.MULTI_CHOICE:
            return [field.choices[0].code]
        case FieldKind.NUMBER | FieldKind.MONEY_FEN:
            return max(field.min or 0, 1) if field.kind is FieldKind.NUMBER else "50.00"
        case FieldKind.ID_NUMBER:
            return id_number(9)
        case FieldKind.TEXT:
            return next(text for text in TEXTS if re.fullmatch(field.pattern or ".*", text))
        case kind:
            return _VALUES[kind]


def answers(item: Item, situation: str = "") -> dict[str, Any]:
    """Every required question of the item's form answered."""
    given: dict[str, Any] = {}
    for field in item.form.fields:
        if field.name == "situation":
            given[field.name] = situation
        elif field.required and asked(field, given):
            given[field.name] = value_for(field)
    given.pop("situation", None)
    return given


def application(town: Town, code: str, *, number: int = 1) -> dict[str, Any]:
    """The citizen's own application for the item "SD-003"; `number` makes its idempotency id."""
    item = town.office.catalogue.item_now(town.tenant_id, town.item(code))
    situation = item.situations[0].code if item.situations else ""
    return {
        "rid": f"{number:032x}",
        "item_id": item.id,
        "situation": situation,
        "answers": answers(item, situation),
        "phone": PHONE,
        "materials": {paper.code: "present" for paper in item.materials_for(situation)},
    }


def counter_application(town: Town, code: str, *, number: int = 1, serial: int = 50) -> dict[str, Any]:
    """The same taken at the window for somebody without a phone."""
    own = application(town, code, number=number)
    del own["phone"]
    return {
        **own,
        "applicant": {
            "name": "演示村民",
            "document_number": id_number(serial),
            "phone": "13800000050",
            "address": "三都镇演示村1组",
        },
    }


async def file(town: Town, citizen: Caller, code: str = "SD-003", *, number: int = 1) -> Answer:
    """File it; the answer is the receipt."""
    filed = await citizen.post("/v1/cases", application(town, code, number=number))
    assert filed.status == 201, filed.json
    return filed
