"""The JSON API of proxy errands."""

from aiohttp import web

from api_spec.china_time import day_in_china
from api_spec.messages import proxy as m
from api_spec.messages.cases import FullApplicant, MineQuery, Reveal
from api_spec.route import Route
from api_spec.routes import proxy as routes
from api_spec.vocabulary import Channel, DocumentType, ErrandAction
from backend.cases.filing import Applicant
from backend.edge import Handler, actor, body, now, path_id, query, reply
from backend.keys import CATALOGUE, PEOPLE, PROXY
from backend.people.notices import TO_APPLY
from backend.proxy import commands
from backend.proxy.machine import Command
from backend.proxy.request import ErrandRequest
from backend.proxy.service import Move


async def request_errand(request: web.Request) -> web.Response:
    asked = await own_request(request, await body(request, m.RequestErrand))
    filed = await request.app[PROXY].file(asked, at=asked.received_at)
    return reply(commands.receipt(filed), status=201)


async def my_errands(request: web.Request) -> web.Response:
    asked = query(request, MineQuery)
    page = await request.app[PROXY].mine(
        actor(request), at=now(request), before=asked.cursor or "", limit=asked.limit
    )
    return reply(page)


async def show_errand(request: web.Request) -> web.Response:
    errand_id = path_id(request, "errand_id")
    return reply(await request.app[PROXY].show(errand_id, actor=actor(request), at=now(request)))


async def sign_errand(request: web.Request) -> web.Response:
    sent = await body(request, m.SignErrand)
    return reply(await sign(request, path_id(request, "errand_id"), sent, channel=Channel.MINI_PROGRAM))


async def end_errand(request: web.Request) -> web.Response:
    sent = await body(request, m.EndErrand)
    return await _act(request, Command(action=ErrandAction.END, note=sent.note), sent.version)


async def take_errand(request: web.Request) -> web.Response:
    sent = await body(request, m.TakeErrand)
    asked = await staff_request(request, sent)
    filed = await request.app[PROXY].file(asked, at=asked.received_at)
    return reply(commands.receipt(filed), status=201)


async def staff_errands(request: web.Request) -> web.Response:
    asked = query(request, m.ErrandQuery)
    proxy = request.app[PROXY]
    wanted = commands.queue_filter(proxy.desk, asked, today=day_in_china(now(request)))
    return reply(await proxy.queue(actor(request), wanted))


async def act_on_errand(request: web.Request) -> web.Response:
    sent = await body(request, m.ActOnErrand)
    return reply(await move(request, path_id(request, "errand_id"), sent))


async def reveal_errand(request: web.Request) -> web.Response:
    sent = await body(request, Reveal)
    full = await request.app[PROXY].reveal(
        path_id(request, "errand_id"), reason=sent.reason, actor=actor(request), at=now(request)
    )
    who = full.applicant
    return reply(
        FullApplicant(
            kind=who.kind,
            name=who.name,
            document_type=who.document_type,
            document_number=who.document_number,
            phone=who.phone,
            address=who.address,
            answers=full.answers,
        )
    )


async def move_money(request: web.Request) -> web.Response:
    sent = await body(request, m.MoveMoney)
    line = await request.app[PROXY].money.enter(
        path_id(request, "errand_id"), money_move(sent), actor=actor(request), at=now(request)
    )
    return reply(line, status=201)


async def hand_over(request: web.Request) -> web.Response:
    sent = await body(request, m.HandOver)
    sheet = await request.app[PROXY].hand_over(
        sent.partner, sent.errand_ids, actor=actor(request), at=now(request)
    )
    return reply(sheet, status=201)


async def handovers(request: web.Request) -> web.Response:
    asked = query(request, m.HandoverQuery)
    page = await request.app[PROXY].handovers(
        actor(request), partner=asked.partner, before=asked.before, limit=asked.limit
    )
    return reply(page)


async def show_handover(request: web.Request) -> web.Response:
    handover_id = path_id(request, "handover_id")
    return reply(await request.app[PROXY].handover(handover_id, actor=actor(request), at=now(request)))


async def sign_handover(request: web.Request) -> web.Response:
    sent = await body(request, m.SignHandover)
    sheet = await request.app[PROXY].sign_handover(
        path_id(request, "handover_id"), sent.receipt, actor=actor(request), at=now(request)
    )
    return reply(sheet)


async def show_money_day(request: web.Request) -> web.Response:
    asked = query(request, m.MoneyDayQuery)
    day = asked.day or day_in_china(now(request))
    return reply(await request.app[PROXY].money.day(day, actor=actor(request)))


async def close_money_day(request: web.Request) -> web.Response:
    sent = await body(request, m.CloseDay)
    closed = await request.app[PROXY].money.close(
        sent.day, counted_fen=sent.counted_fen, actor=actor(request), at=now(request)
    )
    return reply(closed, status=201)


