"""The aiohttp application: the only module that knows every part."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from aiohttp import web

from api_spec.route import Route
from backend import keys
from backend.appointments import http as appointments_http
from backend.appointments import pages as appointments_pages
from backend.archive import pages as archive_pages
from backend.audit.changes import Changes
from backend.blobs import http_sync as blobs_http
from backend.blobs import pages as blobs_pages
from backend.blobs.http_sync import PIECES, Pieces
from backend.cases import http as cases_http
from backend.cases import pages as cases_pages
from backend.cases import pages_clock
from backend.catalogue import http as catalogue_http
from backend.catalogue import pages as catalogue_pages
from backend.complaints import http as complaints_http
from backend.complaints import pages as complaints_pages
from backend.console import frame
from backend.console import pages as console_pages
from backend.demo.seed import open_for_business
from backend.documents import http as documents_http
from backend.documents import pages as documents_pages
from backend.documents import pages_staff as documents_staff
from backend.edge import (
    ACCOUNT_FOR,
    AUTHENTICATE,
    FRAME,
    PAGES_ENV,
    PANELS,
    Handler,
    Page,
    Panels,
    bind_all,
    bind_pages,
    observe,
)
from backend.edge.observe import METER, Meter
from backend.enquiries import http as enquiries_http
from backend.gallery import pages as gallery_pages
from backend.hall import http as hall_http
from backend.hall import http_duty, pages_calendar, pages_duty, pages_hours, pages_roster, pages_workdays
from backend.hall import pages as hall_pages
from backend.health import http as health_http
from backend.home import http as home_http
from backend.home import pages as home_pages
from backend.intake import http as intake_http
from backend.intake.gate import Gate
from backend.intake.http_sync import GATE
from backend.notices import http as notices_http
from backend.notices import pages as notices_pages
from backend.office import Clock, Office, open_office
from backend.organisation import http as organisation_http
from backend.organisation import pages_board, pages_people, pages_print, pages_records
from backend.own_data import http as own_data_http
from backend.own_data import pages as own_data_pages
from backend.pages_env import pages_environment
from backend.people import http as people_http
from backend.people import pages as people_pages
from backend.people.service import Hashing
from backend.photos import http as photos_http
from backend.progress import http as progress_http
from backend.progress import pages as progress_pages
from backend.proxy import http as proxy_http
from backend.proxy import pages as proxy_pages
from backend.proxy import pages_clock as errand_clock
from backend.referrals import http as referrals_http
from backend.referrals import pages as referrals_pages
from backend.reviews import http as reviews_http
from backend.reviews import pages as reviews_pages
from backend.reviews import pages_ask
from backend.settings import Settings
from backend.statistics import http as statistics_http
from backend.statistics import pages as statistics_pages
from backend.statistics import pages_dashboard as dashboard_pages
from backend.supervision import http as supervision_http
from backend.supervision import pages as supervision_pages
from backend.timekeeper import keeping_time
from backend.upward import pages as upward_pages
from backend.waiting_lists import gathering_of, waiting_lists
from backend.webhooks import pages as webhooks_pages
from backend.wechat.link_pages import bind_link_checks
from backend.wechat.link_rule import read_checks

MAX_BODY_BYTES = 16 * 1024 * 1024

OFFICE: web.AppKey[Office] = web.AppKey("office", Office)


def utc_now() -> datetime:
    return datetime.now(UTC)


def build(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    hashing: Hashing | None = None,
    keeping: Callable[[Office], AbstractAsyncContextManager[None]] = keeping_time,
) -> web.Application:
    """The whole township; starting the application opens its database, and `keeping` does what happens by itself."""
    # Bodies stay as they came: a village signs what it sends, and what is inflated is counted (api_spec.coding).
    app = web.Application(
        middlewares=[observe], client_max_size=MAX_BODY_BYTES, handler_args={"auto_decompress": False}
    )
    app[keys.SETTINGS] = settings
    app[keys.CLOCK] = clock
    app[METER] = Meter()
    app[GATE] = Gate()
    app[PIECES] = Pieces()
    app[PAGES_ENV] = pages_environment()
    app[PANELS] = case_panels()
    app[FRAME] = frame.dress

    async def office(app: web.Application) -> AsyncIterator[None]:
        async with open_office(settings, clock=clock, hashing=hashing) as opened:
            if settings.mode == "demo":
                await open_for_business(opened, at=clock())
            _hang(app, opened)
            async with keeping(opened):
                yield

    app.cleanup_ctx.append(office)
    bind_all(app, handlers())
    bind_pages(app, pages())
    bind_link_checks(app, read_checks(settings.wechat_link_check))
    return app


def handlers() -> Mapping[Route, Handler]:
    """Every operation of the contract with what answers it."""
    return {
        **health_http.HANDLERS,
        **appointments_http.HANDLERS,
        **blobs_http.HANDLERS,
        **catalogue_http.HANDLERS,
        **cases_http.HANDLERS,
        **documents_http.HANDLERS,
        **hall_http.HANDLERS,
        **home_http.HANDLERS,
        **http_duty.HANDLERS,
        **intake_http.HANDLERS,
        **notices_http.HANDLERS,
        **organisation_http.HANDLERS,
        **people_http.HANDLERS,
        **own_data_http.HANDLERS,
        **photos_http.HANDLERS,
        **progress_http.HANDLERS,
        **proxy_http.HANDLERS,
        **referrals_http.HANDLERS,
        **reviews_http.HANDLERS,
        **complaints_http.HANDLERS,
        **enquiries_http.HANDLERS,
        **statistics_http.HANDLERS,
        **supervision_http.HANDLERS,
    }


def pages() -> tuple[Page, ...]:
    """Every page and form target."""
    return (
        *home_pages.PAGES,
        *gallery_pages.PAGES,
        *catalogue_pages.PAGES,
        *people_pages.PAGES,
        *own_data_pages.PAGES,
        *cases_pages.PAGES,
        *documents_pages.PAGES,
        *documents_staff.PAGES,
        *archive_pages.PAGES,
        *blobs_pages.PAGES,
        *console_pages.PAGES,
        *appointments_pages.PAGES,
        *hall_pages.PAGES,
        *notices_pages.PAGES,
        *upward_pages.PAGES,
        *webhooks_pages.PAGES,
        *pages_calendar.PAGES,
        *pages_roster.PAGES,
        *pages_duty.PAGES,
        *pages_hours.PAGES,
        *pages_board.PAGES,
        *pages_people.PAGES,
        *pages_print.PAGES,
        *pages_records.PAGES,
        *pages_workdays.PAGES,
        *progress_pages.PAGES,
        *proxy_pages.PAGES,
        *referrals_pages.PAGES,
        *reviews_pages.PAGES,
        *complaints_pages.PAGES,
        *statistics_pages.PAGES,
        *dashboard_pages.PAGES,
        *supervision_pages.PAGES,
    )


def case_panels() -> Panels:
    """What features show on a case's pages beside the case itself."""
    return Panels(
        beside=(blobs_pages.staff_viewer,),
        staff=(
            documents_staff.staff_documents,
            pages_clock.staff_clock,
            supervision_pages.staff_panel,
            pages_ask.staff_panel,
        ),
        errand_staff=(documents_staff.staff_errand_documents, errand_clock.moved_days),
        errand_own=(
            documents_pages.own_errand_documents,
            errand_clock.moved_days,
            reviews_pages.own_errand,
        ),
        own=(
            documents_pages.own_documents,
            pages_clock.own_clock,
            reviews_pages.own_case,
        ),
    )


