"""Cards in the console: the list, one card with its history, the rules and how they are set."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from api_spec.china_time import day_text, typed_day
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import HexId, Message, Paragraph, Version
from api_spec.route import Door
from api_spec.routes.supervision import READERS
from api_spec.supervision_terms import CardAction, CardLevel, CardState, RuleCode
from backend.console.frame import show
from backend.edge import Page, actor, form, may_open, now, path_id, path_text, query, redirect
from backend.faults import Fault, Wrong
from backend.keys import CATALOGUE, PEOPLE, SUPERVISION
from backend.supervision.card import SUPERVISOR, Card
from backend.supervision.rulebook import ALWAYS_ON, MOST_THRESHOLD, RULES, STAGES, who_answers
from backend.supervision.store_cards import CardFilter
from backend.supervision.task import SETTERS
from backend.wording import SENTENCES

PAGE: Final = 25
SAID: Final = frozenset(
    {
        ErrorCode.REASON_REQUIRED,
        ErrorCode.SUPERVISION_MOVED,
        ErrorCode.SUPERVISION_STATE,
        ErrorCode.FORM_INVALID,
    }
)
"""Refusals after which the page is shown again with a sentence."""
FACTS: Final = {
    "timer": "期限",
    "due": "到期日",
    "days": "告知天数",
    "materials": "材料",
    "times": "次数",
    "lacks": "缺少",
    "ground": "事由",
    "received_seq": "同一人受理的步骤",
    "reason": "发牌原因",
    "points": "问题",
    "period": "时段",
    "last_seen": "最近联系",
    "held_on": "搁置日期",
    "stage": "升级到",
    "wait": "等候",
}
FEN: Final = {"amount_fen": "收费金额", "allowed_fen": "公布标准"}


class CardsQuery(Message):
    """What to show of the cards; everything open when nothing is said."""

    level: CardLevel | None = None
    rule: RuleCode | None = None
    state: CardState | None = None
    department: HexId | None = None
    cursor: HexId | None = None

    def changed(self, **changes: str | None) -> str:
        """The address with some filters changed, from the first page."""
        kept = {"level": self.level, "rule": self.rule, "state": self.state, "department": self.department}
        pairs = {name: value for name, value in {**kept, **changes}.items() if value}
        return "/staff/supervision" + (f"?{urlencode(pairs)}" if pairs else "")


class CardForm(Message):
    """One move of a card, and the version the person was looking at."""

    action: CardAction
    version: Version
    note: Paragraph = ""


class RuleForm(Message):
    """How one rule is set; a box that is not ticked is not sent."""

    is_on: str = ""
    threshold: int | None = None


def said(card_facts: dict[str, str]) -> list[tuple[str, str]]:
    """The facts of a finding in the office's words."""
    lines = [(FACTS[name], _spoken(value)) for name, value in card_facts.items() if name in FACTS and value]
    lines += [(FEN[name], f"{int(value) / 100:.2f} 元") for name, value in card_facts.items() if name in FEN]
    return lines


def _spoken(value: str) -> str:
    """A day as people write it; anything else as it is."""
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value


async def departments(request: web.Request) -> dict[str, str]:
    """The township's departments by id."""
    cards = await request.app[CATALOGUE].departments(actor(request).tenant_id)
    return {card.id: card.name for card in cards}


async def show_cards(request: web.Request) -> web.Response:
    who, asked = actor(request), query(request, CardsQuery)
    desk = request.app[SUPERVISION].cards
    found = await desk.page(
        who,
        CardFilter(
            level=asked.level,
            rule=asked.rule,
            state=asked.state,
            department_id=asked.department or "",
            before=asked.cursor or "",
            limit=PAGE + 1,
        ),
    )
    shown = found[:PAGE]
    return await show(
        request,
        "supervision/cards.html",
        cards=shown,
        asked=asked,
        levels=await desk.open_by_level(who),
        states=tuple(CardState),
        rules=tuple(RuleCode),
        departments=await departments(request),
        stages=STAGES,
        next_url=asked.changed(cursor=shown[-1].id) if len(found) > PAGE else "",
    )


