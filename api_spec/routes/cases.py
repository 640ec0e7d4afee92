"""Operations on cases: the applicant's own, and the staff's queue."""

from api_spec.errors import ErrorCode
from api_spec.messages import cases as m
from api_spec.route import CITIZENS, Route
from api_spec.vocabulary import Role

READERS = frozenset(
    {
        Role.WINDOW,
        Role.GROUP_LEADER,
        Role.BACK_OFFICE,
        Role.DEPARTMENT_HEAD,
        Role.CENTRE_STAFF,
        Role.DIRECTOR,
        Role.SUPERVISOR,
        Role.SUPERIOR,
        Role.VILLAGE_CLERK,
    }
)
ACTORS = READERS - {Role.SUPERVISOR}
TAKERS = frozenset({Role.WINDOW})
REVEALERS = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.SUPERIOR})
LOOKERS = REVEALERS | {Role.DEPARTMENT_HEAD}
"""Who decides on a case looks at its papers; whoever else follows it sees how many have arrived."""
HOLDERS = frozenset(
    {Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.DEPARTMENT_HEAD, Role.CENTRE_STAFF}
)
LINKERS = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.CENTRE_STAFF, Role.DIRECTOR})
OVERSEERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
MEETERS = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR, Role.GROUP_LEADER})
"""Who looks at the agenda of the leadership meeting."""

FILING = (
    ErrorCode.ITEM_NOT_FOUND,
    ErrorCode.ITEM_NOT_OFFERED,
    ErrorCode.FORM_INVALID,
    ErrorCode.IDEMPOTENCY_CONFLICT,
)
ACTING = (
    ErrorCode.CASE_NOT_FOUND,
    ErrorCode.CASE_MOVED,
    ErrorCode.CASE_HELD,
    ErrorCode.ACTION_NOT_ALLOWED,
    ErrorCode.NOT_YOUR_ACTION,
    ErrorCode.NOTE_REQUIRED,
    ErrorCode.FORM_INVALID,
    ErrorCode.MATERIAL_MISSING,
    ErrorCode.SAME_PERSON,
)

