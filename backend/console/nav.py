"""Which pages of the console a member of staff is shown, by role. Pure; the doors of the pages decide who may enter."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from api_spec.route import HALL, STAFF
from api_spec.routes import (
    cases,
    complaints,
    duty,
    enquiries,
    hall,
    intake,
    notices,
    organisation,
    proxy,
    queue,
    referrals,
    reviews,
    statistics,
    supervision,
)
from api_spec.routes.documents import ARCHIVERS
from api_spec.vocabulary import Role
from backend.actors import Actor

CENTRE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
EDITORS = CENTRE | {Role.GROUP_LEADER, Role.DEPARTMENT_HEAD}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry. `deep`: also lit on pages below it."""

    href: str
    text: str
    who: frozenset[Role]
    deep: bool = True

    def is_at(self, path: str) -> bool:
        """Whether a page belongs under this entry."""
        return path == self.href or (self.deep and path.startswith(f"{self.href}/"))


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading, which can be folded; the one of the page that is shown is open."""

    title: str
    links: tuple[Link, ...]

    def holds(self, path: str) -> bool:
        return any(link.is_at(path) for link in self.links)

    def total(self, counts: Mapping[str, int]) -> int:
        """How much is open below the heading, for when it is folded."""
        return sum(counts.get(link.href, 0) for link in self.links)

    def is_late(self, alarms: Collection[str]) -> bool:
        return any(link.href in alarms for link in self.links)


GROUPS = (
    Group(
        "办事",
        (
            Link("/staff", "我的工作", STAFF, deep=False),
            Link("/staff/dashboard", "总览", statistics.READERS),
            Link("/staff/cases", "办件", cases.READERS),
            Link("/staff/intake", "登记收件", cases.TAKERS | proxy.TOWNSHIP),
            Link("/staff/agenda", "上会议题", cases.MEETERS),
            Link("/staff/referrals", "清单外请求", referrals.READERS),
            Link("/staff/decided-outside", "大厅外决定", cases.OVERSEERS),
            Link("/staff/appointments", "预约叫号", HALL),
            Link("/staff/proof", "核验回执", HALL),
            Link("/staff/lookup", "查进度", frozenset({Role.SERVICE_DESK})),
        ),
    ),
    Group(
        "代办",
        (
            Link("/staff/errands", "水电气网代办", proxy.READERS),
            Link("/staff/handovers", "移交清单", proxy.TOWNSHIP | {Role.PARTNER}),
            Link("/staff/money", "代收代缴日结", proxy.TOWNSHIP | {Role.SUPERVISOR}),
            Link("/staff/delegations", "公用企业委托", organisation.READERS),
        ),
    ),
    Group(
        "大厅",
        (
            Link("/staff/calling", "叫号台", HALL),
            Link("/staff/duty", "今天在岗", duty.READERS),
            Link("/staff/roster", "值班表", duty.READERS),
            Link("/staff/hours", "作息时间", hall.PLANNERS),
            Link("/staff/cards", "阳光台", EDITORS),
            Link("/staff/plates", "打印牌证指南", EDITORS),
            Link("/staff/hall-entries", "事项进驻", organisation.READERS),
            Link("/staff/coverage", "覆盖检查", organisation.READERS),
            Link("/staff/hall-devices", "大厅设备", queue.KEEPERS),
        ),
    ),
    Group(
        "监督评价",
        (
            Link("/staff/reviews", "好差评", reviews.READERS),
            Link("/staff/complaints", "投诉", complaints.TAKERS),
            Link("/staff/enquiries", "咨询", enquiries.READERS),
            Link("/staff/data-wishes", "个人信息请求", CENTRE),
            Link("/staff/supervision", "电子监察", supervision.READERS),
            Link("/staff/spot-checks", "办结件抽查", supervision.CHECKERS),
            Link("/staff/improvements", "整改任务", supervision.TASK_READERS),
        ),
    ),
    Group(
        "通知与上报",
        (
            Link("/staff/notices", "通知", notices.READERS),
            Link("/staff/upward", "上报平台", CENTRE | {Role.SYSTEM_ADMIN}),
            Link("/staff/webhooks", "事件推送", frozenset({Role.SYSTEM_ADMIN})),
        ),
    ),
    Group(
        "管理",
        (
            Link("/staff/villages", "村级服务点", intake.WATCHERS),
            Link("/staff/bundles", "U 盘导入", intake.WATCHERS),
            Link("/staff/statistics", "办件统计", statistics.READERS),
            Link("/staff/catalogue", "事项目录", EDITORS),
            Link(
                "/staff/calendar",
                "工作日历",
                CENTRE | {Role.SYSTEM_ADMIN, Role.SUPERVISOR},
            ),
            Link("/staff/people", "人员和岗位", frozenset({Role.SYSTEM_ADMIN})),
            Link("/staff/backups", "备份", intake.KEEPERS),
            Link("/staff/archive", "案卷", ARCHIVERS),
            Link("/staff/audit", "审计日志", frozenset({Role.AUDITOR})),
            Link("/staff/audit", "登录记录", frozenset({Role.SECURITY_OFFICER})),
        ),
    ),
)
OWN = (
    Link("/staff/card", "我的阳光台信息", STAFF),
    Link("/staff/password", "修改密码", frozenset(Role)),
)


def is_outsider(actor: Actor) -> bool:
    """A superior authority's clerk whose post lies in no department of the township: no case is theirs to see."""
    return actor.roles == {Role.SUPERIOR} and not actor.department_id


def staff_nav(actor: Actor | None) -> tuple[Group, ...]:
    """The groups with at least one entry for this person; nothing before sign-in or with a first password."""
    if actor is None or actor.must_change_password:
        return ()
    wanted = {"/staff"} if is_outsider(actor) else {link.href for g in GROUPS for link in g.links}
    shown = (
        Group(g.title, tuple(link for link in g.links if actor.has(link.who) and link.href in wanted))
        for g in GROUPS
    )
    return tuple(group for group in shown if group.links)
