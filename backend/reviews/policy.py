"""What a township decides about ratings: how long one may be given, and the limits for dealing with bad ones. Pure.

Source: 安阳市政务服务条例 art. 52 (first contact in 1 working day); 7 and 15 days are 临武's for simple and complex matters.
Places differ, so all of it is a setting.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from api_spec.review_terms import Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """Limits of one deployment.

    Args:
        contact_days: working days until somebody who rated badly has been contacted.
        step_days: working days for each step of the office itself: classify, order, recheck, call back, close.
        rectify_days, complex_days: for the department to put it right.
        rectify_in_working_days: whether those two are working days; else calendar days.
        invite_after: unrated for so long, a matter gets its one invitation.
        life: how long after it was opened an occasion may be rated.
        screen: how long the device at the window asks.
        ask_pause, asks_a_day: how often a window may ask somebody who came without a ticket. Almost everybody takes
            one, and serving somebody takes minutes: more would be the clerk rating themselves.
    """

    contact_days: int = 1
    step_days: int = 2
    rectify_days: int = 7
    complex_days: int = 15
    rectify_in_working_days: bool = False
    invite_after: timedelta = timedelta(days=3)
    life: dict[Occasion, timedelta] = field(
        default_factory=lambda: {
            Occasion.CONTACT: timedelta(days=3),
            Occasion.CASE: timedelta(days=30),
            Occasion.ERRAND: timedelta(days=30),
        }
    )
    screen: timedelta = timedelta(seconds=60)
    ask_pause: timedelta = timedelta(minutes=5)
    asks_a_day: int = 20
