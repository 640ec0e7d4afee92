"""What one citizen has going besides cases: an errand still to be signed, a time booked and one only held."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.vocabulary import Channel, DocumentType, Role
from backend.actors import Actor
from backend.appointments.offering import Time
from backend.cases.service import Applicant
from backend.ids import new_id
from backend.office import Office
from backend.proxy.service import ErrandRequest
from tests.support.township import id_number

NINE = 9 * 60
AHEAD = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Coming:
    """Ids; all empty where nobody is signed in."""

    errand: str = ""
    booked: str = ""
    held: str = ""


async def ask_and_book(
    office: Office, *, at: datetime, owner: str, answered: Callable[[Item], dict[str, Any]]
) -> Coming:
    """For the citizen `owner`, nothing without one; `answered` fills in an item's form."""
    if not owner:
        return Coming()
    tenant_id = office.catalogue.tenant_ids[0]
    citizen = Actor(id=owner, roles=frozenset({Role.CITIZEN}), tenant_id=tenant_id)
    items = {item.code: item for item in await office.catalogue.items(tenant_id)}
    request = ErrandRequest(
        tenant_id=tenant_id,
        item=items["SD-054"],
        pack_sha=(await office.catalogue.pack(tenant_id)).sha,
        applicant=Applicant(
            name="演示甲",
            document_type=DocumentType.ID_CARD,
            document_number=id_number(1),
            phone="13800000008",
            address="三都镇福利村3组12号",
        ),
        answers=answered(items["SD-054"]),
        channel=Channel.WEB,
        filed_by=citizen,
        owner_citizen_id=owner,
        rid=new_id(),
        received_at=at,
    )
    errand = await office.proxy.file(request, at=at)
    visits = []
    for code, hold in (("SD-002", False), ("SD-029", True)):
        time = Time(item_id=items[code].id, window_id=None, day=day_in_china(at) + AHEAD, start=NINE)
        visits.append(
            await office.appointments.book(time, hold=hold, actor=citizen, channel=Channel.WEB, at=at)
        )
    return Coming(errand.errand_id, visits[0].id, visits[1].id)
