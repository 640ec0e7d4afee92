"""What every document of one case says alike: who asked for what, who issues, the papers, how to reach the office. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from api_spec.catalogue import Item
from api_spec.china_time import day_in_china
from api_spec.document_terms import DocumentKind
from api_spec.vocabulary import ApplicantKind, MaterialStatus, TimerKind
from backend.cases.case import Case, Event
from backend.cases.deadlines import Timer
from backend.cases.filing import Contents
from backend.cases.masking import masked_name
from backend.cases.papers import only_said, paper_word
from backend.cases.records import Entry
from backend.documents import wording
from backend.documents.document import Draft, Line, Table
from backend.documents.wording import chinese_day, quoted


class CaseFile(Protocol):
    """A case with all its events, as a move or a look-up gives it."""

    @property
    def entry(self) -> Entry: ...
    @property
    def case(self) -> Case: ...
    @property
    def events(self) -> tuple[Event, ...]: ...
    @property
    def timers(self) -> Mapping[TimerKind, Timer]: ...
    @property
    def contents(self) -> Contents: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who issues, and where people turn to.

    Args:
        organ: the centre's name; hall: the name at the door.
        county: the county above, "" where the division table has none.
        clerk: name of who made the move, "" for the clock.
        item: as it stood when the case was filed; None if that is gone.
        handed_over: the documents of the case that are handed over, title and number.
    """

    organ: str
    hall: str
    county: str
    department: str
    window: str
    phone: str
    complaint_phone: str
    clerk: str
    item: Item | None
    handed_over: Sequence[tuple[str, str]] = field(default=())


class Words:
    """What every document of one case says alike."""

    def __init__(self, file: CaseFile, event: Event, desk: Desk) -> None:
        self.file, self.event, self.desk = file, event, desk
        self.terms = file.case.terms
        applicant = file.contents.applicant
        self.you = "你单位" if applicant.kind is ApplicantKind.ORGANISATION else "您"
        self.said = only_said(file.events[: event.seq])
        self.received = chinese_day(day_in_china(file.entry.received_at))
        self.matter = quoted(self.terms.item_name) + (
            f"（{self.terms.situation}）" if self.terms.situation else ""
        )
        said_already = self.terms.item_name.endswith("申请") and not self.terms.situation
        asked = self.matter if said_already else f"{self.matter}申请"
        self.application = f"{self.you}于{self.received}提出的{asked}"

    @property
    def facts(self) -> tuple[Line, ...]:
        lines = (
            Line("申请人", _applicant(self.file.contents)),
            Line("办理事项", self.terms.item_name),
            Line("具体情形", self.terms.situation),
            Line("办件编号", self.file.entry.case_number),
            Line("承办部门", self.desk.department),
        )
        return tuple(line for line in lines if line.text)

    def draft(
        self,
        kind: DocumentKind,
        *,
        paragraphs: tuple[str, ...],
        title: str = "",
        facts: tuple[Line, ...] = (),
        tables: tuple[Table, ...] = (),
        closing: tuple[str, ...] = (),
        basis: tuple[str, ...] = (),
        remedy: str = "",
        signatures: tuple[str, ...] = ("收到人（签字）",),
        has_seal: bool = True,
    ) -> Draft:
        contact = (
            Line("经办人", self.desk.clerk),
            Line("咨询电话", self.desk.phone),
            Line("监督投诉电话", self.desk.complaint_phone),
            Line("办理地点", f"{self.desk.hall} {self.desk.window}".strip()),
        )
        return Draft(
            kind=kind,
            title=title or kind.zh,
            organ=self.desk.organ,
            issued_on=day_in_china(self.event.at),
            addressee=self.file.contents.applicant.name,
            surname=masked_name(self.file.contents.applicant),
            item=self.terms.item_name,
            case_number=self.file.entry.case_number,
            facts=facts or self.facts,
            paragraphs=paragraphs,
            tables=tables,
            closing=closing,
            basis=basis,
            remedy=remedy,
            contact=tuple(line for line in contact if line.text),
            signatures=signatures,
            has_seal=has_seal,
        )

    def papers(self, found: Mapping[str, MaterialStatus]) -> Table:
        """Every paper of the item, and what came of it."""
        rows = tuple(
            (str(place), paper.name, "必需" if paper.required else "非必需", self.found(found, paper.code))
            for place, paper in enumerate(self.terms.papers, 1)
        )
        return Table(title="材料清单", columns=("序号", "材料名称", "要求", "情况"), rows=rows)

    def found(self, found: Mapping[str, MaterialStatus], code: str) -> str:
        """What came of a paper; what the applicant only ticked on the phone has not been handed in."""
        status = found.get(code)
        if status is None:
            return "未交"
        return paper_word(status, said=code in self.said)

    def basis(self, *laws: str) -> tuple[str, ...]:
        """The item's own basis first; the general law is followed where the item is no permit."""
        return (*wording.basis_of(self.desk.item), *wording.general(self.desk.item, laws))

    def due(self, kind: TimerKind) -> date | None:
        timer = self.file.timers.get(kind)
        return timer.due if timer else None

    @property
    def remedy(self) -> str:
        return wording.remedy(self.desk.county)


def _applicant(contents: Contents) -> str:
    """The applicant and, where somebody acts for them, who."""
    agent = contents.mandate
    return contents.applicant.name + (f"（由{agent.agent_name}代办）" if agent else "")
