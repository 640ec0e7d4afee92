"""Fills an empty township for the demonstration, through the same services people use."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.vocabulary import WindowType
from backend.actors import Actor, system
from backend.demo import staff
from backend.demo.cases import open_cases
from backend.demo.citizens import open_citizens
from backend.demo.clocks import open_clocks
from backend.demo.errands import open_errands
from backend.demo.failures import open_failures
from backend.demo.hall import open_queue
from backend.demo.leaving import open_leaving
from backend.demo.organisation import open_organisation
from backend.demo.own_things import open_own_things
from backend.demo.supervision import open_supervision
from backend.demo.voices import open_voices
from backend.hall.roster import Clerk, Pair
from backend.office import Office
from backend.setup import set_up

Living = Callable[[Office, Mapping[str, Actor], datetime], Awaitable[None]]
LIVING: Final[tuple[Living, ...]] = (
    open_leaving,
    open_queue,
    open_supervision,
    open_organisation,
    open_voices,
    open_clocks,
    open_citizens,
    open_own_things,
    open_errands,
    open_failures,
)
"""What else goes on in the demonstration, after its first applications; each is given the staff by login name."""


async def seed(office: Office, *, at: datetime) -> str:
    """Everything the demonstration starts with; a township that is there already is left alone. Gives its id."""
    if office.catalogue.tenant_ids:
        return office.catalogue.tenant_ids[0]
    tenant_id = await set_up(office, at=at)
    today = day_in_china(at)
    clerks = await _employ(office, tenant_id, today=today, at=at)
    await _roster(office, tenant_id, clerks, since=today)
    await _publish(office, tenant_id, clerks["director"], at=at)
    return tenant_id


async def open_for_business(office: Office, *, at: datetime) -> None:
    """The township of `seed` with applications in it, once."""
    tenant_id = await seed(office, at=at)
    today = day_in_china(at)
    clerks = await _employ(office, tenant_id, today=today, at=at)
    director = clerks["director"]
    if not (await office.cases.counts(director, today=today)):
        await open_cases(office, clerks, at=at)
        for live in LIVING:
            await live(office, clerks, at)


async def _employ(office: Office, tenant_id: str, *, today: date, at: datetime) -> dict[str, Actor]:
    """The demo staff by login name; whoever is there already stays as they are."""
    windows = await office.catalogue.windows(tenant_id)
    employed: dict[str, Actor] = {}
    for clerk in staff.ALL:
        theirs = [card for card in windows if card.type is clerk.window]
        if clerk.place is not None:
            theirs = theirs[clerk.place - 1 : clerk.place]
        post = staff.post_of(
            clerk,
            department_id=theirs[0].department_id if theirs else "",
            window_ids=tuple(card.id for card in theirs),
            today=today,
        )
        account = await office.people.accounts.import_member(
            system(tenant_id),
            login_name=clerk.login,
            name=clerk.name,
            password=staff.PASSWORD,
            must_change_password=False,
            held=[post],
            at=at,
        )
        employed[clerk.login] = Actor(
            id=account.id,
            roles=frozenset({clerk.role}),
            tenant_id=tenant_id,
            department_id=post.department_id,
            window_ids=post.window_ids,
            partner=clerk.partner,
            name=clerk.name,
        )
    return employed


async def _roster(office: Office, tenant_id: str, clerks: dict[str, Actor], *, since: date) -> None:
    windows = await office.catalogue.windows(tenant_id)
    pairs = []
    for kind in WindowType:
        for place, card in enumerate((card for card in windows if card.type is kind), 1):
            login = staff.a_login(kind, place)
            a, b = _at_window(clerks[login]), _at_window(clerks[f"{login}-b"])
            pairs.append(Pair(window_id=card.id, since=since, a=a, b=b))
    await office.hall.import_pairs(tenant_id, pairs)


def _at_window(actor: Actor) -> Clerk:
    return Clerk(actor.id, actor.name)


async def _publish(office: Office, tenant_id: str, director: Actor, *, at: datetime) -> None:
    """The demo's director vouches for the illustrative limits, so that there is something to try."""
    drafts = await office.catalogue.drafts(tenant_id)
    doubtful = [draft.item.id for draft in drafts if draft.item.illustrative]
    await office.catalogue.confirm(tenant_id, doubtful, by=director, at=at)
    await office.catalogue.publish(tenant_id, by=director, at=at)
