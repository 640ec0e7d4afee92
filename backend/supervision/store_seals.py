"""What of supervision is sealed for the audit beside the cards' chained histories: improvement tasks and fees."""

from typing import Final

from backend.register.ledger import Ledger, Moves

LEDGERS: Final = (
    Ledger(
        kind="task",
        table="supervision_tasks",
        columns=(
            "tenant_id",
            "title",
            "origin",
            "origin_id",
            "href",
            "department_id",
            "owner_id",
            "due_on",
            "measures",
            "result",
            "state",
            "set_by",
            "set_at",
            "reported_by",
            "closed_by",
            "closed_at",
        ),
        stamp="version",
        moves=Moves(
            "supervision_task_events",
            "task_id",
            "seq",
            ("seq", "at", "actor_id", "action", "note"),
            after="",
        ),
    ),
    Ledger(
        kind="fee",
        table="supervision_fees",
        columns=(
            "tenant_id",
            "case_id",
            "rid",
            "amount_fen",
            "allowed_fen",
            "paper",
            "is_outside",
            "entered_by",
            "entered_at",
        ),
    ),
)
