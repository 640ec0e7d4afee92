"""What a township decides about booking: how far ahead, how long a hold lasts, how much one person may book. Pure.

The figures are illustrative defaults and belong to the township. None of them denies service at the counter:
whoever comes without booking gets a walk-in ticket.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api_spec.china_time import day_in_china, minute_in_china, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPolicy:
    """Booking rules of one township.

    Args:
        horizon_days: the last day on offer is this many days from today.
        release_minute: minute of the day in China at which that last day is released; before it, one day less.
        hold: how long a place is kept while the form is filled in.
        open_bookings: bookings a person may have that are not over yet.
        per_item_and_day: of these, for the same item on the same day.
        moves: how often one booking may be moved to another time.
        cancels_a_month: after so many cancelled bookings in a calendar month, no further online booking that month.
        no_shows: after so many bookings not kept within `no_show_days`, no online booking until one drops out
            of that time; the first one brings a warning.
    """

    horizon_days: int = 14
    release_minute: int = 8 * 60
    hold: timedelta = timedelta(minutes=10)
    open_bookings: int = 3
    per_item_and_day: int = 1
    moves: int = 3
    cancels_a_month: int = 5
    no_shows: int = 3
    no_show_days: int = 60

    def next_release(self, at: datetime) -> datetime:
        """When the day after the furthest one on offer is released."""
        today = day_in_china(at)
        released = minute_in_china(at) >= self.release_minute
        return moment(today + timedelta(days=1) if released else today, self.release_minute)
