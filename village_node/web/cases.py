"""One case on the page: its progress as the township tells it, papers handed in later, the wish to withdraw."""

import asyncio
import secrets
from collections.abc import Sequence

from aiohttp import web

from api_spec.catalogue import Item, Material
from api_spec.paper import qr
from api_spec.record_parts import MaterialLine
from api_spec.vocabulary import ItemKind, MaterialStatus, Relation, SyncState, Term
from village_node.desk import photo_slots
from village_node.desk.calls import is_told
from village_node.desk.drafts import Aside
from village_node.desk.follow_ups import Visit
from village_node.desk.held import AMEND, Way
from village_node.desk.register import Entry
from village_node.desk.slips import moment
from village_node.photos.photo_links import NEEDS_A_HAND, CasePhoto
from village_node.station import Station
from village_node.web import edge, photo_form, photos
from village_node.web.asides import asides_of
from village_node.web.calls import Answer as CallAnswer
from village_node.web.calls import How, note_call, show_calls
from village_node.web.context import station
from village_node.web.correct import may_correct
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.forms import NOTHING_WRONG, Miswritten, form_id_of, note_of
from village_node.web.item_form import changed_words, differences, telling_labels, words_of
from village_node.web.lines import Line, find_line, refused
from village_node.web.money import MOVES, move_money
from village_node.web.results import Proof, Seen, hand_out

_READY = frozenset({"to_collect", "decided", "delivered", "finished", "done"})
"""States in which a result may be handed out in the village."""


async def show_case(request: web.Request, wrong: Miswritten = NOTHING_WRONG) -> web.Response:
    """Args: wrong: the form of this page that comes back to be put right."""
    line = await _line(request)
    here = station(request)
    item = here.packs.find_item(line.entry.item_id) if line.entry else None
    case = line.case
    is_open = line.open
    follow_ups = await here.follow_ups.of_case(line.rid)
    kept = await here.photos.of_case(line.rid)
    return await edge.render(
        request,
        "case.html",
        status=200 if wrong is NOTHING_WRONG else 422,
        wrong=wrong,
        chosen=await photos.shots(here.photos, wrong.typed),
        saved=request.query.get("saved", ""),
        refused_words=await _refused_words(request, line, item),
        line=line,
        fresh="new" in request.query,
        handed_out="out" in request.query,
        asides=asides_of(here, line),
        way=Way,
        steps=[
            {"label": step.label, "at": moment(step.at_ms), "note": step.note, "done": True, "now": False}
            for step in (case.steps if case else ())
        ],
        refused=await refused(here, line.rid),
        besides=await _besides(here, line, item),
        follow_ups=[(each, moment(each.made_ms)) for each in follow_ups],
        result=next((each for each in follow_ups if each.kind == Visit.RESULT), None),
        may_hand_out=case is not None and case.state in _READY,
        told=case is not None and is_told(case.state),
        hows=_choices(How),
        call_answers=_choices(CallAnswer),
        seen=_choices(Seen),
        proofs=_choices(Proof),
        open=is_open,
        **_typed(item, line.entry),
        materials=_offered(_materials(item), case.missing if case else (), kept),
        shots=photos.case_shots(kept, {each.code: each.name for each in _materials(item)}),
        by_agent=line.entry is not None and _has_agent(line.entry),
        shot_count=(await here.photos.counts([line.rid])).get(line.rid),
        may_correct=may_correct(line, item),
        again=item is not None and (line.standing.state is SyncState.HELD or not is_open),
        form_ids=[secrets.token_hex(16) for _ in range(5)],
        next_rid=secrets.token_hex(16),
        picture=await _picture(line.entry.slip.link) if line.entry else "",
        printer=bool(here.settings.printer),
        relations=[("", "请选择"), *_choices(Relation)],
        errand=item is not None and item.kind is ItemKind.PROXY,
        money=await here.cash.of_case(line.rid),
        held_fen=await here.cash.held(line.rid),
        moves=[(move.value, move.zh) for move in MOVES],
    )


async def _besides(
    here: Station, line: Line, item: Item | None
) -> list[tuple[Aside, Sequence[tuple[str, str]]]]:
    """What others had typed into the form of this case when it was filed, where it says something else."""
    if line.entry is None or item is None:
        return []
    kept = await here.drafts.asides(line.rid)
    return [(each, said) for each in kept if (said := differences(item, each.pairs, line.entry.pairs))]


