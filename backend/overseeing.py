"""Builds supervision and joins it to the desks it watches: the one place that knows which they are."""

from dataclasses import dataclass
from typing import Final

from backend.audit.service import Audit
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.chance import chance
from backend.hall.service import Hall
from backend.intake.service import Intake
from backend.supervision.neighbours import HallWatch, VillageWatch
from backend.supervision.service import Supervision

SUPERVISION_EVERY_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """What supervision looks at."""

    cases: Cases
    catalogue: Catalogue
    hall: Hall
    intake: Intake
    audit: Audit


def open_supervision(desks: Desks) -> Supervision:
    """Supervision, following every move of a case and asking the hall and the villages in every round."""
    opened = Supervision(desks.cases, desks.catalogue, desks.hall, desks.audit, seeds=chance.take)
    desks.cases.on_move(opened.follow)
    opened.watch(HallWatch(desks.hall, desks.catalogue))
    opened.watch(VillageWatch(desks.intake.nodes, desks.intake.held, opened.cards.rulebook))
    return opened
