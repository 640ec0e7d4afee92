"""Supervision's JSON API."""

from datetime import timedelta
from typing import Final

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import supervision as messages
from api_spec.route import Route
from api_spec.routes import supervision as routes
from backend.edge import Handler, actor, body, now, path_id, query, reply
from backend.hall.http import asked_tenant
from backend.keys import SUPERVISION
from backend.register.day_queue import cursor, place
from backend.supervision import publicity
from backend.supervision.card import Card
from backend.supervision.desk import CardFile
from backend.supervision.rulebook import RULES
from backend.supervision.store_cards import CardFilter

LINES: Final = 50


async def list_finished(request: web.Request) -> web.Response:
    asked, today = query(request, messages.PublishedQuery), day_in_china(now(request))
    found = await request.app[SUPERVISION].published(
        asked_tenant(request, None),
        since=today - timedelta(days=publicity.PUBLISHED_DAYS),
        after=place(asked.cursor) if asked.cursor else None,
        limit=LINES + 1,
    )
    shown = found[:LINES]
    lines = [
        messages.PublishedLine(
            number=publicity.masked_number(line.case_number),
            item=line.item_name,
            surname=line.surname,
            received_on=line.received_on,
            closed_on=line.closed_on,
            result=publicity.result_word(line),
        )
        for line in shown
    ]
    more = cursor(shown[-1].closed_on, shown[-1].case_id) if len(found) > LINES else None
    return reply(messages.PublishedPage(lines=lines, days=publicity.PUBLISHED_DAYS, next=more))


async def list_cards(request: web.Request) -> web.Response:
    asked = query(request, messages.CardsQuery)
    found = await request.app[SUPERVISION].cards.page(
        actor(request),
        CardFilter(
            level=asked.level,
            rule=asked.rule,
            state=asked.state,
            department_id=asked.department or "",
            before=asked.cursor or "",
            limit=LINES + 1,
        ),
    )
    more = found[LINES - 1].id if len(found) > LINES else None
    return reply(messages.CardPage(cards=[_line(card) for card in found[:LINES]], next=more))


async def show_card(request: web.Request) -> web.Response:
    file = await request.app[SUPERVISION].cards.show(path_id(request, "card_id"), actor=actor(request))
    return reply(_answer(file))


async def act_on_card(request: web.Request) -> web.Response:
    card_id, command = path_id(request, "card_id"), await body(request, messages.CardBody)
    file = await request.app[SUPERVISION].cards.act(
        card_id,
        command.action,
        note=command.note,
        version=command.version,
        actor=actor(request),
        at=now(request),
    )
    return reply(_answer(file))


def _line(card: Card) -> messages.CardLine:
    return messages.CardLine(
        id=card.id,
        rule=card.rule,
        rule_label=card.rule.zh,
        level=card.level,
        level_label=card.level.zh,
        state=card.state,
        state_label=card.state.zh,
        subject=card.subject_number,
        subject_id=card.subject_id,
        department_id=card.department_id,
        on=card.on,
        stage=card.stage,
        version=card.version,
        facts=card.facts,
    )


def _answer(file: CardFile) -> messages.CardAnswer:
    return messages.CardAnswer(
        card=_line(file.card),
        source=RULES[file.card.rule].source,
        events=[
            messages.CardStep(
                seq=event.seq,
                at=event.at,
                actor_id=event.actor_id,
                role_label=event.actor_role.zh,
                action=event.action,
                action_label=event.action.zh,
                state=event.after,
                note=event.note,
            )
            for event in file.events
        ],
        actions=list(file.actions),
    )


HANDLERS: dict[Route, Handler] = {
    routes.LIST_FINISHED: list_finished,
    routes.LIST_CARDS: list_cards,
    routes.SHOW_CARD: show_card,
    routes.ACT_ON_CARD: act_on_card,
}
