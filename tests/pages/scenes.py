"""Every page there is, with something on it: the list that pictures and tests go through."""

from dataclasses import dataclass

from tests.pages.sample import Sample
from tests.support.township import Town


@dataclass(frozen=True, slots=True)
class Scene:
    """One page: `who` is a staff login, "citizen", or nobody; `open`: nobody needs to sign in for it."""

    name: str
    path: str
    who: str = ""
    status: int = 200
    open: bool = False


def scenes(town: Town, made: Sample) -> list[Scene]:
    """Every page there is, with something on it."""
    guide, instant = town.item("SD-029"), town.item("SD-008")
    errand = town.item("SD-049")
    return [
        Scene("home", "/"),
        Scene("home-signed-in", "/", "citizen", open=True),
        Scene("find", "/c"),
        Scene("items", "/items"),
        Scene("items-search", "/items?q=低保"),
        Scene("items-none", "/items?q=月球"),
        Scene("item", f"/items/{guide}"),
        Scene("item-errand", f"/items/{errand}"),
        Scene("hall", "/hall"),
        Scene("help", "/help"),
        Scene("privacy", "/privacy"),
        Scene("progress", f"/c/{made.lacking.tracking_code}"),
        Scene("progress-ready", f"/c/{made.ready.tracking_code}"),
        Scene("not-found", "/nowhere", status=404),
        Scene("signin", "/signin"),
        Scene("me", "/me", "citizen"),
        Scene("my-cases", "/cases", "citizen"),
        Scene("my-case", f"/cases/{made.own.case_id}", "citizen"),
        Scene("file", f"/cases/new?item={town.item('SD-001')}", "citizen"),
        Scene("slip", f"/slips/{made.own.tracking_code}", "citizen"),
        Scene("my-appointments", "/appointments", "citizen"),
        Scene("book", f"/appointments/new/{guide}", "citizen", open=True),
        Scene("my-errands", "/errands", "citizen"),
        Scene("ask-errand", f"/errands/new?item={errand}", "citizen"),
        Scene("staff-signin", "/staff/signin"),
        Scene("staff-work", "/staff", "social"),
        Scene("staff-work-director", "/staff", "director"),
        Scene("staff-queue", "/staff/cases", "social"),
        Scene("staff-case", f"/staff/cases/{made.fresh.case_id}", "social"),
        Scene("staff-case-reviewing", f"/staff/cases/{made.reviewing.case_id}", "social-leader"),
        Scene("staff-case-ready", f"/staff/cases/{made.ready.case_id}", "social"),
        Scene("staff-archive", "/staff/archive?number=SD-260408-0001-U", "director"),
        Scene("staff-document", f"/staff/documents/{made.notice}", "social"),
        Scene("document", f"/documents/{made.own_notice}", "citizen"),
        Scene("verify", "/d"),
        Scene("verify-document", f"/d/{made.own_notice_code}"),
        Scene("staff-case-lacking", f"/staff/cases/{made.lacking.case_id}", "social"),
        Scene("staff-intake", "/staff/intake", "social"),
        Scene("staff-intake-form", f"/staff/intake/{town.item('SD-001')}", "social"),
        Scene("staff-intake-instant", f"/staff/intake/{instant}", "social"),
        Scene("staff-appointments", "/staff/appointments", "social"),
        Scene("staff-proof", "/staff/proof", "social"),
        Scene("staff-errands", "/staff/errands", "utility"),
        Scene("staff-errand", f"/staff/errands/{made.errand.errand_id}", "utility"),
        Scene("staff-errand-intake", f"/staff/intake/{errand}", "utility"),
        Scene("staff-handovers", "/staff/handovers", "utility"),
        Scene("staff-handover", f"/staff/handovers/{made.handover}", "centre"),
        Scene("staff-receipt", f"/staff/receipts/{made.receipt}", "centre"),
        Scene("staff-money", "/staff/money", "centre"),
        Scene("partner-errands", "/staff/errands", "water-partner"),
        Scene("staff-villages", "/staff/villages", "centre"),
        Scene("staff-villages-keeper", "/staff/villages", "director"),
        Scene("staff-bundles", "/staff/bundles", "centre"),
        Scene("staff-village-notices", "/staff/village-notices", "centre"),
        Scene("my-notices", "/notices", "citizen"),
        Scene("staff-notices", "/staff/notices", "centre"),
        Scene("staff-notices-waiting", "/staff/notices?show=waiting", "director"),
        Scene("staff-notices-calls", "/staff/notices/calls", "centre"),
        Scene("staff-notices-words", "/staff/notices/words", "director"),
        Scene("my-notices", "/notices", "citizen"),
        Scene("staff-notices", "/staff/notices", "centre"),
        Scene("staff-notices-waiting", "/staff/notices?show=waiting", "director"),
        Scene("staff-notices-calls", "/staff/notices/calls", "centre"),
        Scene("staff-notices-words", "/staff/notices/words", "director"),
        Scene("staff-upward", "/staff/upward", "director"),
        Scene("staff-webhooks", "/staff/webhooks", "admin"),
        Scene("staff-visits", "/staff/visits", "centre"),
        Scene("staff-statistics", "/staff/statistics?by=window", "director"),
        Scene("staff-hot-spots", "/staff/statistics/hot-spots", "director"),
        Scene("staff-work-sheet", "/staff/statistics/work", "director"),
        Scene("workdays", "/hall/workdays?start=2026-09-24&days=5"),
        Scene("staff-calendar", "/staff/calendar", "director"),
        Scene("ticket", f"/q/{made.ticket}"),
        Scene("ticket-paper", f"/q/{made.ticket}/slip"),
        Scene("no-ticket", "/q/0000000000", status=404),
        Scene("screen-locked", "/screen", status=401),
        Scene("kiosk-locked", "/kiosk", status=401),
        Scene("staff-calling", "/staff/calling", "social"),
        Scene("staff-hall-devices", "/staff/hall-devices", "centre"),
        Scene("staff-backups", "/staff/backups", "director"),
        Scene("staff-audit", "/staff/audit", "auditor"),
        Scene("staff-audit-search", "/staff/audit?source=case&day=2026-04-10", "auditor"),
        Scene("staff-anchors", "/staff/audit/anchors", "auditor"),
        Scene("staff-anchor", "/staff/audit/anchors/1", "auditor"),
        Scene("staff-sign-ins", "/staff/audit", "security"),
        Scene("finished", "/finished"),
        Scene("staff-supervision", "/staff/supervision", "supervisor"),
        Scene("staff-supervision-card", f"/staff/supervision/cards/{made.overseen.card}", "supervisor"),
        Scene("staff-supervision-card-leader", f"/staff/supervision/cards/{made.overseen.card}", "social-leader"),
        Scene("staff-supervision-rules", "/staff/supervision/rules", "supervisor"),
        Scene("staff-case-supervisor", f"/staff/cases/{made.overdue.case_id}", "supervisor"),
        Scene("staff-spot-checks", "/staff/spot-checks", "supervisor"),
        Scene("staff-spot-check", f"/staff/spot-checks/{made.overseen.check}", "centre"),
        Scene("staff-improvements", "/staff/improvements", "director"),
        Scene("staff-improvement", f"/staff/improvements/{made.overseen.task}", "social-leader"),
        Scene("staff-lookup", "/staff/lookup", "service"),
        Scene("staff-work-superior", "/staff", "superior"),
        Scene("staff-work-service", "/staff", "service"),
        Scene("staff-catalogue", "/staff/catalogue", "director"),
        Scene("staff-catalogue-item", f"/staff/catalogue/{guide}", "director"),
    ]
