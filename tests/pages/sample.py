"""A township with work in it, for pictures and page tests: cases in many states, made through the services."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.forms import Field, FieldKind, asked
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import (
    AppointmentAction,
    Channel,
    DocumentType,
    ErrandAction,
    MaterialStatus,
    MoneyMove,
    Outcome,
    ParkReason,
    Priority,
    Role,
)
from api_spec.vocabulary import CaseAction as A
from backend.actors import Actor
from backend.appointments.appointment import Appointment
from backend.cases.case import EventFacts, Gap, Seat, Visit
from backend.cases.service import Applicant, Command, FiledCase, Filing
from backend.ids import new_id
from backend.office import Office
from backend.proxy.service import Command as ErrandCommand
from backend.proxy.service import ErrandRequest, FiledErrand, Mandate, Move, Sharing
from tests.pages.organised import Organised, organise
from tests.pages.overseen import Overseen, oversee
from tests.pages.sample_begun import OwnThings, begin
from tests.pages.sample_coming import Coming, ask_and_book
from tests.pages.sample_voices import Voiced, speak
from tests.support.township import id_number

NAMES = ("王小妹", "李国强", "陈秀英", "刘建军", "张桂兰", "谭志华", "谢春花", "曾德旺")


@dataclass(frozen=True, slots=True)
class Sample:
    """What was made, by what a page needs it for."""

    organised: Organised
    fresh: FiledCase
    lacking: FiledCase
    reviewing: FiledCase
    ready: FiledCase
    overdue: FiledCase
    own: FiledCase
    inspected: FiledCase
    overseen: Overseen
    begun: OwnThings
    voiced: Voiced
    errand: FiledErrand
    handover: str
    receipt: str
    notice: str
    own_notice: str
    own_notice_code: str
    ticket: str
    coming: Coming


def answer(field: Field, today: date) -> Any:
    """Something valid for one question."""
    match field.kind:
        case FieldKind.NUMBER:
            return max(field.min or 0, 2)
        case FieldKind.MONEY_FEN:
            return f"{max(field.min or 0, 20_000) // 100}"
        case FieldKind.DATE:
            ahead = field.min or 0 if field.max is None else field.max
            return (today + timedelta(days=ahead)).isoformat()
        case FieldKind.CHOICE:
            return field.choices[0].code
        case FieldKind.MULTI_CHOICE:
            return [field.choices[0].code]
        case FieldKind.YES_NO:
            return True
        case FieldKind.PHONE:
            return "13800000009"
        case FieldKind.ID_NUMBER:
            return id_number(77)
        case FieldKind.ADDRESS:
            return "三都镇福利村3组"
        case _:
            return "6217000000000" if field.pattern else "照实填写的内容"


def answers(item: Item, situation: str, *, today: date) -> dict[str, Any]:
    """Every question of an item answered."""
    given: dict[str, Any] = {}
    for field in item.form.fields:
        if field.kind is FieldKind.PHOTO or not asked(field, {"situation": situation, **given}):
            continue
        given[field.name] = situation if field.name == "situation" else answer(field, today)
    return given


def typed(bench: "Bench", code: str) -> dict[str, list[str]]:
    """The form of an item as somebody filled it in on the phone."""
    item = next(i for i in bench.office.catalogue.shelf(bench.tenant_id).pack.items if i.code == code)
    situation = item.situations[0].code if item.situations else ""
    given = answers(item, situation, today=day_in_china(bench.at))
    words = {
        f"answers.{name}": value if isinstance(value, list) else [_word(value)]
        for name, value in given.items()
    }
    return {"rid": [new_id()], "item": [item.id], "situation": [situation], "phone": ["13800000001"], **words}


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


class Bench:
    """Files and moves cases of one township."""

    def __init__(self, office: Office, *, at: datetime) -> None:
        self.office = office
        self.at = at
        self.tenant_id = office.catalogue.tenant_ids[0]

    def clerk(self, item: Item, role: Role, *, number: int = 1) -> Actor:
        """A member of staff of the department that serves the item."""
        shelf = self.office.catalogue.shelf(self.tenant_id)
        return Actor(
            id=f"{role.value}-{number}".ljust(32, "0")[:32],
            roles=frozenset({role}),
            tenant_id=self.tenant_id,
            department_id=shelf.departments[item.window],
        )

    async def file(
        self, code: str, name: str, *, ago: int = 0, channel: Channel = Channel.WINDOW, owner: str = ""
    ) -> tuple[Item, FiledCase]:
        """One application, `ago` days before now."""
        item = next(i for i in self.office.catalogue.shelf(self.tenant_id).pack.items if i.code == code)
        at = self.at - timedelta(days=ago)
        situation = item.situations[0].code if item.situations else ""
        pack = await self.office.catalogue.pack(self.tenant_id)
        village = (
            self.office.catalogue.shelf(self.tenant_id).villages[0].id if channel is Channel.VILLAGE else ""
        )
        filing = Filing(
            tenant_id=self.tenant_id,
            item=item,
            pack_sha=pack.sha,
            situation=situation,
            applicant=Applicant(
                name=name,
                document_type=DocumentType.ID_CARD,
                document_number=id_number(100 + NAMES.index(name) if name in NAMES else 99),
                phone="13800000008",
                address="三都镇福利村3组12号",
            ),
            answers=answers(item, situation, today=day_in_china(at)),
            materials={m.code: MaterialStatus.PRESENT for m in item.materials_for(situation)[:1]},
            channel=channel,
            filed_by=self._filer(item, channel, owner=owner, village=village),
            owner_citizen_id=owner,
            village_id=village,
            rid=new_id(),
            received_at=at,
        )
        wrong = self.office.cases.check(filing)
        assert not wrong, f"{code}: {wrong}"
        return item, await self.office.cases.file(filing, at=at)

    async def errand(self, code: str, name: str) -> FiledErrand:
        """An errand with both consents signed on paper."""
        item = next(i for i in self.office.catalogue.shelf(self.tenant_id).pack.items if i.code == code)
        situation = item.situations[0].code if item.situations else ""
        today = day_in_china(self.at)
        assert item.partner is not None
        request = ErrandRequest(
            tenant_id=self.tenant_id,
            item=item,
            pack_sha=(await self.office.catalogue.pack(self.tenant_id)).sha,
            situation=situation,
            applicant=Applicant(
                name=name,
                document_type=DocumentType.ID_CARD,
                document_number=id_number(100 + NAMES.index(name)),
                phone="13800000008",
                address="三都镇福利村3组12号",
            ),
            mandate=Mandate(
                agent_name="耒阳市三都政务服务中心",
                scope=f"代办“{item.name}”",
                valid_from=today,
                valid_until=today + timedelta(days=60),
                method=SigningMethod.WET_INK,
            ),
            sharing=Sharing(item.partner, "1"),
            paper="委〔2026〕1号",
            answers=answers(item, situation, today=today),
            materials={m.code: MaterialStatus.PRESENT for m in item.materials_for(situation)},
            channel=Channel.WINDOW,
            filed_by=self.clerk(item, Role.WINDOW),
            rid=new_id(),
            received_at=self.at,
        )
        wrong = self.office.proxy.check(request)
        assert not wrong, f"{code}: {wrong}"
        return await self.office.proxy.file(request, at=self.at)

    async def run_errand(self, errand: FiledErrand) -> str:
        """Take an errand on, with money for its bill; gives the ledger line."""
        centre = Actor(id="c" * 32, roles=frozenset({Role.CENTRE_STAFF}), tenant_id=self.tenant_id)
        proxy = self.office.proxy
        take = ErrandCommand(action=ErrandAction.TAKE)
        await proxy.act(errand.errand_id, take, actor=centre, at=self.at)
        for move, fen, paper in (
            (MoneyMove.TAKEN, 20_000, ""),
            (MoneyMove.PAID, 15_050, "水费收据 0088"),
        ):
            entered = await proxy.money.enter(
                errand.errand_id,
                Move(rid=new_id(), move=move, amount_fen=fen, partner_receipt=paper),
                actor=centre,
                at=self.at,
            )
        return entered.id

    async def hand_over(self, errand: FiledErrand) -> str:
        """Take an errand on and put it on a list for its partner; gives the list."""
        centre = Actor(id="c" * 32, roles=frozenset({Role.CENTRE_STAFF}), tenant_id=self.tenant_id)
        proxy = self.office.proxy
        view = await proxy.act(
            errand.errand_id, ErrandCommand(action=ErrandAction.TAKE), actor=centre, at=self.at
        )
        sheet = await proxy.hand_over(view.partner, [errand.errand_id], actor=centre, at=self.at)
        return sheet.handover.id

    def _filer(self, item: Item, channel: Channel, *, owner: str, village: str) -> Actor:
        if channel is Channel.WEB:
            return Actor(id=owner, roles=frozenset({Role.CITIZEN}), tenant_id=self.tenant_id)
        if channel is Channel.VILLAGE:
            clerk = frozenset({Role.VILLAGE_CLERK})
            return Actor(id="v" * 32, roles=clerk, tenant_id=self.tenant_id, village_id=village)
        return self.clerk(item, Role.WINDOW)

    async def move(self, item: Item, case: FiledCase, *commands: tuple[Role, Command], ago: int = 0) -> None:
        for role, command in commands:
            number = 2 if role in (Role.BACK_OFFICE, Role.GROUP_LEADER) else 1
            await self.office.cases.act(
                case.case_id,
                command,
                actor=self.clerk(item, role, number=number),
                at=self.at - timedelta(days=ago),
            )


async def queue(bench: Bench) -> str:
    """Six people in the hall: one called, one away, one who missed a call, three waiting; gives a waiting ticket's code."""
    desk = bench.office.appointments
    centre = Actor(id="c" * 32, roles=frozenset({Role.CENTRE_STAFF}), tenant_id=bench.tenant_id)
    window = min(await bench.office.catalogue.windows(bench.tenant_id), key=lambda card: card.number).id

    async def come(priority: Priority | None = None) -> Appointment:
        return await desk.walk_in(
            window, item_id=None, name="谢春花", priority=priority, actor=centre, at=bench.at
        )

    async def move(one: Appointment, action: AppointmentAction, reason: ParkReason | None = None) -> None:
        await desk.act(one.id, action, version=one.version, reason=reason, actor=centre, at=bench.at)

    for _ in range(3):
        await come()
    await move(await desk.call_next(window, actor=centre, at=bench.at), AppointmentAction.MISS)
    away = await desk.call_next(window, actor=centre, at=bench.at)
    await move(away, AppointmentAction.PARK, ParkReason.PAYMENT)
    await desk.call_next(window, actor=centre, at=bench.at)
    await come(Priority.ELDERLY)
    await come()
    return (await come()).code


