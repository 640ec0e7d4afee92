"""What of errands is sealed for the audit beside their chained histories: the facts each was filed with, and the money."""

from typing import Final

from backend.register.ledger import Ledger

LEDGERS: Final = (
    # Last days are reckoned anew under a changed calendar; the money held is the sum of the ledger's lines.
    Ledger(
        kind="errand_row",
        table="errands",
        columns=(
            "tenant_id",
            "rid",
            "content_hash",
            "number",
            "tracking_code",
            "state",
            "is_open",
            "item_id",
            "partner",
            "department_id",
            "pack_sha",
            "terms",
            "trail",
            "paper",
            "batch",
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
        kind="money_entry",
        table="money_entries",
        columns=(
            "tenant_id",
            "errand_id",
            "rid",
            "seq",
            "move",
            "amount_fen",
            "balance_fen",
            "by",
            "at",
            "day",
            "number",
            "receipt",
            "partner_receipt",
            "paper_receipt",
            "note",
        ),
    ),
)
