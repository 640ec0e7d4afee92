"""The part of a case's history anyone with its code may see: where it has been and when, nothing of who. Pure.

It is kept beside the case so that a public question costs one row; it can always be made again from the events.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from api_spec.vocabulary import CaseAction, CaseState, ItemKind, MaterialStatus, Outcome, WindowType
from backend.cases.case import Event, Gap, Terms
from backend.cases.deadlines import STOPS
from backend.cases.next_steps import gap_words
from backend.cases.papers import only_said
from backend.instants import to_ms

PRESENT = MaterialStatus.PRESENT
SHOWN_IN_PLACE = frozenset({CaseAction.EXTEND, CaseAction.HAND_IN_PLEDGED})
"""Moves that leave the state as it is and still matter to the applicant."""

_ANSWERS = frozenset({CaseAction.SUPPLEMENT, CaseAction.ACCEPT, CaseAction.REOPEN, CaseAction.RESUME_REVIEW})
"""After these nothing is asked of the applicant any more."""


class Stage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One public step; the moment in milliseconds since 1970 UTC."""

    action: CaseAction
    state: CaseState
    at_ms: int


class Still(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Since when the clock stands still, why, and for how many working days it was told to; 0: none were named."""

    since_ms: int
    ground: str
    told_days: int


class Trail(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a public answer is made of.

    Args:
        surname: the applicant, masked as everybody may read it: `张**`.
        missing: names of the papers a notice still asks for, in its order.
        fixes: each of them again with how to put it right.
        only_said: nobody has seen yet the papers the applicant ticked on the phone.
        still: the clock stands still.
        visit_on: the day of a joint inspection.
        owed, owed_until: names of the papers pledged for later, and until when.
    """

    item_name: str
    kind: ItemKind
    window: WindowType
    surname: str
    confidential: bool = False
    stages: tuple[Stage, ...] = ()
    missing: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    only_said: bool = False
    still: Still | None = None
    visit_on: date | None = None
    owed: tuple[str, ...] = ()
    owed_until: date | None = None
    outcome: Outcome | None = None


def trail(events: Sequence[Event], terms: Terms, *, surname: str) -> Trail:
    """The public part of a history."""
    gaps: tuple[Gap, ...] = ()
    outcome: Outcome | None = None
    stages: list[Stage] = []
    owed, until = _owed(events, terms)
    for event in events:
        if event.before is not event.after or event.action in SHOWN_IN_PLACE:
            stages.append(Stage(event.action, event.after, to_ms(event.at)))
        if event.facts.gaps:
            gaps = event.facts.gaps
        elif event.action in _ANSWERS:
            gaps = ()
        if event.action is CaseAction.REOPEN:
            outcome = None
        outcome = event.facts.outcome or outcome
    return Trail(
        item_name=terms.item_name,
        kind=terms.kind,
        window=terms.window,
        surname=surname,
        confidential=terms.confidential,
        stages=tuple(stages),
        missing=tuple(gap.name for gap in gaps),
        fixes=tuple(gap_words(gap) for gap in gaps),
        only_said=bool(only_said(events)),
        still=_still(events),
        visit_on=next((e.facts.visit.day for e in reversed(events) if e.facts.visit), None),
        owed=owed,
        owed_until=until,
        outcome=outcome,
    )


def _owed(events: Sequence[Event], terms: Terms) -> tuple[tuple[str, ...], date | None]:
    """Names of the papers that are still to come under a pledge, and the last day for them."""
    codes: set[str] = set()
    until: date | None = None
    for event in events:
        facts = event.facts
        if facts.pledge:
            codes, until = {c for c in facts.promised if facts.materials.get(c) is not PRESENT}, facts.until
        elif event.action is CaseAction.HAND_IN_PLEDGED:
            codes -= set(facts.materials)
        elif event.action is CaseAction.REOPEN:
            codes = set()
    names = tuple(paper.name for paper in terms.papers if paper.code in codes and until)
    return names, until if names else None


def _still(events: Sequence[Event]) -> Still | None:
    """The stop that lasts: nothing but what ends it has been done since."""
    for event in reversed(events):
        if event.action in STOPS:
            ground = event.facts.basis or STOPS[event.action]
            return Still(to_ms(event.at), ground, event.facts.days)
        if event.before is not event.after:
            return None
    return None


def stage_label(stage: Stage) -> str:
    """A step in the applicant's words."""
    if stage.action in {CaseAction.SUPPLEMENT, CaseAction.DEEM_ACCEPTED, CaseAction.REOPEN, *SHOWN_IN_PLACE}:
        return stage.action.zh
    return stage.state.zh


def text(one: Trail) -> str:
    """As stored."""
    return _encoder.encode(one).decode()


def read(stored: str) -> Trail:
    return _decoder.decode(stored)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Trail)
