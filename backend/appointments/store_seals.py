"""What of the hall's queue is sealed for the audit: each booking with its moves, and each number given."""

from typing import Final

from backend.register.ledger import Ledger, Moves

LEDGERS: Final = (
    Ledger(
        kind="appointment",
        table="appointment",
        columns=(
            "tenant_id",
            "code",
            "slot_id",
            "window_id",
            "day",
            "start_minute",
            "end_minute",
            "item_id",
            "item_name",
            "person_id",
            "citizen_id",
            "village_id",
            "visitor",
            "channel",
            "state",
            "confirmed_at",
            "moves",
            "calls",
            "made_at",
            "made_by",
            "checked_in_at",
            "ended_at",
        ),
        stamp="version",
        moves=Moves(
            "appointment_event",
            "appointment_id",
            "version",
            ("version", "at", "action", "before", "after", "slot_id", "actor_id", "actor_role"),
            in_tenant=False,
        ),
    ),
    # Where somebody stands in the line changes with every call; that they were given a number does not.
    Ledger(
        kind="hall_ticket",
        table="hall_ticket",
        columns=("appointment_id", "tenant_id", "day", "label", "issued_at"),
    ),
)
