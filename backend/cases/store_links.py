"""Cases that belong together. Rows never leave this file."""

from dataclasses import dataclass
from datetime import datetime

from api_spec.vocabulary import CaseState, LinkKind
from backend import db
from backend.actors import Actor
from backend.cases.store import item_name
from backend.ids import new_id

_ADD = """
    INSERT INTO case_links (id, tenant_id, case_id, other_id, kind, by_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (case_id, other_id) DO NOTHING RETURNING id
"""
_OF = """
    SELECT l.id AS link_id, l.kind, l.case_id AS first_id, c.id, c.case_number, c.state, c.terms, c.department_id
    FROM case_links l JOIN cases c ON c.id = CASE WHEN l.case_id = ? THEN l.other_id ELSE l.case_id END
    WHERE l.case_id = ? OR l.other_id = ? ORDER BY l.id
"""
_EITHER_WAY = """
    SELECT id FROM case_links WHERE (case_id = ? AND other_id = ?) OR (case_id = ? AND other_id = ?)
"""
_REMOVE = "DELETE FROM case_links WHERE id = ? AND (case_id = ? OR other_id = ?) RETURNING id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another case and how it belongs to this one; `is_first`: the kind is said of this case."""

    link_id: str
    kind: LinkKind
    is_first: bool
    case_id: str
    case_number: str
    item_name: str
    state: CaseState
    department_id: str


async def links(case_id: str) -> list[Link]:
    """Seen from one of them."""
    return [
        Link(
            link_id=row["link_id"],
            kind=LinkKind(row["kind"]),
            is_first=row["first_id"] == case_id,
            case_id=row["id"],
            case_number=row["case_number"],
            item_name=item_name(row),
            state=CaseState(row["state"]),
            department_id=row["department_id"],
        )
        for row in await db.rows(_OF, [case_id, case_id, case_id])
    ]


async def find_number(tenant_id: str, number: str) -> str | None:
    """The case under a number of this township."""
    row = await db.row(
        "SELECT id FROM cases WHERE tenant_id = ? AND case_number = ?", [tenant_id, number.strip().upper()]
    )
    return str(row["id"]) if row else None


async def are_linked(one: str, other: str) -> bool:
    return await db.row(_EITHER_WAY, [one, other, other, one]) is not None


async def add(case_id: str, other_id: str, *, kind: LinkKind, by: Actor, at: datetime) -> bool:
    """False: they are linked already."""
    values = [new_id(), by.tenant_id, case_id, other_id, kind, by.id, at]
    return await db.row(_ADD, values) is not None


async def remove(case_id: str, link_id: str) -> bool:
    return await db.row(_REMOVE, [link_id, case_id, case_id]) is not None
