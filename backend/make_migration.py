"""Writes the migration that the tables ask for; a tool of the developers, never used by a running township."""

import subprocess
import sys
from pathlib import Path

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import MigrationWriter

from backend.database_url import tortoise_config
from backend.migrate import folder

_NO_DATABASE = "sqlite:///unused.db"


async def make() -> Path | None:
    """Write the next migration file; None when there is nothing to write.

    Afterwards it is for a person to review: on SQLite only additions work by themselves, anything else is a
    hand-written copy of the table with all its indexes.
    """
    writer = await _next()
    if writer is None:
        return None
    path = folder() / f"{writer.name}.py"
    path.write_text(f'"""Written by `python -m backend.migrate make`."""\n\n{writer.as_string()}', "utf-8")
    for command in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(path)], check=True)  # noqa: ASYNC221
    return path


async def missing() -> list[str]:
    """What the tables have and the migrations have not, a line each."""
    writer = await _next()
    return [operation.describe() for operation in writer.operations] if writer else []


async def _next() -> MigrationWriter | None:
    async with TortoiseContext() as context:
        writers = await (await _detector(context)).changes()
        return writers[0] if writers else None


async def _detector(context: TortoiseContext) -> MigrationAutodetector:
    config = tortoise_config(_NO_DATABASE)
    await context.init(config, init_connections=False)
    if context.apps is None:
        raise RuntimeError("Tortoise has loaded no tables")
    for models in context.apps.values():
        for model in models.values():
            # Tortoise makes database comments of docstrings; a reworded docstring is no change of the schema.
            model._meta.table_description = ""
    return MigrationAutodetector(context.apps, config["apps"])
