"""Which pages of the console a member of staff is shown, by role. Pure; the doors of the pages decide who may enter."""

from dataclasses import dataclass

from api_spec.vocabulary import Role
from backend.actors import Actor

WINDOW = frozenset({Role.WINDOW})
DESK = frozenset({Role.WINDOW, Role.GROUP_LEADER, Role.BACK_OFFICE, Role.DEPARTMENT_HEAD})
CENTRE = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
WATCH = frozenset({Role.SUPERVISOR, Role.SERVICE_DESK})
ADMIN = frozenset({Role.SYSTEM_ADMIN})


@dataclass(frozen=True, slots=True)
class Link:
    """One entry. `deep`: also lit on pages below it."""

    href: str
    text: str
    who: frozenset[Role]
    deep: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    links: tuple[Link, ...]


GROUPS = (
    Group(
        "办事",
        (
            Link("/staff", "我的工作", frozenset(Role) - {Role.CITIZEN}, deep=False),
            Link("/staff/cases", "办件", DESK | CENTRE | WATCH),
            Link("/staff/intake", "登记收件", WINDOW | CENTRE),
            Link("/staff/appointments", "预约叫号", WINDOW | CENTRE | {Role.GROUP_LEADER}),
        ),
    ),
    Group(
        "代办",
        (
            Link("/staff/errands", "水电气网代办", WINDOW | CENTRE | {Role.PARTNER}),
            Link("/staff/handovers", "移交清单", WINDOW | CENTRE | {Role.PARTNER}),
            Link("/staff/money", "代收代缴日结", WINDOW | CENTRE),
        ),
    ),
    Group(
        "管理",
        (
            Link("/staff/villages", "村级服务点", CENTRE | ADMIN),
            Link("/staff/catalogue", "事项目录", CENTRE | {Role.GROUP_LEADER, Role.DEPARTMENT_HEAD}),
        ),
    ),
)
OWN = (Link("/staff/password", "修改密码", frozenset(Role)),)


def staff_nav(actor: Actor | None) -> tuple[Group, ...]:
    """The groups with at least one entry for this person; nothing before sign-in or with a first password."""
    if actor is None or actor.must_change_password:
        return ()
    shown = (Group(g.title, tuple(link for link in g.links if actor.has(link.who))) for g in GROUPS)
    return tuple(group for group in shown if group.links)
