"""The item form on the screen: what stands where, what was typed, what is wrong. It decides nothing and stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from api_spec import forms
from api_spec.answers import Value
from api_spec.catalogue import SITUATION, Item, Material
from api_spec.forms import FieldKind
from api_spec.identity_number import DOCUMENT_TYPES
from api_spec.record_parts import Photo, SigningMethod
from api_spec.vocabulary import ApplicantKind, ConsentPurpose, ItemKind, Relation
from village_node.desk import intake_form
from village_node.desk.drafts import Aside, Pairs
from village_node.desk.held import Aside as HeldAside
from village_node.desk.intake_form import ANSWER, CONSENT, MATERIAL, Wrong
from village_node.desk.photo_slots import MANDATE, PHOTO, SIGNATURE, by_slot
from village_node.desk.residents import Resident
from village_node.web import edge, photos
from village_node.web.context import station
from village_node.web.lines import Line

CONTROLS: Final = frozenset({"item", "version", "tab", "who", "do"})
"""What a form sends besides what was typed."""
Said = tuple[str, str]
"""A label and what was typed there."""
_CHOICES: Final[Mapping[str, object]] = {
    "kind": ApplicantKind,
    "document": DOCUMENT_TYPES,
    "relation": Relation,
    "method": SigningMethod,
}
_LISTS: Final = frozenset({FieldKind.MULTI_CHOICE})
_MANDATE: Final = frozenset(
    ("agent_name", "agent_number", "agent_phone", "scope", "valid_to", "method", "redelegable")
)
"""Asked only where somebody acts for the applicant."""
_TELLING: Final = ("number", "phone", "contact_phone", "agent_number", "agent_phone")
_LABELS: Final = {
    "situation": "哪种情形",
    "kind": "个人还是单位",
    "name": "姓名或单位名称",
    "document": "证件类型",
    "number": "证件号码",
    "phone": "联系电话",
    "address": "住址",
    "contact_name": "另一个联系人",
    "contact_phone": "另一个联系人的电话",
    "preferred_time": "什么时候方便接电话",
    "relation": "由谁来办",
    "agent_name": "代办人姓名",
    "agent_number": "代办人身份证号",
    "agent_phone": "代办人电话",
    "scope": "委托办什么",
    "valid_to": "委托到哪天为止",
    "method": "委托书怎么签的",
    "witness_1": "见证人一",
    "witness_2": "见证人二",
    "money": "今天实收现金",
    "money_receipt": "收据号",
    "note": "备注",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Materials asked always (`situation` "") or in one 情形."""

    situation: str
    name: str
    materials: tuple[Material, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line above the form: which field, as people call it, and what to do."""

    field: str
    label: str
    sentence: str


async def show_form(
    request: web.Request,
    item: Item,
    *,
    rid: str,
    version: int,
    pairs: Pairs,
    wrong: Sequence[Wrong] = (),
    status: int = 200,
    correcting: bool = False,
    tab: str = "",
    who: str = "",
    people: Sequence[Resident] = (),
    asides: Sequence[tuple[Aside, Sequence[Said]]] = (),
    held: Sequence[HeldAside] = (),
    twin: Line | None = None,
) -> web.Response:
    """The form as it was typed, with every mistake at its field.

    Args:
        version: of the draft; of the record, when a filed case is put right.
        tab: the browser tab that may save the draft.
        who: what a resident was looked for by, and `people` who was found.
        asides: what others had typed into this draft, where it differs.
        held: why the township set the case aside.
        twin: a case of the same person and item that is still on its way.
    """
    here = station(request)
    errors = {**photos.troubles(pairs), **{mistake.field: mistake.sentence for mistake in wrong}}
    values = dict(reversed(pairs))
    return await edge.render(
        request,
        "form.html",
        status=status,
        item=item,
        pack=here.packs.current(),
        rid=rid,
        version=version,
        action=f"/cases/{rid}/correct" if correcting else f"/drafts/{rid}",
        correcting=correcting,
        saved="saved" in request.query,
        tab=tab,
        who=who,
        people=people,
        asides=asides,
        held=held,
        twin=twin,
        photos=await photos.shots(here.photos, pairs),
        values=values,
        labels=_LABELS,
        answers=_answer_values(item, pairs),
        errors=errors,
        answer_errors={
            name.removeprefix(ANSWER): words for name, words in errors.items() if name.startswith(ANSWER)
        },
        wrong=[Mistake(each.field, _label(each.field, item), each.sentence) for each in wrong],
        groups=groups_of(item),
        situation_input=intake_form.situation_input(item),
        asked=[field for field in item.form.fields if field.name != SITUATION],
        situations=[(each.code, each.name) for each in item.situations],
        consents=intake_form.consents_for(item),
        notices_purpose=ConsentPurpose.NOTICES,
        errand=item.kind is ItemKind.PROXY,
        kinds=[(kind.value, kind.zh) for kind in ApplicantKind],
        documents=[(kind.value, kind.zh) for kind in DOCUMENT_TYPES],
        relations=_relations(item),
        agents=" ".join(relation.value for relation in Relation if relation is not Relation.SELF),
        methods=[(method.value, method.zh) for method in intake_form.signing_methods(item)],
    )


def words_of(item: Item, pairs: Pairs) -> list[Said]:
    """What was typed, as labels and words, in the order of the form; what is empty or not asked is left out."""
    said: dict[str, list[str]] = {}
    idle = _not_asked(item, pairs)
    for key, value in pairs:
        if (
            value.strip()
            and key not in idle
            and not key.startswith(PHOTO)
            and (label := _said_label(key, item))
        ):
            said.setdefault(label, []).append(_said_value(key, value, item))
    shots = [(label, f"{len(kept)} 张") for label, kept in _said_photos(pairs, item).items()]
    return [*((label, "、".join(values)) for label, values in said.items()), *shots]


def telling_labels(item: Item) -> frozenset[str]:
    """Labels whose words somebody passing the screen must not read: numbers of documents and telephones."""
    own = {each.label for each in item.form.fields if each.kind in {FieldKind.PHONE, FieldKind.ID_NUMBER}}
    return frozenset(_LABELS[name] for name in _TELLING) | own


def _not_asked(item: Item, pairs: Pairs) -> set[str]:
    """Inputs that stand on the form and do not apply to what was chosen."""
    said = dict(pairs)
    idle: set[str] = set()
    if said.get("relation", Relation.SELF.value) == Relation.SELF.value:
        idle |= _MANDATE
    if said.get("method") != SigningMethod.FINGERPRINT.value:
        idle |= {"witness_1", "witness_2"}
    if said.get("kind") == ApplicantKind.ORGANISATION.value:
        idle.add("document")
    situation = said.get(intake_form.situation_input(item), "")
    asked = {
        each.code
        for group in groups_of(item)
        if group.situation in {"", situation}
        for each in group.materials
    }
    idle |= {
        MATERIAL + each.code
        for group in groups_of(item)
        for each in group.materials
        if each.code not in asked
    }
    given: dict[str, Value] = {}
    for field in item.form.fields:
        if not forms.asked(field, given):
            idle.add(ANSWER + field.name)
        elif values := [value for key, value in pairs if key == ANSWER + field.name and value]:
            given[field.name] = values if len(values) > 1 else values[0]
    return idle


def _said_photos(pairs: Pairs, item: Item) -> dict[str, list[Photo]]:
    return {_label(PHOTO + slot, item): kept for slot, kept in by_slot(pairs).items() if kept}


def differences(item: Item, one: Pairs, other: Pairs) -> list[Said]:
    """What `one` says that `other` does not say the same way."""
    there = dict(words_of(item, other))
    return [(label, words) for label, words in words_of(item, one) if there.get(label) != words]


def changed_words(item: Item, old: Pairs, new: Pairs) -> str:
    """ "家庭人口：4 改为 5；备注：急", for a note to the township."""
    before, after = dict(words_of(item, old)), dict(words_of(item, new))
    parts = []
    for label in dict.fromkeys([*before, *after]):
        was, now = before.get(label), after.get(label)
        if was != now:
            parts.append(f"{label}：{was} 改为 {now or '不填'}" if was else f"{label}：{now}")
    return "；".join(parts)


def _said_label(key: str, item: Item) -> str:
    if key.startswith(MATERIAL):
        code = key.removeprefix(MATERIAL)
        every = [*item.materials, *(each for situation in item.situations for each in situation.materials)]
        return next((each.name for each in every if each.code == code), "")
    if key.startswith(CONSENT):
        purpose = next((each for each in ConsentPurpose if each.value == key.removeprefix(CONSENT)), None)
        return f"同意：{purpose.zh}" if purpose else ""
    return _label(key, item)


def _said_value(key: str, value: str, item: Item) -> str:
    """A choice by its words."""
    words = {"yes": "是", "no": "否", "present": "带了", "promised": "承诺补交", "missing": "没有"}
    if key == "situation":
        words |= {each.code: each.name for each in item.situations}
    for terms in (ApplicantKind, DOCUMENT_TYPES, Relation, SigningMethod):
        if _CHOICES.get(key) is terms:
            words |= {term.value: term.zh for term in terms}
    for field in item.form.fields:
        if ANSWER + field.name == key:
            words |= {choice.code: choice.label for choice in field.choices}
    return words.get(value, value)


def _label(name: str, item: Item) -> str:
    """What stands beside the input; "" where the sentence says it all."""
    if name.startswith(ANSWER):
        return next((each.label for each in item.form.fields if ANSWER + each.name == name), "")
    if name.startswith(PHOTO):
        slot = name.removeprefix(PHOTO)
        known = {MANDATE: "委托书照片", SIGNATURE: "委托人签名"}
        return known.get(slot) or f"{_said_label(slot, item)}照片"
    return _LABELS.get(name, "")


def _answer_values(item: Item, pairs: Pairs) -> Mapping[str, Any]:
    """What was typed into the item's own fields, unchanged; several ticks as a list."""
    values: dict[str, Any] = {}
    lists = {field.name for field in item.form.fields if field.kind in _LISTS}
    for key, value in pairs:
        name = key.removeprefix(ANSWER)
        if not key.startswith(ANSWER):
            continue
        if name in lists:
            values.setdefault(name, []).append(value)
        else:
            values.setdefault(name, value)
    return values


def _relations(item: Item) -> list[tuple[str, str]]:
    """Errands always have an agent."""
    return [
        (relation.value, "本人来办" if relation is Relation.SELF else f"{relation.zh}代办")
        for relation in Relation
        if relation is not Relation.SELF or not intake_form.needs_mandate(item)
    ]


def groups_of(item: Item) -> list[Group]:
    """The material lists of an item's form and guide."""
    always = [Group("", "", item.materials)] if item.materials else []
    return always + [
        Group(each.code, each.name, each.materials) for each in item.situations if each.materials
    ]
