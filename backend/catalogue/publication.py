"""From draft to published guide: what confirming changes, and what stops publication. Pure."""

import hashlib
from collections.abc import Iterable

import msgspec

from api_spec.catalogue import Item, Limit
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Evidence, Role
from backend.actors import Actor
from backend.catalogue.loader import settled
from backend.catalogue.validator import Finding, Rule, blocking
from backend.faults import Fault, Wrong

_EVERYWHERE = frozenset({Role.DIRECTOR, Role.SYSTEM})


def digest(item: Item) -> str:
    """What a draft says, whichever id and version it has: two drafts with one digest are the same."""
    plain = msgspec.structs.replace(item, id="", version=0, pinyin=())
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def confirmed(item: Item) -> Item:
    """The item with its illustrative limits vouched for by the township."""
    return settled(
        msgspec.structs.replace(
            item,
            promise=_vouched(item.promise),
            statutory=None if item.statutory is None else _vouched(item.statutory),
        )
    )


def unconfirmed(item: Item) -> Item:
    """The item as a draft: a file cannot vouch for a limit, only a named person can."""
    return settled(
        msgspec.structs.replace(
            item,
            promise=_doubted(item.promise),
            statutory=None if item.statutory is None else _doubted(item.statutory),
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
    refuse(found for found in blocking(item) if found.rule is not Rule.UNCONFIRMED_LIMIT)


def refuse(findings: Iterable[Finding]) -> None:
    """Raises Fault(ITEM_NOT_PUBLISHABLE) with every finding by item and field, if there is any."""
    wrong = [Wrong(f"{f.item_code}.{f.field}", f.rule.value, f.sentence) for f in findings]
    if wrong:
        raise Fault(ErrorCode.ITEM_NOT_PUBLISHABLE, wrong=wrong, findings=len(wrong))


def _vouched(limit: Limit) -> Limit:
    if limit.evidence is not Evidence.ILLUSTRATIVE:
        return limit
    return msgspec.structs.replace(limit, evidence=Evidence.LOCAL)


def _doubted(limit: Limit) -> Limit:
    if limit.evidence is not Evidence.LOCAL:
        return limit
    return msgspec.structs.replace(limit, evidence=Evidence.ILLUSTRATIVE)
