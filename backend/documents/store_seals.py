"""What of documents is sealed for the audit: each as issued, and how it ended."""

from typing import Final

from backend.register.ledger import Ledger

LEDGERS: Final = (
    Ledger(
        kind="document",
        table="document",
        columns=(
            "tenant_id",
            "subject",
            "subject_id",
            "department_id",
            "kind",
            "year",
            "serial",
            "number",
            "event_seq",
            "edition",
            "code",
            "confidential",
            "issued_at",
            "issued_by",
            "fingerprint",
            "sealed",
            "state",
            "ended_at",
            "ended_by",
            "end_reason",
            "replaced_by",
        ),
        stamp="COALESCE(ended_at, 0)",
    ),
)
