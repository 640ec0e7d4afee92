"""The hall's screens and kiosks as rows."""

from typing import Final

from api_spec.vocabulary import DeviceKind
from backend.appointments.devices import Device
from backend.db import Row, insert_many, row, rows
from backend.instants import from_ms, to_ms

_COLUMNS: Final = ("id", "tenant_id", "kind", "name", "made_at", "made_by", "revoked_at")
_ALL: Final = ", ".join(_COLUMNS)


async def add(device: Device, code_index: str) -> None:
    await insert_many(
        "hall_device",
        (*_COLUMNS, "code_index"),
        [
            (
                device.id,
                device.tenant_id,
                device.kind.value,
                device.name,
                to_ms(device.made_at),
                device.made_by,
                None,
                code_index,
            )
        ],
    )


async def find(code_index: str) -> Device | None:
    """A device that is not shut out."""
    found = await row(
        f"SELECT {_ALL} FROM hall_device WHERE code_index = ? AND revoked_at IS NULL",  # noqa: S608
        [code_index],
    )
    return _device(found) if found else None


async def of_tenant(tenant_id: str) -> list[Device]:
    """Those in use first."""
    found = await rows(
        f"SELECT {_ALL} FROM hall_device WHERE tenant_id = ?"  # noqa: S608
        " ORDER BY revoked_at IS NOT NULL, made_at, id",
        [tenant_id],
    )
    return [_device(line) for line in found]


async def revoke(device_id: str, tenant_id: str, *, at_ms: int) -> bool:
    """Whether there was one to shut out."""
    done = await rows(
        "UPDATE hall_device SET revoked_at = ? WHERE id = ? AND tenant_id = ? AND revoked_at IS NULL RETURNING id",
        [at_ms, device_id, tenant_id],
    )
    return bool(done)


def _device(line: Row) -> Device:
    return Device(
        id=line["id"],
        tenant_id=line["tenant_id"],
        kind=DeviceKind(line["kind"]),
        name=line["name"],
        made_at=from_ms(line["made_at"]),
        made_by=line["made_by"],
        revoked_at=None if line["revoked_at"] is None else from_ms(line["revoked_at"]),
    )
