"""Cases as lines on the page: the village's own register joined with what the township told. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass

from api_spec.feed import CaseRow, HeldRow
from village_node.register import Entry
from village_node.slips import moment
from village_node.standing import Standing, standing
from village_node.station import Station


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


async def lines(station: Station, entries: Iterable[Entry]) -> list[Line]:
    """Register entries with their standing."""
    unsent, held, cases = await _known(station)
    return [_own(entry, unsent, held=held.get(entry.rid), case=cases.get(entry.rid)) for entry in entries]


async def needing_attention(station: Station) -> list[Line]:
    """Held and returned cases of any day, newest word of the township first."""
    unsent, held, cases = await _known(station)
    found = []
    for rid in {**held, **cases}:
        aside, case = held.get(rid), cases.get(rid)
        if not standing(unsent=False, held=aside, case=case).attention:
            continue
        line = await _line(station, rid, unsent, held=aside, case=case)
        if line is not None:
            found.append(line)
    return sorted(found, key=lambda line: line.number, reverse=True)


async def find_line(station: Station, rid: str) -> Line | None:
    unsent, held, cases = await _known(station)
    return await _line(station, rid, unsent, held=held.get(rid), case=cases.get(rid))


async def told_only(station: Station, text: str) -> list[Line]:
    """Cases the register has forgotten but the feed knows, by number, code or applicant."""
    compact = text.replace("-", "").replace(" ", "").upper()
    found = []
    for case in (await station.shadow.cases()).values():
        hit = text in case.applicant or compact in {case.number.replace("-", ""), case.code}
        if hit and await station.register.find(case.rid) is None:
            found.append(_foreign(case, held=None))
    return found


async def loose_ends(station: Station) -> list[HeldRow]:
    """Records set aside that belong to no case this page could show: held is never silent."""
    _, held, _ = await _known(station)
    return [row for rid, row in held.items() if await find_line(station, rid) is None]


async def _known(station: Station) -> tuple[set[str], dict[str, HeldRow], dict[str, CaseRow]]:
    """What is unsent, what is set aside (a follow-up counts for its case), and what the township told."""
    held: list[HeldRow] = await station.shadow.of_kind(HeldRow)
    belongs = await station.follow_ups.cases()
    waiting = {belongs.get(row.rid, row.rid): row for row in held if not row.settled}
    return await station.register.unsent(), waiting, await station.shadow.cases()


async def _line(
    station: Station, rid: str, unsent: set[str], *, held: HeldRow | None, case: CaseRow | None
) -> Line | None:
    entry = await station.register.find(rid)
    if entry is not None:
        return _own(entry, unsent, held=held, case=case)
    return _foreign(case, held=held) if case is not None else None


def _own(entry: Entry, unsent: set[str], *, held: HeldRow | None, case: CaseRow | None) -> Line:
    return Line(
        rid=entry.rid,
        item_name=entry.item_name,
        applicant=entry.applicant_name,
        number=case.number if case else entry.case_number,
        taken=moment(entry.filed_ms),
        standing=standing(unsent=entry.rid in unsent, held=held, case=case),
        entry=entry,
        case=case,
    )


def _foreign(case: CaseRow, *, held: HeldRow | None) -> Line:
    return Line(
        rid=case.rid,
        item_name=case.item_name,
        applicant=case.applicant,
        number=case.number,
        taken=moment(case.received_ms),
        standing=standing(unsent=False, held=held, case=case),
        entry=None,
        case=case,
    )
