"""Complaints over HTTP: filed by anybody, also nameless; read with the code, or by whoever filed them signed in."""

from api_spec.errors import ErrorCode
from api_spec.messages import complaints as messages
from api_spec.route import CITIZENS, STAFF, Door, Route
from api_spec.vocabulary import Role

TAG = "complaints"
TAKERS = STAFF - {Role.PARTNER, Role.SUPERIOR, Role.SYSTEM_ADMIN, Role.SECURITY_OFFICER, Role.AUDITOR}
"""Who may take down a complaint made at the counter or on the telephone; reading one is another matter."""
BOX_KEEPERS = frozenset({Role.CENTRE_STAFF, Role.SERVICE_DESK, Role.DIRECTOR, Role.SUPERVISOR})

FILE_COMPLAINT = Route(
    name="file_complaint",
    method="POST",
    path="/v1/complaints",
    summary="Complain; also without signing in, also without a name",
    tag=TAG,
    door=Door.OPEN,
    body=messages.ComplaintBody,
    answer=messages.FiledComplaint,
    status=201,
    errors=(ErrorCode.FORM_INVALID, ErrorCode.NOT_FOUND, ErrorCode.IDEMPOTENCY_CONFLICT),
)
READ_COMPLAINT = Route(
    name="read_complaint_answer",
    method="POST",
    path="/v1/complaints/answer",
    summary="What became of a complaint, by its code",
    tag=TAG,
    door=Door.OPEN,
    body=messages.CodeBody,
    answer=messages.ComplaintAnswer,
    errors=(ErrorCode.CODE_UNKNOWN,),
)
LIST_OWN_COMPLAINTS = Route(
    name="list_own_complaints",
    method="GET",
    path="/v1/me/complaints",
    summary="The caller's own complaints",
    tag=TAG,
    who=CITIZENS,
    answer=list[messages.ComplaintAnswer],
)

ROUTES = (FILE_COMPLAINT, READ_COMPLAINT, LIST_OWN_COMPLAINTS)
