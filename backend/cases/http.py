"""The JSON API of cases."""

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from api_spec import tracking_code
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.messages import cases as m
from api_spec.route import Route
from api_spec.routes import cases as routes
from api_spec.vocabulary import CaseAction, Channel, DocumentType, MaterialStatus
from backend.cases import commands, http_desk
from backend.cases.service import Applicant, Cases, FiledCase, Filing, Mandate, QueueFilter
from backend.edge import Handler, actor, body, now, path_id, query, reply
from backend.faults import Fault, Wrong
from backend.keys import CASES, CATALOGUE, OWN_PHOTOS, PEOPLE
from backend.people.notices import TO_APPLY
from backend.photos.service import MANDATE
from backend.register.day_queue import place
from backend.register.sought import Sought, sought

MOST_FOUND = 100


async def file_case(request: web.Request) -> web.Response:
    return reply(receipt(await file_own(request, await body(request, m.FileCase))), status=201)


async def file_own(
    request: web.Request, sent: m.FileCase, *, channel: Channel = Channel.MINI_PROGRAM
) -> FiledCase:
    """File a citizen's application and hang their photos under it; sent again it mends what a crash left out.

    Raises:
        Fault: as `own_filing` and `Cases.file`; BODY_INVALID a photo that is not theirs.
    """
    photos = request.app[OWN_PHOTOS]
    naming = await photos.chosen(_named_photos(sent), actor=actor(request))
    filing = await own_filing(request, sent, channel=channel)
    filed = await request.app[CASES].file(filing, at=filing.received_at)
    await photos.hang(naming, rid=filing.rid, at=filing.received_at)
    return filed


async def my_cases(request: web.Request) -> web.Response:
    asked = query(request, m.MineQuery)
    page = await request.app[CASES].mine(
        actor(request), at=now(request), before=asked.cursor or "", limit=asked.limit
    )
    return reply(page)


async def show_case(request: web.Request) -> web.Response:
    view = await request.app[CASES].show(path_id(request, "case_id"), actor=actor(request), at=now(request))
    return reply(view)


async def supplement_case(request: web.Request) -> web.Response:
    sent = await body(request, m.Supplement)
    await hang_supplement(request, sent.photos, version=sent.version)
    return await _act(request, commands.supplement(with_photos(sent)), sent.version)


async def hang_supplement(request: web.Request, asked: Mapping[str, list[str]], *, version: int) -> None:
    """Put photos under a case that waits for its applicant: before the move, so that none is lost behind it.

    Raises:
        Fault: CASE_NOT_FOUND; BODY_INVALID a photo that is not theirs; nothing is done where the move will be refused.
    """
    if not asked:
        return
    cases, photos, caller, at = request.app[CASES], request.app[OWN_PHOTOS], actor(request), now(request)
    naming = await photos.chosen(asked, actor=caller)
    case_id = path_id(request, "case_id")
    view = await cases.show(case_id, actor=caller, at=at)
    if view.version == version and any(line.action is CaseAction.SUPPLEMENT for line in view.actions):
        await photos.hang(naming, rid=await cases.filed_under(case_id, actor=caller), at=at)


def with_photos(sent: m.Supplement) -> m.Supplement:
    """A paper that is shown is handed in."""
    return sent.model_copy(update={"materials": {**sent.materials, **_shown(sent.photos)}})


def _shown(photos: Mapping[str, list[str]]) -> dict[str, MaterialStatus]:
    return {code: MaterialStatus.PRESENT for code, named in photos.items() if named}


def _named_photos(sent: m.FileCase) -> dict[str, list[str]]:
    mandate = sent.on_behalf.photos if sent.on_behalf else []
    return {**sent.photos, **({MANDATE: mandate} if mandate else {})}


async def withdraw_case(request: web.Request) -> web.Response:
    sent = await body(request, m.Withdraw)
    return await _act(request, commands.plain(CaseAction.WITHDRAW, sent.note), sent.version)


async def act_on_case(request: web.Request) -> web.Response:
    sent = await body(request, m.ActOnCase)
    return await _act(request, commands.command_of(sent.command), sent.version)


async def settle_at_once(request: web.Request) -> web.Response:
    sent = await body(request, m.SettleAtOnce)
    cases, case_id = request.app[CASES], path_id(request, "case_id")
    caller, at = actor(request), now(request)
    view = await cases.settle(case_id, commands.settlement(sent), actor=caller, at=at, version=sent.version)
    return reply(view)


async def take_case(request: web.Request) -> web.Response:
    sent = await body(request, m.TakeCase)
    caller, at = actor(request), now(request)
    catalogue = request.app[CATALOGUE]
    filing = Filing(
        tenant_id=caller.tenant_id,
        item=catalogue.item_now(caller.tenant_id, sent.item_id),
        pack_sha=catalogue.shelf(caller.tenant_id).packed.sha,
        situation=sent.situation,
        applicant=_applicant(sent.applicant),
        mandate=_mandate(sent.mandate) if sent.mandate else None,
        answers=sent.answers,
        materials=sent.materials,
        channel=sent.channel,
        filed_by=caller,
        rid=sent.rid,
        paper_on=sent.paper_on,
        received_at=at,
    )
    return reply(receipt(await request.app[CASES].file(filing, at=at)), status=201)


async def staff_cases(request: web.Request) -> web.Response:
    asked = query(request, m.QueueQuery)
    cases = request.app[CASES]
    wanted = queue_filter(cases, asked, today=day_in_china(now(request)))
    if wanted.document_index:
        words = "证件号码不要写在网址里，请用查找功能。"
        raise Fault(ErrorCode.QUERY_INVALID, wrong=[Wrong("text", "document_number", words)])
    return reply(await cases.queue(actor(request), wanted))


