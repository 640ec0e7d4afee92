"""Enquiries over HTTP: asked and read by citizens."""

from api_spec.errors import ErrorCode
from api_spec.messages import complaints as messages
from api_spec.route import CITIZENS, Route
from api_spec.vocabulary import Role

TAG = "enquiries"
CLERKS = frozenset(
    {
        Role.WINDOW,
        Role.GROUP_LEADER,
        Role.BACK_OFFICE,
        Role.DEPARTMENT_HEAD,
        Role.CENTRE_STAFF,
        Role.DIRECTOR,
        Role.SERVICE_DESK,
    }
)
"""Who may be asked, and so be the first receiver."""
OVERSEERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SERVICE_DESK, Role.SUPERVISOR})
READERS = CLERKS | OVERSEERS
KEEPERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.SERVICE_DESK})
"""Who keeps the reply templates."""

ASK = Route(
    name="ask_enquiry",
    method="POST",
    path="/v1/me/enquiries",
    summary="Ask the office something",
    tag=TAG,
    who=CITIZENS,
    body=messages.EnquiryBody,
    answer=messages.AskedEnquiry,
    status=201,
    errors=(ErrorCode.FORM_INVALID,),
)
LIST_OWN_ENQUIRIES = Route(
    name="list_own_enquiries",
    method="GET",
    path="/v1/me/enquiries",
    summary="The caller's own questions with the answers",
    tag=TAG,
    who=CITIZENS,
    answer=list[messages.OwnEnquiry],
)

ROUTES = (ASK, LIST_OWN_ENQUIRIES)
