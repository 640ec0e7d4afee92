"""What each document says: reasons, basis, days, the way to contest; and which move has none. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from api_spec.catalogue import Basis, Fee, Item
from api_spec.document_terms import SERIES, DocumentKind, DocumentState, DocumentSubject
from api_spec.vocabulary import CaseAction as A
from api_spec.vocabulary import (
    Channel,
    DecisionLevel,
    Evidence,
    ItemKind,
    ItemType,
    MaterialStatus,
    Outcome,
    Relation,
    Role,
    TimerKind,
)
from backend.actors import Actor, system
from backend.cases import deadlines, history, machine
from backend.cases.case import Case, Event, EventFacts, Gap, terms_of
from backend.cases.deadlines import Timer
from backend.cases.filing import Contents, Mandate
from backend.cases.machine import Command
from backend.cases.records import Entry
from backend.documents import composing, document, rules
from backend.documents.document import Draft
from backend.documents.pdf import Press
from backend.documents.words import Desk
from tests.cases.office import (
    APPLICANT,
    BACK,
    BOTH_PAPERS,
    CALENDAR,
    CITIZEN,
    HEAD,
    LEADER,
    NOON,
    SOCIAL,
    TENANT,
    WINDOW,
    citizen,
    item,
    staff,
)

HEARING = "听证"
PERMIT = item(
    type=ItemType.PERMIT,
    basis=(
        Basis(title="社会救助暂行办法", article="第四十八条"),
        Basis(title="示例规定", evidence=Evidence.ILLUSTRATIVE),
    ),
    stop_grounds=(HEARING,),
    conditions=("本镇户籍",),
    steps=("受理", "审批"),
    fee=Fee(amount_fen=500, basis="价费字1号"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A case as a move gives it."""

    entry: Entry
    case: Case
    events: tuple[Event, ...]
    timers: Mapping[TimerKind, Timer]
    contents: Contents


def desk(what: Item) -> Desk:
    return Desk(
        organ="耒阳市三都政务服务中心",
        hall="三都政务服务办事大厅",
        county="耒阳市",
        department="社会事务综合服务中心",
        window="社会事务综合窗口",
        phone="0734-4331001",
        complaint_phone="12345",
        clerk="李窗口",
        item=what,
    )


def file_after(
    *moves: tuple[Actor, Command], what: Item = PERMIT, mandate: Mandate | None = None, day_by_day: int = 0
) -> File:
    """A case after `moves`, `day_by_day` days apart."""
    case = history.opened(
        case_id="1" * 32,
        tenant_id=TENANT,
        department_id=SOCIAL,
        village_id="",
        owner_id=CITIZEN,
        terms=terms_of(what, ""),
    )
    filed = Command(action=A.SUBMIT, facts=EventFacts(materials=dict(BOTH_PAPERS)))
    events: list[Event] = []
    for place, (actor, command) in enumerate([(citizen(), filed), *moves]):
        at = NOON + timedelta(days=place * day_by_day)
        late = {TimerKind.NOTICE, TimerKind.SUPPLEMENT} if actor.has({Role.SYSTEM}) else set()
        event = history.event(case, machine.step(case, command, actor, late=late), actor_id=actor.id, at=at)
        case = history.applied(case, event)
        events.append(event)
    entry = Entry(
        case_id=case.id,
        tenant_id=TENANT,
        rid="2" * 32,
        case_number="SD-260407-0001-K",
        tracking_code="",
        channel=Channel.WEB,
        node_id="",
        node_time="",
        pack_sha="",
        received_at=NOON,
    )
    return File(
        entry=entry,
        case=case,
        events=tuple(events),
        timers=deadlines.timers(events, case.terms, CALENDAR),
        contents=Contents(applicant=APPLICANT, mandate=mandate, answers={}),
    )


def said(file: File, *, what: Item = PERMIT, together: tuple[Event, ...] = ()) -> Draft:
    draft = composing.compose(file, file.events[-1], desk(what), together=together)
    assert draft is not None
    return draft


def words(draft: Draft) -> str:
    return "".join([*draft.paragraphs, *draft.closing, *draft.basis, draft.remedy])


ACCEPT = (WINDOW, Command(action=A.ACCEPT, facts=EventFacts(materials=dict(BOTH_PAPERS))))
REVIEW = (WINDOW, Command(action=A.FIRST_REVIEW, note="材料齐全。"))


