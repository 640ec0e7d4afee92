"""Builds what people say of the office - ratings, complaints, enquiries - and joins it to what it follows."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend.actors import Actor
from backend.appointments.service import Appointments
from backend.audit.reads import ReadLog
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.complaints.service import Complaints
from backend.enquiries.service import Enquiries
from backend.hall.service import Hall
from backend.people.service import People
from backend.proxy.service import Proxy
from backend.reviews.oversight import WatchedReviews
from backend.reviews.service import ReviewPolicy, Reviews
from backend.settings import Settings
from backend.supervision.watching import Watched
from backend.vault import Vault


@dataclass(frozen=True, slots=True)
class Voices:
    """The services of this module."""

    reviews: Reviews
    complaints: Complaints
    enquiries: Enquiries

    def read_by(self, reads: ReadLog, clock: Callable[[], datetime]) -> None:
        """Let the audit know who opens a complaint, an enquiry, or the number left with a bad rating."""

        async def enquiry(enquiry_id: str, actor: Actor) -> None:
            await reads.enquiry(enquiry_id, actor, clock())

        async def call_back(bad_id: str, actor: Actor) -> None:
            await reads.call_back(bad_id, actor, clock())

        self.complaints.on_read(reads.complaint)
        self.enquiries.on_read(enquiry)
        self.reviews.bad.on_contact(call_back)

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What supervision asks."""
        return WatchedReviews(self.reviews.bad, self.reviews.figures), self.complaints, self.enquiries


def review_policy(settings: Settings) -> ReviewPolicy:
    """The limits this deployment set."""
    return ReviewPolicy(
        contact_days=settings.review_contact_days,
        rectify_days=settings.review_rectify_days,
        complex_days=settings.review_complex_days,
        rectify_in_working_days=settings.review_in_working_days,
    )


def open_voices(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    catalogue: Catalogue,
    hall: Hall,
    people: People,
    vault: Vault,
    cases: Cases,
    proxy: Proxy,
    appointments: Appointments,
) -> Voices:
    """Build them and let them follow finished cases, done errands and served tickets."""
    reviews = Reviews(catalogue, hall, vault, random=os.urandom, policy=review_policy(settings))
    cases.on_move(reviews.follow_case)
    proxy.on_change(reviews.errands(clock))
    appointments.on_served(reviews.follow_served)
    complaints = Complaints(hall.calendar, people.accounts, vault, days=settings.complaint_days)
    return Voices(reviews, complaints, Enquiries(hall.calendar, vault))
