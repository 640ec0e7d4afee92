"""A form of the console that is either taken, and leads on, or shown again with what is wrong."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any

from aiohttp import web

from api_spec.errors import STATUS, ErrorCode
from api_spec.route import Door
from api_spec.vocabulary import Role
from backend.edge import Page, redirect
from backend.faults import Fault
from backend.wording import SENTENCES

Change = Callable[[web.Request], Awaitable[None]]
Again = Callable[..., Awaitable[web.Response]]
"""Draws the page; `refused` is why the form was not taken."""


def tried(
    path: str, change: Change, again: Again, *, home: str, who: frozenset[Role], shown: Collection[ErrorCode]
) -> Page:
    """The form target: refusals of `shown` draw the page again, others are an error page."""
    return Page(
        method="POST",
        path=path,
        handler=partial(_try, change, again, home, frozenset(shown)),
        door=Door.TOKEN,
        who=who,
    )


def refusal(refused: Fault | None) -> dict[str, Any]:
    """What a page shows of it: `status`, `sentence` and `wrong`."""
    return {
        "status": STATUS[refused.code] if refused else 200,
        "sentence": SENTENCES[refused.code] if refused else "",
        "wrong": refused.wrong if refused else (),
    }


async def _try(
    change: Change, again: Again, home: str, shown: frozenset[ErrorCode], request: web.Request
) -> web.Response:
    try:
        await change(request)
    except Fault as fault:
        if fault.code not in shown:
            raise
        return await again(request, refused=fault)
    return redirect(home)
