"""What of enquiries is sealed for the audit: each with its moves."""

from typing import Final

from backend.register.ledger import MOVED, Ledger, Moves

LEDGERS: Final = (
    Ledger(
        kind="enquiry",
        table="enquiry",
        columns=(
            "tenant_id",
            "rid",
            "code_mark",
            "channel",
            "state",
            "is_open",
            "first_id",
            "holder_id",
            "offered_id",
            "citizen_id",
            "sealed",
            "answer",
            "asked_at",
            "changed_at",
        ),
        stamp="version",
        moves=Moves("enquiry_event", "subject_id", "version", MOVED),
    ),
)