async def own_request(
    request: web.Request, sent: m.RequestErrand, *, channel: Channel = Channel.MINI_PROGRAM
) -> ErrandRequest:
    """A citizen's request; who they are comes from their account.

    Raises:
        Fault: CONSENT_MISSING, IDENTITY_MISSING, ITEM_NOT_FOUND.
    """
    caller, at = actor(request), now(request)
    catalogue, people = request.app[CATALOGUE], request.app[PEOPLE]
    for purpose in TO_APPLY:
        await people.require_consent(caller.id, purpose, at=at)
    own = await people.applicant_of(caller.id)
    item = catalogue.item_now(caller.tenant_id, sent.item_id)
    situation = next((each.name for each in item.situations if each.code == sent.situation), "")
    mandate = None
    if sent.mandate is not None:
        mandate = await request.app[PROXY].electronic_mandate(
            caller.tenant_id, item.name, situation, sent.mandate.valid_until, at=at
        )
    return ErrandRequest(
        tenant_id=caller.tenant_id,
        item=item,
        pack_sha=catalogue.shelf(caller.tenant_id).packed.sha,
        situation=sent.situation,
        applicant=Applicant(
            kind=own.kind,
            name=own.name,
            document_type=own.document_type or DocumentType.ID_CARD,
            document_number=own.document_number,
            phone=sent.phone or own.phone,
            address=sent.address or own.address,
        ),
        mandate=mandate,
        sharing=commands.sharing_of(sent.sharing) if sent.sharing else None,
        answers=sent.answers,
        channel=channel,
        filed_by=caller,
        owner_citizen_id=caller.id,
        rid=sent.rid,
        received_at=at,
    )


async def staff_request(request: web.Request, sent: m.TakeErrand) -> ErrandRequest:
    """A request taken at the window or on the phone.

    Raises:
        Fault: ITEM_NOT_FOUND.
    """
    caller, at = actor(request), now(request)
    catalogue = request.app[CATALOGUE]
    item = catalogue.item_now(caller.tenant_id, sent.item_id)
    mandate = None
    if sent.mandate is not None:
        mandate = commands.mandate_of(
            sent.mandate,
            await request.app[PROXY].desk.of(caller.tenant_id),
            item_name=item.name,
            situation=next((each.name for each in item.situations if each.code == sent.situation), ""),
            today=day_in_china(at),
        )
    return ErrandRequest(
        tenant_id=caller.tenant_id,
        item=item,
        pack_sha=catalogue.shelf(caller.tenant_id).packed.sha,
        situation=sent.situation,
        applicant=commands.applicant_of(sent.applicant),
        mandate=mandate,
        sharing=commands.sharing_of(sent.sharing) if sent.sharing else None,
        paper=sent.paper,
        answers=sent.answers,
        materials=sent.materials,
        channel=sent.channel,
        filed_by=caller,
        rid=sent.rid,
        received_at=at,
    )


async def sign(request: web.Request, errand_id: str, sent: m.SignErrand, *, channel: Channel) -> m.ErrandView:
    """Both consents of a citizen, each written down for itself."""
    caller, at, proxy = actor(request), now(request), request.app[PROXY]
    mandate = await proxy.own_mandate(errand_id, sent.mandate.valid_until, actor=caller, at=at)
    return await proxy.consent(
        errand_id,
        mandate,
        commands.sharing_of(sent.sharing),
        actor=caller,
        at=at,
        channel=channel,
        version=sent.version,
    )


async def move(request: web.Request, errand_id: str, sent: m.ActOnErrand) -> m.ErrandView:
    """One move of a member of staff, a village clerk or a partner."""
    caller, at, proxy = actor(request), now(request), request.app[PROXY]
    asked = sent.command
    if not isinstance(asked, m.RegisterMandate):
        return await proxy.act(
            errand_id, commands.command_of(asked), actor=caller, at=at, version=sent.version
        )
    view = await proxy.show(errand_id, actor=caller, at=at)
    mandate = commands.mandate_of(
        asked.mandate,
        await proxy.desk.of(caller.tenant_id),
        item_name=view.item_name,
        situation=view.situation,
        today=day_in_china(at),
    )
    return await proxy.consent(
        errand_id,
        mandate,
        commands.sharing_of(asked.sharing),
        actor=caller,
        at=at,
        paper=asked.paper,
        note=asked.note,
        version=sent.version,
    )


def money_move(sent: m.MoveMoney) -> Move:
    return Move(
        rid=sent.rid,
        move=sent.move,
        amount_fen=sent.amount_fen,
        partner_receipt=sent.partner_receipt,
        note=sent.note,
    )


async def _act(request: web.Request, command: Command, version: int) -> web.Response:
    view = await request.app[PROXY].act(
        path_id(request, "errand_id"), command, actor=actor(request), at=now(request), version=version
    )
    return reply(view)


HANDLERS: dict[Route, Handler] = {
    routes.REQUEST_ERRAND: request_errand,
    routes.MY_ERRANDS: my_errands,
    routes.SHOW_ERRAND: show_errand,
    routes.SIGN_ERRAND: sign_errand,
    routes.END_ERRAND: end_errand,
    routes.TAKE_ERRAND: take_errand,
    routes.STAFF_ERRANDS: staff_errands,
    routes.STAFF_ERRAND: show_errand,
    routes.ACT_ON_ERRAND: act_on_errand,
    routes.REVEAL_ERRAND: reveal_errand,
    routes.MOVE_MONEY: move_money,
    routes.HAND_OVER: hand_over,
    routes.HANDOVERS: handovers,
    routes.SHOW_HANDOVER: show_handover,
    routes.SIGN_HANDOVER: sign_handover,
    routes.SHOW_MONEY_DAY: show_money_day,
    routes.CLOSE_MONEY_DAY: close_money_day,
}
