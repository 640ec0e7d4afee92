"""Posts: what a member of staff may do, on whose authority and until when. Pure: no clock, no database.

An account by itself may do nothing. Every right comes from a post that is valid today, so a right lapses by
itself on the last day of the appointment (plan, clause 29).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api_spec.china_time import moment
from api_spec.errors import ErrorCode
from api_spec.route import STAFF
from api_spec.vocabulary import Partner, Role
from backend.actors import Actor
from backend.faults import Fault, Wrong

POST_ROLES: Final = STAFF | {Role.VILLAGE_CLERK}
OFFICERS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_OFFICER, Role.AUDITOR})
"""三员: three different people, none of whom can check themselves (graded protection, GB/T 22239)."""

OF_A_DEPARTMENT: Final = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.DEPARTMENT_HEAD})
APPROVES: Final = frozenset({Role.GROUP_LEADER, Role.BACK_OFFICE})
"""No approval right without an appointment or 委托书 that has an end (plan, clause 29)."""

READS_FULL_NUMBERS: Final = frozenset(
    {Role.VILLAGE_CLERK, Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.PARTNER, Role.SUPERIOR}
)
SHORTEST_REASON: Final = 4
LONGEST_REASON: Final = 200
_MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One appointment of one person.

    Args:
        window_ids: windows served as A or B; every post of a window clerk names at least one.
        item_ids: items the appointment covers; empty means all of the department, as the document then says.
        document: number of the appointment document or 委托书.
        valid_from, valid_to: first and last day in China; without `valid_to` until it is ended.
        ended_at: when it was ended before its last day.
        paper: id of the scan of the document; "" while an approval right waits for it; None where none is asked for.
    """

    id: str
    staff_id: str
    role: Role
    department_id: str = ""
    window_ids: tuple[str, ...] = ()
    village_id: str = ""
    partner: Partner | None = None
    item_ids: tuple[str, ...] = ()
    document: str = ""
    valid_from: date
    valid_to: date | None = None
    ended_at: datetime | None = None
    paper: str | None = None

    def is_held(self, day: date) -> bool:
        return (
            self.ended_at is None
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )

    def may_return(self, day: date) -> bool:
        """Whether it is held on `day` or will be later."""
        return self.ended_at is None and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member of staff as an account. The password is not part of it."""

    id: str
    tenant_id: str
    login_name: str
    name: str
    must_change_password: bool
    created_at: datetime
    disabled_at: datetime | None = None


def login_key(login_name: str) -> str:
    """The one form of a login name: half-width, lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", login_name).strip().lower()


def check(post: Post) -> None:
    """Whether an appointment is complete for its role.

    Raises:
        Fault: FORM_INVALID, with all that is missing.
    """
    wrong = [
        Wrong(field, code, sentence)
        for bad, field, code, sentence in (
            (post.role not in POST_ROLES, "role", "not_a_post", "这个身份不能作为岗位，请重新选择。"),
            (
                post.role in OF_A_DEPARTMENT and not post.department_id,
                "department_id",
                "required",
                "请选择所在部门。",
            ),
            (
                post.role is Role.WINDOW and not post.window_ids,
                "window_ids",
                "required",
                "请选择负责的窗口。",
            ),
            (
                post.role is Role.VILLAGE_CLERK and not post.village_id,
                "village_id",
                "required",
                "请选择所在的村（社区）。",
            ),
            (post.role is Role.PARTNER and post.partner is None, "partner", "required", "请选择公用企业。"),
            (
                post.role in APPROVES and not post.document,
                "document",
                "required",
                "有审批权的岗位要填任命文件或委托书的文号。",
            ),
            (
                post.role in APPROVES and post.valid_to is None,
                "valid_to",
                "required",
                "有审批权的岗位要填授权截止日期。",
            ),
            (
                post.valid_to is not None and post.valid_to < post.valid_from,
                "valid_to",
                "before_start",
                "截止日期不能早于开始日期。",
            ),
        )
        if bad
    ]
    if wrong:
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)


def check_together(post: Post, others: Iterable[Post]) -> None:
    """Whether the same person may hold `post` beside the `others` they hold or will hold.

    Raises:
        Fault: POST_CONFLICT; `reason` says which rule.
    """
    beside = list(others)
    if any(_same(post, other) for other in beside):
        raise Fault(ErrorCode.POST_CONFLICT, reason="held_already")
    roles = {post.role, *(other.role for other in beside)}
    if len(roles & OFFICERS) > 1:
        raise Fault(ErrorCode.POST_CONFLICT, reason="three_officers")
    if Role.PARTNER in roles and len(beside) > 0:
        raise Fault(ErrorCode.POST_CONFLICT, reason="partner_only")
    departments = {each.department_id for each in (post, *beside) if each.department_id}
    if len(departments) > 1:
        raise Fault(ErrorCode.POST_CONFLICT, reason="one_department")
    villages = {each.village_id for each in (post, *beside) if each.village_id}
    if len(villages) > 1:
        raise Fault(ErrorCode.POST_CONFLICT, reason="one_village")


def _same(one: Post, other: Post) -> bool:
    places = ("role", "department_id", "village_id", "partner")
    return all(getattr(one, place) == getattr(other, place) for place in places) and set(
        one.window_ids
    ) <= set(other.window_ids)


def acting(account: Account, posts: Sequence[Post], *, day: date, session_id: str) -> Actor:
    """Who `account` is on `day`: everything its valid posts give, and nothing else."""
    held = [post for post in posts if post.is_held(day)]
    return Actor(
        id=account.id,
        roles=frozenset(post.role for post in held),
        tenant_id=account.tenant_id,
        department_id=next((post.department_id for post in held if post.department_id), ""),
        window_ids=tuple(dict.fromkeys(window for post in held for window in post.window_ids)),
        village_id=next((post.village_id for post in held if post.village_id), ""),
        partner=next((post.partner for post in held if post.partner), None),
        session_id=session_id,
        name=account.name,
        must_change_password=account.must_change_password,
    )


def lapses_at(posts: Iterable[Post], day: date) -> datetime | None:
    """When the first right of today's ends by itself; a token must not outlive it."""
    last_days = [post.valid_to for post in posts if post.is_held(day) and post.valid_to is not None]
    return moment(min(last_days), _MINUTES_A_DAY) if last_days else None


def covers(posts: Iterable[Post], item_id: str, *, role: Role, day: date) -> bool:
    """Whether an appointment in `role` valid on `day`, its document at hand, covers the item (plan, clauses 29, 30)."""
    return any(
        post.role is role
        and post.is_held(day)
        and post.paper != ""
        and (not post.item_ids or item_id in post.item_ids)
        for post in posts
    )


def checked_reason(reason: str) -> str:
    """Why a full identity number is read, in words an auditor can judge.

    Raises:
        Fault: REASON_REQUIRED: shorter than four characters, longer than 200, or not text.
    """
    words = " ".join(reason.split())
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON or not words.isprintable():
        raise Fault(ErrorCode.REASON_REQUIRED, min=SHORTEST_REASON, max=LONGEST_REASON)
    return words
