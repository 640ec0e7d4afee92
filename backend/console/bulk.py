"""What may be done with several cases at once, and for whom. Pure.

Only what decides nothing: who has a case in hand, telling that a result lies ready, handing results out, closing what
has been handed out, and printing. Acceptance, refusal, review, decision and signature are made case by case, by a
person who has opened the case (行政许可法 38: reasons are given for each; plan, clause 44).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api_spec.vocabulary import CaseAction, Role, Term
from backend.actors import Actor
from backend.cases.handling import HOLDERS
from backend.cases.machine import RECEIVERS

MOST: Final = 100


class Deed(Term):
    """One thing that may be done with several cases."""

    HOLD = "hold", "领办"
    GIVE_BACK = "give_back", "交回"
    HAND_ON = "hand_on", "转交 B 岗"
    MAKE_READY = "make_ready", "通知领取"
    DELIVER = "deliver", "登记发放"
    FINISH = "finish", "办结"
    LABELS = "labels", "打印标签"


MOVES: Final = {
    Deed.MAKE_READY: CaseAction.MAKE_READY,
    Deed.DELIVER: CaseAction.DELIVER,
    Deed.FINISH: CaseAction.FINISH,
}
ASKS: Final = frozenset({Deed.HAND_ON, Deed.DELIVER})
"""These want something filled in first."""
MAY: Final = {
    Deed.HOLD: frozenset(HOLDERS),
    Deed.GIVE_BACK: frozenset(HOLDERS),
    Deed.HAND_ON: frozenset({Role.WINDOW}),
    Deed.MAKE_READY: RECEIVERS,
    Deed.DELIVER: RECEIVERS,
    Deed.FINISH: RECEIVERS,
    Deed.LABELS: RECEIVERS | frozenset({Role.CENTRE_STAFF}),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One case that was ticked, at the version that was on the screen."""

    case_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one case; `why` "" where it went through."""

    case_id: str
    number: str
    item: str
    applicant: str
    why: str = ""


def offered(who: Actor) -> list[Deed]:
    """The buttons below the queue of one person."""
    return [deed for deed in Deed if who.has(MAY[deed])]


def chosen(ticked: Iterable[str]) -> list[Chosen]:
    """What was ticked, as `<id>.<version>`, each once and at most `MOST`; anything else is left out."""
    found: dict[str, Chosen] = {}
    for text in ticked:
        case_id, _, version = text.partition(".")
        if len(case_id) == 32 and case_id.isalnum() and version.isascii() and version.isdigit():
            found.setdefault(case_id, Chosen(case_id, int(version[:9])))
    return list(found.values())[:MOST]
