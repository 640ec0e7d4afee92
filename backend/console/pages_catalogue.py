"""The catalogue for its editors: what the validator finds, confirming illustrative limits by name, publishing."""

from collections.abc import Sequence

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages.base import Message
from api_spec.route import Door
from api_spec.vocabulary import Role, WindowType
from backend.catalogue.service import Draft
from backend.catalogue.validator import Severity
from backend.console.frame import show
from backend.console.nav import EDITORS
from backend.edge import Page, actor, form_fields, now, path_id, query, redirect
from backend.faults import Fault, Wrong
from backend.keys import CATALOGUE
from backend.wording import SENTENCES

CONFIRMERS = frozenset({Role.DIRECTOR, Role.DEPARTMENT_HEAD})
PUBLISHERS = frozenset({Role.DIRECTOR})


class Choice(Message):
    window: WindowType | None = None


async def list_drafts(request: web.Request) -> web.Response:
    return await _list(request, query(request, Choice).window)


async def _list(
    request: web.Request,
    window: WindowType | None,
    *,
    wrong: Sequence[Wrong] = (),
    code: ErrorCode | None = None,
) -> web.Response:
    who = actor(request)
    drafts = await request.app[CATALOGUE].drafts(who.tenant_id)
    return await show(
        request,
        "console/catalogue.html",
        status=422 if code else 200,
        drafts=[draft for draft in drafts if window is None or draft.item.window is window],
        window=window,
        window_types=tuple(WindowType),
        errors=sum(any(f.severity is Severity.ERROR for f in draft.findings) for draft in drafts),
        waiting=sum(waits(draft) for draft in drafts),
        total=len(drafts),
        may_confirm=who.has(CONFIRMERS),
        may_publish=who.has(PUBLISHERS),
        wrong=wrong,
        sentence=SENTENCES[code] if code else "",
    )


def waits(draft: Draft) -> bool:
    """Whether the draft differs from what is published."""
    return draft.published_version != draft.item.version


async def show_draft(request: web.Request) -> web.Response:
    who = actor(request)
    draft = await request.app[CATALOGUE].draft(who.tenant_id, path_id(request, "item_id"))
    return await show(
        request,
        "console/catalogue_item.html",
        draft=draft,
        item=draft.item,
        waits=waits(draft),
        may_confirm=who.has(CONFIRMERS),
        may_publish=who.has(PUBLISHERS),
    )


async def confirm(request: web.Request) -> web.Response:
    """Vouch by name for the limits of the chosen items."""
    try:
        await request.app[CATALOGUE].confirm(
            actor(request).tenant_id, await _chosen(request), by=actor(request), at=now(request)
        )
    except Fault as fault:
        return await _refused(request, fault)
    return redirect("/staff/catalogue")


async def publish(request: web.Request) -> web.Response:
    """Put the chosen drafts in force, all or none."""
    try:
        await request.app[CATALOGUE].publish(
            actor(request).tenant_id, await _chosen(request), by=actor(request), at=now(request)
        )
    except Fault as fault:
        return await _refused(request, fault)
    return redirect("/staff/catalogue")


async def _refused(request: web.Request, fault: Fault) -> web.Response:
    if fault.code not in (ErrorCode.ITEM_NOT_PUBLISHABLE, ErrorCode.BODY_INVALID):
        raise fault
    return await _list(request, None, wrong=fault.wrong, code=fault.code)


async def _chosen(request: web.Request) -> list[str]:
    """Raises Fault(BODY_INVALID): nothing was ticked."""
    ids = (await form_fields(request)).get("item", [])
    if not ids:
        raise Fault(ErrorCode.BODY_INVALID, wrong=[Wrong("item", "missing", "请先勾选事项。")])
    return ids


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/staff/catalogue", handler=list_drafts, door=Door.TOKEN, who=EDITORS),
    Page(method="GET", path="/staff/catalogue/{item_id}", handler=show_draft, door=Door.TOKEN, who=EDITORS),
    Page(method="POST", path="/staff/catalogue/confirm", handler=confirm, door=Door.TOKEN, who=CONFIRMERS),
    Page(method="POST", path="/staff/catalogue/publish", handler=publish, door=Door.TOKEN, who=PUBLISHERS),
)