@pytest.mark.plan(38)
def test_an_acceptance_names_the_promised_day_and_the_papers() -> None:
    draft = said(file_after(ACCEPT))
    assert draft.kind is DocumentKind.ACCEPTANCE
    assert "现予受理" in words(draft)
    assert "本件承诺于2026年4月21日前办结（自受理次日起算，10个工作日）" in words(draft)
    assert draft.tables[0].rows[0] == ("1", "身份证", "必需", "已交")
    assert draft.tables[0].rows[2] == ("3", "照片", "非必需", "未交")
    assert draft.basis == (
        "《社会救助暂行办法》第四十八条",
        "《中华人民共和国行政许可法》第三十二条、第四十二条",
    )


def test_what_was_pledged_is_named_with_its_last_day() -> None:
    found = {"id": MaterialStatus.PRESENT, "hukou": MaterialStatus.MISSING}
    facts = EventFacts(
        materials=found, promised=("hukou",), pledge=True, until=NOON.date() + timedelta(days=7)
    )
    draft = said(file_after((WINDOW, Command(action=A.ACCEPT, facts=facts))))
    assert "所缺材料（户口簿）按书面承诺于2026年4月14日前补交，现先予受理" in words(draft)
    assert draft.tables[0].rows[1] == ("2", "户口簿", "必需", "缺少")


def test_an_item_that_is_no_permit_follows_the_licensing_law_by_analogy() -> None:
    plain = item()
    draft = said(file_after(ACCEPT, what=plain), what=plain)
    assert draft.basis[-1].startswith("参照《中华人民共和国行政许可法》")


@pytest.mark.plan(36)
def test_a_one_time_notice_lists_everything_with_how_to_put_it_right_and_until_when() -> None:
    gaps = (Gap(code="hukou", name="户口簿", status=MaterialStatus.WRONG, how_to_fix="带原件来"),)
    ask = Command(action=A.REQUEST_FIX, note="不急。", facts=EventFacts(gaps=gaps, days=5))
    draft = said(file_after((WINDOW, ask)))
    assert draft.kind is DocumentKind.FIX_NOTICE
    assert draft.tables[0].rows == (
        ("1", "身份证", "本人说已备好，待核对", "来办时带原件核对"),
        ("2", "户口簿", "不符合要求", "带原件来"),
        ("3", "照片", "未交", "不用补"),
    )
    told = words(draft)
    for part in ("请于2026年4月14日前补齐", "办理条件：本镇户籍", "受理→审批", "收费5.00元", "说明：不急。"):
        assert part in told
    assert draft.signatures == ("收到人（签字）",)
    assert ("经办人", "李窗口") in [(line.label, line.text) for line in draft.contact]


@pytest.mark.plan(36, 48)
def test_what_the_superior_wants_is_asked_for_in_a_further_notice_and_threatens_nothing() -> None:
    gap = Gap(code="hukou", name="户口簿", status=MaterialStatus.WRONG, how_to_fix="带清楚的复印件")
    back = EventFacts(reference="耒民退〔2026〕1号", wanted=("hukou",))
    draft = said(
        file_after(
            ACCEPT,
            (WINDOW, Command(action=A.FIRST_REVIEW, note="属实")),
            (
                LEADER,
                Command(action=A.REPORT_UP, facts=EventFacts(reference="三政报1号", sent=tuple(BOTH_PAPERS))),
            ),
            (LEADER, Command(action=A.RETURN_FROM_ABOVE, note="看不清", facts=back)),
            (WINDOW, Command(action=A.REQUEST_FIX, facts=EventFacts(gaps=(gap,), days=5))),
            what=item(ItemKind.REPORTED),
        ),
        what=item(ItemKind.REPORTED),
    )
    assert draft.kind is DocumentKind.FURTHER_NOTICE
    assert "上级部门退回，要求补正" in words(draft)
    assert "按撤回申请处理" not in words(draft)


