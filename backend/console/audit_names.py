"""What people call the subjects of the log: names of colleagues, numbers of cases, words for the rest.

Of citizens, complaints and ratings it knows no name: the log says that something was done, not about whom.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from backend.audit.histories import Line
from backend.edge import actor
from backend.keys import CATALOGUE, PEOPLE, PROVING

UNNAMED: Final = frozenset({"citizen", "complaint", "complaints", "enquiry", "bad_review", "call_list"})
ENDING: Final = 6
"""Last characters of an id that has no name: enough to see whether two lines are about the same."""


async def subjects(request: web.Request, lines: Sequence[Line]) -> Mapping[str, str]:
    """By id, what each subject is called."""
    tenant_id = actor(request).tenant_id
    ids = sorted({line.subject_id for line in lines if line.subject_id})
    named = {each: f"尾号 {each[-ENDING:]}" if len(each) > ENDING else each for each in ids}
    catalogue = request.app[CATALOGUE]
    named |= {each.id: each.name for each in await catalogue.villages(tenant_id) if each.id in named}
    named |= {each.id: each.name for each in await catalogue.departments(tenant_id) if each.id in named}
    named |= {
        each.id: f"{each.number}号{each.name}"
        for each in await catalogue.windows(tenant_id)
        if each.id in named
    }
    named |= {each.id: each.name for each in await catalogue.items(tenant_id) if each.id in named}
    for history in request.app[PROVING].histories:
        if history.kind != "supervision_card":
            named |= await history.numbers(tenant_id, ids)
    return named | await request.app[PEOPLE].staff_names(tenant_id, ids)


def shown(line: Line, kind: str, names: Mapping[str, str]) -> str:
    """The subject of one line in words."""
    if not line.subject_id or kind in UNNAMED:
        return ""
    return names.get(line.subject_id, "")
