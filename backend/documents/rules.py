"""Who may read, issue and end a document of a case they may see. Pure.

Source: plan, clauses 36 and 45; the rights table of the office: a leader answers for what their department issued,
the director for everything the centre did.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from api_spec.document_terms import DocumentKind, DocumentState, DocumentSubject
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.documents.document import Entry

BY_HAND: Final = frozenset({DocumentKind.RECEIPT, DocumentKind.MANDATE})
"""What is written when somebody asks for it; everything else is issued with its move and never without one."""

ENDINGS: Final = frozenset(
    {DocumentKind.GRANT, DocumentKind.DENIAL, DocumentKind.REFUSAL, DocumentKind.TERMINATION}
)
"""The documents a case ends with."""

STILL_OPEN: Final = frozenset({DocumentState.VALID, DocumentState.SUSPENDED})
"""Standings that may still change."""

SUPERSEDES: Final[Mapping[DocumentKind, frozenset[DocumentKind]]] = {
    DocumentKind.GRANT: frozenset({DocumentKind.GRANT, DocumentKind.DENIAL}),
    DocumentKind.DENIAL: frozenset({DocumentKind.GRANT, DocumentKind.DENIAL}),
    DocumentKind.ACCEPTANCE: frozenset({DocumentKind.REFUSAL, DocumentKind.TERMINATION}),
    DocumentKind.REFUSAL: frozenset({DocumentKind.REFUSAL, DocumentKind.TERMINATION}),
    DocumentKind.TERMINATION: ENDINGS,
}
"""What a document takes the place of when a case was taken up again after it had ended."""


def superseded(entries: Sequence[Entry], kind: DocumentKind) -> list[Entry]:
    """The documents of a case that do not hold beside a new one of this kind."""
    kinds = SUPERSEDES.get(kind, frozenset())
    return [each for each in entries if each.kind in kinds and each.standing.state in STILL_OPEN]


def ended_with(entries: Sequence[Entry]) -> list[Entry]:
    """The valid documents that say how a case ended: what may not be relied on once it is taken up again."""
    return [each for each in entries if each.kind in ENDINGS and each.standing.state is DocumentState.VALID]


def may_read(actor: Actor, entry: Entry) -> bool:
    """Whether somebody who may see the case may also read this document.

    What belongs to a confidential matter stays with its applicant and the owning department.
    """
    if not entry.confidential or actor.is_citizen or actor.has({Role.AGENT}):
        return True
    return bool(actor.department_id) and actor.department_id == entry.department_id


def may_be_written_anew(entry: Entry) -> bool:
    """A document of a case follows from its events; what was said of an errand is only taken back."""
    return entry.subject is DocumentSubject.CASE


def may_end(actor: Actor, entry: Entry) -> bool:
    """Whether this person may revoke or replace it: the director, or the leader of the department that issued it."""
    if actor.tenant_id != entry.tenant_id or not may_read(actor, entry):
        return False
    if actor.has({Role.DIRECTOR}):
        return True
    return actor.has({Role.GROUP_LEADER}) and actor.department_id == entry.department_id
