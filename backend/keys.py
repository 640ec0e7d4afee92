"""Where the parts of the running township hang on the aiohttp application."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from backend.appointments.service import Appointments
    from backend.archive.service import Archive
    from backend.audit.proving import Proving
    from backend.audit.service import Audit
    from backend.backup.service import Backups
    from backend.blobs.service import Blobs
    from backend.cases.service import Cases
    from backend.catalogue.service import Catalogue
    from backend.complaints.service import Complaints
    from backend.documents.service import Documents
    from backend.drafts.service import Drafts
    from backend.enquiries.service import Enquiries
    from backend.hall.service import Hall
    from backend.intake.bundles import Bundles
    from backend.intake.service import Intake
    from backend.notices.service import Notices
    from backend.organisation.service import Organisation
    from backend.own_data.gathering import Gathering
    from backend.own_data.service import OwnData
    from backend.people.service import People
    from backend.photos.service import OwnPhotos
    from backend.progress.service import ProgressDesk
    from backend.proxy.service import Proxy
    from backend.recount.service import Recount
    from backend.referrals.service import Referrals
    from backend.reviews.service import Reviews
    from backend.settings import Settings
    from backend.statistics.dashboard import Dashboard
    from backend.statistics.service import Statistics
    from backend.supervision.service import Supervision
    from backend.to_do import Waiting
    from backend.upward.service import Upward
    from backend.vault import Vault
    from backend.webhooks.service import Webhooks

CLOCK: "web.AppKey[Callable[[], datetime]]" = web.AppKey("clock")
SETTINGS: "web.AppKey[Settings]" = web.AppKey("settings")
VAULT: "web.AppKey[Vault]" = web.AppKey("vault")
BLOBS: "web.AppKey[Blobs]" = web.AppKey("blobs")
OWN_PHOTOS: "web.AppKey[OwnPhotos]" = web.AppKey("own_photos")
DRAFTS: "web.AppKey[Drafts]" = web.AppKey("drafts")
OWN_DATA: "web.AppKey[OwnData]" = web.AppKey("own_data")
GATHERING: "web.AppKey[Gathering]" = web.AppKey("gathering")
AUDIT: "web.AppKey[Audit]" = web.AppKey("audit")
PROVING: "web.AppKey[Proving]" = web.AppKey("proving")
CATALOGUE: "web.AppKey[Catalogue]" = web.AppKey("catalogue")
RECOUNT: "web.AppKey[Recount]" = web.AppKey("recount")
HALL: "web.AppKey[Hall]" = web.AppKey("hall")
ORGANISATION: "web.AppKey[Organisation]" = web.AppKey("organisation")
PEOPLE: "web.AppKey[People]" = web.AppKey("people")
APPOINTMENTS: "web.AppKey[Appointments]" = web.AppKey("appointments")
CASES: "web.AppKey[Cases]" = web.AppKey("cases")
DOCUMENTS: "web.AppKey[Documents]" = web.AppKey("documents")
ARCHIVE: "web.AppKey[Archive]" = web.AppKey("archive")
REFERRALS: "web.AppKey[Referrals]" = web.AppKey("referrals")
PROXY: "web.AppKey[Proxy]" = web.AppKey("proxy")
PROGRESS: "web.AppKey[ProgressDesk]" = web.AppKey("progress")
COMPLAINTS: "web.AppKey[Complaints]" = web.AppKey("complaints")
ENQUIRIES: "web.AppKey[Enquiries]" = web.AppKey("enquiries")
REVIEWS: "web.AppKey[Reviews]" = web.AppKey("reviews")
BACKUPS: "web.AppKey[Backups]" = web.AppKey("backups")
SUPERVISION: "web.AppKey[Supervision]" = web.AppKey("supervision")
INTAKE: "web.AppKey[Intake]" = web.AppKey("intake")
BUNDLES: "web.AppKey[Bundles]" = web.AppKey("bundles")
DASHBOARD: "web.AppKey[Dashboard]" = web.AppKey("dashboard")
STATISTICS: "web.AppKey[Statistics]" = web.AppKey("statistics")
NOTICES: "web.AppKey[Notices]" = web.AppKey("notices")
UPWARD: "web.AppKey[Upward]" = web.AppKey("upward")
WEBHOOKS: "web.AppKey[Webhooks]" = web.AppKey("webhooks")
WAITING: "web.AppKey[tuple[Waiting, ...]]" = web.AppKey("waiting")
