"""aiohttp glue: how a request becomes a typed call and an answer becomes bytes. The one place HTTP is spoken generally.

route in api_spec -> bind (door, roles) -> handler: body()/query()/path_id() -> service -> reply()
Fault anywhere -> observe middleware -> application/problem+json, or an HTML page for people
"""

from backend.edge.accounting import ACCOUNT_FOR
from backend.edge.answers import no_content, reply, reply_bytes
from backend.edge.binding import Handler, bind_all
from backend.edge.doors import AUTHENTICATE, SESSION_COOKIE, actor, authorise, find_actor
from backend.edge.observe import observe
from backend.edge.pages import (
    FRAME,
    PAGES_ENV,
    Page,
    bind_pages,
    carry_on,
    form,
    form_fields,
    may_open,
    page_response,
    read,
    redirect,
    render,
)
from backend.edge.panels import PANELS, Panel, Panels, PanelSource, errand_panels, panels
from backend.edge.requests import (
    ROUTE,
    body,
    first_bytes,
    now,
    path_id,
    path_text,
    query,
    raw_body,
    remote_address,
    rest_of_body,
)

__all__ = [
    "ACCOUNT_FOR",
    "AUTHENTICATE",
    "FRAME",
    "PAGES_ENV",
    "PANELS",
    "ROUTE",
    "SESSION_COOKIE",
    "Handler",
    "Page",
    "Panel",
    "PanelSource",
    "Panels",
    "actor",
    "authorise",
    "bind_all",
    "bind_pages",
    "body",
    "carry_on",
    "errand_panels",
    "find_actor",
    "first_bytes",
    "form",
    "form_fields",
    "may_open",
    "no_content",
    "now",
    "observe",
    "page_response",
    "panels",
    "path_id",
    "path_text",
    "query",
    "raw_body",
    "read",
    "redirect",
    "remote_address",
    "render",
    "reply",
    "reply_bytes",
    "rest_of_body",
]
