"""The catalogue's JSON API. Open answers are encoded once a pack and kept as bytes."""

from collections.abc import Iterator

from aiohttp import web

from api_spec.catalogue import Item
from api_spec.messages import catalogue as messages
from api_spec.route import Route
from api_spec.routes import catalogue as routes
from backend.catalogue import answers
from backend.catalogue.service import Catalogue
from backend.catalogue.values import FileFormat, Shelf
from backend.edge import (
    Handler,
    actor,
    body,
    find_actor,
    now,
    path_id,
    query,
    raw_body,
    reply,
    reply_bytes,
)
from backend.edge.answers import encode
from backend.keys import CATALOGUE

ALL_AT_ONCE = 100
"""The usual length of a list: only first pages of this length are kept encoded."""

DOWNLOAD = {
    "Content-Type": "application/octet-stream",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


async def show_township(request: web.Request) -> web.Response:
    asked = query(request, messages.TownshipQuery)
    shelf = _shelf(request, asked.tenant_id)
    return reply_bytes(shelf.once("township", lambda: encode(answers.township(shelf))))


async def list_items(request: web.Request) -> web.Response:
    asked = query(request, messages.ItemsQuery)
    shelf = _shelf(request, asked.tenant_id)
    if asked.cursor or asked.limit != ALL_AT_ONCE:
        return reply(_page(shelf, asked))
    return reply_bytes(shelf.once(asked, lambda: encode(_page(shelf, asked))))


async def search_items(request: web.Request) -> web.Response:
    asked = query(request, messages.SearchQuery)
    shelf = _shelf(request, asked.tenant_id)
    found = shelf.index.search(asked.q, limit=asked.limit)
    return reply(messages.ItemPage(items=[answers.card(item) for item in found], next=None))


async def show_item(request: web.Request) -> web.Response:
    shelf = _shelf(request, query(request, messages.TownshipQuery).tenant_id)
    item = request.app[CATALOGUE].item_now(shelf.tenant.id, path_id(request, "item_id"))
    return reply_bytes(shelf.once(item.id, lambda: encode(answers.guide(item, shelf))))


async def list_drafts(request: web.Request) -> web.Response:
    drafts = await request.app[CATALOGUE].drafts(actor(request).tenant_id)
    return reply([answers.draft_card(draft) for draft in drafts])


async def show_draft(request: web.Request) -> web.Response:
    draft = await request.app[CATALOGUE].draft(actor(request).tenant_id, path_id(request, "item_id"))
    return reply(answers.draft_view(draft))


async def list_findings(request: web.Request) -> web.Response:
    drafts = await request.app[CATALOGUE].drafts(actor(request).tenant_id)
    return reply([note for draft in drafts for note in answers.notes(draft.findings)])


async def import_items(request: web.Request) -> web.Response:
    asked = query(request, messages.ImportQuery)
    content = await raw_body(request, max_bytes=routes.IMPORT_ITEMS.max_bytes)
    by = actor(request)
    done = await request.app[CATALOGUE].import_file(
        by.tenant_id, content, name=asked.name, by=by, at=now(request)
    )
    return reply(answers.import_result(done))


async def export_items(request: web.Request) -> web.Response:
    file_format = FileFormat(query(request, messages.ExportQuery).format)
    content = await request.app[CATALOGUE].export_file(actor(request).tenant_id, file_format)
    name = f'attachment; filename="items.{file_format.value}"'
    return reply_bytes(content, headers={**DOWNLOAD, "Content-Disposition": name})


async def confirm_items(request: web.Request) -> web.Response:
    command = await body(request, messages.ConfirmBody)
    by = actor(request)
    drafts = await request.app[CATALOGUE].confirm(by.tenant_id, command.item_ids, by=by, at=now(request))
    return reply([answers.draft_card(draft) for draft in drafts])


async def publish_items(request: web.Request) -> web.Response:
    command = await body(request, messages.PublishBody)
    by = actor(request)
    catalogue = request.app[CATALOGUE]
    await catalogue.publish(by.tenant_id, command.item_ids, by=by, at=now(request))
    return _published(catalogue, by.tenant_id)


async def withdraw_item(request: web.Request) -> web.Response:
    by = actor(request)
    catalogue = request.app[CATALOGUE]
    await catalogue.withdraw(by.tenant_id, path_id(request, "item_id"), at=now(request))
    return _published(catalogue, by.tenant_id)


def _published(catalogue: Catalogue, tenant_id: str) -> web.Response:
    shelf = catalogue.shelf(tenant_id)
    return reply(messages.Published(pack=shelf.packed.sha, items=len(shelf.pack.items)))


def _shelf(request: web.Request, tenant_id: str | None) -> Shelf:
    """The township asked for, else the caller's own, else the first one set up."""
    catalogue = request.app[CATALOGUE]
    if tenant_id is None:
        visitor = find_actor(request)
        own = visitor.tenant_id if visitor else ""
        tenant_id = own or next(iter(catalogue.tenant_ids), "")
    return catalogue.shelf(tenant_id)


def _page(shelf: Shelf, asked: messages.ItemsQuery) -> messages.ItemPage:
    """Items after the cursor, by code; one more than asked tells whether there is a next page."""
    found = list(_matching(shelf, asked))
    cards = [answers.card(item) for item in found[: asked.limit]]
    return messages.ItemPage(items=cards, next=cards[-1].code if len(found) > asked.limit else None)


def _matching(shelf: Shelf, asked: messages.ItemsQuery) -> Iterator[Item]:
    for item in shelf.pack.items:
        if (
            item.code > asked.cursor
            and asked.window in (None, item.window)
            and asked.kind in (None, item.kind)
            and asked.village in (None, item.village)
        ):
            yield item


HANDLERS: dict[Route, Handler] = {
    routes.SHOW_TOWNSHIP: show_township,
    routes.LIST_ITEMS: list_items,
    routes.SEARCH_ITEMS: search_items,
    routes.SHOW_ITEM: show_item,
    routes.LIST_DRAFTS: list_drafts,
    routes.LIST_FINDINGS: list_findings,
    routes.EXPORT_ITEMS: export_items,
    routes.SHOW_DRAFT: show_draft,
    routes.IMPORT_ITEMS: import_items,
    routes.CONFIRM_ITEMS: confirm_items,
    routes.PUBLISH_ITEMS: publish_items,
    routes.WITHDRAW_ITEM: withdraw_item,
}
