"""Which features tell what waits for somebody, and which hold something of a citizen: the one place that lists them."""

from backend.audit.to_do import AuditToDo
from backend.cases.to_do import CaseToDo
from backend.complaints.to_do import ComplaintToDo
from backend.enquiries.to_do import EnquiryToDo
from backend.intake.to_do import VillageToDo
from backend.notices.to_do import NoticeToDo
from backend.office import Office
from backend.organisation.to_do import OrganisationToDo
from backend.own_data.gathering import Gathering, Holders
from backend.own_data.to_do import WishToDo
from backend.proxy.to_do import ErrandToDo
from backend.reviews.to_do import ReviewToDo
from backend.supervision.to_do import SupervisionToDo
from backend.to_do import Waiting
from backend.upward.to_do import UpwardToDo


def gathering_of(office: Office) -> Gathering:
    """Everybody who holds something of citizens."""
    return Gathering(
        Holders(
            cases=office.cases,
            documents=office.documents,
            photos=office.photos,
            drafts=office.drafts,
            catalogue=office.catalogue,
            proxy=office.proxy,
            appointments=office.appointments,
            complaints=office.complaints,
            enquiries=office.enquiries,
            reviews=office.reviews,
            notices=office.notices,
            own_data=office.own_data,
        )
    )


def waiting_lists(office: Office) -> tuple[Waiting, ...]:
    """Every feature with something to do."""
    return (
        AuditToDo(office.audit),
        CaseToDo(office.cases),
        ReviewToDo(office.reviews),
        ComplaintToDo(office.complaints),
        EnquiryToDo(office.enquiries),
        WishToDo(office.own_data),
        SupervisionToDo(office.supervision),
        ErrandToDo(office.proxy),
        NoticeToDo(office.notices),
        UpwardToDo(office.upward),
        OrganisationToDo(office.organisation, office.people),
        VillageToDo(office.intake),
    )
