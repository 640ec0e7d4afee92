"""The demonstration's staff: at least one person for every role, two for every window. Invented, all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api_spec.vocabulary import Partner, Role, WindowType
from backend.people.posts import Post

PASSWORD: Final = "bianmin-2026-demo"  # noqa: S105 - printed on the screen of every demonstration
DOCUMENT: Final = "演示任命〔2026〕1号"
APPOINTED_DAYS: Final = 730
SINCE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class DemoClerk:
    """One invented member of staff. `window` gives department and windows; `partner` the utility.

    `place`: sits at this one of the windows of the type, from 1; None may work at all of them.
    """

    login: str
    name: str
    role: Role
    window: WindowType | None = None
    partner: Partner | None = None
    place: int | None = None


OFFICERS: Final = (
    DemoClerk("admin", "系统管理员", Role.SYSTEM_ADMIN),
    DemoClerk("security", "安全管理员", Role.SECURITY_OFFICER),
    DemoClerk("auditor", "安全审计员", Role.AUDITOR),
)
CENTRE: Final = (
    DemoClerk("director", "周主任", Role.DIRECTOR),
    DemoClerk("centre", "吴晓", Role.CENTRE_STAFF),
    DemoClerk("service", "郑洁", Role.SERVICE_DESK),
    DemoClerk("supervisor", "钱正", Role.SUPERVISOR),
    DemoClerk("superior", "市局经办", Role.SUPERIOR),
    DemoClerk("civil-affairs", "市民政局经办", Role.SUPERIOR, WindowType.SOCIAL),
)
UTILITIES: Final = tuple(
    DemoClerk(f"{partner.value}-partner", f"{partner.zh}公司经办", Role.PARTNER, partner=partner)
    for partner in Partner
)
SURNAMES: Final = {
    WindowType.SOCIAL: "社会",
    WindowType.AGRICULTURE: "农业",
    WindowType.LAND: "自然资源",
    WindowType.MARKET: "市场监管",
    WindowType.FINANCE: "财税",
    WindowType.HOUSEHOLD: "户政",
    WindowType.JUSTICE: "司法",
    WindowType.UTILITY: "公共服务",
}
FURTHER: Final = (
    DemoClerk("social-2", "刘秋菊", Role.WINDOW, WindowType.SOCIAL, place=2),
    DemoClerk("social-2-b", "邓立新", Role.WINDOW, WindowType.SOCIAL, place=2),
    DemoClerk("social-3", "贺文娟", Role.WINDOW, WindowType.SOCIAL, place=3),
    DemoClerk("social-3-b", "彭建平", Role.WINDOW, WindowType.SOCIAL, place=3),
    DemoClerk("agriculture-2", "谭春生", Role.WINDOW, WindowType.AGRICULTURE, place=2),
    DemoClerk("agriculture-2-b", "罗小红", Role.WINDOW, WindowType.AGRICULTURE, place=2),
)
"""A and B of the second and third window of a type: nobody sits at two windows at once."""


def a_login(window: WindowType, place: int) -> str:
    """The login name of A at the window of the type that comes at `place`, from 1; B's ends in "-b"."""
    return window.value if place == 1 else f"{window.value}-{place}"


def _of_a_window(window: WindowType) -> Iterator[DemoClerk]:
    word = SURNAMES[window]
    yield DemoClerk(window.value, f"{word}窗口甲", Role.WINDOW, window)
    yield DemoClerk(f"{window.value}-b", f"{word}窗口乙", Role.WINDOW, window)
    yield DemoClerk(f"{window.value}-leader", f"{word}组长", Role.GROUP_LEADER, window)
    yield DemoClerk(f"{window.value}-office", f"{word}审批员", Role.BACK_OFFICE, window)
    yield DemoClerk(f"{window.value}-head", f"{word}负责人", Role.DEPARTMENT_HEAD, window)


ALL: Final = (
    *OFFICERS,
    *CENTRE,
    *UTILITIES,
    *(clerk for window in WindowType for clerk in _of_a_window(window)),
    *FURTHER,
)


def post_of(clerk: DemoClerk, *, department_id: str, window_ids: tuple[str, ...], today: date) -> Post:
    """The appointment of a demo clerk: since a month ago, so that what is told of the weeks before was rightly done."""
    return Post(
        id="",
        staff_id="",
        role=clerk.role,
        department_id=department_id,
        window_ids=window_ids if clerk.role is Role.WINDOW else (),
        partner=clerk.partner,
        document=DOCUMENT,
        valid_from=today - timedelta(days=SINCE_DAYS),
        valid_to=today + timedelta(days=APPOINTED_DAYS),
    )
