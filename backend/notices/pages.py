"""The desk of notices: how they stand, whom to ring, in which words, by which templates."""

from collections import Counter
from datetime import timedelta
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages.base import Message, OptionalLine
from api_spec.messages.hall import CalendarDay
from api_spec.messages.notices import NoticeKind, TemplatePurpose
from api_spec.route import CITIZENS, Door
from api_spec.routes.notices import DESK, READERS, SETTERS
from backend.console.frame import show, unsynced
from backend.edge import Page, actor, form, now, path_id, query, redirect, render
from backend.faults import Fault
from backend.keys import CATALOGUE, NOTICES
from backend.notices.fields import SLOTS, TYPES, fields_of
from backend.notices.rules import RULES, for_staff, sentence
from backend.notices.sending import CHANNELS
from backend.notices.service import Template
from backend.notices.telling import read_letter
from backend.notices.words import EXAMPLE, names_of, reason_words
from backend.outbox.service import Counted, ParcelState, Stored

STATES: Final = {
    "stuck": (ParcelState.BY_HAND, ParcelState.DEAD),
    "waiting": (ParcelState.WAITING,),
    "sent": (ParcelState.SENT, ParcelState.TOLD),
    "cancelled": (ParcelState.CANCELLED,),
}


class ListQuery(Message):
    show: Annotated[str, Field(pattern="^(stuck|waiting|sent|cancelled)$")] = "stuck"
    cursor: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None


class DayQuery(Message):
    day: CalendarDay | None = None


class TemplateForm(Message):
    purpose: TemplatePurpose
    template_id: Annotated[OptionalLine, Field(max_length=64)] = ""
    names: OptionalLine = ""


async def show_desk(request: web.Request) -> web.Response:
    asked, who, at = query(request, ListQuery), actor(request), now(request)
    desk = request.app[NOTICES]
    found = await desk.page(who.tenant_id, STATES[asked.show], before=asked.cursor or "")
    counts = await desk.counts(who.tenant_id, at=at)
    more = f"/staff/notices?show={asked.show}&cursor={found[-1].id}" if len(found) == 50 else ""
    return await show(
        request,
        "notices/desk.html",
        notices=[_line(each) for each in found],
        shown=asked.show,
        totals=_totals(counts),
        by_channel=_by_channel(counts),
        waiting_since=min(
            (each.oldest for each in counts if each.state is ParcelState.WAITING), default=None
        ),
        unready=desk.unready(),
        replies=await desk.replies(who.tenant_id, today=day_in_china(at)) if who.has(DESK) else None,
        may_settle=who.has(DESK),
        may_set=who.has(SETTERS),
        next_url=more,
    )


def _line(stored: Stored) -> dict[str, object]:
    kind = NoticeKind(stored.parcel.kind)
    letter = read_letter(stored.parcel.secret)
    return {
        "id": stored.id,
        "kind": kind,
        "text": for_staff(kind, letter.words) if letter.words else "",
        "state": stored.state,
        "channel": CHANNELS.get(stored.channel, ""),
        "reason": reason_words(stored.reason),
        "made_at": stored.parcel.made_at,
        "next_at": stored.due_at if stored.state is ParcelState.WAITING else None,
        "case_id": stored.parcel.about_id if stored.parcel.about_kind == "case" else "",
    }


def _totals(counts: list[Counted]) -> dict[str, int]:
    return {
        name: sum(each.total for each in counts if each.state in states) for name, states in STATES.items()
    }


def _by_channel(counts: list[Counted]) -> list[tuple[str, int]]:
    """What was handed over, by way; what a person told is a way, too."""
    summed: Counter[str] = Counter()
    for each in counts:
        if each.state is ParcelState.TOLD:
            summed["人工告知"] += each.total
        elif each.state is ParcelState.SENT:
            summed[CHANNELS.get(each.channel, "其他")] += each.total
    return summed.most_common()


