"""Pages of ratings for everybody: a link that rates one matter, a citizen's own list, the published results."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.cases import CaseView
from api_spec.messages.proxy import ErrandView
from api_spec.review_terms import REASONS, Occasion, ReviewChannel, ReviewLevel
from api_spec.vocabulary import CaseState, ErrandState
from backend.edge import Page, actor, form_fields, now, path_id, path_text, redirect, render
from backend.edge.panels import Panel
from backend.faults import Fault, Wrong
from backend.hall.http import asked_tenant
from backend.keys import REVIEWS
from backend.register.pages_own import own
from backend.reviews import pages_staff, pages_terminal
from backend.reviews.review import Rateable, Rating
from backend.wording import SENTENCES

NOTHING_CHOSEN = Wrong("level", "required", "请先选一个满意程度。")
SHOWN_ON_THE_PAGE = frozenset({ErrorCode.FORM_INVALID, ErrorCode.REVIEW_GIVEN})


async def show_link(request: web.Request) -> web.Response:
    """The same before and after it is rated: whoever looks over somebody's shoulder does not learn when they rated."""
    found = await request.app[REVIEWS].by_link(path_text(request, "token"), at=now(request))
    return _ask(request, found)


async def rate_by_link(request: web.Request) -> web.Response:
    token, reviews = path_text(request, "token"), request.app[REVIEWS]
    found = await reviews.by_link(token, at=now(request))

    async def rate(rating: Rating) -> None:
        await reviews.rate_by_link(token, rating, at=now(request))

    return await _take(request, found, rate, channel=ReviewChannel.LINK, then="/reviews/thanks")


async def thank(request: web.Request) -> web.Response:
    """Where a rating by link leads; the same for whoever opens it, so it tells nothing of anybody."""
    return render(request, "reviews/thanks.html", sentence="")


async def list_own(request: web.Request) -> web.Response:
    reviews, at = request.app[REVIEWS], now(request)
    found = await reviews.own(actor(request))
    return render(
        request,
        "reviews/list.html",
        waiting=[one for one in found if reviews.can_rate(one, at=at)],
        given=[one for one in found if one.level],
    )


async def show_own(request: web.Request) -> web.Response:
    found = await _own(request)
    return _ask(request, found, given=found.rated_at is not None)


async def rate_own(request: web.Request) -> web.Response:
    found, reviews = await _own(request), request.app[REVIEWS]

    async def rate(rating: Rating) -> None:
        await reviews.rate_own(found.id, rating, actor=actor(request), at=now(request))

    return await _take(request, found, rate, channel=ReviewChannel.WEB, then=request.path)


async def show_results(request: web.Request) -> web.Response:
    tenant_id = asked_tenant(request, None)
    results = await request.app[REVIEWS].figures.results(tenant_id, at=now(request))
    return render(request, "reviews/results.html", results=results)


async def own_case(request: web.Request, view: CaseView) -> Panel | None:
    """On the page of the applicant's finished case: the way to rate it."""
    if view.state is not CaseState.FINISHED:
        return None
    return _faces(await request.app[REVIEWS].link_of_subject(Occasion.CASE, view.id, at=now(request)))


async def own_errand(request: web.Request, view: ErrandView) -> Panel | None:
    """As `own_case`, of a done errand."""
    if view.state is not ErrandState.DONE:
        return None
    return _faces(await request.app[REVIEWS].link_of_subject(Occasion.ERRAND, view.id, at=now(request)))


def _faces(link: str | None) -> Panel | None:
    return Panel("reviews/panel.html", {"link": link, "levels": list(ReviewLevel)}) if link else None


async def _own(request: web.Request) -> Rateable:
    wanted = path_id(request, "occasion_id")
    for one in await request.app[REVIEWS].own(actor(request)):
        if one.id == wanted:
            return one
    raise Fault(ErrorCode.NOT_FOUND)


async def _take(
    request: web.Request,
    found: Rateable,
    rate: Callable[[Rating], Awaitable[None]],
    *,
    channel: ReviewChannel,
    then: str,
) -> web.Response:
    fields = await form_fields(request)
    typed = {name: values[-1] for name, values in fields.items()}
    try:
        await rate(_rating(fields, typed, found.kind, channel))
    except Fault as fault:
        if fault.code not in SHOWN_ON_THE_PAGE:
            raise
        given = fault.code is ErrorCode.REVIEW_GIVEN
        return _ask(request, found, given=given, typed=typed, ticked=fields.get("reason", []), fault=fault)
    return redirect(then)


def _rating(
    fields: Mapping[str, list[str]], typed: Mapping[str, str], kind: Occasion, channel: ReviewChannel
) -> Rating:
    """Raises Fault(FORM_INVALID)."""
    level = next((each for each in ReviewLevel if each.value == typed.get("level")), None)
    if level is None:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[NOTHING_CHOSEN])
    ticked = set(fields.get("reason", []))
    return Rating(
        level=level,
        channel=channel,
        reasons=tuple(reason for reason in REASONS[kind] if reason.value in ticked),
        words=typed.get("words", "")[:500],
        callback=typed.get("callback", "")[:50],
    )


def _ask(
    request: web.Request,
    found: Rateable,
    *,
    given: bool = False,
    typed: Mapping[str, str] | None = None,
    ticked: list[str] | None = None,
    fault: Fault | None = None,
) -> web.Response:
    return render(
        request,
        "reviews/rate.html",
        status=STATUS[fault.code] if fault else 200,
        one=found,
        given=given,
        levels=list(ReviewLevel),
        typed=typed or {},
        ticked=ticked or [],
        errors={each.field: each.sentence for each in fault.wrong} if fault else {},
        wrong=fault.wrong if fault else (),
        sentence=SENTENCES[fault.code] if fault else "",
    )


PAGES: tuple[Page, ...] = (
    Page(method="GET", path="/r/{token}", handler=show_link),
    Page(method="POST", path="/r/{token}", handler=rate_by_link),
    Page(method="GET", path="/reviews", handler=show_results),
    Page(method="GET", path="/reviews/thanks", handler=thank),
    own("GET", "/me/reviews", list_own),
    own("GET", "/me/reviews/{occasion_id}", show_own),
    own("POST", "/me/reviews/{occasion_id}", rate_own),
    *pages_terminal.PAGES,
    *pages_staff.PAGES,
)
