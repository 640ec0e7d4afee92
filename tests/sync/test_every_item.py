"""Every item a village may take, filled in on the clerk's form: the township takes it in and holds nothing."""

import re
import secrets
from typing import Any

from api_spec.catalogue import SITUATION, Item
from api_spec.feed import HeldRow
from api_spec.forms import Field, FieldKind, asked
from api_spec.vocabulary import CaseState, ErrandState, ItemKind, Term
from tests.support.township import id_number
from tests.sync.conftest import LI, VillagePc
from village_node.desk import intake_form
from village_node.desk.intake_form import ANSWER, MATERIAL
from village_node.desk.register import Application

TEXTS = ("照实填写", "6" * 8, "6" * 12, "6" * 18)
ERRAND = [
    ("relation", "village_clerk"),
    ("agent_name", "李代办"),
    ("scope", "代为办理,递交材料,领取结果"),
    ("valid_to", "2026-06-30"),
    ("method", "wet_ink"),
    ("money", "30"),
    ("consent-partner_sharing", "yes"),
]


def typed_into(field: Field) -> str:
    """Something a clerk could type or choose."""
    match field.kind:
        case FieldKind.CHOICE | FieldKind.MULTI_CHOICE:
            return field.choices[0].code
        case FieldKind.NUMBER | FieldKind.MONEY_FEN:
            return str(max(field.min or 1, 1))
        case FieldKind.YES_NO:
            return "yes"
        case FieldKind.ID_NUMBER:
            return id_number(9)
        case FieldKind.PHONE:
            return "13800000001"
        case FieldKind.DATE:
            return "2026-04-10"
        case _:
            return next(text for text in TEXTS if re.fullmatch(field.pattern or ".*", text))


def filled_in(item: Item, situation: str, *, number: int) -> list[tuple[str, str]]:
    """The clerk's form with every required question answered and every paper brought."""
    pairs = [
        ("kind", "person"),
        ("document", "id_card"),
        ("name", "梁小满"),
        ("number", id_number(number)),
        ("phone", "13800000001"),
        ("consent-service", "yes"),
        ("consent-sensitive", "yes"),
    ]
    receipt = ("money_receipt", f"{number:04}")
    pairs += [*ERRAND, receipt] if item.kind is ItemKind.PROXY else [("relation", "self")]
    if situation:
        pairs.append((intake_form.situation_input(item), situation))
    given: dict[str, Any] = {SITUATION: situation}
    for field in item.form.fields:
        if field.name != SITUATION and field.required and asked(field, given):
            text = typed_into(field)
            given[field.name] = field.kind is FieldKind.YES_NO or text
            pairs.append((ANSWER + field.name, text))
    return pairs + [(MATERIAL + material.code, "present") for material in item.materials_for(situation)]


async def test_every_item_in_every_situation_is_taken_in(pc: VillagePc) -> None:
    pack, clock = pc.packs.current(), pc.time.clock
    expected: dict[str, Term] = {}
    for item in filter(intake_form.may_take, pack.items):
        for situation in [each.code for each in item.situations] or [""]:
            pairs = filled_in(item, situation, number=len(expected) + 1)
            reading = intake_form.read(pairs, item, pack, today=clock.today())
            assert reading.typed, (item.name, situation, reading.wrong)
            rid = secrets.token_hex(16)
            await pc.register.file(
                Application(
                    rid=rid,
                    item=item,
                    pack_sha=pc.packs.sha,
                    typed=reading.typed,
                    clerk=LI,
                    made=clock.stamp(None),
                    today=clock.today(),
                )
            )
            expected[rid] = ErrandState.CONSENTED if item.kind is ItemKind.PROXY else CaseState.SUBMITTED
    await pc.sync.until_quiet()
    assert await pc.shadow.of_kind(HeldRow) == []
    told = await pc.shadow.cases()
    assert {rid: case.state for rid, case in told.items()} == {rid: str(s) for rid, s in expected.items()}
    assert len(expected) > 80
