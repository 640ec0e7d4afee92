"""Whom to ring, what to put on the notice board, what to say over the loudspeaker: words from cases. Pure.

On the board stand surnames with stars and the end of a case number; the loudspeaker names a surname and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api_spec.feed import CaseRow
from api_spec.vocabulary import CaseState, ErrandState, Term
from village_node.desk.drafts import Pairs
from village_node.desk.follow_ups import FollowUp, Visit
from village_node.desk.masking import masked_name, surname, tail


class Need(Term):
    """Why a resident is to be told, most urgent first."""

    FIX = "fix", "要补材料"
    COLLECT = "collect", "可以领结果"
    REFUSED = "refused", "没有办成"
    DONE = "done", "办好了"


_NEEDS: Final = {
    CaseState.NEED_FIX.value: Need.FIX,
    ErrandState.SUSPENDED.value: Need.FIX,
    CaseState.TO_COLLECT.value: Need.COLLECT,
    CaseState.NOT_ACCEPTED.value: Need.REFUSED,
    CaseState.RETURNED_UP.value: Need.REFUSED,
    ErrandState.ENDED.value: Need.REFUSED,
    CaseState.DELIVERED.value: Need.DONE,
    CaseState.FINISHED.value: Need.DONE,
    ErrandState.DONE.value: Need.DONE,
}
_ON_THE_BOARD: Final = frozenset({Need.COLLECT, Need.DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One resident to be told something.

    Args:
        phones: the applicant's, then the other contact's; none: somebody has to go there.
        told: who was told of this state already, oldest first.
    """

    rid: str
    need: Need
    item_name: str
    name: str
    number: str
    label: str
    next_step: str
    missing: tuple[str, ...]
    phones: tuple[tuple[str, str], ...]
    preferred_time: str
    address: str
    told: tuple[FollowUp, ...]

    def where(self, station: str, centre: str) -> str:
        """Where to come to: the township's sentence knows where the paper lies.

        Args:
            station, centre: what the village's and the township's counters are called.

        Returns:
            "" where there is nothing to collect.
        """
        if self.need is Need.DONE and "领取" not in self.next_step:
            return ""
        at_window = "窗口" in self.next_step and "村服务点" not in self.next_step
        return f"{centre}窗口" if at_window and self.need in _ON_THE_BOARD else station

    @property
    def reached(self) -> bool:
        return any(visit.kind == Visit.TOLD for visit in self.told)


def call(case: CaseRow, pairs: Pairs, visits: Sequence[FollowUp]) -> Call | None:
    """What is to be told about a case; None while nothing is, or its result is in the resident's hands.

    Args:
        pairs: the form as typed here; empty where this computer has forgotten it.
        visits: everything said and handed out about it so far.
    """
    need = _NEEDS.get(case.state)
    if need is None or any(visit.kind == Visit.RESULT for visit in visits):
        return None
    said = dict(reversed(pairs))
    phones = (
        (said.get("name", "") or case.applicant, said.get("phone", "")),
        (said.get("contact_name", "") or "另一个联系人", said.get("contact_phone", "")),
    )
    return Call(
        rid=case.rid,
        need=need,
        item_name=case.item_name,
        name=case.applicant,
        number=case.number,
        label=case.label,
        next_step=case.next_step,
        missing=case.missing,
        phones=tuple((name, phone) for name, phone in phones if phone),
        preferred_time=said.get("preferred_time", ""),
        address=said.get("address", ""),
        told=tuple(visit for visit in visits if visit.about == case.state),
    )


def is_told(state: str) -> bool:
    """Whether a case in this state is something its resident is to be told."""
    return state in _NEEDS


def in_order(calls: Iterable[Call]) -> list[Call]:
    """Who has not been reached first, then the most urgent."""
    order = list(Need)
    return sorted(calls, key=lambda each: (each.reached, order.index(each.need), each.number))


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of the notice board."""

    name: str
    item_name: str
    number: str
    words: str
    place: str


def board(calls: Iterable[Call], *, station: str, centre: str) -> list[BoardLine]:
    """What may hang on the wall: results only, names masked, no papers and no reasons."""
    return [
        BoardLine(
            masked_name(each.name),
            each.item_name,
            tail(each.number),
            each.need.zh,
            each.where(station, centre),
        )
        for each in calls
        if each.need in _ON_THE_BOARD
    ]


def loudspeaker(calls: Iterable[Call], *, station: str, centre: str) -> list[str]:
    """Sentences to be read out, twice: surnames only, nothing about what for."""
    names: dict[tuple[Need, str], list[str]] = {}
    for each in calls:
        if not each.reached:
            names.setdefault((each.need, each.where(station, centre) or station), []).append(
                surname(each.name)
            )
    words = {
        Need.FIX: "您在村里办的事，镇里要您补交材料，请带上身份证和回执",
        Need.COLLECT: "您在村里办的事已经办好，可以领结果了，请带上身份证和回执",
        Need.REFUSED: "您在村里办的事，镇里有了答复，请带上回执",
        Need.DONE: "您在村里办的事已经办好，请带上回执",
    }
    order = list(Need)
    return [
        f"{_people(names[need, place])}，{words[need]}，到{place}来一趟。"
        for need, place in sorted(names, key=lambda each: order.index(each[0]))
    ]


def _people(surnames: Sequence[str]) -> str:
    """ "姓梁的乡亲两位、姓贺的乡亲": each surname once."""
    counted = {name: surnames.count(name) for name in surnames}
    return "、".join(
        f"姓{name}的乡亲" + (f"（{count} 位）" if count > 1 else "") for name, count in counted.items()
    )