FILE_CASE = Route(
    name="file_case",
    method="POST",
    path="/v1/cases",
    summary="提交办件申请",
    tag="cases",
    who=CITIZENS,
    body=m.FileCase,
    answer=m.CaseReceipt,
    status=201,
    errors=(*FILING, ErrorCode.IDENTITY_MISSING, ErrorCode.CONSENT_MISSING),
)
MY_CASES = Route(
    name="my_cases",
    method="GET",
    path="/v1/cases",
    summary="我的办件",
    tag="cases",
    who=CITIZENS,
    query=m.MineQuery,
    answer=m.CasePage,
)
SHOW_CASE = Route(
    name="show_case",
    method="GET",
    path="/v1/cases/{case_id}",
    summary="查看一个办件",
    tag="cases",
    who=CITIZENS,
    answer=m.CaseView,
    errors=(ErrorCode.CASE_NOT_FOUND,),
)
SUPPLEMENT_CASE = Route(
    name="supplement_case",
    method="POST",
    path="/v1/cases/{case_id}/supplement",
    summary="按告知书补正材料",
    tag="cases",
    who=CITIZENS,
    body=m.Supplement,
    answer=m.CaseView,
    errors=ACTING,
)
WITHDRAW_CASE = Route(
    name="withdraw_case",
    method="POST",
    path="/v1/cases/{case_id}/withdraw",
    summary="撤回申请",
    tag="cases",
    who=CITIZENS,
    body=m.Withdraw,
    answer=m.CaseView,
    errors=ACTING,
)
TAKE_CASE = Route(
    name="take_case",
    method="POST",
    path="/v1/staff/cases",
    summary="窗口或电话收件",
    tag="staff",
    who=TAKERS,
    body=m.TakeCase,
    answer=m.CaseReceipt,
    status=201,
    errors=FILING,
)
STAFF_CASES = Route(
    name="staff_cases",
    method="GET",
    path="/v1/staff/cases",
    summary="办件队列",
    tag="staff",
    who=READERS,
    query=m.QueueQuery,
    answer=m.CasePage,
)
SEARCH_CASES = Route(
    name="search_cases",
    method="POST",
    path="/v1/staff/cases/search",
    summary="按编号、查询码或证件号码找办件",
    tag="staff",
    who=READERS,
    body=m.SearchCases,
    answer=m.CasePage,
)
STAFF_CASE_COUNTS = Route(
    name="staff_case_counts",
    method="GET",
    path="/v1/staff/cases/counts",
    summary="各状态在办件数",
    tag="staff",
    who=READERS,
    answer=m.CaseCounts,
)
STAFF_CASE = Route(
    name="staff_case",
    method="GET",
    path="/v1/staff/cases/{case_id}",
    summary="查看办件和可做的操作",
    tag="staff",
    who=READERS,
    answer=m.CaseView,
    errors=(ErrorCode.CASE_NOT_FOUND,),
)
ACT_ON_CASE = Route(
    name="act_on_case",
    method="POST",
    path="/v1/staff/cases/{case_id}/actions",
    summary="办理一步",
    tag="staff",
    who=ACTORS,
    body=m.ActOnCase,
    answer=m.CaseView,
    errors=ACTING,
)
SETTLE_AT_ONCE = Route(
    name="settle_at_once",
    method="POST",
    path="/v1/staff/cases/{case_id}/settle",
    summary="即办件当场办结",
    tag="staff",
    who=frozenset({Role.WINDOW, Role.GROUP_LEADER}),
    body=m.SettleAtOnce,
    answer=m.CaseView,
    errors=ACTING,
)
REVEAL_APPLICANT = Route(
    name="reveal_applicant",
    method="POST",
    path="/v1/staff/cases/{case_id}/applicant",
    summary="说明理由后查看申请人完整信息",
    tag="staff",
    who=REVEALERS,
    body=m.Reveal,
    answer=m.FullApplicant,
    errors=(ErrorCode.CASE_NOT_FOUND,),
)
HOLD_CASE = Route(
    name="hold_case",
    method="POST",
    path="/v1/staff/cases/{case_id}/hold",
    summary="领办、交回或接手一个办件",
    tag="staff",
    who=HOLDERS,
    body=m.HoldCase,
    answer=m.CaseView,
    errors=(
        ErrorCode.CASE_NOT_FOUND,
        ErrorCode.CASE_HELD,
        ErrorCode.NOTE_REQUIRED,
        ErrorCode.NOT_ALLOWED,
    ),
)
LINK_CASE = Route(
    name="link_case",
    method="POST",
    path="/v1/staff/cases/{case_id}/links",
    summary="关联另一个办件",
    tag="staff",
    who=LINKERS,
    body=m.LinkCase,
    answer=m.CaseView,
    errors=(ErrorCode.CASE_NOT_FOUND, ErrorCode.CASES_LINKED),
)
OPEN_TASKS = Route(
    name="open_tasks",
    method="GET",
    path="/v1/staff/tasks",
    summary="本部门要做的勘察意见、上会、审定和延期",
    tag="staff",
    who=HOLDERS | {Role.DIRECTOR},
    answer=m.TaskList,
)
DECIDED_OUTSIDE = Route(
    name="decided_outside",
    method="GET",
    path="/v1/staff/decided-outside",
    summary="没有大厅收件就作出的决定（应当为空）",
    tag="staff",
    who=OVERSEERS,
    answer=m.DecidedOutside,
)

ROUTES: tuple[Route, ...] = (
    FILE_CASE,
    MY_CASES,
    SHOW_CASE,
    SUPPLEMENT_CASE,
    WITHDRAW_CASE,
    TAKE_CASE,
    STAFF_CASES,
    SEARCH_CASES,
    STAFF_CASE_COUNTS,
    STAFF_CASE,
    ACT_ON_CASE,
    SETTLE_AT_ONCE,
    REVEAL_APPLICANT,
    HOLD_CASE,
    LINK_CASE,
    OPEN_TASKS,
    DECIDED_OUTSIDE,
)
