"""The JSON API of ratings."""

from aiohttp import web

from api_spec.messages import reviews as messages
from api_spec.messages.hall import HallQuery
from api_spec.review_terms import ReviewChannel
from api_spec.route import Route
from api_spec.routes import reviews as routes
from backend.edge import Handler, actor, body, no_content, now, path_id, query, reply
from backend.hall.http import asked_tenant
from backend.keys import REVIEWS
from backend.reviews.figures import Distribution
from backend.reviews.review import Rateable, Rating


async def list_own_reviews(request: web.Request) -> web.Response:
    reviews, at = request.app[REVIEWS], now(request)
    return reply(
        [_occasion(one, may=reviews.can_rate(one, at=at)) for one in await reviews.own(actor(request))]
    )


async def give_review(request: web.Request) -> web.Response:
    sent = await body(request, messages.RateBody)
    rating = Rating(
        level=sent.level,
        channel=ReviewChannel.MINI_PROGRAM,
        reasons=tuple(dict.fromkeys(sent.reasons)),
        words=sent.words,
        callback=sent.callback,
    )
    await request.app[REVIEWS].rate_own(
        path_id(request, "occasion_id"), rating, actor=actor(request), at=now(request)
    )
    return no_content()


async def list_review_results(request: web.Request) -> web.Response:
    tenant_id = asked_tenant(request, query(request, HallQuery).tenant_id)
    results = await request.app[REVIEWS].figures.results(tenant_id, at=now(request))
    return reply([_results(each) for each in results])


def _occasion(one: Rateable, *, may: bool) -> messages.OwnOccasion:
    return messages.OwnOccasion(
        id=one.id,
        kind=one.kind,
        title=one.title,
        opened_at=one.opened_at,
        can_rate=may,
        level=one.level,
        level_label=one.level.zh if one.level else "",
        reasons=[messages.Choice(value=reason.value, label=reason.zh) for reason in one.reasons],
    )


def _results(each: Distribution) -> messages.WindowResults:
    levels = [
        messages.LevelCount(level=level, label=level.zh, number=number)
        for level, number in each.counts.items()
        if each.is_shown
    ]
    return messages.WindowResults(
        window=each.window_type,
        label=each.window_type.zh,
        rated=each.rated,
        unrated=each.unrated,
        ticketless=each.ticketless,
        levels=levels,
    )


HANDLERS: dict[Route, Handler] = {
    routes.LIST_OWN_REVIEWS: list_own_reviews,
    routes.GIVE_REVIEW: give_review,
    routes.LIST_REVIEW_RESULTS: list_review_results,
}
