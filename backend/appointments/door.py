"""The one door to appointments: who is asking decides what is there."""

from collections.abc import Sequence
from typing import Protocol

from api_spec.catalogue import WindowCard
from api_spec.errors import ErrorCode
from backend.actors import Actor
from backend.appointments import rules, store
from backend.appointments.appointment import Appointment
from backend.faults import Fault


class WindowBook(Protocol):
    """Where the windows of a township are listed: the catalogue."""

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...


class Door:
    """Of all townships."""

    def __init__(self, windows: WindowBook) -> None:
        self._windows = windows

    async def reach(self, actor: Actor) -> rules.Reach:
        windows = () if actor.is_citizen else await self._windows.windows(actor.tenant_id)
        return rules.reach_of(actor, windows)

    async def load(self, appointment_id: str, actor: Actor, *, version: int | None) -> Appointment:
        """An appointment the actor may know of, still at the version they saw; None takes what is there.

        Raises:
            Fault: APPOINTMENT_NOT_FOUND; APPOINTMENT_STATE: it has moved meanwhile.
        """
        found = await store.find(appointment_id)
        if found is None or not (await self.reach(actor)).may_see(found):
            raise Fault(ErrorCode.APPOINTMENT_NOT_FOUND)
        if version is not None and version != found.version:
            raise Fault(ErrorCode.APPOINTMENT_STATE, reason="moved_meanwhile", version=found.version)
        return found

    async def own_window(self, window_id: str, actor: Actor) -> WindowCard:
        """A window whose desk is the actor's.

        Raises:
            Fault: OUT_OF_SCOPE, also for a window that is not there.
        """
        (await self.reach(actor)).refuse_other_desk(window_id)
        return await self.window(window_id, actor.tenant_id)

    async def window(self, window_id: str, tenant_id: str) -> WindowCard:
        """Raises Fault OUT_OF_SCOPE: no such window in the township."""
        for card in await self._windows.windows(tenant_id):
            if card.id == window_id:
                return card
        raise Fault(ErrorCode.OUT_OF_SCOPE, window_id=window_id)

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]:
        return sorted(await self._windows.windows(tenant_id), key=lambda card: card.number)
