"""Putting a filed case right on the page: until the township has accepted it, or because it set the case aside.

What the township has taken is corrected by what changed; what it could not take is written down whole once more, under
the number and code of the slip the applicant already has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web

from api_spec.catalogue import CataloguePack, Item
from api_spec.records import AmendBody
from api_spec.vocabulary import ItemKind, SyncState
from village_node.desk import intake_form
from village_node.desk.cash import ReceiptUsed
from village_node.desk.corrections import CorrectionMoved, Revision, changes
from village_node.desk.drafts import Pairs
from village_node.desk.held import AMEND, explain
from village_node.desk.intake_form import Typed, Wrong
from village_node.desk.register import Application, CaseRevised, Entry
from village_node.web import edge, photo_form
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.item_form import CONTROLS, show_form
from village_node.web.lines import Line, find_line

MOVED = Wrong("", "这件在另一个窗口更正过了。下面是您这里填的内容，再点一次就以这里为准。")
OTHER_FORM = Wrong("", "事项表格已经更新，这件不能在这里更正，请登记补充说明。")
SAME_SITUATION = "情形不能更正。选错了情形，请申请撤回后重新收件。"


@dataclass(frozen=True, slots=True)
class Case:
    """A case whose form may be opened again. `base`: what a correction is made of; None: written down whole."""

    line: Line
    entry: Entry
    item: Item
    base: Revision | None


def may_correct(line: Line, item: Item | None) -> bool:
    """Whether the form is offered; whether a correction still counts the township decides."""
    if line.entry is None or line.entry.h is None or not line.entry.pairs or item is None:
        return False
    if line.case_held:
        return True
    if any(row.what == AMEND for row in line.held):
        return line.case is not None and _untouched(line) and item.kind is not ItemKind.PROXY
    return item.kind is not ItemKind.PROXY and line.standing.state in {SyncState.WAITING, SyncState.SENT}


def _untouched(line: Line) -> bool:
    """The township has not accepted it yet."""
    return line.case is None or line.case.state == "submitted"


async def show(request: web.Request) -> web.Response:
    case = await _open(request)
    return await _form(request, case, pairs=case.entry.pairs)


async def correct(request: web.Request) -> web.Response:
    """Write what changed, or the whole case where none of it was taken; nothing changed is no record."""
    here, case = station(request), await _open(request)
    sent = await photo_form.pairs(request)
    pairs = [(key, value) for key, value in sent if key not in CONTROLS]
    version = dict(sent).get("version", "")
    opened = replace(case.entry, rev=int(version) if version.isdecimal() else 0)
    contact = await here.journal.contact()
    today = here.clock.today(contact)
    reading = intake_form.read(pairs, case.item, here.packs.current(), today=today)
    if reading.typed is None:
        return await _form(request, case, pairs=pairs, wrong=reading.wrong, status=422)
    saved = "change"
    try:
        if case.base is None:
            await _write_whole(request, case, opened, typed=reading.typed, pairs=pairs)
        else:
            found = _difference(
                case.base, reading.typed, item=case.item, pack=here.packs.current(), today=today
            )
            if isinstance(found, tuple):
                return await _form(request, case, pairs=pairs, wrong=found, status=422)
            if found == AmendBody():
                saved = "same"
            else:
                await here.corrections.write(
                    opened,
                    found,
                    base=case.base,
                    item=case.item,
                    pairs=pairs,
                    pack_sha=here.packs.sha,
                    clerk=edge.clerk(request),
                    made=here.clock.stamp(contact.offset_ms),
                )
    except ReceiptUsed as used:
        wrong = (Wrong("money_receipt", used.sentence),)
        return await _form(request, case, pairs=pairs, wrong=wrong, status=422)
    except (CorrectionMoved, CaseRevised):
        latest = await here.register.find(case.entry.rid) or case.entry
        return await _form(request, replace(case, entry=latest), pairs=pairs, wrong=(MOVED,), status=409)
    await _settle(request, case, "已改好再报")
    here.loop.wake()
    return edge.go(f"/cases/{case.entry.rid}?saved={saved}")


async def _write_whole(
    request: web.Request, case: Case, opened: Entry, *, typed: Typed, pairs: Pairs
) -> None:
    """Raises CaseRevised."""
    here = station(request)
    contact = await here.journal.contact()
    await here.register.revise(
        opened,
        Application(
            rid=opened.rid,
            item=case.item,
            pack_sha=here.packs.sha,
            typed=typed,
            clerk=edge.clerk(request),
            made=here.clock.stamp(contact.offset_ms),
            today=here.clock.today(contact),
            pairs=pairs,
        ),
    )


async def _settle(request: web.Request, case: Case, words: str) -> None:
    """What was set aside is answered by the record just written."""
    here = station(request)
    await here.held.note(
        [row.rid for row in case.line.held if row.what in {AMEND, "case", ""}],
        words,
        clerk=edge.clerk(request),
        at_ms=here.clock.now_ms(),
    )


def _difference(
    base: Revision, typed: Typed, *, item: Item, pack: CataloguePack, today: date
) -> AmendBody | tuple[Wrong, ...]:
    """What was put right, or why it cannot be taken as it stands."""
    old = intake_form.read(base.pairs, item, pack, today=today)
    if old.typed is None:
        return (OTHER_FORM,)
    if typed.situation != old.typed.situation:
        return (Wrong(intake_form.situation_input(item), SAME_SITUATION),)
    return changes(old.typed, typed)


async def _form(
    request: web.Request, case: Case, *, pairs: Pairs, wrong: Sequence[Wrong] = (), status: int = 200
) -> web.Response:
    return await show_form(
        request,
        case.item,
        rid=case.entry.rid,
        version=case.entry.rev,
        pairs=pairs,
        wrong=wrong,
        status=status,
        correcting=True,
        held=[explain(row, case.item, own=True) for row in case.line.held],
    )


async def _open(request: web.Request) -> Case:
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
    base = None
    if not line.case_held:
        aside = any(row.what == AMEND for row in line.held)
        base = await here.corrections.base(line.entry, applied=line.case.rev if aside and line.case else 0)
        if base is None:
            raise Refusal(409, "现在不能更正", "原来填的内容不在这台电脑里。有变化请登记补充说明。")
    return Case(line, line.entry, item, base)


PAGES: tuple[Page, ...] = (
    Page("GET", "/cases/{rid}/correct", show),
    Page("POST", "/cases/{rid}/correct", correct),
)
