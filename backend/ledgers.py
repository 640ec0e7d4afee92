"""Every table whose rows are sealed for the audit: the one place that knows which features have some."""

from typing import Final

from backend.appointments import store_seals as appointments
from backend.cases import store_seals as cases
from backend.complaints import store_seals as complaints
from backend.documents import store_seals as documents
from backend.enquiries import store_seals as enquiries
from backend.proxy import store_seals as errands
from backend.register.ledger import Ledger
from backend.reviews import store_seals as reviews
from backend.supervision import store_seals as supervision

LEDGERS: Final[tuple[Ledger, ...]] = (
    *cases.LEDGERS,
    *errands.LEDGERS,
    *documents.LEDGERS,
    *reviews.LEDGERS,
    *complaints.LEDGERS,
    *enquiries.LEDGERS,
    *appointments.LEDGERS,
    *supervision.LEDGERS,
)
