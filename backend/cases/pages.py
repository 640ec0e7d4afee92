"""A citizen's own cases: what they have begun and filed, how far each is and whom to ask, supplement, withdraw."""

import re
from collections.abc import Collection, Mapping

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages import cases as m
from api_spec.vocabulary import CaseAction, MaterialStatus
from backend.cases import pages_filing
from backend.cases.case import EventFacts
from backend.cases.http import hang_supplement
from backend.cases.own_form import papers
from backend.cases.pages_filing import SHOWN_ON_THE_PAGE
from backend.cases.pages_whom import to_ask
from backend.cases.service import Command
from backend.drafts.pages_begun import begun
from backend.edge import PANELS, Page, actor, form_fields, now, panels, path_id, query, redirect, render
from backend.edge.uploads import MULTIPART
from backend.faults import Fault
from backend.keys import CASES, CATALOGUE, OWN_PHOTOS
from backend.photos.http import lines, photos_of_form
from backend.register.pages_own import Further, own
from backend.wording import SENTENCES

VERSION = re.compile(r"[0-9]{1,9}")


async def list_cases(request: web.Request) -> web.Response:
    asked = query(request, Further)
    page = await request.app[CASES].mine(actor(request), at=now(request), before=asked.cursor or "")
    drafts = [] if asked.cursor else await begun(request)
    return render(request, "cases/list.html", page=page, drafts=drafts, further=bool(asked.cursor))


async def show_case(request: web.Request) -> web.Response:
    return await _case(request)


async def supplement(request: web.Request) -> web.Response:
    """Papers said to be ready, and photos of them: a paper that is shown is handed in."""
    photos: dict[str, list[str]] = {}
    if request.content_type == MULTIPART:
        sent = await photos_of_form(request)
        fields = sent.fields
        if _version(fields) < 0:
            return await _case(request, fault=Fault(ErrorCode.BODY_INVALID))
        for code, photo_id in sent.photos:
            photos.setdefault(code, []).append(photo_id)
        if sent.wrong:
            await hang_supplement(request, photos, version=_version(fields))
            return await _case(
                request, fault=Fault(ErrorCode.BODY_INVALID, wrong=sent.wrong), given=photos.keys()
            )
    else:
        fields = {name: values[-1] for name, values in (await form_fields(request)).items()}
    found = {code: MaterialStatus(status) for code, status in papers(fields).items()}
    found |= dict.fromkeys(photos, MaterialStatus.PRESENT)
    await hang_supplement(request, photos, version=_version(fields))
    return await _move(request, fields, CaseAction.SUPPLEMENT, EventFacts(materials=found))


async def withdraw(request: web.Request) -> web.Response:
    fields = {name: sent[-1] for name, sent in (await form_fields(request)).items()}
    return await _move(request, fields, CaseAction.WITHDRAW, EventFacts())


async def _move(
    request: web.Request, fields: Mapping[str, str], action: CaseAction, facts: EventFacts
) -> web.Response:
    case_id = path_id(request, "case_id")
    command = Command(action=action, note=fields.get("note", "")[:2000], facts=facts)
    try:
        await request.app[CASES].act(
            case_id,
            command,
            actor=actor(request),
            at=now(request),
            version=_version(fields),
        )
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        return await _case(request, fault=fault, given=facts.materials)
    return redirect(f"/cases/{case_id}")


def _version(fields: Mapping[str, str]) -> int:
    """The state the form was drawn from; -1, which none has, where it says nonsense."""
    version = fields.get("version", "")
    return int(version) if VERSION.fullmatch(version) else -1


async def _case(
    request: web.Request, *, fault: Fault | None = None, given: Collection[str] = ()
) -> web.Response:
    """`given`: papers handed in on a form that was refused; they stay ticked."""
    cases, at = request.app[CASES], now(request)
    view = await cases.show(path_id(request, "case_id"), actor=actor(request), at=at)
    may = {line.action for line in view.actions}
    photos = await request.app[OWN_PHOTOS].of_case(
        actor(request).tenant_id, await cases.filed_under(view.id, actor=actor(request))
    )
    return render(
        request,
        "cases/case.html",
        status=STATUS[fault.code] if fault else 200,
        view=view,
        ahead=await _ahead(request, view),
        may_supplement=CaseAction.SUPPLEMENT in may,
        may_withdraw=CaseAction.WITHDRAW in may,
        sentence=SENTENCES[fault.code] if fault else "",
        wrong=fault.wrong if fault else (),
        photos=lines(view, photos),
        given=given,
        whom=await to_ask(request, view.window),
        panels=await panels(request, request.app[PANELS].own, view),
        complaint_phone=(await request.app[CATALOGUE].tenant(actor(request).tenant_id)).complaint_phone,
    )


async def _ahead(request: web.Request, view: m.CaseView) -> list[str]:
    """What comes on the straight way."""
    public = await request.app[CASES].progress(view.tracking_code, at=now(request))
    return [step.label for step in public.steps if not step.done] if public else []


PAGES: tuple[Page, ...] = (
    *pages_filing.PAGES,
    own("GET", "/cases", list_cases),
    own("GET", "/cases/{case_id}", show_case),
    own("POST", "/cases/{case_id}/supplement", supplement),
    own("POST", "/cases/{case_id}/withdraw", withdraw),
)
