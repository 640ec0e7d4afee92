"""What is told without anybody's move: appointments and the reminder before them, and the one invitation to rate.

Each round reads what its feature wrote since a while ago and writes the notices; a key keeps each from being told twice.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china, minute_in_china
from api_spec.messages.notices import NoticeKind
from backend.appointments.appointment import Appointment
from backend.appointments.service import Appointments
from backend.catalogue.values import Shelf
from backend.db import in_transaction
from backend.ids import new_id_at
from backend.notices.of_appointments import KINDS, telling_of
from backend.notices.of_cases import UNNAMED
from backend.notices.service import Notices
from backend.notices.telling import Recipient, Telling
from backend.reviews.service import Reviews

LOOK_BACK: Final = timedelta(minutes=10)
AT_START: Final = timedelta(days=1)
MOST: Final = 500
REMIND_FROM: Final = 17 * 60
"""Minute of the day, in China, from which tomorrow's visitors are reminded."""
_FIRST: Final = bytes(10)


class Townships(Protocol):
    """What is asked of the catalogue."""

    @property
    def tenant_ids(self) -> Sequence[str]: ...

    def shelf(self, tenant_id: str) -> Shelf: ...


class Following:
    """The rounds of notices that follow other features."""

    def __init__(
        self,
        notices: Notices,
        townships: Townships,
        appointments: Appointments,
        reviews: Reviews,
        *,
        base_url: str,
    ) -> None:
        self._notices = notices
        self._townships = townships
        self._appointments = appointments
        self._reviews = reviews
        self._base_url = base_url
        self._looked = False
        self._reminded: set[tuple[str, date]] = set()

    async def appointments_round(self, at: datetime) -> int:
        """Tell of what was booked, moved and called off, and remind of tomorrow; how many notices are new."""
        since = new_id_at(at - (LOOK_BACK if self._looked else AT_START), _FIRST)
        told = await self._appointments.moves_after(since, KINDS, limit=MOST)
        tellings = [self._telling(one, KINDS[action], once=event_id, at=at) for event_id, action, one in told]
        if minute_in_china(at) >= REMIND_FROM:
            tellings += await self._reminders(at)
        self._looked = True
        return await self._notices.tell(*[each for each in tellings if each is not None])

    async def _reminders(self, at: datetime) -> list[Telling | None]:
        """Once a day and township; whoever booked today was told today."""
        today = day_in_china(at)
        tomorrow = today + timedelta(days=1)
        due = [one for one in self._townships.tenant_ids if (one, tomorrow) not in self._reminded]
        self._reminded = {(one, tomorrow) for one in self._townships.tenant_ids}
        return [
            self._telling(one, NoticeKind.APPOINTMENT_TOMORROW, once=f"{tomorrow}", at=at)
            for tenant_id in due
            for one in await self._appointments.bookings_of(tenant_id, tomorrow)
            if day_in_china(one.made_at) != today
        ]

    def _telling(self, one: Appointment, kind: NoticeKind, *, once: str, at: datetime) -> Telling | None:
        """None for a ticket of somebody who is in the hall already."""
        if one.start is None:
            return None
        shelf = self._townships.shelf(one.tenant_id)
        item = shelf.by_id.get(one.item_id)
        visitor = self._appointments.visitor(one)
        return telling_of(
            one,
            kind,
            once=once,
            item=UNNAMED if item and item.confidential else one.item_name,
            window=_window_name(shelf.pack.windows, one.window_id),
            to=Recipient(
                citizen_id=one.citizen_id,
                phone=visitor.phone,
                name=visitor.name,
                village_id=one.village_id,
            ),
            at=at,
        )

    async def invitations_round(self, at: datetime) -> int:
        """Invite once whoever has not rated a finished matter; how many were invited."""
        invited = 0
        for tenant_id in self._townships.tenant_ids:
            found = await self._reviews.uninvited(tenant_id, at=at)
            async with in_transaction():
                fresh = set(await self._reviews.mark_invited([each.occasion_id for each in found], at=at))
                invited += await self._notices.tell(
                    *[
                        Telling(
                            tenant_id=each.tenant_id,
                            kind=NoticeKind.REVIEW_INVITED,
                            to=Recipient(citizen_id=each.citizen_id, phone=each.phone),
                            about_kind="review",
                            about_id=each.occasion_id,
                            once="1",
                            words={"item": each.item_name, "link": f"{self._base_url}{each.link}"},
                            at=at,
                        )
                        for each in found
                        if each.occasion_id in fresh
                    ]
                )
        return invited


def _window_name(windows: Sequence[WindowCard], window_id: str) -> str:
    return next((card.name for card in windows if card.id == window_id), "")
