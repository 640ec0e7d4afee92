"""Filling in an item form: keep it as a draft, go on with it, take it over from somebody else, file it.

Nothing typed is lost: a form with mistakes comes back as it was, with every mistake at once; what a tab that has lost
its turn still sends is kept beside the draft.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aiohttp import web

from api_spec.catalogue import Item
from village_node.desk import intake_form, residents
from village_node.desk.cash import ReceiptUsed
from village_node.desk.drafts import Draft, DraftMoved, DraftTaken, Pairs
from village_node.desk.intake_form import Reading, Typed, Wrong
from village_node.desk.numbers import NoNumberLeft
from village_node.desk.register import Application, DraftLost, Entry, FiledBefore
from village_node.desk.residents import Resident
from village_node.desk.slips import clock_time
from village_node.web import edge, photo_form
from village_node.web.asides import refiled
from village_node.web.context import ago, station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.intake import LIKE, form_id, load_item, refuse_untaken
from village_node.web.item_form import CONTROLS, differences, show_form, words_of
from village_node.web.lines import Line, find_open

LONGEST_SEARCH: Final = 40
USE: Final = "use-"
AGAIN: Final = "again-"
MOVED: Final = Wrong("", "这份草稿在另一个窗口改过了。下面是您这里填的内容，再点一次就以这里为准。")


async def show_draft(request: web.Request) -> web.Response:
    """The form, for the tab that has the turn or while nobody has it; to everybody else what has been typed so far."""
    draft = await _load(request)
    item = load_item(request, draft.item_id)
    tab = request.query.get("tab", "")
    if draft.busy_for(tab):
        return await _read_only(request, item, draft)
    return await _form(request, item, replace(draft, tab=tab or _new_tab()))


async def take_over(request: web.Request) -> web.Response:
    """Go on with a draft another tab or clerk has the turn of; that one can save no more."""
    here, rid, tab = station(request), form_id(request), _new_tab()
    clerk = edge.clerk(request)
    if await here.drafts.take_over(rid, tab=tab, clerk_id=clerk.id, clerk_name=clerk.name) is None:
        if await here.register.find(rid) is not None:
            return edge.go(f"/cases/{rid}")
        raise Refusal(*NOT_FOUND)
    return edge.go(f"/drafts/{rid}?tab={tab}")


async def submit(request: web.Request) -> web.Response:
    """Save, look a person up, drop or file, by the button pressed."""
    here, rid = station(request), form_id(request)
    sent = await photo_form.pairs(request)
    control = {key: value for key, value in sent if key in CONTROLS}
    do = control.get("do", "")
    filed = await here.register.find(rid)
    if filed is not None and do == "auto":
        return web.json_response({"said": f"这件已由 {filed.clerk_name} 收件，这里填的没有存。"}, status=409)
    item = load_item(request, control.get("item", ""))
    draft = _draft(request, item, rid=rid, control=control, sent=sent)
    if filed is not None:  # sent twice, or from a tab left open
        return await _filed_already(request, item, draft, filed, dropped=do == "drop")
    refuse_untaken(item)
    if do == "auto":
        return await _autosave(request, draft)
    if do == "drop":
        return await _drop(request, item, draft)
    if do == "save":
        return await _save(request, item, draft)
    if do == "find":
        return await _find(request, item, draft, control.get("who", ""))
    if do.startswith(USE):
        return await _use(request, item, draft, do.removeprefix(USE))
    return await _hand_in(request, item, draft, seen=do.removeprefix(AGAIN))


async def _hand_in(request: web.Request, item: Item, draft: Draft, *, seen: str) -> web.Response:
    """File it, or give it back with everything that is wrong.

    Args:
        seen: the open case of the same person and item that the clerk was shown and files another beside.
    """
    here = station(request)
    today = here.clock.today(await here.journal.contact())
    reading = intake_form.read(draft.pairs, item, here.packs.current(), today=today)
    if reading.typed is None:
        return await _come_back(request, item, draft, reading)
    twin = await find_open(here, reading.typed.applicant.number, item.id)
    if twin is not None and twin.rid not in {seen, draft.rid}:
        return await _come_back(request, item, draft, reading, twin=twin)
    return await _file(request, item, draft, reading.typed)


async def _file(request: web.Request, item: Item, draft: Draft, typed: Typed) -> web.Response:
    here = station(request)
    contact = await here.journal.contact()
    application = Application(
        rid=draft.rid,
        item=item,
        pack_sha=here.packs.sha,
        typed=typed,
        clerk=edge.clerk(request),
        made=here.clock.stamp(contact.offset_ms),
        today=here.clock.today(contact),
        pairs=draft.pairs,
    )
    try:
        entry = await here.register.file(application, over=draft)
    except FiledBefore as before:
        return await _show_filed(request, item, draft, before.entry)
    except DraftLost:
        current = await here.drafts.find(draft.rid)
        lost = _taken if current is not None and current.busy_for(draft.tab) else _moved
        return await lost(request, item, draft)
    except NoNumberLeft:
        raise Refusal(
            507, "今天的办件编号用完了", "请给镇政务服务中心打电话；填的内容已经存为草稿。"
        ) from None
    except ReceiptUsed as used:
        return await _form(request, item, draft, wrong=(Wrong("money_receipt", used.sentence),), status=422)
    if earlier := dict(draft.pairs).get(LIKE, ""):
        await refiled(request, earlier, entry, rid=secrets.token_hex(16))
    here.loop.wake()
    return edge.go(f"/cases/{draft.rid}?new=1")


async def _filed_already(
    request: web.Request, item: Item, draft: Draft, filed: Entry, *, dropped: bool
) -> web.Response:
    """A draft that is a case by now: what was typed otherwise here is kept beside it and shown."""
    if dropped or filed.rev > 1 or not filed.pairs or not differences(item, draft.pairs, filed.pairs):
        return edge.go(f"/cases/{filed.rid}")
    await station(request).drafts.keep_beside_case(draft)
    return await _show_filed(request, item, draft, filed)


async def _show_filed(request: web.Request, item: Item, draft: Draft, filed: Entry) -> web.Response:
    return await edge.render(
        request,
        "filed.html",
        status=409,
        item=item,
        filed=filed,
        lost=differences(item, draft.pairs, filed.pairs),
    )


async def _autosave(request: web.Request, draft: Draft) -> web.Response:
    """What the page's script sends while somebody types; the answer is its status line."""
    here = station(request)
    try:
        saved = await here.drafts.save(draft)
    except DraftTaken:
        current = await here.drafts.find(draft.rid)
        who = current.clerk_name if current else "别人"
        said = f"{who} 已经接着填这份草稿。您填的没有丢，附在草稿后面；这一页不能再保存。"
        return web.json_response({"said": said, "over": True}, status=409, headers=edge.HEADERS)
    except DraftMoved:
        said = "这份草稿在另一个窗口改过了。要以这里为准，请点“先存草稿”。"
        return web.json_response({"said": said}, status=409)
    asides = len(await here.drafts.asides(draft.rid))
    return web.json_response(
        {
            "version": saved.version,
            "said": f"{clock_time(saved.saved_ms)} 自动存好了",
            "where": f"/drafts/{saved.rid}?tab={saved.tab}",
            "asides": asides,
        }
    )


