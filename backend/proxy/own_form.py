"""Reads the form a citizen fills in on the phone as a request for an errand. Pure; the check judges it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from api_spec.catalogue import Item
from api_spec.forms import from_pairs
from api_spec.vocabulary import Partner
from backend.faults import Wrong

Pairs = Sequence[tuple[str, str]]

ANSWERS: Final = "answers."
MANDATE_TICK: Final = "mandate"
MANDATE_DAY: Final = "mandate.valid_until"
SHARING_TICK: Final = "sharing"
USUAL_MANDATE: Final = timedelta(days=30)


def sent_form(item: Item, pairs: Pairs) -> dict[str, Any]:
    """What was sent, in the shape of the message `RequestErrand`; nothing is judged here."""
    fields = dict(reversed(pairs))
    form: dict[str, Any] = {
        "rid": fields.get("rid", ""),
        "item_id": item.id,
        "situation": fields.get("situation", ""),
        "answers": from_pairs(item.form, pairs, prefix=ANSWERS),
    }
    form.update({name: fields[name] for name in ("phone", "address") if fields.get(name, "").strip()})
    if item.partner is not None:
        form.update(consents(fields, item.partner))
    return form


def consents(fields: Mapping[str, str], partner: Partner) -> dict[str, Any]:
    """The two consents, each with a tick of its own; what is not ticked is not given."""
    given: dict[str, Any] = {}
    if fields.get(MANDATE_TICK) == "yes":
        given["mandate"] = {"valid_until": fields.get(MANDATE_DAY, "")}
    version = fields.get(SHARING_TICK, "")
    if version.isascii() and version.isdigit() and len(version) < 5:
        given["sharing"] = {"partner": partner.value, "version": int(version)}
    return given


def half_given(fields: Mapping[str, str]) -> list[Wrong]:
    """One consent without the other starts nothing: say which is missing. Neither is no mistake: sign later."""
    mandate, sharing = fields.get(MANDATE_TICK) == "yes", bool(fields.get(SHARING_TICK))
    if mandate == sharing:
        return []
    if mandate:
        words = "还要单独同意把信息交给企业，才能开始办。"
        return [Wrong(SHARING_TICK, "required", words)]
    return [Wrong(MANDATE_TICK, "required", "还要同意委托书，才能开始办。")]


def by_input(wrong: Sequence[Wrong]) -> dict[str, str]:
    """Sentences by the name of the input they belong to."""
    return {_input(each.field): each.sentence for each in wrong}


def usual_end(today: date) -> date:
    """The last day a mandate is offered with."""
    return today + USUAL_MANDATE


def _input(field: str) -> str:
    if field.startswith("sharing"):
        return SHARING_TICK
    return field.removeprefix("applicant.")
