"""What a new township needs before its first day: divisions, windows, catalogue drafts, calendar, opening hours."""

from datetime import datetime
from pathlib import Path

from api_spec.china_time import day_in_china
from api_spec.vocabulary import Role
from backend.actors import Actor, system
from backend.hall.calendar import read_notices
from backend.hall.hours import WHOLE_HALL, Season, Span
from backend.office import Office
from backend.people.posts import Post
from backend.people.service import NewAccount

HOLIDAYS = Path(__file__).parent / "hall" / "data" / "holidays.csv"

MORNING = Span(8 * 60, 12 * 60)
SEASONS = (
    Season(
        window_id=WHOLE_HALL,
        name="冬令作息",
        first="10-01",
        last="05-31",
        spans=(MORNING, Span(14 * 60, 17 * 60 + 30)),
    ),
    Season(
        window_id=WHOLE_HALL,
        name="夏令作息",
        first="06-01",
        last="09-30",
        spans=(MORNING, Span(15 * 60, 18 * 60)),
    ),
)
"""Hours a township starts with; it sets its own on the staff page."""


async def set_up(office: Office, *, at: datetime) -> str:
    """Import everything that comes with the product; safe to repeat. Gives the township's id.

    The catalogue comes as drafts: a named person confirms its illustrative limits before citizens see them.
    """
    tenant_id = await office.catalogue.import_data(by=system(""), at=at)
    with HOLIDAYS.open(encoding="utf-8") as lines:
        await office.hall.import_calendar(read_notices(lines), at=at)
    await office.hall.import_seasons(tenant_id, SEASONS)
    await office.catalogue.load(tenant_id, at=at)
    return tenant_id


async def first_administrator(
    office: Office, tenant_id: str, *, login_name: str, name: str, at: datetime
) -> NewAccount:
    """The account that makes all others; its first password is shown once.

    Raises:
        Fault: LOGIN_NAME_TAKEN.
    """
    actor: Actor = system(tenant_id)
    account = await office.people.accounts.create(actor, login_name=login_name, name=name, at=at)
    post = Post(id="", staff_id=account.account.id, role=Role.SYSTEM_ADMIN, valid_from=day_in_china(at))
    await office.people.accounts.appoint(actor, post, at=at)
    return account
