"""The catalogue over HTTP. Guides are open to everybody; drafts are the editors'."""

from api_spec.errors import ErrorCode
from api_spec.messages import catalogue as messages
from api_spec.route import Door, Route
from api_spec.vocabulary import Role

TAG = "catalogue"
EDITORS = frozenset({Role.GROUP_LEADER, Role.DEPARTMENT_HEAD, Role.CENTRE_STAFF, Role.DIRECTOR})
DRAFTERS = frozenset({Role.GROUP_LEADER, Role.CENTRE_STAFF, Role.DIRECTOR})
MAX_FILE_BYTES = 8 * 1024 * 1024

SHOW_TOWNSHIP = Route(
    name="show_township",
    method="GET",
    path="/v1/township",
    summary="A township hall with its windows, departments, partners and villages",
    tag=TAG,
    door=Door.OPEN,
    query=messages.TownshipQuery,
    answer=messages.TownshipCard,
    errors=(ErrorCode.NOT_FOUND,),
)
LIST_ITEMS = Route(
    name="list_items",
    method="GET",
    path="/v1/items",
    summary="Items by window, kind and whether a village takes them",
    tag=TAG,
    door=Door.OPEN,
    query=messages.ItemsQuery,
    answer=messages.ItemPage,
    errors=(ErrorCode.NOT_FOUND,),
)
SEARCH_ITEMS = Route(
    name="search_items",
    method="GET",
    path="/v1/items/search",
    summary="Items by official or everyday words, pinyin or its initials, best first",
    tag=TAG,
    door=Door.OPEN,
    query=messages.SearchQuery,
    answer=messages.ItemPage,
    errors=(ErrorCode.NOT_FOUND,),
)
SHOW_ITEM = Route(
    name="show_item",
    method="GET",
    path="/v1/items/{item_id}",
    summary="The whole guide of an item with its form",
    tag=TAG,
    door=Door.OPEN,
    query=messages.TownshipQuery,
    answer=messages.ItemGuide,
    errors=(ErrorCode.ITEM_NOT_FOUND, ErrorCode.NOT_FOUND),
)
LIST_DRAFTS = Route(
    name="list_item_drafts",
    method="GET",
    path="/v1/staff/items",
    summary="The latest version of every item with what the validator says",
    tag=TAG,
    who=EDITORS,
    answer=list[messages.DraftCard],
)
SHOW_DRAFT = Route(
    name="show_item_draft",
    method="GET",
    path="/v1/staff/items/{item_id}",
    summary="The latest version of an item in full",
    tag=TAG,
    who=EDITORS,
    answer=messages.DraftView,
    errors=(ErrorCode.ITEM_NOT_FOUND,),
)
LIST_FINDINGS = Route(
    name="list_item_findings",
    method="GET",
    path="/v1/staff/items/findings",
    summary="Everything the validator finds in the latest versions",
    tag=TAG,
    who=EDITORS,
    answer=list[messages.FindingNote],
)
IMPORT_ITEMS = Route(
    name="import_items",
    method="POST",
    path="/v1/staff/items/import",
    summary="Take in items or a published list from a CSV or xlsx file, whole or not at all",
    tag=TAG,
    who=DRAFTERS,
    raw_body="application/octet-stream",
    query=messages.ImportQuery,
    answer=messages.ImportResult,
    errors=(ErrorCode.IMPORT_INVALID, ErrorCode.BODY_TOO_LARGE),
    max_bytes=MAX_FILE_BYTES,
)
EXPORT_ITEMS = Route(
    name="export_items",
    method="GET",
    path="/v1/staff/items/export",
    summary="All items as a file to edit and import again",
    tag=TAG,
    who=EDITORS,
    query=messages.ExportQuery,
    media="application/octet-stream",
)
CONFIRM_ITEMS = Route(
    name="confirm_items",
    method="POST",
    path="/v1/staff/items/confirm",
    summary="Vouch by name for the illustrative limits of items",
    tag=TAG,
    who=frozenset({Role.DEPARTMENT_HEAD, Role.DIRECTOR}),
    body=messages.ConfirmBody,
    answer=list[messages.DraftCard],
    errors=(ErrorCode.ITEM_NOT_FOUND, ErrorCode.ITEM_NOT_PUBLISHABLE),
    max_bytes=32 * 1024,
)
PUBLISH_ITEMS = Route(
    name="publish_items",
    method="POST",
    path="/v1/staff/items/publish",
    summary="Put the latest versions of items in force",
    tag=TAG,
    who=frozenset({Role.DIRECTOR}),
    body=messages.PublishBody,
    answer=messages.Published,
    errors=(ErrorCode.ITEM_NOT_FOUND, ErrorCode.ITEM_NOT_PUBLISHABLE),
    max_bytes=32 * 1024,
)
WITHDRAW_ITEM = Route(
    name="withdraw_item",
    method="POST",
    path="/v1/staff/items/{item_id}/withdraw",
    summary="Take an item off the catalogue; cases filed with it go on",
    tag=TAG,
    who=frozenset({Role.DIRECTOR}),
    answer=messages.Published,
    errors=(ErrorCode.ITEM_NOT_FOUND,),
)

ROUTES: tuple[Route, ...] = (
    SHOW_TOWNSHIP,
    LIST_ITEMS,
    SEARCH_ITEMS,
    SHOW_ITEM,
    LIST_DRAFTS,
    LIST_FINDINGS,
    EXPORT_ITEMS,
    SHOW_DRAFT,
    IMPORT_ITEMS,
    CONFIRM_ITEMS,
    PUBLISH_ITEMS,
    WITHDRAW_ITEM,
)
