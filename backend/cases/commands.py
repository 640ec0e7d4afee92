"""Reads what the API was sent as commands to a case. Pure; the machine judges them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, DeliveryMethod, MaterialStatus, Outcome
from backend.cases.case import EventFacts, Gap, Meeting, Seat, Terms, Visit
from backend.cases.machine import Command

FACTS = frozenset(EventFacts.__struct_fields__)
LISTED = frozenset({"promised", "sent", "wanted"})

__all__ = ["Command", "Settlement", "command_of", "plain", "settlement", "supplement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What it takes to settle an 即办件 at the counter."""

    materials: Mapping[str, MaterialStatus]
    outcome: Outcome | None
    basis: str = ""
    reference: str = ""
    proof: str = ""
    note: str = ""

    def commands(self, terms: Terms) -> list[Command]:
        """Receive, decide, hand over where there is a paper, close: each an event of its own (plan, clause 46)."""
        steps = [
            Command(action=CaseAction.ACCEPT, facts=EventFacts(materials=dict(self.materials))),
            Command(
                action=CaseAction.DECIDE,
                note=self.note,
                facts=EventFacts(outcome=self.outcome, basis=self.basis, reference=self.reference),
            ),
        ]
        if terms.deliverable or self.outcome is Outcome.REFUSED:
            proof = EventFacts(method=DeliveryMethod.WINDOW, proof=self.proof)
            steps.append(Command(action=CaseAction.MAKE_READY))
            steps.append(Command(action=CaseAction.DELIVER, facts=proof))
        return [*steps, Command(action=CaseAction.FINISH)]


def command_of(sent: m.AnyCommand) -> Command:
    """A command with the facts it brings; gaps get their papers' names from the case."""
    facts: dict[str, Any] = {
        name: _kept(getattr(sent, name)) for name in type(sent).model_fields if name in FACTS
    }
    if isinstance(sent, m.RequestFix):
        facts["gaps"] = tuple(
            Gap(code=gap.code, name="", status=gap.status, how_to_fix=gap.how_to_fix) for gap in sent.gaps
        )
    if isinstance(sent, m.Convene):
        facts["visit"] = Visit(
            day=sent.visit_day,
            place=sent.place,
            seats=tuple(
                Seat(department_id=seat.department_id, name="", inspectors=tuple(seat.inspectors))
                for seat in sent.seats
            ),
        )
    if isinstance(sent, m.RecordCollective):
        facts["meeting"] = Meeting(day=sent.meeting_day, attendees=tuple(sent.attendees))
    for listed in LISTED & facts.keys():
        facts[listed] = tuple(facts[listed])
    return Command(action=sent.action, note=sent.note, facts=EventFacts(**facts))


def _kept(value: Any) -> Any:
    """As it comes out of the database again: an event's hash must not depend on the kind of sequence."""
    return tuple(value) if isinstance(value, list) else value


def supplement(sent: m.Supplement) -> Command:
    return Command(
        action=CaseAction.SUPPLEMENT, note=sent.note, facts=EventFacts(materials=dict(sent.materials))
    )


def plain(action: CaseAction, note: str) -> Command:
    return Command(action=action, note=note)


def settlement(sent: m.SettleAtOnce) -> Settlement:
    return Settlement(
        materials=sent.materials,
        outcome=sent.outcome,
        basis=sent.basis,
        reference=sent.reference,
        proof=sent.proof,
        note=sent.note,
    )
