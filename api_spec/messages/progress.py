"""Public progress: what anyone who holds a tracking code may read. Masked: a surname, no number, no address."""

from datetime import date, datetime
from typing import Literal

import msgspec

from api_spec.messages.base import Answer
from api_spec.vocabulary import DeadlineColour

ProgressKind = Literal["case", "errand", "not_received", "not_public"]
"""`not_received`: genuine, taken in a village, not here yet. `not_public`: of a kind that is never shown."""


class ProgressStep(Answer, frozen=True, kw_only=True):
    """One step, done or still ahead (`at` empty)."""

    label: str
    at: datetime | None
    done: bool


class Progress(Answer, frozen=True, kw_only=True):
    """How far it is.

    Args:
        code: tracking code in groups of four.
        surname: of the applicant, as in 张**; empty when nothing may be shown.
        next_step: one sentence: what happens next, or what the applicant should do.
        missing: the papers a notice asks for.
        due: promised day; None while no clock runs. `provisional`: its year's holidays are not published yet.
        clock: why the clock stands still and since when; empty while it runs.
        place, phone: where to ask.
    photos, photos_here: of papers, how many the village took and how many have arrived.
    """

    kind: ProgressKind
    code: str
    number: str = ""
    item_name: str = ""
    surname: str = ""
    state: str = ""
    state_label: str
    steps: list[ProgressStep] = msgspec.field(default_factory=list)
    next_step: str
    missing: list[str] = msgspec.field(default_factory=list)
    due: date | None = None
    days_left: int | None = None
    provisional: bool = False
    clock: str = ""
    colour: DeadlineColour = DeadlineColour.NONE
    colour_label: str = ""
    place: str = ""
    phone: str = ""
    photos: int = 0
    photos_here: int = 0
