"""Several cases at once: each is done by itself, wholly or not at all, and the page says what became of every one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.cases import CaseCard
from api_spec.paper.qr import matrix, svg
from api_spec.route import Door
from api_spec.routes.cases import HOLDERS
from api_spec.vocabulary import DeliveryMethod
from backend.cases.case import EventFacts
from backend.cases.service import Command
from backend.console.bulk import ASKS, MAY, MOVES, Chosen, Deed, Done, chosen
from backend.console.commands import line, note, value_of
from backend.console.frame import show
from backend.console.queue import QueueAddress
from backend.edge import Page, actor, form_fields, now, read
from backend.faults import Fault
from backend.hall.handing import other_of
from backend.hall.roster import Clerk
from backend.keys import CASES, HALL, SETTINGS
from backend.wording import SENTENCES

NOTHING_TICKED = "还没有勾选办件。请回到队列，在每一行前面打勾。"
Step = Callable[[Chosen], Awaitable[None]]


async def do_many(request: web.Request) -> web.Response:
    """First what was ticked, then, for what wants more, the same once more with it filled in."""
    sent = await form_fields(request)
    fields = {name: values[-1] for name, values in sent.items()}
    deed = value_of(Deed, fields.get("do", ""))
    if deed is None:
        raise Fault(ErrorCode.BODY_INVALID)
    if not actor(request).has(MAY[deed]):
        raise Fault(ErrorCode.NOT_ALLOWED)
    ticked = chosen(sent.get("case", []))
    back = read({k: fields.get(k, "") for k in QueueAddress.model_fields}, QueueAddress).changed()
    if deed is Deed.LABELS and ticked:
        return await _labels(request, ticked, back)
    wrong = _lacking(request, deed, fields) if "sure" in fields else {}
    if not ticked or (deed in ASKS and ("sure" not in fields or wrong)):
        return await _ask(request, deed, ticked, fields, wrong, back)
    step = _step(request, deed, fields)
    cards = await _cards(request, ticked)
    done = [await _one(step, each, cards.get(each.case_id)) for each in ticked]
    return await show(request, "console/bulk_done.html", deed=deed, done=done, back=back)


def _step(request: web.Request, deed: Deed, fields: Mapping[str, str]) -> Step:
    cases, who, at = request.app[CASES], actor(request), now(request)

    async def act(each: Chosen) -> None:
        facts = EventFacts(
            method=value_of(DeliveryMethod, fields.get("method", "")) if deed is Deed.DELIVER else None,
            proof=line(fields, "proof") if deed is Deed.DELIVER else "",
        )
        command = Command(action=MOVES[deed], note=note(fields), facts=facts)
        await cases.act(each.case_id, command, actor=who, at=at, version=each.version)

    async def take(each: Chosen) -> None:
        await cases.hold(each.case_id, actor=who, at=at)

    async def give_back(each: Chosen) -> None:
        await cases.give_back(each.case_id, actor=who, at=at)

    async def hand_on(each: Chosen) -> None:
        to = next(one for one in colleagues(request) if one.staff_id == fields.get("to"))
        await cases.hand_on(
            each.case_id, staff_id=to.staff_id, name=to.name, actor=who, at=at, note=note(fields)
        )

    return {Deed.HOLD: take, Deed.GIVE_BACK: give_back, Deed.HAND_ON: hand_on}.get(deed, act)


async def _one(step: Step, each: Chosen, card: CaseCard | None) -> Done:
    """Raises nothing a clerk can do something about: it is said beside the case."""
    done = partial(
        Done,
        case_id=each.case_id,
        number=card.case_number if card else "",
        item=card.item_name if card else "",
        applicant=card.applicant if card else "",
    )
    try:
        await step(each)
    except Fault as fault:
        return done(why="".join(dict.fromkeys(w.sentence for w in fault.wrong)) or SENTENCES[fault.code])
    return done()


async def _cards(request: web.Request, ticked: Sequence[Chosen]) -> dict[str, CaseCard]:
    who, today = actor(request), day_in_china(now(request))
    return await request.app[CASES].cards([each.case_id for each in ticked], actor=who, today=today)


def colleagues(request: web.Request) -> Sequence[Clerk]:
    """The other one of each pair the clerk belongs to today (AB岗)."""
    who, today = actor(request), day_in_china(now(request))
    pairs = request.app[HALL].duties.roster(who.tenant_id).windows_of(who.id, today)
    return list(dict.fromkeys(other_of(pair, Clerk(who.id, who.name)) for pair in pairs))


def _lacking(request: web.Request, deed: Deed, fields: Mapping[str, str]) -> dict[str, str]:
    """What is still to be filled in, by field."""
    wrong = {}
    if deed is Deed.HAND_ON and fields.get("to") not in {one.staff_id for one in colleagues(request)}:
        wrong["to"] = "请选择转交给谁。"
    if deed is Deed.DELIVER:
        if value_of(DeliveryMethod, fields.get("method", "")) is None:
            wrong["method"] = "请选择怎么送达。"
        if not line(fields, "proof"):
            wrong["proof"] = "请填签收凭证。"
    return wrong


async def _ask(
    request: web.Request,
    deed: Deed,
    ticked: Sequence[Chosen],
    fields: Mapping[str, str],
    wrong: Mapping[str, str],
    back: str,
) -> web.Response:
    return await show(
        request,
        "console/bulk.html",
        status=422 if wrong or not ticked else 200,
        deed=deed,
        ticked=ticked,
        cards=await _cards(request, ticked),
        fields=fields,
        kept=tuple(QueueAddress.model_fields),
        wrong=wrong,
        sentence="" if ticked else NOTHING_TICKED,
        to=[(one.staff_id, one.name) for one in colleagues(request)] if deed is Deed.HAND_ON else [],
        methods=[(method.value, method.zh) for method in DeliveryMethod],
        back=back,
    )


async def _labels(request: web.Request, ticked: Sequence[Chosen], back: str) -> web.Response:
    """A label for each paper folder; its code opens the progress page, as the one on the slip does."""
    cards = list((await _cards(request, ticked)).values())
    base = request.app[SETTINGS].base_url
    links = [f"{base}/c/{card.tracking_code}" for card in cards]
    drawn = await asyncio.to_thread(lambda: [svg(matrix(link), label="查进度的二维码") for link in links])
    return await show(request, "console/labels.html", labels=list(zip(cards, drawn, strict=True)), back=back)


PAGES: tuple[Page, ...] = (
    Page(method="POST", path="/staff/cases/bulk", handler=do_many, door=Door.TOKEN, who=HOLDERS),
)