def _hang(app: web.Application, office: Office) -> None:
    app[OFFICE] = office
    app[AUTHENTICATE] = office.people.authenticate
    app[keys.VAULT] = office.vault
    app[keys.AUDIT] = office.audit
    app[ACCOUNT_FOR] = Changes(office.audit, office.clock).note
    app[keys.PROVING] = office.proving
    app[keys.BLOBS] = office.blobs
    app[keys.OWN_PHOTOS] = office.photos
    app[keys.DRAFTS] = office.drafts
    app[keys.OWN_DATA] = office.own_data
    app[keys.GATHERING] = gathering_of(office)
    app[keys.CATALOGUE] = office.catalogue
    app[keys.HALL] = office.hall
    app[keys.RECOUNT] = office.recount
    app[keys.PEOPLE] = office.people
    app[keys.ORGANISATION] = office.organisation
    app[keys.APPOINTMENTS] = office.appointments
    app[keys.CASES] = office.cases
    app[keys.DOCUMENTS] = office.documents
    app[keys.ARCHIVE] = office.archive
    app[keys.REFERRALS] = office.referrals
    app[keys.PROXY] = office.proxy
    app[keys.INTAKE] = office.intake
    app[keys.BUNDLES] = office.bundles
    app[keys.PROGRESS] = office.progress
    app[keys.COMPLAINTS] = office.complaints
    app[keys.ENQUIRIES] = office.enquiries
    app[keys.REVIEWS] = office.reviews
    app[keys.BACKUPS] = office.backups
    app[keys.SUPERVISION] = office.supervision
    app[keys.NOTICES] = office.notices
    app[keys.UPWARD] = office.upward
    app[keys.WEBHOOKS] = office.webhooks
    app[keys.STATISTICS] = office.statistics
    app[keys.DASHBOARD] = office.dashboard
    app[keys.WAITING] = waiting_lists(office)
