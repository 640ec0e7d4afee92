"""Which features tell what waits for somebody: the one place that lists them, for the first page of the console."""

from backend.audit.to_do import AuditToDo
from backend.cases.to_do import CaseToDo
from backend.complaints.to_do import ComplaintToDo
from backend.enquiries.to_do import EnquiryToDo
from backend.intake.to_do import VillageToDo
from backend.notices.to_do import NoticeToDo
from backend.office import Office
from backend.organisation.to_do import OrganisationToDo
from backend.proxy.to_do import ErrandToDo
from backend.reviews.to_do import ReviewToDo
from backend.supervision.to_do import SupervisionToDo
from backend.to_do import Waiting
from backend.upward.to_do import UpwardToDo


def waiting_lists(office: Office) -> tuple[Waiting, ...]:
    """Every feature with something to do."""
    return (
        AuditToDo(office.audit),
        CaseToDo(office.cases),
        ReviewToDo(office.reviews),
        ComplaintToDo(office.complaints),
        EnquiryToDo(office.enquiries),
        SupervisionToDo(office.supervision),
        ErrandToDo(office.proxy),
        NoticeToDo(office.notices),
        UpwardToDo(office.upward),
        OrganisationToDo(office.organisation, office.people),
        VillageToDo(office.intake),
    )
