"""Every page of the console."""

from backend.console import pages_cases, pages_catalogue, pages_intake, pages_work
from backend.edge import Page

PAGES: tuple[Page, ...] = (
    *pages_work.PAGES,
    *pages_cases.PAGES,
    *pages_intake.PAGES,
    *pages_catalogue.PAGES,
)
