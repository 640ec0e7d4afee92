"""Ratings, a complaint and enquiries for page tests, made through the services."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api_spec.complaint_terms import ComplaintAbout, ComplaintChannel, EnquiryChannel
from api_spec.vocabulary import Role, WindowType
from backend.actors import Actor
from backend.complaints.complaint import Filing, Words
from backend.demo.voices import give_ratings
from backend.enquiries.enquiry import Asking, Question
from backend.ids import new_id
from backend.office import Office


@dataclass(frozen=True, slots=True)
class Voiced:
    """What was made: ids, and the path of a rating still to be given."""

    link: str
    bad: str
    complaint: str
    enquiry: str


async def speak(office: Office, *, at: datetime, owner: str) -> Voiced:
    """Something on every page of ratings, complaints and enquiries."""
    tenant_id = office.catalogue.tenant_ids[0]
    desk = Actor(id="d" * 32, roles=frozenset({Role.SERVICE_DESK}), tenant_id=tenant_id)
    card = next(c for c in await office.catalogue.windows(tenant_id) if c.type is WindowType.SOCIAL)
    await give_ratings(office, card, desk, at=at - timedelta(days=4))
    link = await give_ratings(office, card, desk, at=at - timedelta(hours=2))
    filing = Filing(
        tenant_id=tenant_id,
        rid=new_id(),
        channel=ComplaintChannel.WEB,
        about=ComplaintAbout.MATTER,
        words=Words(text="电话里说可以办，去了又说不行，白跑一趟。", name="演示甲", phone="13800000008"),
        citizen_id=owner,
    )
    filed = await office.complaints.file(filing, at=at)
    asking = Asking(
        tenant_id=tenant_id,
        rid=new_id(),
        channel=EnquiryChannel.WEB,
        question=Question(text="高龄津贴怎么领？"),
        citizen_id=owner,
    )
    await office.enquiries.ask("sample", asking, at=at)
    enquiries = await office.enquiries.listed(desk, at=at)
    bad = await office.reviews.bad.listed(desk)
    return Voiced(link=link, bad=bad[0].id, complaint=filed.complaint_id, enquiry=enquiries[0].enquiry.id)
