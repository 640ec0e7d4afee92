"""Every page of the console."""

from backend.console import (
    pages_audit,
    pages_backups,
    pages_bulk,
    pages_bundles,
    pages_cases,
    pages_catalogue,
    pages_desk,
    pages_errands,
    pages_intake,
    pages_keys,
    pages_money,
    pages_notices,
    pages_oversight,
    pages_proof,
    pages_queue,
    pages_villages,
    pages_work,
)
from backend.edge import Page

PAGES: tuple[Page, ...] = (
    *pages_work.PAGES,
    *pages_queue.PAGES,
    *pages_bulk.PAGES,
    *pages_cases.PAGES,
    *pages_desk.PAGES,
    *pages_intake.PAGES,
    *pages_errands.PAGES,
    *pages_money.PAGES,
    *pages_proof.PAGES,
    *pages_villages.PAGES,
    *pages_bundles.PAGES,
    *pages_keys.PAGES,
    *pages_oversight.PAGES,
    *pages_audit.PAGES,
    *pages_catalogue.PAGES,
    *pages_backups.PAGES,
    *pages_notices.PAGES,
)