async def show_calls(request: web.Request) -> web.Response:
    who, at = actor(request), now(request)
    day = query(request, DayQuery).day or day_in_china(at)
    villages = await request.app[CATALOGUE].villages(who.tenant_id)
    names = {village.id: village.name for village in villages}
    lists = await request.app[NOTICES].calls(who, day=day, at=at)
    return await show(
        request,
        "notices/calls.html",
        day=day,
        lists=sorted(
            ((names.get(village, "没有登记村"), calls) for village, calls in lists.items()),
            key=lambda each: each[0],
        ),
        reasons=reason_words,
        before=day - timedelta(days=1),
        unsynced=await unsynced(request),
    )


async def retry(request: web.Request) -> web.Response:
    await request.app[NOTICES].retry(path_id(request, "notice_id"), actor=actor(request), at=now(request))
    return redirect("/staff/notices")


async def told(request: web.Request) -> web.Response:
    await request.app[NOTICES].told(path_id(request, "notice_id"), actor=actor(request), at=now(request))
    return redirect("/staff/notices/calls")


async def cancel(request: web.Request) -> web.Response:
    await request.app[NOTICES].cancel(path_id(request, "notice_id"), actor=actor(request), at=now(request))
    return redirect("/staff/notices")


async def show_words(request: web.Request) -> web.Response:
    return await _words(request)


async def _words(request: web.Request, *, error: str = "", wrong_purpose: str = "") -> web.Response:
    who = actor(request)
    templates = await request.app[NOTICES].templates(who.tenant_id)
    return await show(
        request,
        "notices/words.html",
        status=422 if error else 200,
        kinds=[(kind, rule, sentence(kind, EXAMPLE), _fields(kind)) for kind, rule in RULES.items()],
        purposes=[(each, templates.get(each), TYPES[each]) for each in TemplatePurpose],
        may_set=who.has(SETTERS),
        error=error,
        wrong_purpose=wrong_purpose,
        unready=request.app[NOTICES].unready(),
    )


def _fields(kind: NoticeKind) -> list[str]:
    """What a WeChat message of this kind shows."""
    purpose = RULES[kind].purpose
    names = [f"{each}{number}" for number, each in enumerate(TYPES[purpose], 1)]
    return list((fields_of(kind, purpose, names, EXAMPLE) or dict.fromkeys(SLOTS[purpose], "")).values())


async def set_template(request: web.Request) -> web.Response:
    typed = await form(request, TemplateForm)
    template = Template(
        purpose=typed.purpose, template_id=typed.template_id.strip(), names=names_of(typed.names)
    )
    try:
        await request.app[NOTICES].set_template(template, actor=actor(request), at=now(request))
    except Fault as fault:
        if fault.code is not ErrorCode.FORM_INVALID:
            raise
        return await _words(request, error=fault.wrong[0].sentence, wrong_purpose=typed.purpose)
    return redirect("/staff/notices/words")


async def show_own(request: web.Request) -> web.Response:
    found = await request.app[NOTICES].own(actor(request))
    lines = [{**_line(each), "text": _to_owner(each)} for each in found if each.parcel.secret]
    return render(request, "notices/own.html", notices=lines)


def _to_owner(stored: Stored) -> str:
    return sentence(NoticeKind(stored.parcel.kind), read_letter(stored.parcel.secret).words)


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/notices", handler=show_own, door=Door.TOKEN, who=CITIZENS),
    Page(method="GET", path="/staff/notices", handler=show_desk, door=Door.TOKEN, who=READERS),
    Page(method="GET", path="/staff/notices/calls", handler=show_calls, door=Door.TOKEN, who=DESK),
    Page(method="GET", path="/staff/notices/words", handler=show_words, door=Door.TOKEN, who=READERS),
    Page(method="POST", path="/staff/notices/words", handler=set_template, door=Door.TOKEN, who=SETTERS),
    Page(method="POST", path="/staff/notices/{notice_id}/retry", handler=retry, door=Door.TOKEN, who=DESK),
    Page(method="POST", path="/staff/notices/{notice_id}/told", handler=told, door=Door.TOKEN, who=DESK),
    Page(method="POST", path="/staff/notices/{notice_id}/cancel", handler=cancel, door=Door.TOKEN, who=DESK),
)
