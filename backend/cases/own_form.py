"""Reads the form a citizen fills in on the phone as an application. Pure; `check` judges it under the fields' names."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api_spec.answers import Value
from api_spec.catalogue import SITUATION, Item
from api_spec.forms import from_pairs
from backend.drafts.draft import Filled
from backend.faults import Wrong

Pairs = Sequence[tuple[str, str]]

ANSWERS: Final = "answers."
PAPER: Final = "paper."
OTHER: Final = "on_behalf."
OTHERS_OWN: Final = ("name", "document_type", "document_number", "phone", "address")
MANDATE: Final = ""
"""Stands for the paper's code where a photo shows the 委托书."""
BETWEEN: Final = ("relation", "scope", "valid_until", "method")


def sent_form(item: Item, pairs: Pairs) -> dict[str, Any]:
    """What was sent, in the shape of the message `FileCase`; nothing is judged here."""
    fields = dict(reversed(pairs))
    form: dict[str, Any] = {
        "rid": fields.get("rid", ""),
        "item_id": item.id,
        "situation": fields.get("situation", ""),
        "answers": from_pairs(item.form, pairs, prefix=ANSWERS),
        "materials": papers(fields),
    }
    form.update({name: fields[name] for name in ("phone", "address") if fields.get(name, "").strip()})
    if fields.get("for_other") == "yes":
        form["on_behalf"] = {
            "applicant": {name: fields[OTHER + name] for name in OTHERS_OWN if fields.get(OTHER + name)},
            **{name: fields[OTHER + name] for name in BETWEEN if fields.get(OTHER + name)},
        }
    return form


def application(item: Item, filled: Filled) -> dict[str, Any]:
    """A draft in the shape of the message `FileCase`; photos of papers another 情形 would want stay behind."""
    form = sent_form(item, filled.pairs)
    wanted = {paper.code for paper in item.materials_for(form["situation"])}
    form["photos"] = {code: ids for code, ids in filled.photos.items() if code in wanted}
    form["materials"] = {code: said for code, said in form["materials"].items() if code in wanted}
    if "on_behalf" in form:
        form["on_behalf"]["photos"] = filled.photos.get(MANDATE, [])
    return form


def answered(item: Item, clean: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Question and checked answer as people read them, before anything is sent: one's own, so in full."""
    return [
        (each.label, each.label_of(clean[each.name]))
        for each in item.form.fields
        if each.name != SITUATION and clean.get(each.name) not in (None, "", [])
    ]


def papers(fields: Mapping[str, str]) -> dict[str, str]:
    """What the citizen says of each paper: at hand, or still to come."""
    return {
        name.removeprefix(PAPER): value
        for name, value in fields.items()
        if name.startswith(PAPER) and value in {"present", "missing"}
    }


def by_input(wrong: Sequence[Wrong], *, for_other: bool) -> dict[str, str]:
    """Sentences by the name of the input they belong to: on the page the other person's inputs are one group."""
    return {_input(each.field, for_other=for_other): each.sentence for each in wrong}


def _input(field: str, *, for_other: bool) -> str:
    own = OTHER if for_other else ""
    for prefix in ("on_behalf.applicant.", "on_behalf.", "applicant.", "mandate."):
        if field.startswith(prefix):
            return own + field.removeprefix(prefix)
    return field
