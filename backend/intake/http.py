"""What staff do about village nodes, over JSON: codes, list, revocation, held records. `http_sync` serves the nodes."""

from typing import Final

import msgspec
from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages import intake as m
from api_spec.paper import qr
from api_spec.records import SCHEMA
from api_spec.route import Route
from api_spec.routes import intake as routes
from api_spec.sync import Machine
from backend.edge import Handler, actor, body, no_content, now, path_id, path_text, query, reply
from backend.faults import Fault
from backend.intake import http_bundles, http_sync
from backend.intake.health import Health, by_trouble
from backend.intake.service import NodeCard
from backend.intake.values import Held
from backend.keys import INTAKE

_NUMBER_DIGITS: Final = 7
_UNSEEN: Final = Machine()


async def make_code(request: web.Request) -> web.Response:
    new = await request.app[INTAKE].make_code(
        path_id(request, "village_id"), actor=actor(request), at=now(request)
    )
    answer = m.EnrolmentCode(
        code=new.code,
        qr=qr.svg(qr.matrix(new.code), label="服务点登记码"),
        village_id=new.village_id,
        village_name=new.village_name,
        expires_at=new.expires_at,
    )
    return reply(answer, status=201)


async def list_nodes(request: web.Request) -> web.Response:
    cards = await request.app[INTAKE].nodes.cards(actor(request).tenant_id)
    return reply(m.NodeList(items=[_node(*one) for one in by_trouble(cards, now(request))]))


async def revoke_node(request: web.Request) -> web.Response:
    form = await body(request, m.RevokeNode)
    text = path_text(request, "number", max_length=_NUMBER_DIGITS)
    if not (text.isascii() and text.isdigit()):
        raise Fault(ErrorCode.NOT_FOUND)
    await request.app[INTAKE].nodes.revoke(
        int(text), reason=form.reason, actor=actor(request), at=now(request)
    )
    return no_content()


async def list_held(request: web.Request) -> web.Response:
    asked = query(request, m.HeldQuery)
    page = await request.app[INTAKE].held.page(
        actor(request), settled=asked.settled, before=asked.cursor, limit=asked.limit
    )
    return reply(m.HeldList(items=[_held(held) for held in page.held], next=page.next or None))


async def reveal_held(request: web.Request) -> web.Response:
    form = await body(request, m.RevealHeld)
    held, record = await request.app[INTAKE].held.reveal(
        path_id(request, "held_id"), reason=form.reason, actor=actor(request), at=now(request)
    )
    plain = msgspec.to_builtins(record) if record is not None else None
    return reply(m.HeldDetail(held=_held(held), record=plain))


async def accept_held(request: web.Request) -> web.Response:
    filed = await request.app[INTAKE].held.accept(
        path_id(request, "held_id"), actor=actor(request), at=now(request)
    )
    answer = m.AcceptedHeld(id=filed.id, number=filed.number, tracking_code=filed.tracking_code)
    return reply(answer, status=201)


async def dismiss_held(request: web.Request) -> web.Response:
    form = await body(request, m.DismissHeld)
    await request.app[INTAKE].held.dismiss(
        path_id(request, "held_id"), reason=form.reason, actor=actor(request), at=now(request)
    )
    return no_content()


async def list_orphans(request: web.Request) -> web.Response:
    found = await request.app[INTAKE].orphans(actor(request), at=now(request))
    return reply(
        m.OrphanList(
            items=[
                m.OrphanView(
                    tracking_code=each.tracking_code,
                    node=each.node,
                    first_asked_at=each.first_asked_at,
                    last_asked_at=each.last_asked_at,
                    times=each.times,
                )
                for each in found
            ]
        )
    )


def _node(card: NodeCard, health: Health) -> m.NodeView:
    machine = card.machine or _UNSEEN
    return m.NodeView(
        number=card.node.number,
        village_id=card.node.village_id,
        village_name=card.village_name,
        enrolled_at=card.node.enrolled_at,
        revoked_at=card.node.revoked_at,
        app=card.app,
        last_seen=card.last_seen,
        waiting=machine.waiting[0],
        photos_waiting=machine.waiting[1],
        oldest_s=machine.oldest_s,
        offset_ms=machine.off_ms,
        disk_free_mb=machine.disk_free_mb,
        received=card.received,
        held=card.held,
        epochs=card.epochs,
        safe=card.safe,
        record_schema=card.record_schema,
        schema_behind=card.record_schema is not None and card.record_schema < SCHEMA,
        compared_at=card.compared_at,
        differs=list(card.differs),
        label=health.word,
        worries=list(health.worries),
    )


def _held(held: Held) -> m.HeldView:
    return m.HeldView(
        id=held.id,
        node=held.node,
        village_id=held.village_id,
        seq=held.seq,
        kind=held.kind,
        reason=held.reason.value,
        reason_label=held.reason.zh,
        wrong=list(held.wrong),
        held_at=held.held_at,
        resolved_at=held.resolved_at,
        resolution=held.resolution.value if held.resolution else "",
        resolution_label=held.resolution.zh if held.resolution else "",
        note=held.note,
    )


HANDLERS: dict[Route, Handler] = {
    **http_sync.HANDLERS,
    **http_bundles.HANDLERS,
    routes.MAKE_ENROLMENT_CODE: make_code,
    routes.LIST_NODES: list_nodes,
    routes.REVOKE_NODE: revoke_node,
    routes.LIST_HELD: list_held,
    routes.REVEAL_HELD: reveal_held,
    routes.ACCEPT_HELD: accept_held,
    routes.DISMISS_HELD: dismiss_held,
    routes.LIST_ORPHANS: list_orphans,
}
