"""Operations on referrals."""

from api_spec.messages import referrals as m
from api_spec.route import Route
from api_spec.vocabulary import Role

WRITERS = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.CENTRE_STAFF, Role.DIRECTOR})
READERS = WRITERS | {Role.SUPERVISOR, Role.DEPARTMENT_HEAD}

REFER = Route(
    name="refer",
    method="POST",
    path="/v1/staff/referrals",
    summary="登记清单以外的办事请求去哪里办",
    tag="staff",
    who=WRITERS,
    body=m.Refer,
    answer=m.ReferralLine,
    status=201,
)
REFERRALS = Route(
    name="referrals",
    method="GET",
    path="/v1/staff/referrals",
    summary="一个月里登记的清单外请求",
    tag="staff",
    who=READERS,
    query=m.ReferralQuery,
    answer=m.ReferralPage,
)

ROUTES: tuple[Route, ...] = (REFER, REFERRALS)
