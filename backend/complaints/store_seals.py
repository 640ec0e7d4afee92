"""What of complaints is sealed for the audit: each complaint with its moves, and each opening of the box."""

from typing import Final

from backend.register.ledger import MOVED, Ledger, Moves

LEDGERS: Final = (
    Ledger(
        kind="complaint",
        table="complaint",
        columns=(
            "tenant_id",
            "rid",
            "number",
            "code_mark",
            "channel",
            "about",
            "route",
            "state",
            "is_open",
            "due_on",
            "extended",
            "department_id",
            "assignee_id",
            "assigned_at",
            "citizen_id",
            "anonymous",
            "box_opening_id",
            "sealed",
            "answer",
            "received_at",
            "received_by",
            "changed_at",
        ),
        stamp="version",
        moves=Moves("complaint_event", "subject_id", "version", MOVED),
    ),
    Ledger(
        kind="box_opening",
        table="complaint_box_opening",
        columns=("tenant_id", "day", "opened_by", "witness_id", "letters", "note", "at"),
    ),
)
