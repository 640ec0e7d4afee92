"""One's drafts as lists show them; whose page it stands on it does not know."""

from aiohttp import web

from backend.drafts.draft import Draft
from backend.edge import actor
from backend.faults import Fault
from backend.keys import CATALOGUE, DRAFTS


async def begun(request: web.Request) -> list[tuple[Draft, str]]:
    """One's drafts with the names of their matters; what is no longer offered cannot be gone on with."""
    found = []
    for draft in await request.app[DRAFTS].mine(actor(request).id):
        try:
            found.append((draft, request.app[CATALOGUE].item_now(draft.tenant_id, draft.item_id).name))
        except Fault:
            continue
    return found
