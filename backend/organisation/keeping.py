"""How long personal data of staff are kept: no longer than they are needed (plan, clause 66; 个人信息保护法 19).

A portrait goes with the last post; scan and attestation of a post go some time after its end, for who may ask by then.
"""

from datetime import datetime, timedelta

from api_spec.china_time import day_in_china
from backend.catalogue.service import Catalogue
from backend.organisation import store
from backend.people.service import People


class Keeping:
    """Lets go of what is no longer needed, in rounds.

    Args:
        papers_days: days for which the papers of a post that is over are kept.
    """

    def __init__(self, catalogue: Catalogue, people: People, *, papers_days: int) -> None:
        self._catalogue = catalogue
        self._people = people
        self._papers = timedelta(days=papers_days)

    async def run(self, at: datetime) -> int:
        """One round over every township; gives how many portraits and papers went."""
        gone, today = 0, day_in_china(at)
        for tenant_id in self._catalogue.tenant_ids:
            holders = await self._people.staff.holders(tenant_id, today)
            shown = [staff_id for staff_id in await store.portrayed(tenant_id) if staff_id not in holders]
            over = await self._people.staff.over_before(tenant_id, today - self._papers)
            gone += await store.drop_photos(shown, at=at) + await store.drop_papers(over)
        return gone
