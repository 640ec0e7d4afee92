"""Operations on documents: the applicant's own, the staff's, and verification by anyone."""

from api_spec.errors import ErrorCode
from api_spec.messages import documents as m
from api_spec.route import CITIZENS, Door, Route
from api_spec.routes.cases import READERS
from api_spec.vocabulary import Role

ISSUERS = frozenset({Role.WINDOW, Role.GROUP_LEADER})
ENDERS = frozenset({Role.DIRECTOR, Role.GROUP_LEADER})
ARCHIVERS = frozenset(
    {
        Role.CENTRE_STAFF,
        Role.DIRECTOR,
        Role.AUDITOR,
        Role.DEPARTMENT_HEAD,
        Role.GROUP_LEADER,
    }
)
"""Who may have a 案卷 made; of which cases, `backend.archive.rules` says."""

ENDING = (
    ErrorCode.CASE_NOT_FOUND,
    ErrorCode.CASE_MOVED,
    ErrorCode.REASON_REQUIRED,
    ErrorCode.ACTION_NOT_ALLOWED,
)

CASE_DOCUMENTS = Route(
    name="case_documents",
    method="GET",
    path="/v1/cases/{case_id}/documents",
    summary="我的办件有哪些文书",
    tag="documents",
    who=CITIZENS,
    answer=m.DocumentList,
    errors=(ErrorCode.CASE_NOT_FOUND,),
)
STAFF_CASE_DOCUMENTS = Route(
    name="staff_case_documents",
    method="GET",
    path="/v1/staff/cases/{case_id}/documents",
    summary="办件的文书",
    tag="documents",
    who=READERS,
    answer=m.DocumentList,
    errors=(ErrorCode.CASE_NOT_FOUND,),
)
ERRAND_DOCUMENTS = Route(
    name="errand_documents",
    method="GET",
    path="/v1/errands/{errand_id}/documents",
    summary="我的代办件有哪些文书",
    tag="documents",
    who=CITIZENS,
    answer=m.DocumentList,
    errors=(ErrorCode.ERRAND_NOT_FOUND,),
)
STAFF_ERRAND_DOCUMENTS = Route(
    name="staff_errand_documents",
    method="GET",
    path="/v1/staff/errands/{errand_id}/documents",
    summary="代办件的文书",
    tag="documents",
    who=READERS,
    answer=m.DocumentList,
    errors=(ErrorCode.ERRAND_NOT_FOUND,),
)
ISSUE_DOCUMENT = Route(
    name="issue_document",
    method="POST",
    path="/v1/staff/cases/{case_id}/documents",
    summary="出具收件回执或授权委托书",
    tag="documents",
    who=ISSUERS,
    body=m.IssueDocument,
    answer=m.DocumentLine,
    status=201,
    errors=(ErrorCode.CASE_NOT_FOUND, ErrorCode.ACTION_NOT_ALLOWED),
)
SHOW_DOCUMENT = Route(
    name="show_document",
    method="GET",
    path="/v1/documents/{document_id}",
    summary="查看一份文书",
    tag="documents",
    who=CITIZENS | READERS,
    answer=m.DocumentView,
)
SHOW_DOCUMENT_PDF = Route(
    name="show_document_pdf",
    method="GET",
    path="/v1/documents/{document_id}/pdf",
    summary="一份文书的 PDF",
    tag="documents",
    who=CITIZENS | READERS,
    media="application/pdf",
)
REVOKE_DOCUMENT = Route(
    name="revoke_document",
    method="POST",
    path="/v1/staff/documents/{document_id}/revoke",
    summary="撤销一份文书",
    tag="documents",
    who=ENDERS,
    body=m.EndDocument,
    answer=m.DocumentLine,
    errors=ENDING,
)
REPLACE_DOCUMENT = Route(
    name="replace_document",
    method="POST",
    path="/v1/staff/documents/{document_id}/replace",
    summary="重新出具一份文书，原来的作废",
    tag="documents",
    who=ENDERS,
    body=m.EndDocument,
    answer=m.DocumentLine,
    status=201,
    errors=ENDING,
)
VERIFY_DOCUMENT = Route(
    name="verify_document",
    method="GET",
    path="/v1/documents/verify/{verification_code}",
    summary="凭文书上的验证码核对真伪",
    tag="documents",
    door=Door.OPEN,
    answer=m.Verification,
    errors=(ErrorCode.CODE_UNKNOWN, ErrorCode.CODE_INVALID),
)

ROUTES: tuple[Route, ...] = (
    CASE_DOCUMENTS,
    STAFF_CASE_DOCUMENTS,
    ERRAND_DOCUMENTS,
    STAFF_ERRAND_DOCUMENTS,
    ISSUE_DOCUMENT,
    SHOW_DOCUMENT,
    SHOW_DOCUMENT_PDF,
    REVOKE_DOCUMENT,
    REPLACE_DOCUMENT,
    VERIFY_DOCUMENT,
)
