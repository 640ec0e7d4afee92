"""Cases as lines on the page: the village's own register joined with what the township told. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api_spec.feed import CaseRow, HeldRow
from village_node.access.standing import Standing, standing
from village_node.desk.held import AMEND, CASE
from village_node.desk.register import SHORTEST_PART, Entry
from village_node.desk.slips import moment
from village_node.station import Station

_WHOLE: Final = frozenset({CASE, ""})
"""Kinds of set-aside records that are the case itself; townships of an earlier version named no kind."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case. `entry` is None for a case that only the township remembers (this PC was restored or replaced)."""

    rid: str
    item_name: str
    applicant: str
    number: str
    taken: str
    standing: Standing
    entry: Entry | None
    case: CaseRow | None
    held: tuple[HeldRow, ...] = ()

    @property
    def case_held(self) -> bool:
        """The township has taken nothing of it yet and set it aside."""
        return self.case is None and any(row.what in _WHOLE for row in self.held)

    @property
    def open(self) -> bool:
        """Still on its way, as far as this computer has been told."""
        return (self.case is None or self.case.open) and not self.case_held

    @property
    def attention(self) -> bool:
        """The clerk has to do something: about the case, or about something handed in later."""
        return self.standing.attention or bool(self.held)


async def lines(station: Station, entries: Iterable[Entry]) -> list[Line]:
    """Register entries with their standing."""
    known = await _known(station)
    return [_own(entry, known) for entry in entries]


async def needing_attention(station: Station) -> list[Line]:
    """Held and returned cases of any day, newest word of the township first."""
    known = await _known(station)
    found = []
    for rid in {**known.held, **known.cases}:
        line = await _line(station, rid, known)
        if line is not None and line.attention:
            found.append(line)
    return sorted(found, key=lambda line: line.number, reverse=True)


async def to_retake(station: Station) -> list[Line]:
    """Cases with a photo the township could not use, or that this computer lost, and none taken in its place."""
    found = [await find_line(station, rid) for rid in await station.photos.cases_needing_a_hand()]
    return [line for line in found if line is not None]


async def find_line(station: Station, rid: str) -> Line | None:
    return await _line(station, rid, await _known(station))


async def find_open(station: Station, applicant_number: str, item_id: str) -> Line | None:
    """The newest case of the same person and item that is still on its way and that nobody asked to withdraw."""
    entries = await station.register.of_applicant(applicant_number, item_id)
    for line in await lines(station, entries) if entries else []:
        later = await station.follow_ups.of_case(line.rid)
        if line.open and not any(each.kind == "withdraw" for each in later):
            return line
    return None


async def told_only(station: Station, text: str) -> list[Line]:
    """Cases the register has forgotten but the feed knows, by number, code or applicant."""
    compact = text.replace("-", "").replace(" ", "").upper()
    found = []
    for case in (await station.shadow.cases()).values():
        number = case.number.replace("-", "")
        part = len(compact) >= SHORTEST_PART and compact in number
        hit = text in case.applicant or part or compact == case.code
        if hit and await station.register.find(case.rid) is None:
            found.append(_foreign(case, _NOTHING))
    return found


async def loose_ends(station: Station) -> list[HeldRow]:
    """Records set aside that belong to no case this page could show: held is never silent."""
    known = await _known(station)
    found: list[HeldRow] = []
    for rid, rows in known.held.items():
        if await _line(station, rid, known) is None:
            found += rows
    return found


async def refused(station: Station, case_rid: str) -> dict[str, HeldRow]:
    """What the township set aside of what was handed in later, by the follow-up's `rid`, answered here or not."""
    amends, belongs = await station.follow_ups.sent_amends(case_rid), await station.follow_ups.cases()
    found: dict[str, HeldRow] = {}
    for row in await station.shadow.of_kind(HeldRow):
        if belongs.get(row.about) == case_rid:
            found[row.about] = row
        elif row.about == case_rid and row.what == AMEND and row.seq in amends:
            found[amends[row.seq]] = row
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is unsent, what is set aside by the case it belongs to, and what the township told."""

    unsent: frozenset[str]
    held: Mapping[str, tuple[HeldRow, ...]]
    cases: Mapping[str, CaseRow]

    def worst(self, rid: str) -> HeldRow | None:
        """The latest record of the case itself that was set aside; what was handed in later has a line of its own."""
        whole = [row for row in self.held.get(rid, ()) if row.what in _WHOLE]
        return max(whole, key=lambda row: row.seq, default=None)


_NOTHING: Final = _Known(frozenset(), {}, {})


async def _known(station: Station) -> _Known:
    rows: list[HeldRow] = await station.shadow.of_kind(HeldRow)
    belongs, answered = await station.follow_ups.cases(), await station.held.answered()
    held: dict[str, tuple[HeldRow, ...]] = {}
    for row in rows:
        if not row.settled and row.rid not in answered:
            about = row.about or row.rid
            case_rid = belongs.get(about, about)
            held[case_rid] = (*held.get(case_rid, ()), row)
    return _Known(frozenset(await station.register.unsent()), held, await station.shadow.cases())


async def _line(station: Station, rid: str, known: _Known) -> Line | None:
    entry = await station.register.find(rid)
    if entry is not None:
        return _own(entry, known)
    case = known.cases.get(rid)
    return _foreign(case, known) if case is not None else None


def _own(entry: Entry, known: _Known) -> Line:
    case = known.cases.get(entry.rid)
    return Line(
        rid=entry.rid,
        item_name=entry.item_name,
        applicant=entry.applicant_name,
        number=case.number if case else entry.case_number,
        taken=moment(entry.filed_ms),
        standing=standing(unsent=entry.rid in known.unsent, held=known.worst(entry.rid), case=case),
        entry=entry,
        case=case,
        held=known.held.get(entry.rid, ()),
    )


def _foreign(case: CaseRow, known: _Known) -> Line:
    return Line(
        rid=case.rid,
        item_name=case.item_name,
        applicant=case.applicant,
        number=case.number,
        taken=moment(case.received_ms),
        standing=standing(unsent=False, held=known.worst(case.rid), case=case),
        entry=None,
        case=case,
        held=known.held.get(case.rid, ()),
    )
