"""How the township is."""

from datetime import datetime

from api_spec.messages.base import Answer


class Health(Answer, frozen=True, kw_only=True):
    """`database` is "sqlite" or "postgres"; `catalogue` counts the townships whose catalogue is loaded."""

    status: str
    time: datetime
    version: str
    database: str
    database_version: str
    catalogue: int
    mode: str
