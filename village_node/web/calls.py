"""Residents to be told: the list to ring through, who was told when by whom, the notice board, the loudspeaker."""

from aiohttp import web

from api_spec.vocabulary import Term
from village_node.desk import calls
from village_node.desk.calls import Call
from village_node.desk.follow_ups import Visit
from village_node.station import Station
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal
from village_node.web.forms import Miswritten, form_id_of, note_of
from village_node.web.lines import find_line


class How(Term):
    """By which way somebody was told."""

    PHONE = "phone", "打电话"
    DOOR = "door", "上门"
    HERE = "here", "当面"
    OTHER = "other", "托人带话"


class Answer(Term):
    """What came of it."""

    REACHED = "reached", "本人知道了"
    FAMILY = "family", "家里人知道了"
    NOBODY = "nobody", "没有人接"
    WRONG = "wrong", "电话不对"


_REACHED = frozenset({Answer.REACHED, Answer.FAMILY})


async def show_calls(request: web.Request, wrong: Miswritten | None = None) -> web.Response:
    """Args: wrong: what was noted of one of them, to be put right."""
    found = await to_call(station(request))
    return await edge.render(
        request,
        "calls.html",
        status=422 if wrong else 200,
        wrong=wrong,
        waiting=[each for each in found if not each.reached],
        reached=[each for each in found if each.reached],
        hows=[(each.value, each.zh) for each in How],
        answers=[(each.value, each.zh) for each in Answer],
    )


async def note_call(request: web.Request) -> web.Response:
    """Who was told, how, and what came of it: kept here and passed on to the township."""
    here = station(request)
    line = await find_line(here, request.match_info["rid"])
    if line is None or line.case is None:
        raise Refusal(*NOT_FOUND)
    typed = dict(await edge.pairs(request))
    how = next((each for each in How if each.value == typed.get("how")), None)
    answer = next((each for each in Answer if each.value == typed.get("answer")), None)
    if how is None or answer is None:
        missing = {"how": "" if how else "请选怎么通知的。", "answer": "" if answer else "请选结果怎样。"}
        raise Miswritten("told", list(typed.items()), missing)
    note = note_of(typed.get("note", ""), 200)
    await here.follow_ups.visit(
        line.rid,
        Visit.TOLD if answer in _REACHED else Visit.TRIED,
        rid=form_id_of(typed),
        words="，".join(part for part in (f"{line.case.label}：{how.zh}，{answer.zh}", note) if part),
        clerk=edge.clerk(request),
        made=here.clock.stamp((await here.journal.contact()).offset_ms),
        about=line.case.state,
    )
    here.loop.wake()
    return edge.go("/calls" if typed.get("back") == "calls" else f"/cases/{line.rid}")


async def show_board(request: web.Request) -> web.Response:
    """One A4 sheet for the wall."""
    here = station(request)
    found = calls.board(await to_call(here), **_counters(here))
    return await edge.render(request, "board.html", lines=found, day=here.clock.today())


async def show_loudspeaker(request: web.Request) -> web.Response:
    here = station(request)
    sentences = calls.loudspeaker(await to_call(here), **_counters(here))
    return await edge.render(request, "loudspeaker.html", sentences=sentences)


def _counters(here: Station) -> dict[str, str]:
    """What the places are called that people are sent to."""
    answer = here.enrolment.answer
    return {"station": f"{answer.village_name}便民服务站", "centre": answer.centre_name}


async def to_call(here: Station) -> list[Call]:
    """Everybody who is to be told something, in the order to ring them."""
    cases = {rid: case for rid, case in (await here.shadow.cases()).items() if calls.is_told(case.state)}
    visits = await here.follow_ups.visits()
    typed = await here.register.typed(list(cases))
    found = [calls.call(case, typed.get(rid, []), visits.get(rid, [])) for rid, case in cases.items()]
    return calls.in_order(each for each in found if each is not None)


PAGES: tuple[Page, ...] = (
    Page("GET", "/calls", show_calls),
    Page("GET", "/calls/board", show_board),
    Page("GET", "/calls/loudspeaker", show_loudspeaker),
)