async def search_cases(request: web.Request) -> web.Response:
    sent = await body(request, m.SearchCases)
    cases = request.app[CASES]
    wanted = queue_filter(
        cases, m.QueueQuery(text=sent.text, limit=MOST_FOUND), today=day_in_china(now(request))
    )
    return reply(await cases.queue(actor(request), wanted))


async def staff_case_counts(request: web.Request) -> web.Response:
    counts = await request.app[CASES].counts(actor(request), today=day_in_china(now(request)))
    return reply(
        m.CaseCounts(
            states=[
                m.StateCount(
                    state=one.state,
                    state_label=one.state.zh,
                    total=one.total,
                    soon=one.soon,
                    due=one.due,
                    overdue=one.overdue,
                )
                for one in counts
            ]
        )
    )


async def reveal_applicant(request: web.Request) -> web.Response:
    sent = await body(request, m.Reveal)
    full = await request.app[CASES].reveal(
        path_id(request, "case_id"), reason=sent.reason, actor=actor(request), at=now(request)
    )
    who = full.applicant
    return reply(
        m.FullApplicant(
            kind=who.kind,
            name=who.name,
            document_type=who.document_type,
            document_number=who.document_number,
            phone=who.phone,
            address=who.address,
            answers=full.answers,
        )
    )


async def own_filing(
    request: web.Request, sent: m.FileCase, *, channel: Channel = Channel.MINI_PROGRAM
) -> Filing:
    """A citizen's application, with who they are taken from their account.

    Raises:
        Fault: CONSENT_MISSING, IDENTITY_MISSING, ITEM_NOT_FOUND.
    """
    caller, at = actor(request), now(request)
    catalogue, people = request.app[CATALOGUE], request.app[PEOPLE]
    for purpose in TO_APPLY:
        await people.require_consent(caller.id, purpose, at=at)
    own = await people.applicant_of(caller.id)
    me = Applicant(
        kind=own.kind,
        name=own.name,
        document_type=own.document_type or DocumentType.ID_CARD,
        document_number=own.document_number,
        phone=sent.phone or own.phone,
        address=sent.address or own.address,
    )
    other = sent.on_behalf
    return Filing(
        tenant_id=caller.tenant_id,
        item=catalogue.item_now(caller.tenant_id, sent.item_id),
        pack_sha=catalogue.shelf(caller.tenant_id).packed.sha,
        situation=sent.situation,
        applicant=_applicant(other.applicant) if other else me,
        mandate=_as_agent(me, other) if other else None,
        answers=sent.answers,
        materials={**sent.materials, **_shown(sent.photos)},
        channel=channel,
        filed_by=caller,
        owner_citizen_id=caller.id,
        rid=sent.rid,
        received_at=at,
    )


def queue_filter(cases: Cases, asked: m.QueueQuery, *, today: date) -> QueueFilter:
    """The query as a filter; what was typed is read as a code, a number or a document, in this order."""
    found = sought(asked.text, today=today) if asked.text else Sought()
    return QueueFilter(
        today=today,
        state=asked.state,
        window=asked.window,
        item_id=asked.item_id or "",
        colour=asked.colour,
        due_before=asked.due_before,
        number=found.number,
        tracking_code=found.code,
        document_index=cases.desk.document_index(found.document) if found.document else "",
        after=place(asked.cursor) if asked.cursor else None,
        limit=asked.limit,
    )


def receipt(filed: FiledCase) -> m.CaseReceipt:
    """What the applicant keeps."""
    return m.CaseReceipt(
        case_id=filed.case_id,
        case_number=filed.case_number,
        tracking_code=tracking_code.display(filed.tracking_code),
        state=filed.state,
        state_label=filed.state.zh,
        created=filed.created,
        progress_path=f"/c/{filed.tracking_code}",
        slip_path=f"/slips/{filed.tracking_code}",
    )


async def _act(request: web.Request, command: commands.Command, version: int) -> web.Response:
    view = await request.app[CASES].act(
        path_id(request, "case_id"), command, actor=actor(request), at=now(request), version=version
    )
    return reply(view)


def _applicant(sent: m.ApplicantBody) -> Applicant:
    return Applicant(
        kind=sent.kind,
        name=sent.name,
        document_type=sent.document_type,
        document_number=sent.document_number,
        phone=sent.phone,
        address=sent.address,
    )


def _mandate(sent: m.MandateBody) -> Mandate:
    return Mandate(
        agent_name=sent.agent_name,
        agent_document_type=sent.agent_document_type,
        agent_document_number=sent.agent_document_number,
        relation=sent.relation,
        scope=sent.scope,
        valid_until=sent.valid_until,
        method=sent.method,
    )


def _as_agent(me: Applicant, sent: m.OnBehalf) -> Mandate:
    return Mandate(
        agent_name=me.name,
        agent_document_type=me.document_type,
        agent_document_number=me.document_number,
        relation=sent.relation,
        scope=sent.scope,
        valid_until=sent.valid_until,
        method=sent.method,
    )


HANDLERS: dict[Route, Handler] = {
    routes.FILE_CASE: file_case,
    routes.MY_CASES: my_cases,
    routes.SHOW_CASE: show_case,
    routes.SUPPLEMENT_CASE: supplement_case,
    routes.WITHDRAW_CASE: withdraw_case,
    routes.TAKE_CASE: take_case,
    routes.STAFF_CASES: staff_cases,
    routes.SEARCH_CASES: search_cases,
    routes.STAFF_CASE_COUNTS: staff_case_counts,
    routes.STAFF_CASE: show_case,
    routes.ACT_ON_CASE: act_on_case,
    routes.SETTLE_AT_ONCE: settle_at_once,
    routes.REVEAL_APPLICANT: reveal_applicant,
    **http_desk.HANDLERS,
}
