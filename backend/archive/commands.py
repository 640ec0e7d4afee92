"""案卷 on the command line: make one on the township's own computer, verify one anywhere."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from backend.actors import system
from backend.archive import verifying
from backend.db import DatabaseInUse
from backend.faults import Fault
from backend.office import Clock, home_tenant, open_office
from backend.settings import Settings
from backend.wording import SENTENCES


def commands(settings: Callable[[], Settings], *, clock: Clock) -> typer.Typer:
    """The commands, with where the settings come from when one of them needs any."""
    cli = typer.Typer(help="案卷：one finished case as a file that proves itself.", no_args_is_help=True)

    @cli.command("verify")
    def verify_command(
        file: Annotated[Path, typer.Argument(help="the 案卷 (*.zip)")],
        key: Annotated[
            str, typer.Option(help="the centre's public key in hex; default: believe the file's")
        ] = "",
    ) -> None:
        """Look at a 案卷; needs no database and no network."""
        verdict = verifying.verify(file, key=key)
        typer.echo(verifying.report(verdict), err=bool(verdict.problems))
        raise typer.Exit(1 if verdict.problems else 0)

    @cli.command("make")
    def make_command(
        number: Annotated[str, typer.Argument(help="the case's number")],
        reason: Annotated[str, typer.Option(help="what for; goes into the audit log")],
        out: Annotated[Path, typer.Option(help="folder for the file")] = Path(),
    ) -> None:
        """Make the 案卷 of a finished case, while the township is stopped (or on PostgreSQL)."""
        try:
            path = asyncio.run(_make(settings(), number, reason=reason, out=out, clock=clock))
        except Fault as refused:
            typer.echo(SENTENCES[refused.code], err=True)
            raise typer.Exit(1) from None
        except DatabaseInUse:
            typer.echo("便民通正在运行，请在工作台“案卷”页面上制作。", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"案卷已做好：{path}")

    return cli


async def _make(settings: Settings, number: str, *, reason: str, out: Path, clock: Clock) -> Path:
    async with open_office(settings, clock=clock) as office:
        made = await office.archive.make(
            number, reason=reason, actor=system(home_tenant(office.catalogue)), at=clock()
        )
        with made.file:
            path = out / made.name
            with path.open("xb") as target:
                await asyncio.to_thread(shutil.copyfileobj, made.file, target)
    return path
