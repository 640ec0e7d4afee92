"""The citizens' side of the demonstration: the owners of the demo phones with applications, appointments and messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Outcome, Role
from backend.actors import Actor
from backend.appointments.offering import Time
from backend.cases.filing import Applicant
from backend.cases.service import FiledCase
from backend.demo import moves, samples
from backend.demo.filings import file
from backend.demo.plan import VILLAGE_CODE
from backend.ids import new_id
from backend.office import Office
from backend.people import notices
from backend.people.wechat_door import WeChatPerson
from backend.wechat.standin.people import DEMO_PEOPLE

NAMES: Final = ("王秀英", "李德明", "张志强", "刘桂兰")
"""Of the first demo phones."""
FIRST_NUMBER: Final = 700
LANDLINE: Final = "0734-4330000"
"""Nobody can be written to there: this notice ends on the call list."""
THROUGH: Final = (A.ACCEPT, A.FIRST_REVIEW, A.DECIDE)


@dataclass(frozen=True, slots=True)
class Story:
    """One application of a demo citizen: which item, by which way, how many days ago, how far it came."""

    person: int
    code: str
    channel: Channel
    days: int
    steps: tuple[A, ...]
    outcome: Outcome = Outcome.GRANTED


STORIES: Final = (
    Story(0, "SD-003", Channel.MINI_PROGRAM, 9, (*THROUGH, A.MAKE_READY, A.DELIVER, A.FINISH)),
    Story(0, "SD-001", Channel.MINI_PROGRAM, 2, (A.ACCEPT,)),
    Story(0, "SD-041", Channel.WEB, 6, (*THROUGH, A.MAKE_READY)),
    Story(1, "SD-007", Channel.MINI_PROGRAM, 3, (A.REQUEST_FIX,)),
    Story(1, "SD-040", Channel.WEB, 7, (*THROUGH, A.MAKE_READY), Outcome.REFUSED),
    Story(2, "SD-024", Channel.WEB, 4, (A.ACCEPT, A.FIRST_REVIEW)),
    Story(3, "SD-012", Channel.MINI_PROGRAM, 0, ()),
)
BY_OTHERS: Final = (
    ("SD-003", Channel.VILLAGE, 5, (A.ACCEPT,)),
    ("SD-007", Channel.VILLAGE, 1, ()),
    ("SD-001", Channel.PHONE, 4, (A.ACCEPT,)),
    ("SD-007", Channel.PHONE, 3, (A.REQUEST_FIX,)),
)
BOOKED: Final = ((0, "SD-017"), (1, "SD-001"), (2, "SD-026"))


async def open_citizens(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """Something for each of the first demo phones, and applications that reached the office by village and telephone."""
    tenant_id = clerks["director"].tenant_id
    items = {item.code: item for item in await office.catalogue.items(tenant_id)}
    people = [await sign_up(office, tenant_id, number, at=at) for number in range(len(NAMES))]
    for story in STORIES:
        item, begun = items[story.code], at - timedelta(days=story.days)
        filed = await file(
            office,
            item,
            applicant(story.person),
            by=people[story.person],
            channel=story.channel,
            at=begun,
        )
        await _take_through(
            office, filed, item, story.steps, clerks=clerks, begun=begun, at=at, outcome=story.outcome
        )
    await _by_others(office, items, clerks, at)
    await _book(office, items, people, at)


def applicant(number: int) -> Applicant:
    """The owner of demo phone `number`, from 0."""
    return Applicant(
        name=NAMES[number],
        document_type=DocumentType.ID_CARD,
        document_number=samples.id_number(FIRST_NUMBER + number),
        phone=DEMO_PEOPLE[number].phone,
        address=f"三都镇南庄村{number + 1}组",
    )


async def sign_up(office: Office, tenant_id: str, number: int, *, at: datetime) -> Actor:
    """Let one in by WeChat, who agrees to everything and says who they are."""
    person, people = DEMO_PEOPLE[number], office.people.citizens
    came = WeChatPerson(office.settings.wechat_appid, person.openid, person.unionid)
    citizen = Actor(
        id=await people.of_wechat(came, at=at), roles=frozenset({Role.CITIZEN}), tenant_id=tenant_id
    )
    for purpose in (ConsentPurpose.SERVICE, ConsentPurpose.SENSITIVE, ConsentPurpose.NOTICES):
        version = notices.current(purpose, day_in_china(at)).version
        await people.give_consent(
            citizen.id, purpose, version=version, partner=None, channel=Channel.MINI_PROGRAM, at=at
        )
    said = applicant(number)
    await people.set_identity(
        citizen,
        name=said.name,
        document_type=said.document_type,
        document_number=said.document_number,
        at=at,
    )
    await people.set_contact(citizen.id, phone=said.phone, address=said.address)
    return citizen


async def _take_through(
    office: Office,
    filed: FiledCase,
    item: Item,
    steps: tuple[A, ...],
    *,
    clerks: Mapping[str, Actor],
    begun: datetime,
    at: datetime,
    outcome: Outcome = Outcome.GRANTED,
) -> None:
    """Each step by whoever at that desk takes it, spread over the time since; the last one just now."""
    departments = await office.cases.departments(clerks["director"].tenant_id)
    for place, action in enumerate(steps, 1):
        when = begun + (at - begun) * place / len(steps)
        command = moves.command(
            item, action, departments=departments, today=day_in_china(when), outcome=outcome
        )
        await office.cases.act(filed.case_id, command, actor=clerks[moves.login(item, action)], at=when)


async def _by_others(
    office: Office, items: Mapping[str, Item], clerks: Mapping[str, Actor], at: datetime
) -> None:
    """What village clerks and those at the telephone wrote down for people without an account."""
    shelf = office.catalogue.shelf(clerks["director"].tenant_id)
    village = next(each for each in shelf.villages if each.code == VILLAGE_CODE)
    clerk = Actor(
        id=new_id(),
        roles=frozenset({Role.VILLAGE_CLERK}),
        tenant_id=clerks["director"].tenant_id,
        village_id=village.id,
    )
    for number, (code, channel, days, steps) in enumerate(BY_OTHERS, FIRST_NUMBER + 20):
        item, begun = items[code], at - timedelta(days=days)
        by = clerk if channel is Channel.VILLAGE else clerks[item.window.value]
        caller = samples.applicant(number)
        if A.REQUEST_FIX in steps:
            caller = Applicant(
                name=caller.name,
                document_type=caller.document_type,
                document_number=caller.document_number,
                phone=LANDLINE,
                address=caller.address,
            )
        filed = await file(office, item, caller, by=by, channel=channel, at=begun)
        await _take_through(office, filed, item, steps, clerks=clerks, begun=begun, at=at)


async def _book(office: Office, items: Mapping[str, Item], people: Sequence[Actor], at: datetime) -> None:
    """The next free time of an item for each of a few."""
    for person, code in BOOKED:
        citizen, item = people[person], items[code]
        offer = await office.appointments.offering.offer(
            citizen.tenant_id, item_id=item.id, window_id=None, first=None, days=14, at=at
        )
        day = next((each for each in offer.days if each.times and each.day > day_in_china(at)), None)
        if day is None:
            continue
        time = Time(item_id=item.id, window_id=None, day=day.day, start=day.times[person].start)
        await office.appointments.book(time, hold=False, actor=citizen, channel=Channel.MINI_PROGRAM, at=at)