async def _drop(request: web.Request, item: Item, draft: Draft) -> web.Response:
    here = station(request)
    current = await here.drafts.find(draft.rid)
    if current is not None and current.busy_for(draft.tab):
        return await _taken(request, item, draft)
    await here.drafts.drop(draft.rid)
    return edge.go("/")


async def _save(request: web.Request, item: Item, draft: Draft) -> web.Response:
    """Keep it and put it down: whoever opens it next goes on."""
    try:
        saved = await station(request).drafts.save(draft, put_down=True)
    except DraftTaken:
        return await _taken(request, item, draft)
    except DraftMoved:
        return await _moved(request, item, draft)
    return edge.go(f"/drafts/{saved.rid}?saved=1")


async def _find(request: web.Request, item: Item, draft: Draft, words: str) -> web.Response:
    """Residents met before, to choose from. Sent with the form, so that no name stands in an address."""
    words = words.strip()[:LONGEST_SEARCH]
    try:
        saved = await station(request).drafts.save(draft)
    except DraftTaken:
        return await _taken(request, item, draft)
    except DraftMoved:
        return await _moved(request, item, draft)
    people = await station(request).residents.find(words) if len(words) > 1 else []
    return await _form(request, item, saved, who=words, people=people)


async def _use(request: web.Request, item: Item, draft: Draft, chosen: str) -> web.Response:
    """Put the chosen person into the form."""
    here = station(request)
    resident = await here.residents.of_case(chosen)
    if resident is not None:
        draft = replace(draft, pairs=residents.filled_in(draft.pairs, resident))
    try:
        saved = await here.drafts.save(draft)
    except DraftTaken:
        return await _taken(request, item, draft)
    except DraftMoved:
        return await _moved(request, item, draft)
    return edge.go(f"/drafts/{saved.rid}?tab={saved.tab}#kind")


