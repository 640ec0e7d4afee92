"""What of cases is sealed for the audit beside their chained histories: the facts a case was filed with, and its tasks."""

from typing import Final

from backend.register.ledger import Ledger

LEDGERS: Final = (
    # The last days are left out: they are reckoned from the events, and anew under a changed calendar.
    Ledger(
        kind="case_row",
        table="cases",
        columns=(
            "tenant_id",
            "rid",
            "content_hash",
            "case_number",
            "tracking_code",
            "state",
            "opening",
            "is_open",
            "item_id",
            "window",
            "department_id",
            "pack_sha",
            "terms",
            "trail",
            "sealed",
            "document_index",
            "phone_index",
            "channel",
            "owner_id",
            "village_id",
            "node_id",
            "node_time",
            "received_at",
            "changed_at",
        ),
        stamp="version",
    ),
    Ledger(
        kind="case_task",
        table="case_tasks",
        columns=(
            "tenant_id",
            "case_id",
            "kind",
            "department_id",
            "day",
            "opened_seq",
            "opened_at",
            "done_seq",
            "done_at",
        ),
        stamp="done_seq",
    ),
)
