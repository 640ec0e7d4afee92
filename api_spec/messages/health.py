"""How the township is."""

from datetime import datetime

from api_spec.messages.base import Answer


class Health(Answer, frozen=True, kw_only=True):
    """`database` is "sqlite" or "postgres"; `catalogue` counts the townships whose catalogue is loaded.

    Args:
        storage: "ok", or "full" while the villages' records are not taken in.
        not_connected: ways out that are not set up: wechat, sms, upward; nothing leaves by them.
        backup: "ok", "none" (no verified one yet), "late" or "failed"; backup_at: when the last verified one was made.
    """

    status: str
    time: datetime
    version: str
    database: str
    database_version: str
    catalogue: int
    mode: str
    storage: str
    backup: str
    backup_at: datetime | None
    not_connected: list[str]