async def _come_back(
    request: web.Request, item: Item, draft: Draft, reading: Reading, *, twin: Line | None = None
) -> web.Response:
    """The form with its mistakes, or with the question about `twin`. It is saved on the way: the power may go
    while they are put right."""
    try:
        saved = await station(request).drafts.save(draft)
    except DraftTaken:
        return await _taken(request, item, draft)
    except DraftMoved:
        return await _moved(request, item, draft, wrong=reading.wrong)
    status = 409 if twin else 422
    return await _form(request, item, saved, wrong=reading.wrong, status=status, twin=twin)


async def _moved(
    request: web.Request, item: Item, draft: Draft, *, wrong: Sequence[Wrong] = ()
) -> web.Response:
    current = await station(request).drafts.find(draft.rid)
    now = replace(draft, version=current.version if current else 0)
    return await _form(request, item, now, wrong=(MOVED, *wrong), status=409)


async def _form(
    request: web.Request,
    item: Item,
    draft: Draft,
    *,
    wrong: Sequence[Wrong] = (),
    status: int = 200,
    who: str = "",
    people: Sequence[Resident] = (),
    twin: Line | None = None,
) -> web.Response:
    asides = await station(request).drafts.asides(draft.rid)
    return await show_form(
        request,
        item,
        rid=draft.rid,
        version=draft.version,
        pairs=draft.pairs,
        wrong=wrong,
        status=status,
        tab=draft.tab,
        who=who,
        people=people,
        twin=twin,
        asides=[(each, differences(item, each.pairs, draft.pairs)) for each in asides],
    )


async def _taken(request: web.Request, item: Item, draft: Draft) -> web.Response:
    """The turn is somebody else's: what stands now, and what this tab had typed."""
    current = await station(request).drafts.find(draft.rid)
    if current is None:
        raise Refusal(*NOT_FOUND)
    return await _read_only(request, item, current, own=draft.pairs, status=409)


async def _read_only(
    request: web.Request, item: Item, draft: Draft, *, own: Pairs | None = None, status: int = 200
) -> web.Response:
    here = station(request)
    return await edge.render(
        request,
        "draft.html",
        status=status,
        item=item,
        draft=draft,
        mine=draft.clerk_id == edge.clerk(request).id,
        ago=ago(here.clock.now_ms() - draft.saved_ms),
        typed=words_of(item, draft.pairs),
        lost=None if own is None else differences(item, own, draft.pairs),
    )


async def _load(request: web.Request) -> Draft:
    draft = await station(request).drafts.find(form_id(request))
    if draft is None:
        raise Refusal(*NOT_FOUND)
    return draft


def _draft(request: web.Request, item: Item, *, rid: str, control: dict[str, str], sent: Pairs) -> Draft:
    clerk, version = edge.clerk(request), control.get("version", "")
    return Draft(
        rid=rid,
        item_id=item.id,
        clerk_id=clerk.id,
        version=int(version) if version.isdecimal() else 0,
        saved_ms=station(request).clock.now_ms(),
        pairs=[(key, value) for key, value in sent if key not in CONTROLS],
        clerk_name=clerk.name,
        tab=control.get("tab", "")[:32] or _new_tab(),
    )


def _new_tab() -> str:
    return secrets.token_hex(8)


PAGES: tuple[Page, ...] = (
    Page("GET", "/drafts/{rid}", show_draft),
    Page("POST", "/drafts/{rid}", submit),
    Page("POST", "/drafts/{rid}/take", take_over),
)
