"""Putting a filed case right on the page, as long as the township has not accepted it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aiohttp import web

from api_spec.catalogue import CataloguePack, Item
from api_spec.records import AmendBody
from api_spec.vocabulary import ItemKind, SyncState
from village_node import intake_form
from village_node.corrections import CorrectionMoved, changes
from village_node.drafts import Pairs
from village_node.intake_form import Wrong
from village_node.register import Entry
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.item_form import CONTROLS, show_form
from village_node.web.lines import Line, find_line

MOVED = Wrong("", "这件在另一个窗口更正过了。下面是您这里填的内容，再点一次就以这里为准。")
OTHER_FORM = Wrong("", "事项表格已经更新，这件不能在这里更正，请登记补充说明。")
SAME_SITUATION = "情形不能更正。选错了情形，请申请撤回后重新收件。"


def may_correct(line: Line, item: Item | None) -> bool:
    """Whether the form is offered; whether a correction still counts the township decides."""
    if line.entry is None or line.entry.h is None or not line.entry.pairs or item is None:
        return False
    return item.kind is not ItemKind.PROXY and line.standing.state in {SyncState.WAITING, SyncState.SENT}


async def show(request: web.Request) -> web.Response:
    entry, item = await _open(request)
    return await show_form(
        request, item, rid=entry.rid, version=entry.rev, pairs=entry.pairs, correcting=True
    )


async def correct(request: web.Request) -> web.Response:
    """Write what changed; nothing changed is no record."""
    here = station(request)
    entry, item = await _open(request)
    sent = await edge.pairs(request)
    pairs = [(key, value) for key, value in sent if key not in CONTROLS]
    contact = await here.journal.contact()
    found = _difference(entry, pairs, item=item, pack=here.packs.current(), today=here.clock.today(contact))
    if not isinstance(found, AmendBody):
        return await _again(request, item, entry=entry, pairs=pairs, wrong=found, status=422)
    if found == AmendBody():
        return edge.go(f"/cases/{entry.rid}")
    version = dict(sent).get("version", "")
    try:
        await here.corrections.write(
            replace(entry, rev=int(version) if version.isdecimal() else 0),
            found,
            item=item,
            pairs=pairs,
            pack_sha=here.packs.sha,
            clerk=edge.clerk(request),
            made=here.clock.stamp(contact.offset_ms),
        )
    except CorrectionMoved:
        latest = await here.register.find(entry.rid) or entry
        return await _again(request, item, entry=latest, pairs=pairs, wrong=(MOVED,), status=409)
    here.loop.wake()
    return edge.go(f"/cases/{entry.rid}")


def _difference(
    entry: Entry, pairs: Pairs, *, item: Item, pack: CataloguePack, today: date
) -> AmendBody | tuple[Wrong, ...]:
    """What was put right, or why it cannot be taken as it stands."""
    new = intake_form.read(pairs, item, pack, today=today)
    old = intake_form.read(entry.pairs, item, pack, today=today)
    if new.typed is None:
        return new.wrong
    if old.typed is None:
        return (OTHER_FORM,)
    if new.typed.situation != old.typed.situation:
        return (Wrong(intake_form.situation_input(item), SAME_SITUATION),)
    return changes(old.typed, new.typed)


async def _again(
    request: web.Request, item: Item, *, entry: Entry, pairs: Pairs, wrong: Sequence[Wrong], status: int
) -> web.Response:
    return await show_form(
        request,
        item,
        rid=entry.rid,
        version=entry.rev,
        pairs=pairs,
        wrong=wrong,
        status=status,
        correcting=True,
    )


async def _open(request: web.Request) -> tuple[Entry, Item]:
    """Raises Refusal: no such case here, or it can no longer be put right."""
    here = station(request)
    line = await find_line(here, request.match_info["rid"])
    if line is None or line.entry is None:
        raise Refusal(*NOT_FOUND)
    item = here.packs.find_item(line.entry.item_id)
    if item is None or not may_correct(line, item):
        raise Refusal(
            409, "现在不能更正", "镇里已经受理，或者这件不能更正。有变化请登记补充说明，或打电话给镇里。"
        )
    return line.entry, item


PAGES: tuple[Page, ...] = (
    Page("GET", "/cases/{rid}/correct", show),
    Page("POST", "/cases/{rid}/correct", correct),
)
