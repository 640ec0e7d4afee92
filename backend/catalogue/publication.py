"""From draft to published guide: what confirming changes, and what stops publication. Pure."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from api_spec.catalogue import Fee, Item, Limit
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Evidence, Role
from backend.actors import Actor
from backend.catalogue.loader import is_guessed, settled
from backend.catalogue.validator import Finding, Rule, blocking
from backend.faults import Fault, Wrong

Fact = TypeVar("Fact", Limit, Fee)

_CENTRE = frozenset({Role.DIRECTOR, Role.CENTRE_STAFF})
_DEPARTMENT = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD})
_EVERYWHERE = frozenset({Role.DIRECTOR, Role.SYSTEM})


_CONFIRMABLE = frozenset({Rule.UNCONFIRMED_LIMIT, Rule.UNCONFIRMED_FEE})


def digest(item: Item) -> str:
    """What a draft says, whichever id and version it has: two drafts with one digest are the same."""
    plain = msgspec.structs.replace(item, id="", version=0, pinyin=())
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def confirmed(item: Item) -> Item:
    """The item with its illustrative limits and price vouched for by the township."""
    return settled(
        msgspec.structs.replace(
            item,
            promise=_vouched(item.promise),
            statutory=None if item.statutory is None else _vouched(item.statutory),
            fee=_vouched(item.fee) if is_guessed(item.fee) else item.fee,
        )
    )


def unconfirmed(item: Item) -> Item:
    """The item as a draft: a file cannot vouch for a limit or a price, only a named person can."""
    return settled(
        msgspec.structs.replace(
            item,
            promise=_doubted(item.promise),
            statutory=None if item.statutory is None else _doubted(item.statutory),
            fee=_doubted(item.fee),
        )
    )


def refuse_confirmation(item: Item, actor: Actor, department_id: str) -> None:
    """Only the director, or the head of the item's own department, vouches for limits, and by name.

    Raises:
        Fault: NOT_ALLOWED; ITEM_NOT_PUBLISHABLE with everything else that is wrong with the item.
    """
    head = actor.has({Role.DEPARTMENT_HEAD}) and actor.department_id == department_id
    if not actor.name or not (head or actor.has(_EVERYWHERE)):
        raise Fault(ErrorCode.NOT_ALLOWED)
    refuse(found for found in blocking(item) if found.rule not in _CONFIRMABLE)


def refuse_editing(actor: Actor, department_id: str) -> None:
    """The centre edits every item, a department the items of its own windows; raises Fault(NOT_ALLOWED)."""
    if not (actor.has(_CENTRE) or (actor.has(_DEPARTMENT) and actor.department_id == department_id)):
        raise Fault(ErrorCode.NOT_ALLOWED)


def refuse(findings: Iterable[Finding]) -> None:
    """Raises Fault(ITEM_NOT_PUBLISHABLE) with every finding by item and field, if there is any."""
    wrong = [Wrong(f"{f.item_code}.{f.field}", f.rule.value, f.sentence) for f in findings]
    if wrong:
        raise Fault(ErrorCode.ITEM_NOT_PUBLISHABLE, wrong=wrong, findings=len(wrong))


def _vouched(fact: Fact) -> Fact:
    if fact.evidence is not Evidence.ILLUSTRATIVE:
        return fact
    return msgspec.structs.replace(fact, evidence=Evidence.LOCAL)


def _doubted(fact: Fact) -> Fact:
    if fact.evidence is not Evidence.LOCAL:
        return fact
    return msgspec.structs.replace(fact, evidence=Evidence.ILLUSTRATIVE)
