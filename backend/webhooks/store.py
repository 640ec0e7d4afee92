"""All queries of subscriptions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from backend.db import Row, row, rows
from backend.instants import from_ms

_COLUMNS: Final = (
    "id, tenant_id, url, types, sealed_secret, made_at, made_by, failing_since, ended_at, end_reason"
)
_types = msgspec.json.Decoder(list[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One subscription.

    Args:
        failing_since: the first failure since the last delivery that went well.
        end_reason: "by_hand" or "failing"; "" while it lives.
    """

    id: str
    tenant_id: str
    url: str
    types: tuple[str, ...]
    sealed_secret: bytes = field(repr=False)
    made_at: datetime
    made_by: str
    failing_since: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""


async def add(webhook: Webhook) -> None:
    await rows(
        f"INSERT INTO webhook ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        [
            webhook.id,
            webhook.tenant_id,
            webhook.url,
            msgspec.json.encode(list(webhook.types)).decode(),
            webhook.sealed_secret,
            webhook.made_at,
            webhook.made_by,
            None,
            None,
            "",
        ],
    )


async def find(webhook_id: str) -> Webhook | None:
    found = await row(f"SELECT {_COLUMNS} FROM webhook WHERE id = ?", [webhook_id])  # noqa: S608
    return _webhook(found) if found else None


async def of_tenant(tenant_id: str) -> list[Webhook]:
    """All, the newest first, ended ones too."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM webhook WHERE tenant_id = ? ORDER BY id DESC",  # noqa: S608
        [tenant_id],
    )
    return [_webhook(each) for each in found]


async def living(tenant_id: str) -> list[Webhook]:
    found = await rows(
        f"SELECT {_COLUMNS} FROM webhook WHERE tenant_id = ? AND ended_at IS NULL ORDER BY id",  # noqa: S608
        [tenant_id],
    )
    return [_webhook(each) for each in found]


async def end(tenant_id: str, webhook_id: str, *, reason: str, at: datetime) -> bool:
    """False if it had ended or is not there."""
    ended = await row(
        "UPDATE webhook SET ended_at = ?, end_reason = ? WHERE id = ? AND tenant_id = ? AND ended_at IS NULL"
        " RETURNING id",
        [at, reason, webhook_id, tenant_id],
    )
    return ended is not None


async def failed(webhook_id: str, *, at: datetime) -> None:
    """Remember since when deliveries fail."""
    await rows(
        "UPDATE webhook SET failing_since = ? WHERE id = ? AND failing_since IS NULL", [at, webhook_id]
    )


async def went_well(webhook_id: str) -> None:
    await rows(
        "UPDATE webhook SET failing_since = NULL WHERE id = ? AND failing_since IS NOT NULL", [webhook_id]
    )


def _webhook(found: Row) -> Webhook:
    return Webhook(
        id=found["id"],
        tenant_id=found["tenant_id"],
        url=found["url"],
        types=tuple(_types.decode(found["types"])),
        sealed_secret=found["sealed_secret"],
        made_at=from_ms(found["made_at"]),
        made_by=found["made_by"],
        failing_since=from_ms(found["failing_since"]) if found["failing_since"] is not None else None,
        ended_at=from_ms(found["ended_at"]) if found["ended_at"] is not None else None,
        end_reason=found["end_reason"],
    )
