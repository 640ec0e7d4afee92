"""What of ratings is sealed for the audit: each rating, who served, and what became of a bad one."""

from typing import Final

from backend.register.ledger import MOVED, Ledger, Moves

LEDGERS: Final = (
    # A phone left behind may be forgotten, an invitation follows later: neither is covered.
    Ledger(
        kind="review_occasion",
        table="review_occasion",
        columns=(
            "tenant_id",
            "kind",
            "subject_key",
            "token_mark",
            "window_type",
            "window_id",
            "department_id",
            "staff_id",
            "village_id",
            "item_id",
            "item_name",
            "citizen_id",
            "opened_at",
        ),
    ),
    Ledger(
        kind="review",
        table="review",
        columns=(
            "tenant_id",
            "occasion_id",
            "kind",
            "level",
            "reasons",
            "words",
            "channel",
            "terminal_id",
            "window_type",
            "window_id",
            "department_id",
            "village_id",
            "item_id",
            "item_name",
            "at",
            "shown_on",
            "shuffle",
        ),
    ),
    Ledger(
        kind="bad_review",
        table="bad_review",
        columns=(
            "tenant_id",
            "review_id",
            "state",
            "is_open",
            "due_on",
            "window_type",
            "department_id",
            "verdict",
            "classified_by",
            "appeals",
            "rectified",
            "called_back",
            "created_at",
            "changed_at",
        ),
        stamp="version",
        moves=Moves("bad_review_event", "subject_id", "version", MOVED),
    ),
)
