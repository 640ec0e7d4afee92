"""How anything with a table of moves is moved: who may, from where, with what reason. Pure; knows no feature."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend.faults import Fault

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Edge(Generic[State]):
    """`note`: a reason must be written down."""

    to: State
    by: frozenset[Role]
    note: bool = False


@dataclass(frozen=True, slots=True)
class Step(Generic[State, Action]):
    """One decided move."""

    action: Action
    before: State
    after: State
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One move as the history keeps it; `words` is what was written, never in a log."""

    version: int
    at: datetime
    action: str
    before: str
    after: str
    actor_id: str
    actor_role: Role
    words: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Moved({self.action}, version={self.version})"


def decide(
    edges: Mapping[tuple[State, Action], Edge[State]],
    state: State,
    action: Action,
    *,
    roles: Collection[Role],
    note: str,
) -> Step[State, Action]:
    """Decide one move; the acting role is the first of `Role` that both the edge and the person have.

    Raises:
        Fault: ACTION_NOT_ALLOWED (no such move from here), NOT_YOUR_ACTION (it exists, for others), NOTE_REQUIRED.
    """
    edge = edges.get((state, action))
    if edge is None:
        raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=state, action=action)
    by = next((role for role in Role if role in roles and role in edge.by), None)
    if by is None:
        raise Fault(ErrorCode.NOT_YOUR_ACTION, action=action)
    if edge.note and not note.strip():
        raise Fault(ErrorCode.NOTE_REQUIRED, action=action)
    return Step(action, state, edge.to, by)


def can(
    edges: Mapping[tuple[State, Action], Edge[State]], state: State, *, roles: Collection[Role]
) -> tuple[Action, ...]:
    """The moves these roles may make from here, in the order of the table."""
    return tuple(
        action
        for (before, action), edge in edges.items()
        if before is state and not edge.by.isdisjoint(roles)
    )
