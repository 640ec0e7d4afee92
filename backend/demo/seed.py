"""Fills an empty township for the demonstration, through the same services people use."""

from datetime import date, datetime

from api_spec.catalogue import WindowCard
from api_spec.china_time import day_in_china
from api_spec.vocabulary import Role
from backend.actors import Actor, system
from backend.demo import staff
from backend.demo.staff import DemoClerk
from backend.hall.roster import Clerk, Pair
from backend.office import Office
from backend.setup import set_up


async def seed(office: Office, *, at: datetime) -> str:
    """Everything the demonstration starts with; a township that is there already is left alone. Gives its id."""
    if office.catalogue.tenant_ids:
        return office.catalogue.tenant_ids[0]
    tenant_id = await set_up(office, at=at)
    today = day_in_china(at)
    clerks = await _employ(office, tenant_id, today=today, at=at)
    await _roster(office, tenant_id, clerks, since=today)
    await _publish(office, tenant_id, at=at)
    return tenant_id


async def _employ(office: Office, tenant_id: str, *, today: date, at: datetime) -> dict[str, Clerk]:
    windows = await office.catalogue.windows(tenant_id)
    employed: dict[str, Clerk] = {}
    for clerk in staff.ALL:
        theirs = [card for card in windows if card.type is clerk.window]
        post = staff.post_of(
            clerk,
            department_id=_department(clerk, theirs),
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
        employed[clerk.login] = Clerk(account.id, clerk.name)
    return employed


def _department(clerk: DemoClerk, windows: list[WindowCard]) -> str:
    return windows[0].department_id if clerk.window and windows else ""


async def _roster(office: Office, tenant_id: str, clerks: dict[str, Clerk], *, since: date) -> None:
    windows = await office.catalogue.windows(tenant_id)
    await office.hall.import_pairs(
        tenant_id,
        [
            Pair(
                window_id=card.id,
                since=since,
                a=clerks[card.type.value],
                b=clerks[f"{card.type.value}-b"],
            )
            for card in windows
        ],
    )


async def _publish(office: Office, tenant_id: str, *, at: datetime) -> None:
    """The demo's director vouches for the illustrative limits, so that there is something to try."""
    director = Actor(
        id="demo-director", roles=frozenset({Role.DIRECTOR}), tenant_id=tenant_id, name="周主任（演示）"
    )
    drafts = await office.catalogue.drafts(tenant_id)
    doubtful = [draft.item.id for draft in drafts if draft.item.illustrative]
    await office.catalogue.confirm(tenant_id, doubtful, by=director, at=at)
    await office.catalogue.publish(tenant_id, by=director, at=at)
