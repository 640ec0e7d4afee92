"""Village service points: how their computers are, one-time codes, and records set aside for a clerk."""

from typing import Any

import msgspec
from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages.base import Line, Message, OptionalLine
from api_spec.paper import qr
from api_spec.records import Record
from api_spec.route import Door
from api_spec.routes.intake import KEEPERS, SETTLERS, WATCHERS
from backend.console.frame import show
from backend.edge import Page, actor, form, now, path_id, path_text, query, redirect
from backend.faults import Fault
from backend.intake.health import by_trouble
from backend.intake.values import Held
from backend.keys import CATALOGUE, INTAKE
from backend.wording import SENTENCES

HELD_SHOWN = 50
NUMBER_DIGITS = 7
WORDS = {
    "applicant": "申请人",
    "name": "姓名",
    "phone": "电话",
    "address": "地址",
    "document_number": "证件号码",
    "answers": "填写内容",
    "item": "事项编码",
    "situation": "情形",
    "materials": "材料",
    "number": "编号",
    "code": "查询码",
    "note": "说明",
}
"""What the parts of a record are called; the rest keeps its own name."""


class Reason(Message):
    reason: Line


class Settled(Message):
    settled: bool = False
    cursor: OptionalLine = ""


async def show_villages(request: web.Request) -> web.Response:
    return await _villages(request)


async def _villages(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, at = actor(request), now(request)
    intake = request.app[INTAKE]
    cards = await intake.nodes.cards(who.tenant_id)
    working = {card.node.village_id for card in cards if card.node.revoked_at is None}
    return await show(
        request,
        "console/villages.html",
        status=200 if refused is None else 422,
        nodes=by_trouble(cards, at),
        villages=await request.app[CATALOGUE].villages(who.tenant_id),
        working=working,
        orphans=await intake.orphans(who, at=at),
        sentence=SENTENCES[refused.code] if refused else "",
        may_enrol=who.has(KEEPERS),
        full=intake.is_full,
    )


async def make_code(request: web.Request) -> web.Response:
    """A one-time code, shown this once on the answer to the form and nowhere else."""
    code = await request.app[INTAKE].make_code(
        path_id(request, "village_id"), actor=actor(request), at=now(request)
    )
    return await show(
        request,
        "console/enrolment.html",
        code=code,
        symbol=qr.svg(qr.matrix(code.code), label="服务点登记码"),
        township=request.app[CATALOGUE].shelf(actor(request).tenant_id).pack.public_base_url,
    )


async def revoke(request: web.Request) -> web.Response:
    text = path_text(request, "number", max_length=NUMBER_DIGITS)
    if not (text.isascii() and text.isdigit()):
        raise Fault(ErrorCode.NOT_FOUND)
    try:
        reason = (await form(request, Reason)).reason
    except Fault as fault:
        return await _villages(request, refused=fault)
    await request.app[INTAKE].nodes.revoke(int(text), reason=reason, actor=actor(request), at=now(request))
    return redirect("/staff/villages")


async def list_held(request: web.Request) -> web.Response:
    asked = query(request, Settled)
    page = await request.app[INTAKE].held.page(
        actor(request), settled=asked.settled, before=asked.cursor, limit=HELD_SHOWN
    )
    return await _held_page(request, page.held, settled=asked.settled, after=page.next)


async def _held_page(
    request: web.Request, held: list[Held], *, settled: bool = False, after: str = "", **more: Any
) -> web.Response:
    who = actor(request)
    villages = await request.app[CATALOGUE].villages(who.tenant_id)
    context = {"refused": None, "record": (), "opened": "", **more}
    refused = context.pop("refused")
    return await show(
        request,
        "console/held.html",
        status=200 if refused is None else 422,
        held=held,
        about=await request.app[INTAKE].held.subjects(held, actor=who, at=now(request)),
        settled=settled,
        names={village.id: village.name for village in villages},
        next_url=f"/staff/held?settled={str(settled).lower()}&cursor={after}" if after else "",
        may_settle=who.has(SETTLERS),
        sentence=SENTENCES[refused.code] if refused else "",
        wrong=refused.wrong if refused else (),
        **context,
    )


async def reveal_held(request: web.Request) -> web.Response:
    """One record in full, for a reason that is written down."""
    reason = (await form(request, Reason)).reason
    held, record = await request.app[INTAKE].held.reveal(
        path_id(request, "held_id"), reason=reason, actor=actor(request), at=now(request)
    )
    return await _held_page(request, [held], record=flat(record), opened=held.id)


async def accept_held(request: web.Request) -> web.Response:
    held = request.app[INTAKE].held
    try:
        await held.accept(path_id(request, "held_id"), actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code not in (
            ErrorCode.ACTION_NOT_ALLOWED,
            ErrorCode.FORM_INVALID,
            ErrorCode.ITEM_NOT_OFFERED,
        ):
            raise
        page = await held.page(actor(request), settled=False, limit=HELD_SHOWN)
        return await _held_page(request, page.held, after=page.next, refused=fault)
    return redirect("/staff/held?settled=true")


async def dismiss_held(request: web.Request) -> web.Response:
    reason = (await form(request, Reason)).reason
    await request.app[INTAKE].held.dismiss(
        path_id(request, "held_id"), reason=reason, actor=actor(request), at=now(request)
    )
    return redirect("/staff/held")


def flat(record: Record | None) -> list[tuple[str, str]]:
    """A record as labelled lines; empty parts are left out."""
    return list(_lines("", msgspec.to_builtins(record))) if record is not None else []


def _lines(label: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            line
            for name, part in value.items()
            for line in _lines(" · ".join(filter(None, (label, WORDS.get(name, name)))), part)
        ]
    if isinstance(value, list):
        return [(label, "、".join(str(part) for part in value))] if value else []
    return [(label, str(value))] if value not in ("", None) else []


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/villages", handler=show_villages, door=Door.TOKEN, who=WATCHERS),
    Page(
        method="POST",
        path="/staff/villages/{village_id}/code",
        handler=make_code,
        door=Door.TOKEN,
        who=KEEPERS,
    ),
    Page(method="POST", path="/staff/nodes/{number}/revoke", handler=revoke, door=Door.TOKEN, who=KEEPERS),
    Page(method="GET", path="/staff/held", handler=list_held, door=Door.TOKEN, who=WATCHERS),
    Page(
        method="POST", path="/staff/held/{held_id}/reveal", handler=reveal_held, door=Door.TOKEN, who=SETTLERS
    ),
    Page(
        method="POST", path="/staff/held/{held_id}/accept", handler=accept_held, door=Door.TOKEN, who=SETTLERS
    ),
    Page(
        method="POST",
        path="/staff/held/{held_id}/dismiss",
        handler=dismiss_held,
        door=Door.TOKEN,
        who=SETTLERS,
    ),
)