async def show_card(request: web.Request) -> web.Response:
    return await _card(request)


async def act(request: web.Request) -> web.Response:
    card_id, sent = path_id(request, "card_id"), await form(request, CardForm)
    try:
        await request.app[SUPERVISION].cards.act(
            card_id, sent.action, note=sent.note, version=sent.version, actor=actor(request), at=now(request)
        )
    except Fault as fault:
        if fault.code not in SAID:
            raise
        return await _card(request, refused=fault, typed=sent)
    return redirect(f"/staff/supervision/cards/{card_id}")


async def _card(
    request: web.Request, *, refused: Fault | None = None, typed: CardForm | None = None
) -> web.Response:
    who = actor(request)
    file = await request.app[SUPERVISION].cards.show(path_id(request, "card_id"), actor=who)
    people = [file.card.staff_id, *(event.actor_id for event in file.events)]
    return await show(
        request,
        "supervision/card.html",
        status=STATUS[refused.code] if refused else 200,
        file=file,
        card=file.card,
        rule=RULES[file.card.rule],
        answers=who_answers(file.card.rule, file.card.department_id),
        may_follow=bool(file.card.href) and may_open(request, file.card.href),
        said=said(file.card.facts),
        names=await request.app[PEOPLE].staff_names(who.tenant_id, people),
        departments=await departments(request),
        stages=STAGES,
        sentence=SENTENCES[refused.code] if refused else "",
        typed=typed,
        task_url=_task_url(file.card),
        may_set_task=who.has(SETTERS),
    )


def _task_url(card: Card) -> str:
    """Where an improvement task of this card is set."""
    asked = {"origin": "card", "origin_id": card.id, "department": card.department_id}
    return f"/staff/improvements?{urlencode({name: value for name, value in asked.items() if value})}"


async def show_rules(request: web.Request) -> web.Response:
    return await _rules(request)


async def set_rule(request: web.Request) -> web.Response:
    code = RuleCode(path_text(request, "code")) if path_text(request, "code") in set(RuleCode) else None
    if code is None:
        raise Fault(ErrorCode.NOT_FOUND)
    sent = await form(request, RuleForm)
    try:
        await request.app[SUPERVISION].set_rule(
            code,
            is_on=sent.is_on == "yes",
            threshold=sent.threshold,
            actor=actor(request),
            at=now(request),
        )
    except Fault as fault:
        if fault.code not in SAID:
            raise
        return await _rules(request, refused=fault)
    return redirect(f"/staff/supervision/rules#{code}")


async def _rules(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who = actor(request)
    return await show(
        request,
        "supervision/rules.html",
        status=STATUS[refused.code] if refused else 200,
        rules=RULES.values(),
        book=await request.app[SUPERVISION].cards.rulebook(who.tenant_id),
        always_on=ALWAYS_ON,
        most=MOST_THRESHOLD,
        may_set=who.has(SUPERVISOR),
        wrong=refused.wrong if refused else (),
        stages=STAGES,
    )


def sent_day(field: str, text: str) -> date:
    """A day as a form sends it.

    Raises:
        Fault: FORM_INVALID.
    """
    try:
        return typed_day(text)
    except ValueError:
        wrong = Wrong(field, "not_a_date", "请选择日期。")
        raise Fault(ErrorCode.FORM_INVALID, wrong=[wrong]) from None


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/supervision", handler=show_cards, door=Door.TOKEN, who=READERS),
    Page(method="GET", path="/staff/supervision/rules", handler=show_rules, door=Door.TOKEN, who=READERS),
    Page(
        method="POST",
        path="/staff/supervision/rules/{code}",
        handler=set_rule,
        door=Door.TOKEN,
        who=SUPERVISOR,
    ),
    Page(
        method="GET",
        path="/staff/supervision/cards/{card_id}",
        handler=show_card,
        door=Door.TOKEN,
        who=READERS,
    ),
    Page(
        method="POST",
        path="/staff/supervision/cards/{card_id}/act",
        handler=act,
        door=Door.TOKEN,
        who=READERS,
    ),
)
