"""Ways out for records the township set aside: filed again as another item, withdrawn, told as a note, or closed."""

from aiohttp import web

from api_spec.vocabulary import Relation
from village_node.desk.held import Aside, Way, explain
from village_node.desk.register import Entry
from village_node.station import Station
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.forms import form_id_of
from village_node.web.lines import Line, find_line, loose_ends


def asides_of(here: Station, line: Line) -> list[Aside]:
    """What the township set aside of a case, newest first, each with its ways out."""
    item = here.packs.find_item(line.entry.item_id) if line.entry else None
    own = line.entry is not None and bool(line.entry.pairs)
    return [explain(row, item, own=own) for row in sorted(line.held, key=lambda row: -row.seq)]


async def close(request: web.Request) -> web.Response:
    """The clerk has looked at it and nothing more is to be done, or it was told as a note."""
    here = station(request)
    line = await find_line(here, request.match_info["rid"])
    held_rid = request.match_info["held"]
    rows = line.held if line else await loose_ends(here)
    row = next((row for row in rows if row.rid == held_rid), None)
    if row is None:
        raise Refusal(*NOT_FOUND)
    if line is not None and Way.CLOSE not in explain(row, None, own=True).ways:
        raise Refusal(409, "还不能这样办", "这件镇里还没有收下，请改好再报、换个事项重新收件，或替群众撤回。")
    await here.held.note([held_rid], Way.CLOSE.zh, clerk=edge.clerk(request), at_ms=here.clock.now_ms())
    return edge.go(f"/cases/{line.rid}" if line else "/")


async def withdraw(request: web.Request) -> web.Response:
    """A case that was never taken is withdrawn by the applicant: nothing more comes of it."""
    here = station(request)
    line = await find_line(here, request.match_info["rid"])
    if line is None or not line.case_held:
        raise Refusal(*NOT_FOUND)
    typed = dict(await edge.pairs(request))
    await give_up(request, line, rid=form_id_of(typed), reason="群众不办了", words=Way.WITHDRAW.zh)
    return edge.go(f"/cases/{line.rid}")


async def refiled(request: web.Request, earlier_rid: str, entry: Entry, *, rid: str) -> None:
    """A case was filed in the place of one the township set aside: that one is withdrawn."""
    line = await find_line(station(request), earlier_rid)
    if line is not None and line.case_held:
        words = f"已重新收件，编号 {entry.case_number}"
        await give_up(request, line, rid=rid, reason=words, words=words, other_rid=entry.rid)


async def give_up(
    request: web.Request, line: Line, *, rid: str, reason: str, words: str, other_rid: str = ""
) -> None:
    """Tell the township that a case it set aside is not wanted any more, and answer what was set aside."""
    here, clerk = station(request), edge.clerk(request)
    await here.follow_ups.withdraw(
        line.rid,
        rid=rid,
        by=Relation.SELF,
        reason=reason,
        clerk=clerk,
        made=here.clock.stamp((await here.journal.contact()).offset_ms),
    )
    await here.held.note(
        [row.rid for row in line.held],
        words,
        clerk=clerk,
        at_ms=here.clock.now_ms(),
        other_rid=other_rid,
    )
    here.loop.wake()


PAGES: tuple[Page, ...] = (
    Page("POST", "/cases/{rid}/held/{held}/close", close),
    Page("POST", "/cases/{rid}/give-up", withdraw),
)