@pytest.mark.plan(45)
def test_every_refusal_gives_reasons_basis_and_the_way_to_contest_it() -> None:
    refuse = Command(
        action=A.REFUSE, note="不属于本镇受理范围。", facts=EventFacts(basis="《示范条例》第五条")
    )
    deny = Command(
        action=A.DECIDE,
        note="不符合条件。",
        facts=EventFacts(outcome=Outcome.REFUSED, basis="《示范条例》第五条"),
    )
    for draft, kind, reason in (
        (said(file_after((LEADER, refuse))), DocumentKind.REFUSAL, "理由：不属于本镇受理范围。"),
        (said(file_after(ACCEPT, REVIEW, (BACK, deny))), DocumentKind.DENIAL, "理由：不符合条件。"),
    ):
        assert draft.kind is kind
        assert reason in draft.paragraphs
        assert "六十日内向耒阳市人民政府申请行政复议" in draft.remedy
        assert "六个月内" in draft.remedy
        assert "耒阳市人民法院" in draft.remedy
    assert said(file_after((LEADER, refuse))).basis[0] == "《示范条例》第五条"


def test_a_law_the_clerk_named_is_not_named_again_by_the_template() -> None:
    law = "《中华人民共和国行政许可法》第三十二条第一款第二项。"
    named = Command(action=A.REFUSE, note="不属于本镇受理范围。", facts=EventFacts(basis=law))
    basis = said(file_after((LEADER, named))).basis
    assert [each for each in basis if "行政许可法" in each] == [law.rstrip("。")]
    assert "《社会救助暂行办法》第四十八条" in basis


def test_a_decision_made_above_names_its_paper() -> None:
    reported = item(
        ItemKind.REPORTED, decision_level=DecisionLevel.SUPERIOR, type=ItemType.PERMIT, result_name="救助证"
    )
    up = Command(action=A.REPORT_UP, facts=EventFacts(reference="三报1号", sent=("id", "hukou")))
    above = Command(
        action=A.DECIDE_ABOVE, facts=EventFacts(outcome=Outcome.GRANTED, reference="县民〔2026〕7号")
    )
    file = file_after(ACCEPT, REVIEW, (LEADER, up), (staff(Role.SUPERIOR), above), what=reported)
    draft = said(file, what=reported)
    assert draft.kind is DocumentKind.GRANT
    assert "经报上级业务部门决定（文号：县民〔2026〕7号）" in words(draft)
    assert "救助证" in words(draft)


@pytest.mark.plan(38)
def test_an_extension_and_a_special_procedure_are_told_with_reason_and_days() -> None:
    propose = Command(action=A.PROPOSE_EXTENSION, note="要入户核实。", facts=EventFacts(days=5))
    extend = Command(action=A.EXTEND, note="同意，抓紧。", facts=EventFacts(days=5))
    draft = said(file_after(ACCEPT, REVIEW, (LEADER, propose), (HEAD, extend)))
    assert draft.kind is DocumentKind.EXTENSION
    assert "延长5个工作日，延长后于2026年4月28日前办结" in words(draft)
    assert "理由：要入户核实。" in draft.paragraphs
    assert "抓紧" not in words(draft)
    special = Command(action=A.START_SPECIAL, note="依法听证。", facts=EventFacts(basis=HEARING, days=15))
    draft = said(file_after(ACCEPT, REVIEW, (LEADER, special)))
    assert draft.kind is DocumentKind.SPECIAL
    assert "依法需要进行听证。所需时间为15个工作日，不计入办理期限" in words(draft)


def test_what_the_clock_decides_is_told_in_writing_too() -> None:
    clock = system(TENANT)
    deemed = said(file_after((clock, Command(action=A.DEEM_ACCEPTED))))
    assert deemed.kind is DocumentKind.ACCEPTANCE
    assert "依法自收到材料之日起即为受理" in words(deemed)
    gap = Gap(code="id", name="身份证", status=MaterialStatus.MISSING, how_to_fix="带来")
    ask = (WINDOW, Command(action=A.REQUEST_FIX, facts=EventFacts(gaps=(gap,), days=5)))
    gone = said(file_after(ask, (clock, Command(action=A.DEEM_WITHDRAWN))))
    assert gone.kind is DocumentKind.TERMINATION
    assert "没有补齐材料，按撤回申请处理" in words(gone)


def test_what_is_decided_at_the_counter_at_once_is_not_first_accepted_in_writing() -> None:
    instant = item(ItemKind.INSTANT)
    grant = Command(action=A.DECIDE, facts=EventFacts(outcome=Outcome.GRANTED))
    file = file_after(ACCEPT, (WINDOW, grant), what=instant)
    both = file.events[1:]
    assert composing.compose(file, file.events[1], desk(instant), together=both) is None
    assert said(file, what=instant, together=both).kind is DocumentKind.GRANT
    assert composing.compose(file, file.events[0], desk(instant)) is None


