"""The organisation in the demonstration: somebody stands in today, cards on the board, delegations, items in the hall."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.vocabulary import DayPeriod, LeaveReason, Partner, WindowType
from backend.actors import Actor
from backend.demo.staff import FURTHER, SURNAMES
from backend.hall.service import Counted, HalfDay
from backend.office import Office
from backend.organisation.service import StaffCard

UNRECORDED: Final = Partner.CABLE
"""Shows what a partner without a recorded delegation looks like."""

LATE_ITEMS: Final = 2
TITLE: Final = "窗口办事员"


async def open_organisation(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Everything of it, once."""
    await _roster(office, clerks, at)
    await _cards(office, clerks, at)
    await _delegations(office, clerks["director"], at)
    await _entries(office, clerks["director"], at)


async def _roster(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """司法窗口甲 is away today and B stands in; 农业窗口甲 will be away next week; 户政窗口甲 hands over."""
    today, duties = day_in_china(at), office.hall.duties
    for login, ahead, days, reason in (
        ("justice", 0, 1, LeaveReason.MEETING),
        ("agriculture", 7, 3, LeaveReason.FIELD),
    ):
        await duties.plan_leave(
            clerks[login].id,
            HalfDay(today + timedelta(days=ahead), DayPeriod.MORNING),
            HalfDay(today + timedelta(days=ahead + days - 1), DayPeriod.AFTERNOON),
            reason=reason,
            actor=clerks["director"],
            at=at,
        )
    windows = await office.catalogue.windows(clerks["director"].tenant_id)
    household = next(card for card in windows if card.type is WindowType.HOUSEHOLD)
    await duties.hand_over(
        household.id,
        giver_id=clerks["household"].id,
        counted=Counted(open_cases=3, due_soon=1),
        papers="户口专用章一枚、空白常住人口登记表一沓",
        note="A岗送身份证资料去市局",
        whole_day=False,
        actor=clerks["household"],
        at=at,
    )


async def _cards(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    first = [(window.value, word) for window, word in SURNAMES.items()]
    further = [(each.login, SURNAMES[each.window]) for each in FURTHER[::2] if each.window]
    for number, (a, word) in enumerate([*first, *further], 1):
        for login in (a, f"{a}-b"):
            card = StaffCard(
                staff_id=clerks[login].id,
                title=TITLE,
                phone=f"0734-44500{number:02}",
                handles=f"{word}窗口全部事项",
                badge=f"SD-{number:03}{'B' if login.endswith('-b') else 'A'}",
            )
            await office.organisation.board.keep(card, actor=clerks["director"], at=at)


async def _delegations(office: Office, director: Actor, at: datetime) -> None:
    today = day_in_china(at)
    for partner in Partner:
        if partner is UNRECORDED:
            continue
        ends = today + timedelta(days=20 if partner is Partner.WATER else 365)
        await office.organisation.delegate(
            partner,
            item_ids=(),
            document=f"演示{partner.zh}委托〔2026〕1号",
            valid_from=today - timedelta(days=30),
            valid_to=ends,
            actor=director,
            at=at,
        )


async def _entries(office: Office, director: Actor, at: datetime) -> None:
    """All items are in the hall but the last ones, which are late."""
    today = day_in_china(at)
    items = await office.catalogue.items(director.tenant_id)
    for place, item in enumerate(items):
        come = place < len(items) - LATE_ITEMS
        await office.organisation.put_entry(
            item.id,
            due_on=today - timedelta(days=10),
            entered_on=today - timedelta(days=20) if come else None,
            document="演示授权〔2026〕1号" if come else "",
            actor=director,
            at=at,
        )