def accept(item: Item) -> Command:
    papers = {
        m.code: MaterialStatus.PRESENT
        for s in ["", *[s.code for s in item.situations][:1]]
        for m in item.materials_for(s)
    }
    return Command(action=A.ACCEPT, facts=EventFacts(materials=papers))


def ask_for_more(item: Item) -> Command:
    papers = item.materials_for(item.situations[0].code if item.situations else "")
    gaps = tuple(
        Gap(code=m.code, name="", status=MaterialStatus.MISSING, how_to_fix=m.hint or "请带原件来窗口核对")
        for m in papers[1:]
    )
    return Command(
        action=A.REQUEST_FIX, facts=EventFacts(gaps=gaps, days=15), note="补齐后不用再跑，村里也能收。"
    )


async def inspect(bench: Bench) -> FiledCase:
    """A case with a visit convened, one opinion in and one still to come, and a paper pledged."""
    item, case = await bench.file("SD-024", "王小妹", ago=6)
    first, second, *_ = (await bench.office.cases.departments(bench.tenant_id)).items()
    own = bench.clerk(item, Role.WINDOW).department_id
    seats = tuple(
        Seat(department_id=each, name="", inspectors=("张一", "李二"))
        for each in {own: 0, first[0]: 0, second[0]: 0}
    )
    visit = Visit(day=day_in_china(bench.at), place="三都镇福利村3组", seats=seats)
    pledge = EventFacts(pledge=True, until=day_in_china(bench.at) + timedelta(days=5))
    await bench.move(
        item,
        case,
        (Role.WINDOW, Command(action=A.ACCEPT, facts=pledge)),
        (Role.WINDOW, Command(action=A.FIRST_REVIEW, note="材料齐全，建议现场勘察。")),
        ago=4,
    )
    convene = Command(action=A.CONVENE_INSPECTION, facts=EventFacts(visit=visit))
    await bench.move(item, case, (Role.CENTRE_STAFF, convene))
    await bench.move(item, case, (Role.WINDOW, Command(action=A.GIVE_OPINION, note="面积不超标，同意。")))
    return case