def test_a_mandate_states_agent_matter_scope_and_period() -> None:
    mandate = Mandate(
        agent_name="李国强",
        agent_document_type=APPLICANT.document_type,
        agent_document_number=APPLICANT.document_number,
        relation=Relation.RELATIVE,
        scope="代为申请临时救助",
        valid_until=NOON.date(),
        method="手写签名",
    )
    draft = composing.mandate(file_after(mandate=mandate), desk(PERMIT))
    assert draft is not None
    shown = {line.label: line.text for line in draft.facts}
    assert shown["受托人"] == "李国强"
    assert shown["委托事项"] == "代为申请临时救助"
    assert shown["委托期限"] == "至2026年4月7日止"
    assert APPLICANT.document_number not in words(draft)
    assert not draft.has_seal
    assert composing.mandate(file_after(), desk(PERMIT)) is None


def test_every_kind_has_a_series_of_its_own() -> None:
    assert set(SERIES) == set(DocumentKind)
    assert len(set(SERIES.values())) == len(SERIES)
    number = document.number_of("三", DocumentKind.ACCEPTANCE, year=2026, serial=12)
    assert number == "三政务受〔2026〕12号"


def test_a_document_is_read_back_as_it_was_written_and_the_least_change_shows() -> None:
    issued = document.numbered(said(file_after(ACCEPT)), number="1号", code="C", link="https://x/d/C")
    plain = document.write(issued)
    assert document.read(plain) == issued
    other = document.numbered(said(file_after(ACCEPT)), number="2号", code="C", link="https://x/d/C")
    assert document.fingerprint(document.write(other)) != document.fingerprint(plain)


def listed(kind: DocumentKind, *, state: DocumentState = DocumentState.VALID) -> document.Entry:
    return document.Entry(
        id="3" * 32,
        tenant_id=TENANT,
        subject=DocumentSubject.CASE,
        subject_id="1" * 32,
        department_id=SOCIAL,
        kind=kind,
        number="1号",
        code="C" * 28,
        event_seq=2,
        edition=1,
        confidential=False,
        issued_at=NOON,
        issued_by="",
        fingerprint="0" * 64,
        standing=document.Standing(state=state),
    )


def test_a_second_decision_takes_the_place_of_the_first_and_an_acceptance_that_of_a_refusal() -> None:
    granted, denied = listed(DocumentKind.GRANT), listed(DocumentKind.DENIAL, state=DocumentState.REVOKED)
    refused, told = listed(DocumentKind.REFUSAL), listed(DocumentKind.FIX_NOTICE)
    all_of_them = [refused, told, denied, granted]
    assert rules.superseded(all_of_them, DocumentKind.DENIAL) == [granted]
    assert rules.superseded(all_of_them, DocumentKind.ACCEPTANCE) == [refused]
    assert rules.superseded(all_of_them, DocumentKind.DELIVERY) == []
    paused = listed(DocumentKind.GRANT, state=DocumentState.SUSPENDED)
    assert rules.superseded([paused], DocumentKind.DENIAL) == [paused]
    assert rules.ended_with([*all_of_them, paused]) == [refused, granted]


def test_without_a_chinese_font_the_readers_own_stands_in() -> None:
    issued = document.numbered(said(file_after(ACCEPT)), number="1号", code="C" * 28, link="https://x/d/C")
    drawn = Press(Path("/no/such/font.ttf")).draw_now(issued, listed(issued.kind))
    assert b"STSong-Light" in drawn
    assert drawn == Press(Path("/no/such/font.ttf")).draw_now(issued, listed(issued.kind))


def test_a_cell_longer_than_a_page_goes_on_over_the_next() -> None:
    long = document.Table(
        title="需要补正的材料",
        columns=("序号", "材料", "怎么补"),
        rows=(("1", "户口簿", "请补齐。" * 600),),
    )
    paper = structs.replace(said(file_after(ACCEPT)), tables=(long,))
    issued = document.numbered(paper, number="1号", code="C" * 28, link="https://x/d/C")
    drawn = Press(Path("/no/such/font.ttf")).draw_now(issued, listed(issued.kind))
    assert drawn.count(b"/Type /Page\n") >= 3
