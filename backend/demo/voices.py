"""What people say of the demonstration's hall: ratings of every level, a bad one in hand, a complaint, enquiries."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.catalogue import WindowCard
from api_spec.complaint_terms import (
    ComplaintAbout,
    ComplaintAction,
    ComplaintChannel,
    EnquiryChannel,
)
from api_spec.review_terms import (
    BadReviewAction,
    Occasion,
    ReviewChannel,
    ReviewLevel,
    ReviewReason,
    Verdict,
)
from api_spec.vocabulary import WindowType
from backend.actors import Actor
from backend.appointments.service import Served
from backend.complaints import machine as complaining
from backend.complaints.complaint import Filing, Words
from backend.enquiries.enquiry import Asking, Question
from backend.ids import new_id
from backend.office import Office
from backend.reviews.machine import Command
from backend.reviews.review import Rating

GIVEN: Final = (
    (ReviewLevel.VERY_GOOD, (ReviewReason.ATTITUDE,), "说得明白，一次办好。"),
    (ReviewLevel.VERY_GOOD, (), ""),
    (ReviewLevel.GOOD, (ReviewReason.SKILL,), ""),
    (ReviewLevel.GOOD, (), "老人也听得懂。"),
    (ReviewLevel.FAIR, (ReviewReason.EFFICIENCY,), "排队有点久。"),
    (ReviewLevel.BAD, (ReviewReason.EFFICIENCY,), "等了一个半小时，前面没有人说要等这么久。"),
    (ReviewLevel.VERY_BAD, (ReviewReason.ATTITUDE,), "问两句就不耐烦。"),
)
DAYS_AGO: Final = 4
REPLIES: Final = (
    ("上班时间", "上午八点半到十二点，下午两点半到五点半，周一到周五。"),
    ("要带什么", "请在便民通搜索这件事，指南里列了全部材料。没有列出来的不用带。"),
)


async def open_voices(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Through the same services people use.

    Args:
        clerks: the demo staff by login name.
    """
    desk = clerks["service"]
    cards = await office.catalogue.windows(desk.tenant_id)
    for kind in (WindowType.SOCIAL, WindowType.MARKET):
        card = next(card for card in cards if card.type is kind)
        await give_ratings(office, card, clerks[kind.value], at=at - timedelta(days=DAYS_AGO))
    await _deal(office, desk, at=at)
    await _complain(office, desk, clerks["centre"], at=at)
    await _ask(office, clerks, at=at)


async def give_ratings(office: Office, card: WindowCard, clerk: Actor, *, at: datetime) -> str:
    """One of every kind at a window, and one person who has not rated yet: gives the path of that one's page."""
    link = ""
    for minute, given in enumerate((*GIVEN, None)):
        served = Served(
            tenant_id=clerk.tenant_id,
            appointment_id=new_id(),
            window_id=card.id,
            staff_id=clerk.id,
            at=at + timedelta(minutes=9 * minute),
        )
        await office.reviews.follow_served(served)
        link = await office.reviews.link_of_subject(Occasion.CONTACT, served.appointment_id, at=served.at)
        if given is not None:
            level, reasons, words = given
            rating = Rating(level=level, channel=ReviewChannel.LINK, reasons=reasons, words=words)
            await office.reviews.rate_by_link(link.rpartition("/")[2], rating, at=served.at)
    return link


async def _deal(office: Office, desk: Actor, *, at: datetime) -> None:
    """One bad rating on its way, the others still to be contacted."""
    first = (await office.reviews.bad.listed(desk))[0]
    for version, command in enumerate(
        (
            Command(action=BadReviewAction.CONTACT, note="没有留电话，查了当天叫号记录。"),
            Command(
                action=BadReviewAction.CLASSIFY, verdict=Verdict.TRUE, note="叫号记录显示等候 85 分钟，属实。"
            ),
            Command(action=BadReviewAction.ORDER),
        ),
        start=1,
    ):
        await office.reviews.bad.act(first.id, command, version=version, actor=desk, at=at)


async def _complain(office: Office, desk: Actor, handler: Actor, *, at: datetime) -> None:
    for text, about in (
        ("大厅的饮水机好几天没有水了。", ComplaintAbout.FACILITY),
        ("电话里说可以办，去了又说要回村里开证明，白跑一趟。", ComplaintAbout.MATTER),
    ):
        filing = Filing(
            tenant_id=desk.tenant_id,
            rid=new_id(),
            channel=ComplaintChannel.WEB,
            about=about,
            words=Words(text=text),
        )
        filed = await office.complaints.file(filing, at=at)
    person = await office.complaints.staff.person(desk.tenant_id, handler.id, at=at)
    for version, command in enumerate(
        (
            complaining.Command(action=ComplaintAction.ACCEPT),
            complaining.Command(action=ComplaintAction.ASSIGN, assignee=person),
        ),
        start=1,
    ):
        await office.complaints.act(filed.complaint_id, command, version=version, actor=desk, at=at)


async def _ask(office: Office, clerks: Mapping[str, Actor], *, at: datetime) -> None:
    desk, clerk = clerks["service"], clerks["social"]
    for title, text in REPLIES:
        await office.enquiries.put_template(title, text, actor=desk, at=at)
    for asked, answer in (
        ("高龄津贴满多少岁可以领？", "满 80 周岁，带身份证和社保卡到1号窗口。"),
        ("孩子在外地上学，医保怎么交？", ""),
    ):
        asking = Asking(
            tenant_id=desk.tenant_id,
            rid=new_id(),
            channel=EnquiryChannel.PHONE,
            question=Question(text=asked, name="演示村民"),
            answer=answer,
        )
        await office.enquiries.take_down(asking, actor=clerk, at=at)
    waiting = Asking(
        tenant_id=desk.tenant_id,
        rid=new_id(),
        channel=EnquiryChannel.WEB,
        question=Question(text="想在村里开个小卖部，要办什么证？"),
    )
    await office.enquiries.ask("demo", waiting, at=at)
