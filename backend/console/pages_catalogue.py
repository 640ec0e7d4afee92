"""The catalogue for its editors: what the validator finds, confirming illustrative limits by name, publishing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.base import Line, Message
from api_spec.route import Door
from api_spec.vocabulary import Role, WindowType
from backend.audit.chain import AuditAction
from backend.catalogue import editing
from backend.catalogue.pages import draw_guide
from backend.catalogue.service import Draft
from backend.catalogue.validator import Severity
from backend.console.frame import show
from backend.console.nav import EDITORS
from backend.console.refusals import version_in
from backend.console.tried_forms import refusal
from backend.edge import Page, actor, form, form_fields, now, path_id, query, redirect
from backend.faults import Fault, Wrong
from backend.keys import AUDIT, CATALOGUE, PEOPLE
from backend.wording import SENTENCES

CONFIRMERS = frozenset({Role.DIRECTOR, Role.DEPARTMENT_HEAD})
PUBLISHERS = frozenset({Role.DIRECTOR})


MORE = 3
"""Empty lines shown when somebody asks for more of them."""
PARTS = (
    (
        "situations",
        "情形",
        "要么不分情形，要么至少两种。新加的情形先保存一次，才能给它配材料；名称清空再保存，这种情形就删掉。",
    ),
    ("materials", "材料", "把一行都清空再保存，这份材料就删掉。"),
    ("basis", "办理依据", "写到具体条款，并注明核实到什么程度。"),
    ("fields", "申请表上的问题", "群众网上申请和窗口收件时填的就是这些。"),
)
"""The tables below an item, in the order of the form."""


class Choice(Message):
    window: WindowType | None = None


class Why(Message):
    """Why an item is put in force or taken off."""

    why: Line


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
    return await _draft(request)


async def _draft(request: web.Request, *, refused: Fault | None = None) -> web.Response:
    who, catalogue = actor(request), request.app[CATALOGUE]
    draft = await catalogue.draft(who.tenant_id, path_id(request, "item_id"))
    versions = await catalogue.versions(who.tenant_id, draft.item.id)
    in_force = await catalogue.in_force(who.tenant_id, draft.item.id)
    said = await request.app[AUDIT].about(who.tenant_id, "item", draft.item.id)
    people = sorted({*(each.drafted_by for each in versions), *(entry.actor_id for entry in said)} - {""})
    return await show(
        request,
        "console/catalogue_item.html",
        draft=draft,
        item=draft.item,
        waits=waits(draft),
        in_force=in_force,
        changed=editing.differences(in_force, draft.item) if in_force and waits(draft) else (),
        versions=versions,
        entries=said[::-1],
        names=await request.app[PEOPLE].staff_names(who.tenant_id, people),
        may_confirm=who.has(CONFIRMERS),
        may_publish=who.has(PUBLISHERS),
        errors_left=any(found.severity is Severity.ERROR for found in draft.findings),
        **refusal(refused),
    )


async def show_preview(request: web.Request) -> web.Response:
    """The draft exactly as people will see it."""
    who, catalogue = actor(request), request.app[CATALOGUE]
    draft = await catalogue.draft(who.tenant_id, path_id(request, "item_id"))
    tenant = await catalogue.tenant(who.tenant_id)
    return await draw_guide(request, draft.item, tenant, preview=f"/staff/catalogue/{draft.item.id}/preview")


async def show_editor(request: web.Request) -> web.Response:
    draft = await request.app[CATALOGUE].draft(actor(request).tenant_id, path_id(request, "item_id"))
    said = editing.findings_by_cell(draft.findings, draft.item)
    return await _editor(request, draft, editing.cells_of(draft.item), said)


async def _editor(
    request: web.Request,
    draft: Draft,
    cells: Mapping[str, str],
    said: Mapping[str, tuple[str, ...]],
    *,
    more: str = "",
    code: ErrorCode | None = None,
) -> web.Response:
    return await show(
        request,
        "console/catalogue_edit.html",
        status=STATUS[code] if code else 200,
        sentence=SENTENCES[code] if code else "",
        draft=draft,
        item=draft.item,
        groups=list(editing.groups(cells, said)),
        parts=[
            (part, title, note, editing.part_lines(part, cells, said, more=MORE if part == more else 1))
            for part, title, note in PARTS
        ],
        loose=said.get("", ()),
    )


async def edit(request: web.Request) -> web.Response:
    """Keep what was typed as a new version, or show the form again with every fault beside its cell."""
    cells = {name: values[-1] for name, values in (await form_fields(request)).items()}
    catalogue, who, item_id = request.app[CATALOGUE], actor(request), path_id(request, "item_id")
    if cells.get("more"):
        return await _editor(
            request, await catalogue.draft(who.tenant_id, item_id), cells, {}, more=cells["more"]
        )
    try:
        draft, reading = await catalogue.edit(
            who.tenant_id, item_id, cells, version=version_in(cells), by=who, at=now(request)
        )
    except Fault as fault:
        if fault.code is not ErrorCode.BUSY:
            raise
        return await _editor(
            request, await catalogue.draft(who.tenant_id, item_id), cells, {}, code=ErrorCode.CASE_MOVED
        )
    if reading.wrong:
        said = editing.wrong_by_cell(reading.wrong)
        return await _editor(request, draft, cells, said, code=ErrorCode.FORM_INVALID)
    return redirect(f"/staff/catalogue/{item_id}")


async def publish_one(request: web.Request) -> web.Response:
    """Put one draft in force, with why."""
    try:
        why = await form(request, Why)
        await request.app[CATALOGUE].publish(
            actor(request).tenant_id,
            [path_id(request, "item_id")],
            by=actor(request),
            at=now(request),
            note=_accounted(request, AuditAction.PUBLISH_ITEM, why.why),
        )
    except Fault as fault:
        return await _draft_again(request, fault)
    return redirect(f"/staff/catalogue/{path_id(request, 'item_id')}")


async def withdraw(request: web.Request) -> web.Response:
    """Take an item off the catalogue, with why; cases filed with it go on."""
    try:
        why = await form(request, Why)
        await request.app[CATALOGUE].withdraw(
            actor(request).tenant_id,
            path_id(request, "item_id"),
            at=now(request),
            note=_accounted(request, AuditAction.WITHDRAW_ITEM, why.why),
        )
    except Fault as fault:
        return await _draft_again(request, fault)
    return redirect(f"/staff/catalogue/{path_id(request, 'item_id')}")


async def _draft_again(request: web.Request, fault: Fault) -> web.Response:
    if fault.code not in (ErrorCode.ITEM_NOT_PUBLISHABLE, ErrorCode.BODY_INVALID):
        raise fault
    return await _draft(request, refused=fault)


def _accounted(request: web.Request, action: AuditAction, why: str) -> Callable[[str], Awaitable[None]]:
    """Writes down, in the transaction of the change, who did it to which item and why."""

    async def note(item_id: str) -> None:
        await request.app[AUDIT].record(
            action, actor=actor(request), at=now(request), subject_kind="item", subject_id=item_id, reason=why
        )

    return note


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
            actor(request).tenant_id,
            await _chosen(request),
            by=actor(request),
            at=now(request),
            note=_accounted(request, AuditAction.PUBLISH_ITEM, ""),
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
    Page(
        method="GET",
        path="/staff/catalogue/{item_id}/preview",
        handler=show_preview,
        door=Door.TOKEN,
        who=EDITORS,
    ),
    Page(
        method="GET",
        path="/staff/catalogue/{item_id}/edit",
        handler=show_editor,
        door=Door.TOKEN,
        who=EDITORS,
    ),
    Page(method="POST", path="/staff/catalogue/{item_id}/edit", handler=edit, door=Door.TOKEN, who=EDITORS),
    Page(
        method="POST",
        path="/staff/catalogue/{item_id}/publish",
        handler=publish_one,
        door=Door.TOKEN,
        who=PUBLISHERS,
    ),
    Page(
        method="POST",
        path="/staff/catalogue/{item_id}/withdraw",
        handler=withdraw,
        door=Door.TOKEN,
        who=PUBLISHERS,
    ),
    Page(method="POST", path="/staff/catalogue/confirm", handler=confirm, door=Door.TOKEN, who=CONFIRMERS),
    Page(method="POST", path="/staff/catalogue/publish", handler=publish, door=Door.TOKEN, who=PUBLISHERS),
)