async def fill(office: Office, *, at: datetime, owner: str = "") -> Sample:
    """Some work for everybody."""
    bench = Bench(office, at=at)
    made = []
    for code, name, ago, channel in (
        ("SD-001", "王小妹", 0, Channel.VILLAGE),
        ("SD-003", "李国强", 4, Channel.WINDOW),
        ("SD-005", "陈秀英", 7, Channel.PHONE),
        ("SD-007", "刘建军", 10, Channel.WINDOW),
    ):
        made.append(await bench.file(code, name, ago=ago, channel=channel))
    _, fresh = made[0]
    item, lacking = await bench.file("SD-004", "张桂兰", ago=3)
    await bench.move(item, lacking, (Role.WINDOW, ask_for_more(item)), ago=2)
    item, reviewing = await bench.file("SD-003", "谭志华", ago=9)
    await bench.move(
        item,
        reviewing,
        (Role.WINDOW, accept(item)),
        (Role.WINDOW, Command(action=A.FIRST_REVIEW, note="材料齐全，情况属实，建议批准。")),
        ago=8,
    )
    item, ready = await bench.file("SD-008", "谢春花", ago=2)
    await bench.move(
        item,
        ready,
        (Role.WINDOW, accept(item)),
        (Role.WINDOW, Command(action=A.DECIDE, facts=EventFacts(outcome=Outcome.GRANTED))),
        (Role.WINDOW, Command(action=A.MAKE_READY)),
    )
    item, overdue = await bench.file("SD-003", "曾德旺", ago=40)
    await bench.move(item, overdue, (Role.WINDOW, accept(item)), ago=38)
    item, own = await bench.file(
        "SD-005", "演示甲", ago=3, channel=Channel.WEB if owner else Channel.WINDOW, owner=owner
    )
    await bench.move(item, own, (Role.WINDOW, ask_for_more(item)), ago=1)
    errand = await bench.errand("SD-049", "王小妹")
    receipt = await bench.run_errand(errand)
    other = await bench.errand("SD-050", "李国强")
    handover = await bench.hand_over(other)
    await office.proving.anchor(bench.tenant_id, at=at)
    [notice] = await office.documents.all_of(lacking.case_id)
    [own_notice] = await office.documents.all_of(own.case_id)
    return Sample(
        voiced=await speak(office, at=at, owner=owner),
        organised=await organise(office, at=at),
        ticket=await queue(bench),
        coming=await ask_and_book(
            office, at=at, owner=owner, answered=lambda item: answers(item, "", today=day_in_china(at))
        ),
        notice=notice.entry.id,
        own_notice=own_notice.entry.id,
        own_notice_code=own_notice.entry.code,
        errand=errand,
        handover=handover,
        receipt=receipt,
        fresh=fresh,
        lacking=lacking,
        reviewing=reviewing,
        ready=ready,
        overdue=overdue,
        begun=await begin(office, at=at, owner=owner, typed=typed(bench, "SD-003")),
        overseen=await oversee(office, case_id=overdue.case_id, case_number=overdue.case_number, at=at),
        own=own,
        inspected=await inspect(bench),
    )
