"""The console's pure parts: who is shown which pages, how a node is, what filled-in forms mean."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api_spec.sync import Machine
from api_spec.vocabulary import CaseAction, CaseState, MaterialStatus, MoneyMove, Outcome, Role, WindowType
from backend.actors import Actor
from backend.console.commands import read_command, read_settlement
from backend.console.errand_form import read_fen, read_mandate, read_move
from backend.console.nav import GROUPS, staff_nav
from backend.console.pages import PAGES
from backend.console.queue import ErrandAddress, QueueAddress
from backend.intake.health import health
from backend.intake.service import Node, NodeCard
from backend.register.sought import sought

NOON = datetime(2026, 4, 10, 4, tzinfo=UTC)
TODAY = date(2026, 4, 10)


def staff(*roles: Role, first_password: bool = False) -> Actor:
    return Actor(id="s", roles=frozenset(roles), tenant_id="t", must_change_password=first_password)


def hrefs(actor: Actor | None) -> set[str]:
    return {link.href for group in staff_nav(actor) for link in group.links}


def test_the_menu_shows_only_pages_whose_door_is_open_to_the_role() -> None:
    doors = {page.path: page.who for page in PAGES if page.method == "GET"}
    for group in GROUPS:
        for link in group.links:
            if link.href in doors:
                assert link.who - {Role.NODE, Role.SYSTEM, Role.AGENT, Role.VILLAGE_CLERK} <= doors[link.href]


def test_a_window_takes_cases_and_a_supervisor_only_watches() -> None:
    taking = {"/staff/intake", "/staff/calling", "/staff/appointments", "/staff/handovers"}
    watching = {"/staff/cases", "/staff/supervision", "/staff/statistics", "/staff/decided-outside"}
    assert taking <= hrefs(staff(Role.WINDOW))
    assert watching <= hrefs(staff(Role.SUPERVISOR))
    assert hrefs(staff(Role.SUPERVISOR)).isdisjoint(taking)
    assert hrefs(staff(Role.WINDOW)).isdisjoint(
        {"/staff/supervision/rules", "/staff/statistics", "/staff/audit"}
    )


@pytest.mark.parametrize("actor", [None, staff(Role.DIRECTOR, first_password=True)])
def test_nobody_is_shown_a_menu_before_the_door_is_open(actor: Actor | None) -> None:
    assert staff_nav(actor) == ()


def node(**changes: object) -> NodeCard:
    kept = Node(
        number=7,
        tenant_id="t",
        village_id="v",
        sign_key=b"",
        seal_key=b"",
        serial=1,
        enrolled_at=NOON,
        revoked_at=NOON if changes.pop("revoked", False) else None,
    )
    facts: dict[str, object] = {
        "app": "1",
        "last_seen": NOON,
        "machine": Machine(),
        "held": 0,
        "epochs": 1,
        "received": 3,
        **changes,
    }
    return NodeCard(node=kept, village_name="福利村", **facts)  # type: ignore[arg-type] # a handful of known names


@pytest.mark.parametrize(
    ("card", "word", "tone"),
    [
        (node(), "联网正常", "good"),
        (node(last_seen=NOON - timedelta(hours=5)), "5 小时前联系过", "info"),
        (node(last_seen=NOON - timedelta(days=4)), "4 天没有联系", "bad"),
        (node(last_seen=None, machine=None), "还没有联系过", "warn"),
        (node(revoked=True), "已停用", ""),
    ],
)
def test_how_a_node_is_by_when_it_was_heard_of(card: NodeCard, word: str, tone: str) -> None:
    assert (health(card, NOON).word, health(card, NOON).tone) == (word, tone)


@pytest.mark.parametrize(
    ("card", "worry"),
    [
        (node(held=2), "有 2 条记录等镇里处理"),
        (node(epochs=2), "数据恢复过"),
        (node(machine=Machine(waiting=(4, 0), oldest_s=7200)), "还有 4 件没传上来，最早的等了 2 小时"),
        (node(machine=Machine(off_ms=-600_000)), "电脑时间差 10 分钟"),
        (node(machine=Machine(disk_free_mb=100)), "磁盘只剩 100 MB"),
    ],
)
def test_what_there_is_to_do_about_a_node(card: NodeCard, worry: str) -> None:
    [said] = health(card, NOON).worries
    assert said.startswith(worry)


def test_a_notice_lists_what_is_not_in_order_and_only_that() -> None:
    command = read_command(
        CaseAction.REQUEST_FIX,
        {
            "paper.id": "present",
            "paper.book": "missing",
            "fix.book": " 带原件 ",
            "paper.x": "?",
            "days": "15",
        },
    )
    assert command.facts.materials == {"id": MaterialStatus.PRESENT, "book": MaterialStatus.MISSING}
    assert [(gap.code, gap.how_to_fix) for gap in command.facts.gaps] == [("book", "带原件")]
    assert command.facts.days == 15


@pytest.mark.parametrize("typed", ["", "ten", "-1", "９", "99999"])
def test_what_is_no_number_of_days_stays_empty(typed: str) -> None:
    assert read_command(CaseAction.EXTEND, {"days": typed}).facts.days == 0


def test_nothing_is_decided_that_the_clerk_did_not_choose() -> None:
    assert read_settlement({}).outcome is None
    assert read_settlement({"outcome": "refused"}).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("typed", "fen"), [("12.5", 1250), ("1,000元", 100_000), ("", None), ("1.234", None)]
)
def test_money_is_typed_in_yuan(typed: str, fen: int | None) -> None:
    assert read_fen(typed) == fen


def test_money_that_is_none_is_zero_for_the_ledger_to_refuse() -> None:
    move = read_move({"move": "paid", "amount": "x"})
    assert (move.move, move.amount_fen) == (MoneyMove.PAID, 0)


def test_a_mandate_without_another_name_is_the_centres() -> None:
    mandate = read_mandate(
        {"mandate.valid_until": "2026-05-01", "mandate.witnesses": "甲，乙 丙"},
        centre="中心",
        scope="代办",
        today=TODAY,
    )
    assert (mandate.agent_name, mandate.witnesses) == ("中心", ("甲", "乙", "丙"))
    assert mandate.valid_until == date(2026, 5, 1)


def test_a_filter_changed_begins_at_the_first_page_and_keeps_the_others() -> None:
    asked = QueueAddress(state=CaseState.SUBMITTED, window=WindowType.SOCIAL, cursor=f"2026-04-10.{'0' * 32}")
    assert asked.changed(state=None) == "/staff/cases?window=social"
    assert QueueAddress().changed() == "/staff/cases"


def test_a_place_in_the_queue_is_a_day_and_an_id() -> None:
    last = "a" * 32
    assert ErrandAddress(cursor=f"2026-04-10.{last}").filter(TODAY).after == (TODAY, last)
    assert ErrandAddress(cursor=f"2026-02-31.{last}").filter(TODAY).after is None


def test_typed_text_is_a_number_a_code_or_a_document() -> None:
    assert sought("sd-260410-0001-p", today=TODAY).number == "SD-260410-0001-P"
    assert sought("11010519491231002x", today=TODAY).document == "11010519491231002X"
    assert sought("随便", today=TODAY).number == "随便"


def test_a_folded_group_tells_how_much_is_open_below_it_and_whether_any_is_late() -> None:
    group = next(group for group in GROUPS if group.title == "监督评价")
    counts = {"/staff/reviews": 2, "/staff/complaints": 3, "/staff/cases": 9}
    assert group.total(counts) == 5
    assert group.is_late({"/staff/complaints"})
    assert not group.is_late({"/staff/cases"})
    assert group.holds("/staff/complaints/1")
    assert not group.holds("/staff/cases")
