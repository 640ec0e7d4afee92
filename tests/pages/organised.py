"""Something on the organisation's pages: the demonstration's roster, cards, delegations and items in the hall."""

from dataclasses import dataclass
from datetime import datetime

from api_spec.china_time import day_in_china
from api_spec.vocabulary import WindowType
from backend.demo.organisation import open_organisation
from backend.office import Office
from backend.people.posts import acting


@dataclass(frozen=True, slots=True)
class Organised:
    """What the pages are asked for: a village, a window, and who serves it."""

    village_id: str
    window_id: str
    clerk_id: str


async def organise(office: Office, *, at: datetime) -> Organised:
    """Fill the organisation as the demonstration does."""
    tenant_id = office.catalogue.tenant_ids[0]
    members = await office.people.accounts.members(tenant_id, after="", limit=500)
    clerks = {
        member.account.login_name: acting(member.account, member.posts, day=day_in_china(at), session_id="")
        for member in members
    }
    await open_organisation(office, clerks, at)
    window = next(
        card for card in await office.catalogue.windows(tenant_id) if card.type is WindowType.HOUSEHOLD
    )
    return Organised(
        village_id=(await office.catalogue.villages(tenant_id))[0].id,
        window_id=window.id,
        clerk_id=clerks["household"].id,
    )
