"""Applications as the people of the demonstration hand them in: everything asked for filled in, by any way."""

from datetime import datetime
from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.vocabulary import Channel
from backend.actors import Actor
from backend.cases.filing import Applicant
from backend.cases.service import FiledCase, Filing
from backend.demo import samples
from backend.ids import new_id
from backend.office import Office

OWN: Final = frozenset({Channel.MINI_PROGRAM, Channel.WEB})


async def file(
    office: Office,
    item: Item,
    applicant: Applicant,
    *,
    by: Actor,
    at: datetime,
    channel: Channel = Channel.WINDOW,
    lacking: int = 0,
) -> FiledCase:
    """File one.

    Args:
        by: who hands it in: the citizen, or whoever takes it down.
        lacking: how many of the required papers are not there.
    """
    situation = samples.situation(item)
    papers = samples.materials(item, situation)
    filing = Filing(
        tenant_id=by.tenant_id,
        item=item,
        pack_sha=(await office.catalogue.pack(by.tenant_id)).sha,
        situation=situation,
        applicant=applicant,
        answers=samples.answers(item.form, today=day_in_china(at)),
        materials=dict(list(papers.items())[lacking:]),
        channel=channel,
        filed_by=by,
        owner_citizen_id=by.id if channel in OWN else "",
        village_id=by.village_id,
        rid=new_id(),
        received_at=at,
    )
    return await office.cases.file(filing, at=at)