def _on_page(handler: edge.Handler) -> edge.Handler:
    """A form of the page comes back on it, with its mistakes; from the list of calls, on that."""

    async def work(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Miswritten as wrong:
            if wrong.said("told", "back") == "calls":
                return await show_calls(request, wrong)
            return await show_case(request, wrong)

    return work


def _typed(item: Item | None, entry: Entry | None) -> dict[str, object]:
    """What the form said, as long as this computer has it: the papers looked at, and the rest."""
    said = words_of(item, entry.pairs) if item is not None and entry is not None else []
    papers = {material.name for material in _materials(item)}
    return {
        "papers": [each for each in said if each[0] in papers],
        "typed": [each for each in said if each[0] not in papers],
        "telling": telling_labels(item) if item is not None else (),
    }


def _choices(terms: type[Term]) -> list[tuple[str, str]]:
    return [(term.value, term.zh) for term in terms]


async def supplement(request: web.Request) -> web.Response:
    """Papers handed in later, as a record of their own."""
    here, line = station(request), await _line(request)
    typed = await photo_form.pairs(request)
    if refused := photos.troubles(typed):
        raise Miswritten("supplement", typed, refused)
    item = here.packs.find_item(line.entry.item_id) if line.entry else None
    names = {material.code: material.name for material in _materials(item)}
    taken = {
        code: photo_slots.photos(typed, photo_slots.MATERIAL + code, label=name)
        for code, name in names.items()
    }
    ticked = {value for key, value in typed if key == "material"}
    codes = [code for code in names if code in ticked or taken[code]]
    signed = photo_slots.photos(typed, photo_slots.MANDATE, label=photo_slots.MANDATE_LABEL)
    note = note_of(dict(typed).get("note", "")) or ("补交委托书照片。" if signed and not codes else "")
    if not codes and not note:
        raise Miswritten("supplement", typed, {"note": "请勾选补交的材料，或写明补充的内容。"})
    words = "、".join([*(names[code] for code in codes), *([note] if note else [])])
    await here.follow_ups.supplement(
        line.rid,
        tuple(
            MaterialLine(code=code, status=MaterialStatus.PRESENT, copies=1, photos=taken[code])
            for code in codes
        ),
        rid=form_id_of(dict(typed)),
        note=note,
        words=f"补交：{words}",
        clerk=edge.clerk(request),
        made=here.clock.stamp((await here.journal.contact()).offset_ms),
        mandate_photos=signed,
    )
    here.loop.wake()
    return edge.go(f"/cases/{line.rid}")


async def withdraw(request: web.Request) -> web.Response:
    """The applicant's wish to withdraw goes up; the township decides."""
    here, line = station(request), await _line(request)
    typed = await edge.pairs(request)
    by = next((each for each in Relation if each.value == dict(typed).get("by")), None)
    if by is None:
        raise Miswritten("withdraw", typed, {"by": "请选是谁申请撤回。"})
    await here.follow_ups.withdraw(
        line.rid,
        rid=form_id_of(dict(typed)),
        by=by,
        reason=note_of(dict(typed).get("reason", "")),
        clerk=edge.clerk(request),
        made=here.clock.stamp((await here.journal.contact()).offset_ms),
    )
    here.loop.wake()
    return edge.go(f"/cases/{line.rid}")


async def _refused_words(request: web.Request, line: Line, item: Item | None) -> str:
    """As a note, what a correction said that the township refused; only where the clerk asked for that."""
    if "explain" not in request.query or item is None:
        return ""
    if line.case is None or line.entry is None or not any(row.what == AMEND for row in line.held):
        return ""
    base = await station(request).corrections.base(line.entry, applied=line.case.rev)
    return changed_words(item, base.pairs, line.entry.pairs) if base else ""


def _has_agent(entry: Entry) -> bool:
    """Somebody acts for the applicant, so there is a 委托书."""
    return any(key == "relation" and value != Relation.SELF.value for key, value in entry.pairs)


def _materials(item: Item | None) -> list[Material]:
    """Everything that may be handed in for an item, in any 情形, each once."""
    if item is None:
        return []
    every = [*item.materials, *(material for each in item.situations for material in each.materials)]
    return list({material.code: material for material in every}.values())


def _offered(materials: list[Material], missing: Sequence[str], kept: Sequence[CasePhoto]) -> list[Material]:
    """What may be handed in now: what is asked for, and what has to be photographed again."""
    again = {photo.part for photo in kept if photo.state in NEEDS_A_HAND}
    asked = _asked_for(materials, missing)
    return [each for each in materials if each in asked or photo_slots.MATERIAL + each.code in again]


def _asked_for(materials: list[Material], missing: Sequence[str]) -> list[Material]:
    """The papers a 一次性告知 asks for, each line of which begins with a paper's name; all where there is none."""
    longest_first = sorted(materials, key=lambda material: -len(material.name))
    asked = {
        next((each.code for each in longest_first if words.startswith(each.name)), "") for words in missing
    }
    return [material for material in materials if material.code in asked] or materials


async def _line(request: web.Request) -> Line:
    line = await find_line(station(request), request.match_info["rid"])
    if line is None:
        raise Refusal(*NOT_FOUND)
    return line


async def _picture(link: str) -> str:
    return await asyncio.to_thread(lambda: qr.svg(qr.matrix(link, qr.Level.SCREEN), label="扫码查看办理进度"))


PAGES: tuple[Page, ...] = (
    Page("GET", "/cases/{rid}", show_case),
    Page("POST", "/cases/{rid}/supplement", _on_page(supplement)),
    Page("POST", "/cases/{rid}/result", _on_page(hand_out)),
    Page("POST", "/cases/{rid}/told", _on_page(note_call)),
    Page("POST", "/cases/{rid}/money", _on_page(move_money)),
    Page("POST", "/cases/{rid}/withdraw", _on_page(withdraw)),
)
