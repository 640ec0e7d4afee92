"""Registers the hall's screens and kiosks, and knows them by their codes; what they show is others' business."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from api_spec.errors import ErrorCode
from api_spec.vocabulary import DeviceKind
from backend.actors import Actor
from backend.appointments import store_devices
from backend.appointments.devices import CODE_BITS, Device, device_code, read_device_code
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import to_ms
from backend.vault import Vault

_PURPOSE = "hall_device"


class HallDevices:
    """Of all townships.

    Args:
        random: source of codes, `random(bits)`.
    """

    def __init__(self, vault: Vault, *, random: Callable[[int], int] = secrets.randbits) -> None:
        self._vault = vault
        self._random = random

    async def add(
        self, kind: DeviceKind, name: str, *, code: str = "", actor: Actor, at: datetime
    ) -> tuple[Device, str]:
        """The device and its code, which nobody can read again.

        Args:
            code: one chosen by whoever sets up a demonstration.
        """
        code = code or device_code(self._random(CODE_BITS))
        device = Device(
            id=new_id(), tenant_id=actor.tenant_id, kind=kind, name=name, made_at=at, made_by=actor.id
        )
        await store_devices.add(device, self._vault.blind_index(_PURPOSE, code))
        return device, code

    async def all(self, actor: Actor) -> Sequence[Device]:
        return await store_devices.of_tenant(actor.tenant_id)

    async def revoke(self, device_id: str, *, actor: Actor, at: datetime) -> None:
        """Raises Fault NOT_FOUND: none such in use."""
        if not await store_devices.revoke(device_id, actor.tenant_id, at_ms=to_ms(at)):
            raise Fault(ErrorCode.NOT_FOUND, device_id=device_id)

    async def recognise(self, code: str, kind: DeviceKind) -> Device:
        """The device behind a code.

        Raises:
            Fault: TOKEN_MISSING; TOKEN_INVALID: no device in use has this code, or one of another kind.
        """
        if not code:
            raise Fault(ErrorCode.TOKEN_MISSING)
        written = read_device_code(code)
        found = await store_devices.find(self._vault.blind_index(_PURPOSE, written)) if written else None
        if found is None or found.kind is not kind:
            raise Fault(ErrorCode.TOKEN_INVALID)
        return found
