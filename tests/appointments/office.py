"""A township hall small enough to reason about: two social windows, one police window, known hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from api_spec.catalogue import Item, Limit, WindowCard
from api_spec.china_time import minute_of, moment
from api_spec.errors import ErrorCode
from api_spec.forms import Form
from api_spec.vocabulary import Channel, DocumentType, ItemKind, Role, WindowType
from backend.actors import Actor
from backend.appointments.appointment import Appointment
from backend.appointments.offering import Time
from backend.appointments.policy import BookingPolicy
from backend.appointments.service import Appointments
from backend.faults import Fault
from backend.hall.calendar import DayKind, SpecialDay
from backend.hall.hours import WHOLE_HALL, Season, Span
from backend.hall.service import Hall
from backend.vault import Vault

TOWN = "a" * 32
OTHER_TOWN = "b" * 32
SOCIAL_1, SOCIAL_2, POLICE = "1" * 32, "2" * 32, "3" * 32
PENSION, BENEFIT, HUKOU = "4" * 32, "5" * 32, "6" * 32
MONDAY = date(2026, 3, 2)
NOW = moment(MONDAY, minute_of("07:00"))
NINE = minute_of("09:00")


def card(window_id: str, number: int, kind: WindowType) -> WindowCard:
    return WindowCard(
        id=window_id, number=number, name=f"{number}号窗口", type=kind, department="社会事务综合服务中心"
    )


def item(item_id: str, name: str, window: WindowType) -> Item:
    return Item(
        id=item_id,
        code=item_id[:3],
        version=1,
        name=name,
        window=window,
        kind=ItemKind.INSTANT,
        promise=Limit(days=0),
        form=Form(fields=()),
    )


class Book:
    """The catalogue as far as booking asks."""

    def __init__(self) -> None:
        self._windows = [
            card(SOCIAL_1, 1, WindowType.SOCIAL),
            card(SOCIAL_2, 2, WindowType.SOCIAL),
            card(POLICE, 9, WindowType.HOUSEHOLD),
        ]
        self._items = {
            PENSION: item(PENSION, "城乡居民养老待遇申领", WindowType.SOCIAL),
            BENEFIT: item(BENEFIT, "高龄津贴", WindowType.SOCIAL),
            HUKOU: item(HUKOU, "出生登记", WindowType.HOUSEHOLD),
        }

    def item_now(self, tenant_id: str, item_id: str) -> Item:
        if tenant_id != TOWN or item_id not in self._items:
            raise Fault(ErrorCode.ITEM_NOT_FOUND)
        return self._items[item_id]

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]:
        return self._windows if tenant_id == TOWN else []


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    phone: str


class Citizens:
    """People as far as booking asks."""

    async def applicant_of(self, citizen_id: str) -> Person:  # noqa: ARG002
        return Person("测试群众", "13800000001")


def citizen(number: int = 1) -> Actor:
    return Actor(id=f"{number:032x}", roles=frozenset({Role.CITIZEN}), tenant_id=TOWN)


def staff(*roles: Role, windows: tuple[str, ...] = (), village: str = "", tenant: str = TOWN) -> Actor:
    return Actor(
        id=f"staff-{'-'.join(sorted(roles))}",
        roles=frozenset(roles),
        tenant_id=tenant,
        window_ids=windows,
        village_id=village,
    )


CLERK = staff(Role.WINDOW, windows=(SOCIAL_1, SOCIAL_2))
DIRECTOR = staff(Role.DIRECTOR)


def hall_season(*, places: int = 4, kept: int = 1, minutes: int = 60) -> Season:
    return Season(
        window_id=WHOLE_HALL,
        name="全年",
        first="01-01",
        last="12-31",
        spans=(Span(minute_of("08:30"), minute_of("12:00")), Span(minute_of("14:30"), minute_of("17:30"))),
        slot_minutes=minutes,
        places=places,
        walk_in_places=kept,
    )


NOTICE = [
    SpecialDay(date(2026, 1, 1), DayKind.OFF, "元旦"),
    SpecialDay(date(2026, 3, 5), DayKind.OFF, "试验节"),
    SpecialDay(date(2026, 3, 7), DayKind.WORK, "试验节"),
]


@dataclass
class Office:
    """Booking with its hall, and short words for what the tests do."""

    hall: Hall
    booking: Appointments
    now: datetime = NOW

    async def book(
        self,
        who: Actor,
        *,
        item_id: str = PENSION,
        window: str | None = SOCIAL_1,
        day: date = MONDAY,
        start: str = "08:30",
        hold: bool = False,
        at: datetime | None = None,
    ) -> Appointment:
        time = Time(item_id=item_id, window_id=window, day=day, start=minute_of(start))
        return await self.booking.book(
            time, hold=hold, actor=who, channel=Channel.MINI_PROGRAM, at=at or self.now
        )

    async def book_for(
        self,
        clerk: Actor,
        *,
        phone: str = "13800000009",
        document: str | None = None,
        item_id: str = PENSION,
        window: str | None = SOCIAL_1,
        day: date = MONDAY,
        start: str = "08:30",
        channel: Channel = Channel.PHONE,
        at: datetime | None = None,
    ) -> Appointment:
        return await self.booking.book_for(
            Time(item_id=item_id, window_id=window, day=day, start=minute_of(start)),
            name="来电群众",
            phone=phone,
            document_type=DocumentType.ID_CARD,
            document_number=document,
            channel=channel,
            actor=clerk,
            at=at or self.now,
        )

    async def move(
        self,
        one: Appointment,
        who: Actor,
        *,
        window: str | None = SOCIAL_1,
        day: date = MONDAY,
        start: str = "10:30",
        at: datetime | None = None,
    ) -> Appointment:
        return await self.booking.reschedule(
            one.id,
            window,
            day=day,
            start=minute_of(start),
            version=one.version,
            actor=who,
            at=at or self.now,
        )


async def open_office(*, season: Season | None = None, policy: BookingPolicy | None = None) -> Office:
    book = Book()
    hall = Hall(book)
    await hall.import_calendar(NOTICE, at=NOW)
    await hall.import_seasons(TOWN, [season or hall_season()])
    vault = Vault({1: bytes(32)})
    booking = Appointments(book, hall, Citizens(), vault=vault, policy=policy)
    await booking.start()
    return Office(hall, booking)


def label(one: Appointment) -> str:
    """What stands on its ticket; "" before there is one."""
    return one.ticket.label if one.ticket else ""


def at_time(text: str, *, day: date = MONDAY) -> datetime:
    return moment(day, minute_of(text)).astimezone(UTC)


def later(**parts: int) -> datetime:
    return NOW + timedelta(**parts)
